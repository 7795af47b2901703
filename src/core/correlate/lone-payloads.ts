/** Marks the rows of datagrams that may be tied to another by what they carry (match-by-payload.ts), without making any of them. */
import { protocolNumber } from "../flow/flow-reader.ts";
import type { RowColumns } from "../flow/row-columns.ts";
import { WordTupleTable } from "../flow/word-tuple-table.ts";
import { factsSentBy, type Leg } from "./leg.ts";
import {
  COMMON_FINGERPRINT,
  type CommonFingerprints,
  contradict,
  SAME_NODE_NS,
} from "./match-by-payload.ts";
import { type RowMarks, SHARED, TIED } from "./shared-tuples.ts";

const TCP = 6;
const SEED = 0x5bd1e995;
/** Who has a key: a row + 1, or one of these. */
const NOBODY = 0;
const SEVERAL = -1;
const A_LEG = -2;
const SEVERAL_WITH_LEG = -3;
/** Who is compared with a row: nobody, some of which one has been put together already, or the group of this number. */
const ALONE = Number.NEGATIVE_INFINITY;
const WITH_LEG = Number.POSITIVE_INFINITY;

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
  const own = datagramRows(rows, marks);
  const datagrams = legs.filter(({ protocol }) => protocol !== "tcp");
  eachOfLegs(datagrams, (protocol, print) => census.count(protocol, print, A_LEG));
  eachOfRows(rows, own, (flow, protocol, print) => {
    census.count(protocol, print, (flow >>> 1) + 1);
  });
  if (census.hasCommon) {
    eachOfLegs(datagrams, (protocol, print, ids) => {
      if (!census.isCommonNumber(protocol, print)) return;
      for (const id of ids) census.countWithId(protocol, print, id, A_LEG);
    });
    eachOfRows(rows, own, (flow, protocol, print) => {
      const id = rows.ipId(flow);
      if (id !== 0 && census.isCommonNumber(protocol, print))
        census.countWithId(protocol, print, id, (flow >>> 1) + 1);
    });
  }
  const groups = new Map<number, number[]>();
  eachOfRows(rows, own, (flow, protocol, print) => {
    const group = census.groupOf(protocol, print, rows.ipId(flow), (flow >>> 1) + 1);
    if (group === ALONE) return;
    if (group === WITH_LEG) marks[flow >>> 1] = TIED;
    else push(groups, group, flow);
  });
  for (const group of groups.values()) markMates(rows, marks, group);
  return census;
}

function push(groups: Map<number, number[]>, key: number, flow: number): void {
  const known = groups.get(key);
  if (known === undefined) groups.set(key, [flow]);
  else known.push(flow);
}

/** Directions of rows that have one fingerprint, no more than COMMON_FINGERPRINT. */
function markMates(rows: RowColumns, marks: RowMarks, group: readonly number[]): void {
  for (const [position, x] of group.entries()) {
    for (const y of group.slice(position + 1)) {
      if (x >>> 1 === y >>> 1 || !mayBeOnePacket(rows, x, y)) continue;
      marks[x >>> 1] = TIED;
      marks[y >>> 1] = TIED;
    }
  }
}

/** As `compare` of match-by-payload.ts has it for legs of one row each. */
function mayBeOnePacket(rows: RowColumns, x: number, y: number): boolean {
  const isFirst = rows.fingerprint(x, 0) === rows.fingerprint(y, 0);
  const [idX, idY] = [rows.ipId(x), rows.ipId(y)];
  const isSameId = isFirst && idX !== 0 && idX === idY;
  if (isFirst && idX !== 0 && idY !== 0 && !isSameId) return false;
  if (!isSameId && contradict(printsOf(rows, x), printsOf(rows, y))) return false;
  if (!isFirst || rows.capture(x >>> 1) !== rows.capture(y >>> 1)) return true;
  const seconds = rows.firstSeconds(x) - rows.firstSeconds(y);
  const apart = Math.abs(seconds * 1_000_000_000 + rows.firstNanos(x) - rows.firstNanos(y));
  return apart <= Number(SAME_NODE_NS) && (isSameId || rows.ttlMax(x) !== rows.ttlMax(y));
}

function printsOf(rows: RowColumns, flow: number): Set<number> {
  const prints = new Set<number>();
  for (let i = 0; i < rows.fingerprintCount(flow); i++) prints.add(rows.fingerprint(flow, i));
  return prints;
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

/** The rows that are no TCP and not SHARED. */
function datagramRows(rows: RowColumns, marks: RowMarks): number[] {
  const found: number[] = [];
  for (let row = 0; row < rows.length; row++)
    if (marks[row] !== SHARED && rows.protocol(row) !== TCP) found.push(row);
  return found;
}

function eachOfRows(
  rows: RowColumns,
  datagrams: readonly number[],
  visit: (flow: number, protocol: number, print: number) => void,
): void {
  for (const row of datagrams) {
    const protocol = rows.protocol(row);
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

  /**
   * Those that are compared with this one: the number of their group, ALONE or WITH_LEG. Of a common fingerprint only those with
   * the same identification are, if they are few.
   */
  groupOf(protocol: number, print: number, id: number, holder: number): number {
    if (!this.isCommonNumber(protocol, print))
      return this.#prints.group(protocol, print, 0, holder);
    if (id === 0 || this.#withId.size(protocol, print, id) > COMMON_FINGERPRINT) return ALONE;
    const group = this.#withId.group(protocol, print, id, holder);
    return group === ALONE || group === WITH_LEG ? group : -1 - group;
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
    else if (known === A_LEG || known === SEVERAL_WITH_LEG || holder === A_LEG)
      this.#holders[at] = SEVERAL_WITH_LEG;
    else if (known !== holder) this.#holders[at] = SEVERAL;
    const count = (this.#counts[at] ?? 0) + 1;
    this.#counts[at] = count;
    return count;
  }

  /** ALONE, WITH_LEG or the number of the key. */
  group(protocol: number, print: number, id: number, holder: number): number {
    this.#write(protocol, print, id);
    const at = this.#keys.find();
    const known = this.#holders[at] ?? NOBODY;
    if (known === holder || known === NOBODY) return ALONE;
    return known === SEVERAL ? at : WITH_LEG;
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
