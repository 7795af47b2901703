/** Two legs that are one conversation on both sides of a rewrite, and what ties them. */
import type { ConntrackEntry } from "../cluster/snapshot.ts";
import type { FlowEndpoint } from "../flow/flow-observation.ts";
import type { MatchedBy } from "./connection.ts";
import type { Leg } from "./leg.ts";

export interface LegLink {
  readonly x: Leg;
  readonly y: Leg;
  readonly by: MatchedBy;
  /** True when what `x.orig` sends is what `y.resp` sends: one of the two is oriented the wrong way round. */
  readonly turned: boolean;
  readonly conntrack: ConntrackWitness | null;
}

export interface ConntrackWitness {
  readonly entry: ConntrackEntry;
  readonly node: string | null;
}

/** Legs that fit each other but fit others as well: reported, never joined. */
export interface AmbiguousLink {
  readonly x: Leg;
  readonly y: Leg;
}

/** A leg's protocol and two ends, whoever started. */
export function tupleKeyOf(protocol: string, a: FlowEndpoint, b: FlowEndpoint): string {
  const x = `${a.address} ${a.port}`;
  const y = `${b.address} ${b.port}`;
  return x < y ? `${protocol} ${x} ${y}` : `${protocol} ${y} ${x}`;
}

/** ICMP identifiers are rewritten by NAT at both ends, so only the address of an end is kept. */
export function endIsKept(protocol: string, a: FlowEndpoint, b: FlowEndpoint): boolean {
  return a.address === b.address && (a.port === b.port || protocol.startsWith("icmp"));
}
