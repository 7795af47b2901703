/**
 * Puts the rows of one tuple together into legs: one leg per conversation, wherever it was seen. A tuple that was used again
 * (new ISN) makes a new leg; addresses that repeat on every node (loopback, link-local sources) are kept apart per node.
 */
import type { FlowEndpoint, FlowObservation } from "../flow/flow-observation.ts";
import { gatherFacts, type Leg, sameEndpoint, sentBy } from "./leg.ts";
import { type KnownListeners, orientRows } from "./orient.ts";
import type { VantagePoint } from "./vantage-point.ts";

/** A tuple seen again after this long, with nothing in common, is another conversation. */
const LONG_SILENCE_NS = 60_000_000_000n;

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

export function firstPacketNs(row: FlowObservation): bigint {
  if (row.forward.records === 0) return row.backward.firstSeenNs;
  if (row.backward.records === 0) return row.forward.firstSeenNs;
  return row.forward.firstSeenNs < row.backward.firstSeenNs
    ? row.forward.firstSeenNs
    : row.backward.firstSeenNs;
}

function lastPacketNs(row: FlowObservation): bigint {
  return row.forward.lastSeenNs > row.backward.lastSeenNs
    ? row.forward.lastSeenNs
    : row.backward.lastSeenNs;
}

function byFirstPacket(a: FlowObservation, b: FlowObservation): number {
  return compareBigint(firstPacketNs(a), firstPacketNs(b)) || a.id - b.id;
}

function compareBigint(x: bigint, y: bigint): number {
  return x < y ? -1 : x > y ? 1 : 0;
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

/** TCP: rows with the same ISNs are one conversation; a row without any joins the one whose numbers it continues. */
function splitTcp(unsorted: readonly FlowObservation[]): FlowObservation[][] {
  // Rows without ISN follow one another by their numbers, so the order of the inputs must not matter.
  const group = [...unsorted].sort(byFirstPacket);
  const first = group[0];
  if (first === undefined) return [];
  if (group.length === 1) return [[first]];
  const a = first.a;
  let conversations: Conversation[] = [];
  const withIsn = group.filter((row) => row.forward.isn !== null || row.backward.isn !== null);
  const without = group.filter((row) => row.forward.isn === null && row.backward.isn === null);
  for (const row of withIsn) {
    const isnA = sentBy(row, a).isn;
    const isnB = sameEndpoint(row.a, a) ? row.backward.isn : row.forward.isn;
    const joined = new Conversation(row, isnA, isnB);
    // A row that knows both ISNs may tie together two halves that each knew one.
    conversations = conversations.filter((one) => !joined.takeOver(one));
    conversations.push(joined);
  }
  conversations = joinHalves(conversations);
  for (const row of without) {
    const fitting = conversations.filter((one) => continues(row, one.rows, a));
    const [only] = fitting;
    if (fitting.length === 1 && only !== undefined) only.rows.push(row);
    else conversations.push(new Conversation(row, null, null));
  }
  return conversations.map((one) => one.rows);
}

/**
 * A place that saw one direction only (LINUX_SLL taps, asymmetric paths) knows one ISN, and the places of the other direction
 * the other: nothing but time ties such halves, so they are joined in the order in which they began, if that is near.
 */
function joinHalves(conversations: Conversation[]): Conversation[] {
  const halvesA = conversations.filter((one) => one.isnA !== null && one.isnB === null);
  const halvesB = conversations.filter((one) => one.isnA === null && one.isnB !== null);
  if (halvesA.length === 0 || halvesB.length === 0) return conversations;
  if (halvesA.length !== halvesB.length) return conversations;
  halvesA.sort((x, y) => compareBigint(x.firstNs(), y.firstNs()));
  halvesB.sort((x, y) => compareBigint(x.firstNs(), y.firstNs()));
  const taken = new Set<Conversation>();
  for (const [position, half] of halvesA.entries()) {
    const other = halvesB[position];
    if (other === undefined || !other.rows.some((row) => near(row, half.rows))) continue;
    for (const row of other.rows) half.rows.push(row);
    half.isnB = other.isnB;
    taken.add(other);
  }
  return conversations.filter((one) => !taken.has(one));
}

class Conversation {
  readonly rows: FlowObservation[];
  isnA: number | null;
  isnB: number | null;

  constructor(row: FlowObservation, isnA: number | null, isnB: number | null) {
    this.rows = [row];
    this.isnA = isnA;
    this.isnB = isnB;
  }

  firstNs(): bigint {
    return this.rows.map(firstPacketNs).reduce((x, y) => (x < y ? x : y));
  }

  /** Takes over the rows of `other` when both share an ISN and contradict each other in none. */
  takeOver(other: Conversation): boolean {
    const sharesA = this.isnA !== null && this.isnA === other.isnA;
    const sharesB = this.isnB !== null && this.isnB === other.isnB;
    if (!sharesA && !sharesB) return false;
    if (!isnFits(this.isnA, other.isnA) || !isnFits(this.isnB, other.isnB)) return false;
    this.rows.push(...other.rows);
    this.isnA ??= other.isnA;
    this.isnB ??= other.isnB;
    return true;
  }
}

function isnFits(known: number | null, seen: number | null): boolean {
  return known === null || seen === null || known === seen;
}

/** The row's sequence numbers lie in a range that another place saw, in every direction that both saw. */
function continues(
  row: FlowObservation,
  rows: readonly FlowObservation[],
  a: FlowEndpoint,
): boolean {
  const mine = gatherFacts([row]);
  const theirs = gatherFacts(rows);
  const turned = !sameEndpoint(mine.a, theirs.a);
  const forward = overlap(turned ? mine.backward : mine.forward, theirs.forward);
  const backward = overlap(turned ? mine.forward : mine.backward, theirs.backward);
  if (forward === null && backward === null)
    return rows.length > 0 && a !== undefined && near(row, rows);
  return forward !== false && backward !== false;
}

/** Null when one of the two has no packets in this direction: nothing to compare. */
function overlap(x: SequenceRange, y: SequenceRange): boolean | null {
  if (
    x.sequenceStart === null ||
    x.sequenceEnd === null ||
    y.sequenceStart === null ||
    y.sequenceEnd === null
  )
    return null;
  // A capture that began later continues where another's numbers go on. The gap is far below the largest window (1 GiB, RFC 7323
  // section 2.3), so that another use of the tuple hardly ever fits.
  const slack = 1 << 20;
  return (
    ((x.sequenceEnd + slack - y.sequenceStart) | 0) >= 0 &&
    ((y.sequenceEnd + slack - x.sequenceStart) | 0) >= 0
  );
}

interface SequenceRange {
  readonly sequenceStart: number | null;
  readonly sequenceEnd: number | null;
}

/**
 * UDP, ICMP and the rest: one conversation unless a long silence separates rows that share no fingerprint. A tunnel between two
 * hosts is one as long as it stands; what it carries has no fingerprint of the outer packets.
 */
function splitDatagrams(group: readonly FlowObservation[]): FlowObservation[][] {
  const rows = [...group].sort(byFirstPacket);
  const conversations: FlowObservation[][] = [];
  for (const row of rows) {
    const fitting = conversations.find(
      (members) =>
        near(row, members) || sharesFingerprint(row, members) || isSameTunnel(row, members),
    );
    if (fitting === undefined) conversations.push([row]);
    else fitting.push(row);
  }
  return conversations;
}

function near(row: FlowObservation, members: readonly FlowObservation[]): boolean {
  const start = firstPacketNs(row);
  const end = lastPacketNs(row);
  return members.some(
    (one) =>
      start <= lastPacketNs(one) + LONG_SILENCE_NS && firstPacketNs(one) <= end + LONG_SILENCE_NS,
  );
}

function isSameTunnel(row: FlowObservation, members: readonly FlowObservation[]): boolean {
  return row.carries !== null && members.some((one) => one.carries === row.carries);
}

function sharesFingerprint(row: FlowObservation, members: readonly FlowObservation[]): boolean {
  const prints = [...row.forward.fingerprints, ...row.backward.fingerprints];
  if (prints.length === 0) return false;
  const known = new Set(
    members.flatMap((one) => [...one.forward.fingerprints, ...one.backward.fingerprints]),
  );
  return prints.some((print) => known.has(print));
}
