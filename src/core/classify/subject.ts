/** Resolves the ends of a connection, and the facts about sightings that rules ask for. */
import type { Owner, OwnerIndex } from "../cluster/owner.ts";
import type { Connection, FiveTuple, NatStep, Observation } from "../correlate/connection.ts";
import type { Subject } from "./rule.ts";

export function makeSubject(connection: Connection, owners: OwnerIndex): Subject {
  const at = connection.firstSeenNs;
  const first = firstLeg(connection);
  const last = lastLeg(connection);
  return {
    connection,
    orig: owners.resolve(first.orig.address, at),
    resp: owners.resolve(last.resp.address, at),
    dialled: owners.resolve(first.resp.address, at),
    finalOrig: owners.resolve(last.orig.address, at),
  };
}

export function firstLeg(connection: Connection): FiveTuple {
  const leg = connection.legs[0];
  if (leg === undefined) throw new Error(`connection ${connection.index} has no leg`);
  return leg;
}

export function lastLeg(connection: Connection): FiveTuple {
  return connection.legs[connection.legs.length - 1] ?? firstLeg(connection);
}

function isLeg(observation: Observation, leg: FiveTuple): boolean {
  const { orig, resp } = observation.tuple;
  return (
    orig.address === leg.orig.address &&
    orig.port === leg.orig.port &&
    resp.address === leg.resp.address &&
    resp.port === leg.resp.port
  );
}

/** Observations of the tuple as the originator sent it, and of the tuple as the responder gets it; outside tunnels. */
export function sightingsOf(connection: Connection, leg: FiveTuple): Observation[] {
  return connection.observations.filter((one) => one.encapsulation === null && isLeg(one, leg));
}

/** Initial TTLs and hop limits of the stacks in use: Linux and BSD 64, Windows 128, others 255. */
const INITIAL_TTLS: ReadonlySet<number> = new Set([64, 128, 255]);

export function isInitialTtl(ttl: number): boolean {
  return INITIAL_TTLS.has(ttl);
}

/**
 * The observation that shows what the originator itself sent, before any node could rewrite it: at its own interface, or with
 * a TTL that nobody has decremented yet. Null when only later hops were captured.
 */
export function sightingAtOrigin(subject: Subject): Observation | null {
  const seen = sightingsOf(subject.connection, firstLeg(subject.connection)).filter(
    (one) => one.orig.records > 0,
  );
  if (subject.orig.kind === "pod") {
    const pod = `${subject.orig.namespace}/${subject.orig.name}`;
    // A branch ENI is the pod's too, but the node's rewrites lie between the pod and it.
    const own = seen.find((one) => one.vantagePoint.pod === pod && !isEni(one));
    if (own !== undefined) return own;
    return seen.find((one) => isInitialTtl(one.orig.ttlMax) && !isEni(one)) ?? null;
  }
  return seen.find((one) => isInitialTtl(one.orig.ttlMax)) ?? null;
}

/**
 * The first leg is known to be what the originator sent: seen there, or told by the conntrack of the originator's own node,
 * whose entries begin before any rewrite. Otherwise a service may have been addressed and rewritten unseen.
 */
export function knowsOrigin(subject: Subject): boolean {
  if (sightingAtOrigin(subject) !== null) return true;
  const [step] = subject.connection.nat;
  return step?.conntrack != null && step.node !== null && step.node === subject.orig.node;
}

/** The observation at the responder's own interface: what it received is known there, after every rewrite. */
export function sightingAtResponder(subject: Subject): Observation | null {
  const seen = sightingsOf(subject.connection, lastLeg(subject.connection));
  if (subject.resp.kind === "pod") {
    const pod = `${subject.resp.namespace}/${subject.resp.name}`;
    const own = seen.find((one) => one.vantagePoint.pod === pod && !isEni(one));
    if (own !== undefined) return own;
    return (
      seen.find((one) => one.resp.records > 0 && isInitialTtl(one.resp.ttlMax) && !isEni(one)) ??
      null
    );
  }
  return seen.find((one) => one.resp.records > 0 && isInitialTtl(one.resp.ttlMax)) ?? null;
}

export function isEni(observation: Observation): boolean {
  const { kind } = observation.vantagePoint;
  return kind === "node-eni" || kind === "secondary-eni" || kind === "branch-eni";
}

/** The leg seen on an ENI of a node (optionally of one node): how it looks on the VPC's wire. */
export function sightingOnWire(
  connection: Connection,
  leg: FiveTuple,
  node?: string,
): Observation | null {
  return (
    sightingsOf(connection, leg).find(
      (one) => isEni(one) && (node === undefined || one.vantagePoint.node === node),
    ) ?? null
  );
}

export function rewritesSource(step: NatStep): boolean {
  return step.kind === "snat" || step.kind === "both";
}

export function rewritesDestination(step: NatStep): boolean {
  return step.kind === "dnat" || step.kind === "both";
}

export function isPod(owner: Owner): boolean {
  return owner.kind === "pod";
}

/** "default/web-0", "ip-10-0-1-10", "Service default/web", "NLB k8s-web", "203.0.113.9". */
export function nameOf(owner: Owner, address: string): string {
  if (owner.name === undefined) return address;
  if (owner.kind === "service")
    return `service ${owner.namespace === undefined ? "" : `${owner.namespace}/`}${owner.name}`;
  if (owner.kind === "pod") return `${owner.namespace}/${owner.name}`;
  return owner.name;
}

/** The name that stays the same over runs: workload before pod name, name before address. */
export function workloadOf(owner: Owner, address: string): string {
  if (owner.kind === "pod") return `${owner.namespace}/${owner.workload ?? owner.name}`;
  return owner.name ?? address;
}
