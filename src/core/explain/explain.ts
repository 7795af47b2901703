/** `podpath explain`: connections of a report in plain sentences. The same report and the same question give the same words. */
import { lazySequence } from "../report/lazy-sequence.ts";
import { pathClassMeaning } from "../report/path-class-meaning.ts";
import { pathClassTitle } from "../report/path-class-title.ts";
import type { Report, ReportConnection } from "../report/report.ts";
import type { FilterProblem } from "../report/report-filter.ts";
import { explainEnds } from "./explain-ends.ts";
import { explainPath } from "./explain-path.ts";
import {
  type ExplainedConnection,
  type Explanation,
  type Sentence,
  sentence,
} from "./explanation.ts";
import { findConnections } from "./find-connections.ts";
import { legFilters } from "./leg-filters.ts";
import { pathLine } from "./path-line.ts";
import { tupleWords } from "./plain-words.ts";
import { tunnelsAt } from "./tunnels-at.ts";

export type ExplainResult =
  | { readonly explanation: Explanation; readonly problem?: undefined }
  | { readonly explanation?: undefined; readonly problem: FilterProblem };

/** The first `limit` connections that the query means; the others are named. */
export function explain(report: Report, query: string, limit: number): ExplainResult {
  const { connections, problem } = findConnections(report, query);
  if (problem !== undefined) return { problem };
  const { filter } = report;
  const tunnels = tunnelsAt(report);
  const explained: ExplainedConnection[] = [];
  for (const one of connections) {
    explained.push(explainConnection(report, one, tunnels));
    if (explained.length === limit) break;
  }
  return {
    explanation: {
      schema: "podpath.explanation/1",
      tool: report.tool,
      query,
      matched: connections.length,
      ...(filter === undefined ? {} : { filter }),
      explained,
      notExplained: lazySequence(
        connections.length - explained.length,
        (i) => connections.at(explained.length + i)?.id ?? "",
      ),
    },
  };
}

/** Of the other connections only tunnels are looked at: `tunnels` of `report`. */
export function explainConnection(
  report: Report,
  connection: ReportConnection,
  tunnels: ReturnType<typeof tunnelsAt>,
): ExplainedConnection {
  const { id, confidence, protocol, orig, dialled } = connection;
  const first = { orig: asEnd(orig), resp: asEnd(dialled) };
  const findings = new Map(report.findings.map((finding) => [finding.id, finding]));
  return {
    id,
    class: connection.class,
    confidence,
    title: `${protocol} ${tupleWords(protocol, first)}`,
    ends: explainEnds(connection),
    line: pathLine(report, connection),
    path: explainPath(report, connection),
    verdict: verdictOn(connection),
    proof: connection.evidence,
    open: openQuestions(connection),
    findings: connection.findings.flatMap((findingId) => {
      const finding = findings.get(findingId);
      if (finding === undefined) return [];
      const { rule, level, title, message, doesNotProve, advice } = finding;
      return [{ id: findingId, rule, level, title, message, doesNotProve, advice }];
    }),
    filters: legFilters(report, connection, tunnels),
  };
}

function asEnd({ address, port }: { address: string; port: number | null }): {
  address: string;
  port: number;
} {
  return { address, port: port ?? 0 };
}

const SURE: Readonly<Record<ReportConnection["confidence"], string>> = {
  proven: "proven",
  inferred: "inferred: addresses and rules imply it, no capture proves it",
  possible: "possible: more than one class fits what was seen",
};

function verdictOn(connection: ReportConnection): Sentence[] {
  const { expected } = connection;
  const title = pathClassTitle(connection.class);
  const told = [sentence(`${connection.class} (${title}), ${SURE[connection.confidence]}.`)];
  const meaning = pathClassMeaning(connection.class);
  if (meaning !== null && connection.confidence === "proven")
    told.push(sentence(`It proves: ${meaning.proves}`));
  if (expected !== undefined) {
    // What the prediction stands on is part of the proof where it came true.
    const prediction =
      expected.class === connection.class
        ? `The snapshot's rules predict ${expected.class} as well.`
        : `The snapshot's rules predict ${expected.class}, which is not what was seen: ${expected.because}`;
    told.push(sentence(prediction));
  }
  return told;
}

function openQuestions(connection: ReportConnection): Sentence[] {
  const told: Sentence[] = [];
  const meaning = pathClassMeaning(connection.class);
  if (meaning !== null) told.push(sentence(`It does not prove: ${meaning.doesNotProve}`));
  const others = (connection.candidates ?? []).filter((id) => id !== connection.class);
  if (others.length > 0) {
    const words = others.map((id) => `${id} (${pathClassTitle(id)})`).join(", ");
    const could = connection.class === "unclassified" ? "It could be one of" : "It could also be";
    told.push(sentence(`${could}: ${words}.`));
  }
  if (connection.wouldDecide !== undefined)
    told.push(sentence(`What would decide: ${connection.wouldDecide}.`));
  if (meaning !== null) told.push(sentence(`To confirm by hand: ${meaning.confirm}`));
  return told;
}
