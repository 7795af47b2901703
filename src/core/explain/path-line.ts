/** The way of a connection as one line of ASCII: who, (1) place, [REWRITE], (2) place, who. */
import { tupleKey } from "../report/connection-legs.ts";
import type {
  Report,
  ReportConnection,
  ReportNatStep,
  ReportObservation,
  ReportParty,
  ReportVantagePoint,
} from "../report/report.ts";
import { endWords } from "./plain-words.ts";

/** `-->` between two places that were captured, `..>` to an end that was not. */
const SEEN = " --> ";
const UNSEEN = " ..> ";

/** Observations are numbered as the path's sentences are; a run of them at one interface is one place. */
export function pathLine(report: Report, connection: ReportConnection): string {
  const { orig, resp, nat, protocol } = connection;
  const points = new Map(report.vantagePoints.map((point) => [point.id, point]));
  const parts: { text: string; inferred: boolean }[] = [];
  let done = 0;
  const rewriteUpTo = (last: number) => {
    for (; done <= last; done++) {
      const step = nat[done];
      if (step === undefined) continue;
      parts.push({ text: rewriteWord(protocol, step), inferred: step.confidence !== "proven" });
    }
  };
  const { observations } = connection;
  for (let first = 0; first < observations.length; ) {
    const observation = observations[first];
    if (observation === undefined) break;
    rewriteUpTo(
      nat.findIndex((step, at) => at >= done && tupleKey(step.after) === tupleKey(observation)),
    );
    let next = first + 1;
    while (isSamePlace(observation, observations[next])) next += 1;
    const numbers = next - first === 1 ? `${next}` : `${first + 1}-${next}`;
    parts.push({ text: `(${numbers}) ${observation.vantagePoint}`, inferred: false });
    first = next;
  }
  rewriteUpTo(nat.length - 1);
  const [head, tail] = [observations[0], observations.at(-1)];
  const startSeen = isOwn(orig, points.get(head?.vantagePoint ?? ""), connection);
  const endSeen = isOwn(resp, points.get(tail?.vantagePoint ?? ""), connection);
  let line = endName(protocol, orig);
  let sure = startSeen;
  for (const { text, inferred } of parts) {
    line += `${sure && !inferred ? SEEN : UNSEEN}${text}`;
    sure = !inferred;
  }
  return `${line}${sure && endSeen ? SEEN : UNSEEN}${endName(protocol, resp)}`;
}

function isSamePlace(a: ReportObservation, b: ReportObservation | undefined): boolean {
  return b !== undefined && a.vantagePoint === b.vantagePoint && tupleKey(a) === tupleKey(b);
}

/** Whether a place is an interface of the end itself. */
function isOwn(
  party: ReportParty,
  point: ReportVantagePoint | undefined,
  { confidence }: ReportConnection,
): boolean {
  const { kind, namespace, name, node } = party;
  if (point === undefined) return false;
  if (kind === "pod") return name !== undefined && point.pod === `${namespace ?? ""}/${name}`;
  // Behind a node's address may stand a pod, unless the class is proven.
  const isNode = kind === "node" && confidence === "proven";
  return isNode && node !== undefined && point.node === node && point.pod === undefined;
}

function endName(protocol: string, party: ReportParty): string {
  if (party.name === undefined) return endWords(protocol, party);
  return party.namespace === undefined ? party.name : `${party.namespace}/${party.name}`;
}

/** "[SNAT 192.168.1.5:39483]": what the changed end became. */
function rewriteWord(protocol: string, { kind, after }: ReportNatStep): string {
  const source = endWords(protocol, after.orig);
  const target = endWords(protocol, after.resp);
  if (kind === "both") return `[SNAT ${source} DNAT ${target}]`;
  return kind === "snat" ? `[SNAT ${source}]` : `[DNAT ${target}]`;
}
