/**
 * Whether all that a node let in and out was captured: only then does a packet that is seen to enter and not to leave mean that
 * the node kept it.
 */
import type { Connection, Observation } from "../correlate/connection.ts";
import type { CaptureFacts, RuleContext } from "./rule.ts";
import { firstLeg } from "./subject.ts";
import { droppedPackets } from "./watched.ts";

/** LINKTYPE_LINUX_SLL2, what `tcpdump -i any` writes: interfaces that are not in the file were quiet. */
const LINUX_SLL2 = 276;
/** Conversations kept of each node to show that no capture filter hid what is missed. */
const MAX_WITNESSES = 64;

export interface WholeNodes {
  /** True when every interface of the node was captured while this connection sent. */
  covers(node: string, connection: Connection): boolean;
  /** True when no other connection began with the same sequence number: what left was not seen under another name. */
  isSeenOnce(connection: Connection): boolean;
}

interface NodeSeen {
  /** Captures by interface name. */
  readonly captures: Map<string, Set<number>>;
  readonly witnesses: Observation[];
  readonly pairs: Set<string>;
}

export function wholeNodes({ connections, captures, snapshot }: RuleContext): WholeNodes {
  const byNode = new Map<string, NodeSeen>();
  const starts = new Map<number, number>();
  for (const { observations, tcp } of connections) {
    if (tcp?.origIsn != null) starts.set(tcp.origIsn, (starts.get(tcp.origIsn) ?? 0) + 1);
    for (const one of observations) note(byNode, one);
  }
  return {
    isSeenOnce: ({ tcp }) => tcp?.origIsn != null && starts.get(tcp.origIsn) === 1,
    covers(node, connection) {
      const seen = byNode.get(node);
      if (seen === undefined || !hasWitness(seen, connection)) return false;
      const isGood = (index: number) => covered(captures[index], connection);
      if (seesAny(seen, captures, isGood)) return true;
      const state = snapshot.nodeStates.find((one) => one.node === node);
      const names = state?.interfaces.map(({ name }) => name).filter((name) => name !== "lo");
      if (names === undefined || names.length === 0) return false;
      return names.every((name) => [...(seen.captures.get(name) ?? [])].some(isGood));
    },
  };
}

function note(byNode: Map<string, NodeSeen>, one: Observation): void {
  const { node, interface: name, capture } = one.vantagePoint;
  if (node === null || name === null) return;
  let seen = byNode.get(node);
  if (seen === undefined) {
    seen = { captures: new Map(), witnesses: [], pairs: new Set() };
    byNode.set(node, seen);
  }
  const known = seen.captures.get(name);
  if (known === undefined) seen.captures.set(name, new Set([capture]));
  else known.add(capture);
  if (seen.witnesses.length >= MAX_WITNESSES) return;
  const pair = `${one.tuple.orig.address} ${one.tuple.resp.address} ${one.vantagePoint.id}`;
  if (seen.pairs.has(pair)) return;
  seen.pairs.add(pair);
  seen.witnesses.push(one);
}

/** A filter on an address or a port of the connection would have hidden its rewritten packets, and also the witness. */
function hasWitness({ witnesses }: NodeSeen, connection: Connection): boolean {
  const { orig, resp } = firstLeg(connection);
  const places = new Set(connection.observations.map((one) => one.vantagePoint.id));
  return witnesses.some(({ vantagePoint, tuple }) => {
    if (places.has(vantagePoint.id)) return false;
    return [tuple.orig, tuple.resp].every(
      ({ address, port }) =>
        address !== orig.address &&
        address !== resp.address &&
        (port === null || (port !== orig.port && port !== resp.port)),
    );
  });
}

function covered(capture: CaptureFacts | undefined, connection: Connection): boolean {
  if (capture?.info == null || capture.firstSeenNs === null || capture.lastSeenNs === null)
    return false;
  const { interfaces } = capture.info;
  if (interfaces.some(({ filter }) => filter !== undefined)) return false;
  if (droppedPackets(capture)) return false;
  return (
    capture.firstSeenNs <= connection.lastSeenNs && capture.lastSeenNs >= connection.firstSeenNs
  );
}

function seesAny(
  { captures: byName }: NodeSeen,
  captures: RuleContext["captures"],
  isGood: (index: number) => boolean,
): boolean {
  const names = new Map<number, number>();
  for (const indexes of byName.values())
    for (const index of indexes) names.set(index, (names.get(index) ?? 0) + 1);
  return [...names].some(
    ([index, count]) =>
      count > 1 &&
      captures[index]?.info?.interfaces.some(({ linkType }) => linkType === LINUX_SLL2) === true &&
      isGood(index),
  );
}
