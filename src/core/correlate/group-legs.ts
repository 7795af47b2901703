/**
 * Puts the rows of one tuple together into legs: one leg per conversation, wherever it was seen. A tuple that was used again
 * (new ISN) makes a new leg; addresses that repeat on every node (loopback, link-local sources) are kept apart per node.
 */
import type { FlowObservation } from "../flow/flow-observation.ts";
import { gatherFacts, type Leg } from "./leg.ts";
import { type KnownListeners, orientRows } from "./orient.ts";
import { byFirstPacket } from "./row-times.ts";
import { splitDatagrams } from "./split-datagrams.ts";
import { splitTcp } from "./split-tcp.ts";
import type { VantagePoint } from "./vantage-point.ts";

/** The legs of one tuple, in the order in which its conversations were told apart. */
export interface TupleLegs {
  /** The first of its rows. */
  readonly firstRow: number;
  readonly legs: readonly Leg[];
}

export function groupLegs(
  rows: readonly FlowObservation[],
  byTap: readonly VantagePoint[],
  listeners: KnownListeners,
): Leg[] {
  return numbered(legsByTuple(rows, byTap, listeners));
}

/** By first row. The legs have no number yet. */
export function legsByTuple(
  rows: readonly FlowObservation[],
  byTap: readonly VantagePoint[],
  listeners: KnownListeners,
): TupleLegs[] {
  const byTuple = new Map<string, FlowObservation[]>();
  for (const row of rows) {
    const key = tupleKey(row, byTap[row.tap.index]);
    const group = byTuple.get(key);
    if (group === undefined) byTuple.set(key, [row]);
    else group.push(row);
  }
  const found: TupleLegs[] = [];
  for (const group of byTuple.values()) {
    const conversations = group[0]?.protocol === "tcp" ? splitTcp(group) : splitDatagrams(group);
    const legs = conversations.map((members) => legOf(members, listeners));
    found.push({ firstRow: group[0]?.id ?? 0, legs });
  }
  return found;
}

/** The rows of one conversation, all of one tuple, as a leg without number. `members` is not empty. */
export function legOf(members: FlowObservation[], listeners: KnownListeners): Leg {
  if (members.length > 1) members.sort(byFirstPacket);
  const { orig, resp, by } = orientRows(members, listeners);
  return {
    index: 0,
    protocol: members[0]?.protocol ?? "",
    rows: members,
    orig,
    resp,
    orientedBy: by,
    facts: gatherFacts(members),
  };
}

export function numbered(groups: readonly TupleLegs[]): Leg[] {
  const legs: Leg[] = [];
  for (const group of groups) {
    for (const leg of group.legs) {
      leg.index = legs.length;
      legs.push(leg);
    }
  }
  return legs;
}

function tupleKey(row: FlowObservation, at: VantagePoint | undefined): string {
  const a = `${row.a.address} ${row.a.port}`;
  const b = `${row.b.address} ${row.b.port}`;
  const local = repeatsPerNode(row.a.address) || repeatsPerNode(row.b.address);
  const scope = local ? (at?.node ?? `capture ${row.tap.capture}`) : "";
  return a < b ? `${row.protocol} ${scope} ${a} ${b}` : `${row.protocol} ${scope} ${b} ${a}`;
}

/**
 * Addresses that mean another host on every node: loopback, IPv6 link-local, and the VPC CNI's egress-only ranges
 * 169.254.172.0/22 (IPv6 clusters) and fd00::ac:00/118. Other 169.254 addresses are services; their peer is unique.
 */
function repeatsPerNode(address: string): boolean {
  return (
    address.startsWith("127.") ||
    address === "::1" ||
    address.startsWith("fe80:") ||
    /^169\.254\.17[2-5]\./.test(address) ||
    /^fd00::ac:/.test(address)
  );
}
