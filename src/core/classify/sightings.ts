/** Words and packets about who sent something and where it was seen, for findings. */
import type { Owner } from "../cluster/owner.ts";
import type {
  Connection,
  Observation,
  ObservedDirection,
  PacketRef,
} from "../correlate/connection.ts";
import type { FlowEndpoint } from "../flow/flow-observation.ts";
import type { Members } from "./members.ts";
import type { Subject } from "./rule.ts";
import { firstLeg, lastLeg, nameOf } from "./subject.ts";

/** The two senders of a connection. */
export type Side = "orig" | "resp";
export const SIDES: readonly Side[] = ["orig", "resp"];

/** Pieces of evidence of one finding: enough to look at, not a second report. */
export const MAX_EVIDENCE = 4;

/** "default/web-0 (10.0.1.11:8080)", or the endpoint alone when nobody is known to own it. */
export function partyText(owner: Owner, endpoint: FlowEndpoint): string {
  const where = endpointText(endpoint);
  const name = nameOf(owner, endpoint.address);
  return name === endpoint.address ? where : `${name} (${where})`;
}

export function senderText(subject: Subject, side: Side): string {
  return side === "orig"
    ? partyText(subject.orig, firstLeg(subject.connection).orig)
    : partyText(subject.resp, lastLeg(subject.connection).resp);
}

/** What the originator addressed. */
export function dialledText(subject: Subject): string {
  return partyText(subject.dialled, firstLeg(subject.connection).resp);
}

/** The first three that connections addressed. */
export function firstDialled(members: Members): string[] {
  return members.distinct(
    3,
    (sight) => sight.dialledText(),
    ({ subject }) => dialledText(subject),
  );
}

export function endpointText({ address, port }: FlowEndpoint): string {
  if (port === null) return address;
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

/** "n1/eth0, n2/eth0 inside vxlan", each once. */
export function placesText(observations: readonly Observation[]): string {
  const names = observations.map(({ vantagePoint, encapsulation }) =>
    encapsulation === null ? vantagePoint.id : `${vantagePoint.id} inside ${encapsulation.kind}`,
  );
  return [...new Set(names)].join(", ");
}

/** The record that `pick` names of each observation; 0 = none there. */
export function packetsOf(
  observations: readonly Observation[],
  pick: (observation: Observation) => number,
): PacketRef[] {
  const refs: PacketRef[] = [];
  for (const one of observations) {
    const record = pick(one);
    if (record > 0 && refs.length < MAX_EVIDENCE)
      refs.push({ capture: one.vantagePoint.capture, record });
  }
  return refs;
}

/** First packets of a side, where it was seen. */
export function firstOf(observations: readonly Observation[], side: Side): PacketRef[] {
  return packetsOf(observations, (one) => (one[side].records > 0 ? one[side].firstRecord : 0));
}

/**
 * Observations that saw packets of a side, in the order in which the packets passed them: each router takes one from the TTL,
 * whatever the clocks of the nodes say. Those between two routers keep their order.
 */
export function alongTheWay(connection: Connection, side: Side): Observation[] {
  const seen = connection.observations.filter((one) => one[side].records > 0);
  const ordered = side === "orig" ? seen : [...seen].reverse();
  return ordered
    .map((one, position) => ({ one, position }))
    .sort((x, y) => y.one[side].ttlMax - x.one[side].ttlMax || x.position - y.position)
    .map(({ one }) => one);
}

/** The most payload bytes of a side that one vantage point saw. */
export function payloadOf(connection: Connection, side: Side): number {
  return connection.observations.reduce((most, one) => Math.max(most, one[side].payloadBytes), 0);
}

export function flagsOf(connection: Connection, side: Side): number {
  return connection.observations.reduce((flags, one) => flags | one[side].tcpFlags, 0);
}

export function has(direction: ObservedDirection): boolean {
  return direction.records > 0;
}
