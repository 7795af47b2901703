/** An analysis of any number of connections that counts how many of them are made. Eight kinds of connections take turns. */
import type { Analysis } from "../../src/core/analysis.ts";
import type { ConnectionColumns } from "../../src/core/classify/connection-columns.ts";
import type { Classified } from "../../src/core/classify/rule.ts";
import { lazySequence } from "../../src/core/report/lazy-sequence.ts";
import { richAnalysis } from "./analysis.ts";
import { findingMatch, findingRule } from "./analysis-parts.ts";

export interface CountedAnalysis {
  readonly analysis: Analysis;
  /** Connections made so far, one made twice counted twice. */
  readonly made: () => number;
}

export function countedAnalysis(connections: number): CountedAnalysis {
  const rich = richAnalysis();
  const kinds = rich.classified;
  const kindOf = (index: number): Classified => {
    const kind = kinds[index % kinds.length];
    if (kind === undefined) throw new Error("there are eight kinds");
    return kind;
  };
  let made = 0;
  const classified = lazySequence(connections, (index): Classified => {
    made += 1;
    const kind = kindOf(index);
    const connection = { ...kind.subject.connection, index };
    return { ...kind, subject: { ...kind.subject, connection } };
  });
  const columns: ConnectionColumns = {
    length: connections,
    pathClass: (index) => kindOf(index).verdict.class,
    confidence: (index) => kindOf(index).verdict.confidence,
    packets: () => 2,
    bytes: (index) => index % 1000,
    records: () => 4,
    wouldDecide: (index) => kindOf(index).verdict.wouldDecide,
  };
  const everyThird = lazySequence(Math.floor(connections / 3), (i) => 3 * i);
  return {
    analysis: {
      ...rich,
      classified,
      columns,
      findings: [
        ...rich.findings,
        {
          rule: findingRule("syn-unanswered", "warning", "Nobody answered"),
          match: findingMatch({ level: "warning", connections: everyThird, message: "Many." }),
        },
      ],
    },
    made: () => made,
  };
}
