/**
 * Rows of one tuple of TCP: rows with the same ISNs are one conversation; a row without any joins the one whose numbers it
 * continues. A tuple may have been used a hundred thousand times (a scanner's source port), so that nothing here compares every
 * row with every conversation.
 */
import type { FlowDirection, FlowEndpoint, FlowObservation } from "../flow/flow-observation.ts";
import { sameEndpoint, sentBy } from "./leg.ts";
import {
  byFirstPacket,
  compareBigint,
  firstPacketNs,
  LONG_SILENCE_NS,
  lastPacketNs,
} from "./row-times.ts";

export function splitTcp(unsorted: readonly FlowObservation[]): FlowObservation[][] {
  // Rows without ISN follow one another by their numbers, so the order of the inputs must not matter.
  const group = [...unsorted].sort(byFirstPacket);
  const first = group[0];
  if (first === undefined) return [];
  if (group.length === 1) return [[first]];
  const a = first.a;
  const withIsn = group.filter((row) => row.forward.isn !== null || row.backward.isn !== null);
  const without = group.filter((row) => row.forward.isn === null && row.backward.isn === null);
  const conversations = joinHalves(joinByIsn(withIsn, a));
  for (const row of without) {
    const mine = new Conversation(row, a);
    const fitting = conversations.filter((one) => one.continues(mine));
    const [only] = fitting;
    if (fitting.length === 1 && only !== undefined) only.add(row);
    else conversations.push(mine);
  }
  return conversations.map((one) => one.rows);
}

/** A row that knows both ISNs may tie together two halves that each knew one. */
function joinByIsn(rows: readonly FlowObservation[], a: FlowEndpoint): Conversation[] {
  const index = new IsnIndex();
  for (const row of rows) {
    let joined = new Conversation(row, a);
    for (let other = index.fitting(joined); other !== undefined; other = index.fitting(joined)) {
      index.delete(other);
      joined = other.takeOver(joined);
    }
    index.add(joined);
  }
  return index.list();
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
  halvesA.sort((x, y) => compareBigint(x.firstNs, y.firstNs));
  halvesB.sort((x, y) => compareBigint(x.firstNs, y.firstNs));
  const taken = new Set<Conversation>();
  for (const [position, half] of halvesA.entries()) {
    const other = halvesB[position];
    if (other === undefined || !half.isNear(other)) continue;
    half.takeOver(other);
    taken.add(other);
  }
  return conversations.filter((one) => !taken.has(one));
}

/** The sequence numbers of one direction, modulo 2^32. */
class SequenceSpan {
  #start: number | null = null;
  #end: number | null = null;

  add({ records, sequenceStart, sequenceEnd }: FlowDirection): void {
    if (records === 0) return;
    this.#extend(sequenceStart, sequenceEnd);
  }

  addAll(other: SequenceSpan): void {
    this.#extend(other.#start, other.#end);
  }

  /** Null when one of the two has no packets in this direction: nothing to compare. */
  overlaps(other: SequenceSpan): boolean | null {
    const [start, end] = [this.#start, this.#end];
    if (start === null || end === null || other.#start === null || other.#end === null) return null;
    // A capture that began later continues where another's numbers go on. The gap is far below the largest window (1 GiB, RFC 7323
    // section 2.3), so that another use of the tuple hardly ever fits.
    const slack = 1 << 20;
    return ((other.#end + slack - start) | 0) >= 0 && ((end + slack - other.#start) | 0) >= 0;
  }

  #extend(start: number | null, end: number | null): void {
    if (start !== null && (this.#start === null || ((start - this.#start) | 0) < 0))
      this.#start = start;
    if (end !== null && (this.#end === null || ((this.#end - end) | 0) < 0)) this.#end = end;
  }
}

class Conversation {
  readonly rows: FlowObservation[];
  isnA: number | null;
  isnB: number | null;
  firstNs: bigint;
  #lastNs: bigint;
  readonly #a: FlowEndpoint;
  readonly #fromA = new SequenceSpan();
  readonly #fromB = new SequenceSpan();

  constructor(row: FlowObservation, a: FlowEndpoint) {
    this.rows = [row];
    this.#a = a;
    this.isnA = sentBy(row, a).isn;
    this.isnB = sentToA(row, a).isn;
    this.firstNs = firstPacketNs(row);
    this.#lastNs = lastPacketNs(row);
    this.#count(row);
  }

  /** A row that has no ISN. */
  add(row: FlowObservation): void {
    this.rows.push(row);
    this.#count(row);
    this.#span(firstPacketNs(row), lastPacketNs(row));
  }

  /** Takes over what `other` has, which must contradict it in no ISN; returns this. */
  takeOver(other: Conversation): this {
    for (const row of other.rows) this.rows.push(row);
    this.isnA ??= other.isnA;
    this.isnB ??= other.isnB;
    this.#fromA.addAll(other.#fromA);
    this.#fromB.addAll(other.#fromB);
    this.#span(other.firstNs, other.#lastNs);
    return this;
  }

  isNear(other: Conversation): boolean {
    return (
      this.firstNs <= other.#lastNs + LONG_SILENCE_NS &&
      other.firstNs <= this.#lastNs + LONG_SILENCE_NS
    );
  }

  /** The sequence numbers of `other` lie in a range that was seen here, in every direction that both saw. */
  continues(other: Conversation): boolean {
    const fromA = this.#fromA.overlaps(other.#fromA);
    const fromB = this.#fromB.overlaps(other.#fromB);
    if (fromA === null && fromB === null) return this.isNear(other);
    return fromA !== false && fromB !== false;
  }

  #count(row: FlowObservation): void {
    this.#fromA.add(sentBy(row, this.#a));
    this.#fromB.add(sentToA(row, this.#a));
  }

  #span(firstNs: bigint, lastNs: bigint): void {
    if (firstNs < this.firstNs) this.firstNs = firstNs;
    if (lastNs > this.#lastNs) this.#lastNs = lastNs;
  }
}

function sentToA(row: FlowObservation, a: FlowEndpoint): FlowDirection {
  return sameEndpoint(row.a, a) ? row.backward : row.forward;
}

/**
 * Conversations by their ISNs, each in the order in which it last grew. No two of them fit together, so that there is at most
 * one of each pair of ISNs.
 */
class IsnIndex {
  readonly #all = new Set<Conversation>();
  readonly #byPair = new Map<string, Conversation>();
  readonly #byA = new Map<number, Set<Conversation>>();
  readonly #byB = new Map<number, Set<Conversation>>();

  list(): Conversation[] {
    return [...this.#all];
  }

  /** One that shares an ISN with `wanted` and contradicts it in none. */
  fitting({ isnA, isnB }: Conversation): Conversation | undefined {
    if (isnA === null) return isnB === null ? undefined : oldest(this.#byB.get(isnB));
    if (isnB === null) return oldest(this.#byA.get(isnA));
    return (
      this.#byPair.get(pairKey(isnA, isnB)) ??
      this.#byPair.get(pairKey(isnA, null)) ??
      this.#byPair.get(pairKey(null, isnB))
    );
  }

  add(one: Conversation): void {
    const { isnA, isnB } = one;
    this.#all.add(one);
    this.#byPair.set(pairKey(isnA, isnB), one);
    if (isnA !== null) listed(this.#byA, isnA).add(one);
    if (isnB !== null) listed(this.#byB, isnB).add(one);
  }

  delete(one: Conversation): void {
    const { isnA, isnB } = one;
    this.#all.delete(one);
    this.#byPair.delete(pairKey(isnA, isnB));
    if (isnA !== null) listed(this.#byA, isnA).delete(one);
    if (isnB !== null) listed(this.#byB, isnB).delete(one);
  }
}

function pairKey(isnA: number | null, isnB: number | null): string {
  return `${isnA} ${isnB}`;
}

function oldest(set: ReadonlySet<Conversation> | undefined): Conversation | undefined {
  for (const one of set ?? []) return one;
  return undefined;
}

function listed(index: Map<number, Set<Conversation>>, isn: number): Set<Conversation> {
  let set = index.get(isn);
  if (set === undefined) {
    set = new Set();
    index.set(isn, set);
  }
  return set;
}
