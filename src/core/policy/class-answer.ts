/** What a connection's class settles, candidates and all: a guess is never taken for a fact. */
import type { ReportConnection } from "../report/report.ts";
import { type Answer, answerOf } from "./answer.ts";

/** Whether its class is one of `classes`. */
export function classAmong(
  { class: id, confidence, candidates = [] }: ReportConnection,
  classes: ReadonlySet<string>,
): Answer {
  if (confidence === "proven") return answerOf(classes.has(id));
  // Without a candidate nothing is known but that nothing is.
  if (candidates.length === 0) return classes.has(id) && id === "unclassified" ? "yes" : "maybe";
  const inside = candidates.filter((candidate) => classes.has(candidate)).length;
  if (inside === 0) return answerOf(classes.has(id) && id === "unclassified");
  return inside === candidates.length && (classes.has(id) || id === "unclassified")
    ? "yes"
    : "maybe";
}

/** Every class that it may have. */
export function possibleClasses(connection: ReportConnection): readonly string[] {
  const { class: id, confidence, candidates = [] } = connection;
  return confidence === "proven" || candidates.length === 0 ? [id] : candidates;
}
