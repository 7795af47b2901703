/** Connections in; out comes one verdict each, and the findings over all of them. */
import type { OwnerIndex } from "../cluster/owner.ts";
import type { ClusterSnapshot } from "../cluster/snapshot.ts";
import type { ClockOffset } from "../correlate/clock-offset.ts";
import type { Connection } from "../correlate/connection.ts";
import { pathPredictor } from "../predict/predict-path.ts";
import { expectedPath } from "./expected-path.ts";
import { explainNat } from "./explain-nat.ts";
import type {
  CaptureFacts,
  Classified,
  FindingMatch,
  FindingRule,
  Question,
  RuleContext,
  Subject,
} from "./rule.ts";
import { FINDING_RULES, PATH_RULES } from "./rule-list.ts";
import { makeSubject } from "./subject.ts";

export interface Classification {
  readonly classified: readonly Classified[];
  readonly findings: readonly { readonly rule: FindingRule; readonly match: FindingMatch }[];
}

/** What is known besides connections and owners; what is left out is taken as unknown. */
export interface Surroundings {
  readonly clockOffsets?: readonly ClockOffset[];
  readonly question?: Question;
  readonly captures?: readonly CaptureFacts[];
}

const NO_QUESTION: Question = { pods: [], vantagePoints: [], everyCapturePlaced: true };

export function classify(
  connections: readonly Connection[],
  snapshot: ClusterSnapshot,
  owners: OwnerIndex,
  surroundings: Surroundings = {},
): Classification {
  const { clockOffsets = [], question = NO_QUESTION, captures = [] } = surroundings;
  const context: RuleContext = {
    snapshot,
    owners,
    hasSnapshot: snapshot.sources.length > 0,
    connections,
    clockOffsets,
    question,
    captures,
  };
  const predictor = pathPredictor(snapshot, owners);
  const classified = connections.map((connection) => {
    const subject = makeSubject(connection, owners);
    const verdict = verdictOn(subject, context);
    return {
      subject,
      verdict,
      expected: expectedPath(subject, verdict, predictor),
      natRules: connection.nat.map((step) => explainNat(step, connection, snapshot)),
    };
  });
  const findings = FINDING_RULES.flatMap((rule) =>
    rule.find(classified, context).map((match) => ({ rule, match })),
  );
  return { classified, findings };
}

function verdictOn(subject: Subject, context: RuleContext): Classified["verdict"] {
  for (const rule of PATH_RULES) {
    const match = rule.match(subject, context);
    if (match !== null) return match;
  }
  throw new Error("the last path rule answers for every connection");
}
