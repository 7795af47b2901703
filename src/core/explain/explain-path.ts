/** Each hop in order, with each rewrite between the places that show both of its sides. */
import { tupleKey } from "../report/connection-legs.ts";
import type {
  Report,
  ReportConnection,
  ReportNatStep,
  ReportObservation,
  ReportVantagePoint,
} from "../report/report.ts";
import { type PathStep, type Sentence, sentence } from "./explanation.ts";
import { clock, plainCount, secondsWords, tupleWords } from "./plain-words.ts";

export function explainPath(report: Report, connection: ReportConnection): PathStep[] {
  const points = new Map(report.vantagePoints.map((point) => [point.id, point]));
  const steps: PathStep[] = [];
  let done = 0;
  for (const [i, observation] of connection.observations.entries()) {
    // A rewrite stands before the first place that shows what it made.
    const reached = connection.nat.findIndex(
      (step, at) => at >= done && tupleKey(step.after) === tupleKey(observation),
    );
    while (done <= reached) steps.push(...rewritten(connection, done++));
    const before = connection.observations[i - 1]?.vantagePoint;
    const hop = connection.hops?.find(
      ({ from, to }) => from === before && to === observation.vantagePoint,
    );
    const step = seen(observation, connection.protocol, points.get(observation.vantagePoint));
    steps.push(hop === undefined ? step : { ...step, details: hopWords(hop) });
  }
  while (done < connection.nat.length) steps.push(...rewritten(connection, done++));
  return steps;
}

const PLACE_WORDS: Readonly<Record<string, string>> = {
  "pod-veth": "the veth pair of a pod",
  "node-eni": "the node's primary ENI",
  "secondary-eni": "a secondary ENI of the node",
  "branch-eni": "a branch ENI",
  tunnel: "a tunnel device",
  loopback: "the loopback device",
  bridge: "a bridge",
};

function placeWords(point: ReportVantagePoint | undefined): string {
  if (point === undefined) return "";
  if (point.pod !== undefined) {
    const what = point.kind === "branch-eni" ? "branch ENI" : "veth pair";
    return ` (the ${what} of pod ${point.pod})`;
  }
  const words = PLACE_WORDS[point.kind];
  return words === undefined ? " (not identified)" : ` (${words})`;
}

function seen(
  observation: ReportObservation,
  protocol: string,
  point: ReportVantagePoint | undefined,
): PathStep {
  const { orig, resp } = observation.records;
  const { encapsulation } = observation;
  const vni = encapsulation?.vni === undefined ? "" : `, VNI ${encapsulation.vni}`;
  const inside = encapsulation === undefined ? "" : ` inside ${encapsulation.kind}${vni}`;
  const ways = [
    ...(orig > 0 ? [`${plainCount(orig, "record")} out`] : ["nothing out"]),
    ...(resp > 0 ? [`${resp.toString()} back`] : ["nothing back"]),
  ].join(", ");
  const text =
    `${observation.vantagePoint}${placeWords(point)} saw ${tupleWords(protocol, observation)}${inside}: ` +
    `${ways}, first at ${clock(observation.firstSeen)}`;
  const packets =
    point === undefined || observation.firstRecord === 0
      ? []
      : [{ capture: point.capture, record: observation.firstRecord }];
  return { kind: "seen", sentence: sentence(text, packets), details: [] };
}

type ReportHop = NonNullable<ReportConnection["hops"]>[number];

/** How long the way from the place before took, and what got lost on it. */
function hopWords({ from, delaySeconds, uncertaintySeconds, lost }: ReportHop): Sentence[] {
  const told: Sentence[] = [];
  const { orig, resp } = delaySeconds ?? {};
  const ways = [
    ...(orig === undefined ? [] : [`${secondsWords(orig)} out`]),
    ...(resp === undefined ? [] : [`${secondsWords(resp)} back`]),
  ];
  const about =
    uncertaintySeconds === undefined ? "" : `, give or take ${secondsWords(uncertaintySeconds)}`;
  if (ways.length > 0)
    told.push(sentence(`First packets between ${from} and here: ${ways.join(", ")}${about}.`));
  if (lost !== undefined) {
    const unit = lost.unit === "records" ? "record" : "payload byte";
    const missing = [
      ...(lost.orig > 0 ? [`${plainCount(lost.orig, unit)} out`] : []),
      ...(lost.resp > 0 ? [`${plainCount(lost.resp, unit)} back`] : []),
    ];
    if (missing.length > 0)
      told.push(sentence(`Lost between ${from} and here: ${missing.join(", ")}.`));
  }
  return told;
}

const TIES: Readonly<Record<string, string>> = {
  "tcp-isn":
    "the same SYN, with the same initial sequence number and options, stands on both sides",
  "tcp-sequence": "the same sequence numbers in both directions stand on both sides",
  conntrack: "a conntrack entry names both tuples",
  payload: "the same payload stands on both sides",
  "icmp-payload": "the same ICMP sequence numbers and payload stand on both sides",
};

function rewritten({ nat, protocol }: ReportConnection, index: number): PathStep[] {
  const step = nat[index];
  if (step === undefined) return [];
  const tie = `What ties the two sides: ${TIES[step.matchedBy] ?? step.matchedBy}; ${step.confidence}.`;
  const details: Sentence[] = [sentence(tie)];
  const { rule, conntrack } = step;
  if (rule !== undefined)
    details.push(sentence(`The rule that explains it: ${rule.text}`, [], [placeOf(rule)]));
  else details.push(sentence("No iptables rule in the snapshot was found that explains it."));
  if (conntrack !== undefined)
    details.push(
      sentence(
        `The conntrack entry: ${conntrack.text.replace(/\s+/g, " ").trim()}`,
        [],
        [placeOf(conntrack)],
      ),
    );
  return [{ kind: "rewritten", sentence: sentence(rewriteWords(protocol, step)), details }];
}

function placeOf({ file, line }: NonNullable<ReportNatStep["rule"]>): Sentence["snapshot"][number] {
  return { file, ...(line === undefined ? {} : { line }) };
}

function rewriteWords(protocol: string, step: ReportNatStep): string {
  const who = step.node ?? "Something between the places that were captured";
  const what = {
    snat: "rewrites the source (SNAT)",
    dnat: "rewrites the destination (DNAT)",
    both: "rewrites source and destination (SNAT and DNAT)",
  }[step.kind];
  return `${who} ${what}: ${tupleWords(protocol, step.before)} becomes ${tupleWords(protocol, step.after)}`;
}
