/** Holds the path that was seen to the path that the snapshot's rules, routes and settings give the first packet. */
import type { Owner } from "../cluster/owner.ts";
import type { Connection, FiveTuple, Observation } from "../correlate/connection.ts";
import type { PathPredictor } from "../predict/predict-path.ts";
import type {
  PredictedOutcome,
  PredictedPath,
  PredictedSource,
  PredictedStage,
  PredictedStep,
} from "../predict/predicted-path.ts";
import type { PacketEnd } from "../predict/rule-match.ts";
import { statement } from "./evidence.ts";
import type { Evidence, ExpectedPath, PathMatch, Subject } from "./rule.ts";
import { firstLeg, isEni, knowsOrigin, sightingOnWire } from "./subject.ts";

/** Null when nothing is expected: the first node is unknown, or its rules and the CNI's settings do not tell. */
export function expectedPath(
  subject: Subject,
  verdict: PathMatch,
  predictor: PathPredictor,
): ExpectedPath | null {
  const { connection } = subject;
  const node = firstNode(subject);
  if (node === null || connection.carries !== null || connection.sealed !== null) return null;
  const leg = firstLeg(connection);
  const predicted = predictor.predict({
    protocol: connection.protocol,
    source: leg.orig,
    destination: leg.resp,
    node,
  });
  if (predicted.certainty === "unknown") return null;
  const fitting = predicted.outcomes.find((one) => fits(connection, subject.orig, one));
  const path = fitting ?? predicted.outcomes[0];
  const steps = path?.stages.flatMap((stage) => stage.because) ?? predicted.because;
  return {
    class: path === undefined ? predicted.class : path.class,
    certainty: predicted.certainty,
    steps: withoutRepeats(steps).map(evidenceOf),
    agrees: predicted.certainty === "certain" ? agreement(subject, verdict, fitting) : null,
    rewrites: rewritesOf(predicted.outcomes),
    device: deviceOf(predicted, node),
  };
}

/**
 * The node whose rules see the first packet: the sender's own when it is in the cluster and what it sent is known, else the one
 * at whose ENI the packet came in.
 */
function firstNode(subject: Subject): string | null {
  const { connection, orig, dialled } = subject;
  if (connection.observations.some((one) => one.encapsulation !== null)) return null;
  if (orig.ambiguousWith !== undefined && orig.ambiguousWith.length > 0) return null;
  if (orig.kind === "pod" || orig.kind === "node")
    return knowsOrigin(subject) ? (orig.node ?? null) : null;
  const node = dialled.kind === "pod" || dialled.kind === "node" ? dialled.node : undefined;
  if (node === undefined || sightingOnWire(connection, firstLeg(connection), node) === null)
    return null;
  return node;
}

/**
 * True: what was seen is one of the predicted ways. False: it is none of them. Null: too little was seen to say, or the
 * direction of the conversation is a guess, or another connection could be mixed in.
 */
function agreement(
  { connection }: Subject,
  verdict: PathMatch,
  fitting: PredictedOutcome | undefined,
): boolean | null {
  if (connection.ambiguousWith.length > 0 || connection.orientedBy === "first-packet") return null;
  if (fitting !== undefined) return true;
  // What gateways and load balancers do outside the nodes is not predicted, nor what follows it.
  if (connection.nat.some((step) => step.node === null)) return null;
  return verdict.confidence === "proven" ? false : null;
}

/** Every tuple that was seen or told is one of the outcome's, at a place where the outcome has it. */
function fits(connection: Connection, orig: Owner, outcome: PredictedOutcome): boolean {
  const sides = outcome.stages.flatMap((stage) => [stage.before, stage.after]);
  const told = connection.nat.flatMap((step) => [step.before, step.after]);
  // Rewrites on no node of the cluster (gateways, load balancers) are behind what is predicted.
  const ours = connection.nat.some((step) => step.node === null) ? [] : told;
  if (!ours.every((tuple) => sides.some((side) => isSide(tuple, side, connection.protocol))))
    return false;
  return connection.observations.every((one) => fitsAt(one, connection, orig, outcome.stages));
}

type Side = PredictedStage["before"];

function fitsAt(
  observation: Observation,
  { protocol }: Connection,
  orig: Owner,
  stages: readonly PredictedStage[],
): boolean {
  const { node } = observation.vantagePoint;
  const here = stages.filter((stage) => stage.node === node);
  // Somewhere outside the nodes: what other devices do to packets is not predicted.
  if (node === null) return true;
  const matches = (side: Side): boolean => isSide(observation.tuple, side, protocol);
  const [stage] = here;
  if (stage === undefined) return stages.some((one) => matches(one.before) || matches(one.after));
  // What a node sends of its own or of its pods is on its ENIs only after all rewriting.
  const sender = orig.node === node && stage === stages[0];
  if (isEni(observation) && sender && !stage.delivered && observation.orig.records > 0) {
    // A NodePort of another node may lead back to a pod of this one: then the packet comes in here once more.
    const further = here.slice(1);
    return matches(stage.after) || further.some((one) => matches(one.before) || matches(one.after));
  }
  return here.some((one) => matches(one.before) || matches(one.after));
}

function isSide(tuple: FiveTuple, side: Side, protocol: string): boolean {
  return isSource(tuple.orig, side.source) && isDestination(tuple.resp, side.destination, protocol);
}

function isSource(seen: PacketEnd, predicted: PredictedSource): boolean {
  return seen.address === predicted.address;
}

/** The identifier of an ICMP echo stands at both ends and changes with the source. */
function isDestination(seen: PacketEnd, predicted: PacketEnd, protocol: string): boolean {
  if (seen.address !== predicted.address) return false;
  return protocol.startsWith("icmp") || seen.port === predicted.port;
}

/** The one interface of the first node by which all outcomes leave; null when they differ or routes are missing. */
function deviceOf(predicted: PredictedPath, node: string): ExpectedPath["device"] {
  const first = predicted.outcomes.flatMap(({ stages }) => stages.slice(0, 1));
  const names = new Set(first.map((stage) => stage.device));
  const [name] = names;
  const [stage] = first;
  if (names.size !== 1 || name == null || stage === undefined) return null;
  const step = stage.because.find(({ text }) => text.startsWith("ip rule "));
  return { node, name, because: step === undefined ? null : evidenceOf(step) };
}

/** "no rewrite", "SNAT to 10.0.1.10", "DNAT to one of 3 endpoints, SNAT to 10.0.1.10": over all outcomes. */
function rewritesOf(outcomes: readonly PredictedOutcome[]): string {
  const stages = outcomes.flatMap((one) => one.stages);
  const rewritten = (kind: "snat" | "dnat"): PredictedStage[] =>
    stages.filter((stage) => stage.nat.some((one) => one.kind === kind));
  const to = (addresses: readonly string[], many: string): string => {
    const distinct = [...new Set(addresses)];
    return distinct.length === 1 ? (distinct[0] ?? "") : `one of ${distinct.length} ${many}`;
  };
  const dnat = rewritten("dnat").map(({ after }) => after.destination.address);
  const snat = rewritten("snat").map(({ after }) => after.source.address);
  const words: string[] = [];
  if (dnat.length > 0) words.push(`DNAT to ${to(dnat, "endpoints")}`);
  if (snat.length > 0) words.push(`SNAT to ${to(snat, "addresses")}`);
  return words.length === 0 ? "no rewrite" : words.join(", ");
}

function evidenceOf({ text, refs }: PredictedStep): Evidence {
  return statement(text, [], refs);
}

function withoutRepeats(steps: readonly PredictedStep[]): PredictedStep[] {
  return [...new Map(steps.map((step) => [step.text, step])).values()];
}
