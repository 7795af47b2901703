/** Marks the rows of datagrams that may be tied to another by what they carry (match-by-payload.ts), without making any of them. */
import { protocolNumber } from "../flow/flow-reader.ts";
import type { RowColumns } from "../flow/row-columns.ts";
import { WordTupleTable } from "../flow/word-tuple-table.ts";
import { factsSentBy, type Leg } from "./leg.ts";
import { COMMON_FINGERPRINT, type CommonFingerprints } from "./match-by-payload.ts";
import { type RowMarks, SHARED, TIED } from "./shared-tuples.ts";

const TCP = 6;
const SEED = 0x5bd1e995;
/** Who has a key: a row + 1, or one of these. */
const NOBODY = 0;
const SEVERAL = -1;
const A_LEG = -2;

/**
 * @param legs what has been put together already, of the rows that are SHARED
 * @returns which fingerprints so many have that they tell nothing; those who are not looked at have been counted too
 */
export function markSharedPayloads(
  rows: RowColumns,
  marks: RowMarks,
  legs: readonly Leg[],
): CommonFingerprints {
  const census = new Census();
  const datagrams = legs.filter(({ protocol }) => protocol !== "tcp");
  eachOfLegs(datagrams, (protocol, print) => census.count(protocol, print, A_LEG));
  eachOfRows(rows, marks, (flow, protocol, print) => {
    census.count(protocol, print, (flow >>> 1) + 1);
  });
  if (census.hasCommon) {
    eachOfLegs(datagrams, (protocol, print, ids) => {
      if (!census.isCommonNumber(protocol, print)) return;
      for (const id of ids) census.countWithId(protocol, print, id, A_LEG);
    });
    eachOfRows(rows, marks, (flow, protocol, print) => {
      const id = rows.ipId(flow);
      if (id !== 0 && census.isCommonNumber(protocol, print))
        census.countWithId(protocol, print, id, (flow >>> 1) + 1);
    });
  }
  eachOfRows(rows, marks, (flow, protocol, print) => {
    if (census.hasMate(protocol, print, rows.ipId(flow), (flow >>> 1) + 1))
      marks[flow >>> 1] = TIED;
  });
  return census;
}

function eachOfLegs(
  legs: readonly Leg[],
  visit: (protocol: number, print: number, ids: ReadonlySet<number>) => void,
): void {
  for (const leg of legs) {
    for (const sender of [leg.orig, leg.resp]) {
      const { fingerprints, ipIds } = factsSentBy(leg, sender);
      for (const print of fingerprints) visit(protocolNumber(leg.protocol), print | 0, ipIds);
    }
  }
}

function eachOfRows(
  rows: RowColumns,
  marks: RowMarks,
  visit: (flow: number, protocol: number, print: number) => void,
): void {
  for (let row = 0; row < rows.length; row++) {
    if (marks[row] === SHARED) continue;
    const protocol = rows.protocol(row);
    if (protocol === TCP) continue;
    for (let flow = row * 2; flow <= row * 2 + 1; flow++) {
      const count = rows.fingerprintCount(flow);
      for (let i = 0; i < count; i++) visit(flow, protocol, rows.fingerprint(flow, i));
    }
  }
}

/** How many have a fingerprint, and of those that many have, with which identification; and who it is while it is one. */
class Census implements CommonFingerprints {
  readonly #prints = new Tally(2);
  readonly #withId = new Tally(3);
  hasCommon = false;

  count(protocol: number, print: number, holder: number): void {
    if (this.#prints.add(protocol, print, 0, holder) > COMMON_FINGERPRINT) this.hasCommon = true;
  }

  countWithId(protocol: number, print: number, id: number, holder: number): void {
    this.#withId.add(protocol, print, id, holder);
  }

  /** Of a common fingerprint only those with the same identification are compared, if they are few. */
  hasMate(protocol: number, print: number, id: number, holder: number): boolean {
    if (!this.isCommonNumber(protocol, print))
      return this.#prints.holder(protocol, print, 0) !== holder;
    if (id === 0 || this.#withId.size(protocol, print, id) > COMMON_FINGERPRINT) return false;
    return this.#withId.holder(protocol, print, id) !== holder;
  }

  isCommonNumber(protocol: number, print: number): boolean {
    return this.hasCommon && this.#prints.size(protocol, print, 0) > COMMON_FINGERPRINT;
  }

  isCommon(protocol: string, print: number): boolean {
    return this.isCommonNumber(protocolNumber(protocol), print | 0);
  }

  isCommonWithId(protocol: string, print: number, id: number): boolean {
    return this.#withId.size(protocolNumber(protocol), print | 0, id) > COMMON_FINGERPRINT;
  }
}

class Tally {
  readonly #keys: WordTupleTable;
  #counts = new Int32Array(1024);
  #holders = new Int32Array(1024);

  constructor(words: number) {
    this.#keys = new WordTupleTable(words, SEED);
  }

  /** How many there are now. */
  add(protocol: number, print: number, id: number, holder: number): number {
    this.#write(protocol, print, id);
    const at = this.#keys.intern();
    if (at >= this.#counts.length) this.#grow();
    const known = this.#holders[at] ?? NOBODY;
    if (known === NOBODY) this.#holders[at] = holder;
    else if (known !== holder || holder === A_LEG) this.#holders[at] = SEVERAL;
    const count = (this.#counts[at] ?? 0) + 1;
    this.#counts[at] = count;
    return count;
  }

  holder(protocol: number, print: number, id: number): number {
    this.#write(protocol, print, id);
    return this.#holders[this.#keys.find()] ?? NOBODY;
  }

  size(protocol: number, print: number, id: number): number {
    this.#write(protocol, print, id);
    return this.#counts[this.#keys.find()] ?? 0;
  }

  #write(protocol: number, print: number, id: number): void {
    const key = this.#keys.key;
    key[0] = protocol;
    key[1] = print;
    // A table of two words has no third: setting it changes nothing.
    key[2] = id;
  }

  #grow(): void {
    const [counts, holders] = [this.#counts, this.#holders];
    this.#counts = new Int32Array(counts.length * 2);
    this.#counts.set(counts);
    this.#holders = new Int32Array(holders.length * 2);
    this.#holders.set(holders);
  }
}
