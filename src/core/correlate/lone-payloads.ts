/** Marks the rows of datagrams that may be tied to another by what they carry (match-by-payload.ts), without making any of them. */
import type { RowColumns } from "../flow/row-columns.ts";
import { WordTupleTable } from "../flow/word-tuple-table.ts";
import { factsSentBy, type Leg } from "./leg.ts";
import { COMMON_FINGERPRINT, type CommonFingerprints } from "./match-by-payload.ts";
import { type RowMarks, SHARED, TIED } from "./shared-tuples.ts";

const TCP = 6;
const SEED = 0x5bd1e995;
/** In the place of an identification: the fingerprint alone. */
const ANY_ID = -1;
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
  for (const leg of legs) if (leg.protocol !== "tcp") countLeg(census, leg);
  for (let row = 0; row < rows.length; row++) {
    if (marks[row] === SHARED || rows.protocol(row) === TCP) continue;
    for (let flow = row * 2; flow <= row * 2 + 1; flow++) {
      const count = rows.fingerprintCount(flow);
      const id = count === 0 ? 0 : rows.ipId(flow);
      for (let i = 0; i < count; i++) {
        const print = rows.fingerprint(flow, i);
        census.count(rows.protocolName(row), print, ANY_ID, row + 1);
        if (id !== 0) census.count(rows.protocolName(row), print, id, row + 1);
      }
    }
  }
  for (let row = 0; row < rows.length; row++) {
    if (marks[row] !== SHARED && rows.protocol(row) !== TCP && hasMate(rows, row, census))
      marks[row] = TIED;
  }
  return census;
}

function countLeg(census: Census, leg: Leg): void {
  for (const sender of [leg.orig, leg.resp]) {
    const { fingerprints, ipIds } = factsSentBy(leg, sender);
    for (const print of fingerprints) {
      census.count(leg.protocol, print | 0, ANY_ID, A_LEG);
      for (const id of ipIds) census.count(leg.protocol, print | 0, id, A_LEG);
    }
  }
}

/** Of a common fingerprint only those with the same identification are compared, if they are few. */
function hasMate(rows: RowColumns, row: number, census: Census): boolean {
  const protocol = rows.protocolName(row);
  for (let flow = row * 2; flow <= row * 2 + 1; flow++) {
    const count = rows.fingerprintCount(flow);
    for (let i = 0; i < count; i++) {
      const print = rows.fingerprint(flow, i);
      if (!census.isCommon(protocol, print)) {
        if (census.holder(protocol, print, ANY_ID) !== row + 1) return true;
        continue;
      }
      const id = rows.ipId(flow);
      if (id === 0 || census.isCommonWithId(protocol, print, id)) continue;
      if (census.holder(protocol, print, id) !== row + 1) return true;
    }
  }
  return false;
}

/** How many have a fingerprint, with and without an identification, and who it is while it is one. */
class Census implements CommonFingerprints {
  readonly #keys = new WordTupleTable(3, SEED);
  readonly #protocols = new Map<string, number>();
  #counts = new Int32Array(1024);
  #holders = new Int32Array(1024);

  count(protocol: string, print: number, id: number, holder: number): void {
    this.#write(protocol, print, id);
    const at = this.#keys.intern();
    if (at >= this.#counts.length) this.#grow();
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    const known = this.#holders[at] ?? 0;
    if (known === NOBODY) this.#holders[at] = holder;
    else if (known !== holder || holder === A_LEG) this.#holders[at] = SEVERAL;
  }

  holder(protocol: string, print: number, id: number): number {
    this.#write(protocol, print, id);
    const at = this.#keys.find();
    return at < 0 ? NOBODY : (this.#holders[at] ?? 0);
  }

  isCommon(protocol: string, print: number): boolean {
    return this.#most(protocol, print | 0, ANY_ID) > COMMON_FINGERPRINT;
  }

  isCommonWithId(protocol: string, print: number, id: number): boolean {
    return this.#most(protocol, print | 0, id) > COMMON_FINGERPRINT;
  }

  #most(protocol: string, print: number, id: number): number {
    this.#write(protocol, print, id);
    const at = this.#keys.find();
    return at < 0 ? 0 : (this.#counts[at] ?? 0);
  }

  #write(protocol: string, print: number, id: number): void {
    let number = this.#protocols.get(protocol);
    if (number === undefined) {
      number = this.#protocols.size;
      this.#protocols.set(protocol, number);
    }
    const key = this.#keys.key;
    key[0] = number;
    key[1] = print;
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
