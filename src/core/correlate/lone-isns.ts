/** Marks the rows that may be tied to another by an initial sequence number (match-by-isn.ts), without making any of them. */
import type { RowColumns } from "../flow/row-columns.ts";
import type { Leg } from "./leg.ts";
import { type RowMarks, SHARED, TIED } from "./shared-tuples.ts";

const TCP = 6;
/** What a slot says when one of several that share the number must be looked at. */
const LOUD = -1;

/**
 * @param legs what has been put together already, of the rows that are SHARED
 *
 * Two that share a number at one place, with the same TTLs, are two packets and no rewrite: a scanner's, which sends one number to
 * everybody (`passedTogether`). Such a crowd stays unmarked.
 */
export function markSharedIsns(rows: RowColumns, marks: RowMarks, legs: readonly Leg[]): void {
  const flows = flowsWithIsn(rows, marks);
  const table = new IsnTable(flows.length + legs.length * 2, rows.hashSeed);
  for (const { protocol, facts } of legs) {
    if (protocol !== "tcp") continue;
    if (facts.forward.isn !== null) table.shout(facts.forward.isn | 0);
    if (facts.backward.isn !== null) table.shout(facts.backward.isn | 0);
  }
  for (const flow of flows) {
    const isn = rows.isn(flow);
    const holder = table.put(isn, flow + 1);
    if (holder === flow + 1 || holder === LOUD) continue;
    if (!areTwoPackets(rows, holder - 1, flow)) table.shout(isn);
  }
  if (table.isQuiet) return;
  for (const flow of flows) if (table.isLoud(rows.isn(flow))) marks[flow >>> 1] = TIED;
}

/** Directions with a SYN, of TCP rows that are not SHARED. */
function flowsWithIsn(rows: RowColumns, marks: RowMarks): Int32Array {
  let flows = new Int32Array(1024);
  let count = 0;
  for (let row = 0; row < rows.length; row++) {
    if (marks[row] === SHARED || rows.protocol(row) !== TCP) continue;
    if (count + 2 > flows.length) {
      const larger = new Int32Array(flows.length * 2);
      larger.set(flows);
      flows = larger;
    }
    if (rows.hasIsn(row * 2)) flows[count++] = row * 2;
    if (rows.hasIsn(row * 2 + 1)) flows[count++] = row * 2 + 1;
  }
  return flows.subarray(0, count);
}

/** Both are SYNs of originators, at one place and with one TTL. */
function areTwoPackets(rows: RowColumns, x: number, y: number): boolean {
  return (
    !rows.isnIsOfSynAck(x) &&
    !rows.isnIsOfSynAck(y) &&
    !isAnsweredBySyn(rows, x) &&
    !isAnsweredBySyn(rows, y) &&
    rows.tap(x >>> 1) === rows.tap(y >>> 1) &&
    rows.ttlMin(x) === rows.ttlMin(y) &&
    rows.ttlMax(x) === rows.ttlMax(y)
  );
}

/** A simultaneous open: which of the two is the originator is not said by the SYN alone. */
function isAnsweredBySyn(rows: RowColumns, flow: number): boolean {
  return rows.hasIsn(flow ^ 1) && !rows.isnIsOfSynAck(flow ^ 1);
}

/** From number to the first pointer + 1 that has it, or LOUD: open addressing with linear probing, at most half full. */
class IsnTable {
  readonly #keys: Int32Array;
  /** 0 = free. */
  readonly #holders: Int32Array;
  /** No number is LOUD. */
  isQuiet = true;

  readonly #seed: number;

  constructor(most: number, seed: number) {
    this.#seed = seed;
    let size = 16;
    while (size < most * 2) size *= 2;
    this.#keys = new Int32Array(size);
    this.#holders = new Int32Array(size);
  }

  /** Who holds the number: `holder` itself when nobody did. */
  put(isn: number, holder: number): number {
    const at = this.#find(isn);
    const known = this.#holders[at] ?? 0;
    if (known !== 0) return known;
    this.#keys[at] = isn;
    this.#holders[at] = holder;
    return holder;
  }

  shout(isn: number): void {
    const at = this.#find(isn);
    this.#keys[at] = isn;
    this.#holders[at] = LOUD;
    this.isQuiet = false;
  }

  isLoud(isn: number): boolean {
    return this.#holders[this.#find(isn)] === LOUD;
  }

  #find(isn: number): number {
    const mask = this.#keys.length - 1;
    let at = mix(isn ^ this.#seed) & mask;
    while (this.#holders[at] !== 0 && this.#keys[at] !== isn) at = (at + 1) & mask;
    return at;
  }
}

/** A finalizer of the kind of MurmurHash3's (github.com/aappleby/smhasher): every bit reaches the low ones. */
function mix(word: number): number {
  let hash = Math.imul(word ^ (word >>> 16), 0x7feb352d);
  hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b);
  return hash ^ (hash >>> 16);
}
