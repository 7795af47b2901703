/**
 * Marks the TCP rows that may be tied to another by the sequence numbers of both directions (match-by-sequence.ts), without making
 * any of them. Only where somebody talked before the capture began does anything have to be compared: at each end (address and
 * port) of such a row, the others of that end whose numbers overlap in both directions.
 */
import type { RowColumns } from "../flow/row-columns.ts";
import { WordTupleTable } from "../flow/word-tuple-table.ts";
import { type Leg, origFacts } from "./leg.ts";
import { type RowMarks, SHARED, TIED } from "./shared-tuples.ts";

const TCP = 6;
const SEED = 0x5bd1e995;
/** Ranges lie in cells of 2^22 by 2^22 numbers, so that a busy service's clients are not compared in pairs. */
const CELL_BITS = 22;
/** A row with more cells is kept beside them: there are few of so much data. */
const MOST_CELLS = 16;
/** More in one cell, or beside the cells of one end, are not compared: all of them are looked at as a whole. */
const MOST_COMPARED = 64;

/** The numbers of one conversation as one end of it sees them. */
interface Ranges {
  /** -1 when it has been put together already. */
  readonly row: number;
  readonly end: number;
  readonly start: number;
  readonly stop: number;
  readonly otherStart: number;
  readonly otherStop: number;
}

/** @param legs what has been put together already, of the rows that are SHARED */
export function markSharedSequences(rows: RowColumns, marks: RowMarks, legs: readonly Leg[]): void {
  const ends = new WordTupleTable(3, SEED);
  for (let row = 0; row < rows.length; row++) {
    if (isCandidate(rows, marks, row) && beganBefore(rows, row)) addEnds(ends, rows, row);
  }
  for (const leg of legs) {
    const [first] = leg.rows;
    if (first !== undefined && leg.protocol === "tcp" && origFacts(leg).isn === null)
      addEnds(ends, rows, first.id);
  }
  if (ends.size === 0) return;
  const comparison = new Comparison(marks);
  for (let row = 0; row < rows.length; row++) {
    if (isCandidate(rows, marks, row)) eachEnd(ends, rows, row, row * 2, comparison);
  }
  for (const leg of legs) eachEndOfLeg(ends, rows, leg, comparison);
  comparison.finish();
}

function isCandidate(rows: RowColumns, marks: RowMarks, row: number): boolean {
  return (
    marks[row] !== SHARED &&
    rows.protocol(row) === TCP &&
    rows.hasSequence(row * 2) &&
    rows.hasSequence(row * 2 + 1)
  );
}

/** No SYN of the originator. */
function beganBefore(rows: RowColumns, row: number): boolean {
  const isSyn = (flow: number) => rows.hasIsn(flow) && !rows.isnIsOfSynAck(flow);
  return !isSyn(row * 2) && !isSyn(row * 2 + 1);
}

function addEnds(ends: WordTupleTable, rows: RowColumns, row: number): void {
  writeEnd(ends, rows, row, 0);
  ends.intern();
  writeEnd(ends, rows, row, 1);
  ends.intern();
}

function writeEnd(ends: WordTupleTable, rows: RowColumns, row: number, side: 0 | 1): void {
  const ports = rows.ports(row);
  ends.key[0] = rows.isVersion6(row) ? 6 : 4;
  ends.key[1] = side === 0 ? rows.addressA(row) : rows.addressB(row);
  ends.key[2] = side === 0 ? ports >>> 16 : ports & 0xffff;
}

function eachEnd(
  ends: WordTupleTable,
  rows: RowColumns,
  row: number,
  flow: number,
  into: Comparison,
): void {
  for (const side of [0, 1] as const) {
    writeEnd(ends, rows, row, side);
    const end = ends.find();
    if (end < 0) continue;
    const [own, other] = [flow + side, flow + 1 - side];
    into.add({
      row,
      end,
      start: rows.sequenceStart(own),
      stop: rows.sequenceEnd(own),
      otherStart: rows.sequenceStart(other),
      otherStop: rows.sequenceEnd(other),
    });
  }
}

function eachEndOfLeg(ends: WordTupleTable, rows: RowColumns, leg: Leg, into: Comparison): void {
  const [first] = leg.rows;
  if (first === undefined || leg.protocol !== "tcp") return;
  for (const side of [0, 1] as const) {
    writeEnd(ends, rows, first.id, side);
    const end = ends.find();
    if (end < 0) continue;
    // The facts are those of the first row's `a`.
    const own = side === 0 ? leg.facts.forward : leg.facts.backward;
    const other = side === 0 ? leg.facts.backward : leg.facts.forward;
    if (own.sequenceStart === null || own.sequenceEnd === null) continue;
    if (other.sequenceStart === null || other.sequenceEnd === null) continue;
    into.add({
      row: -1,
      end,
      start: own.sequenceStart | 0,
      stop: own.sequenceEnd | 0,
      otherStart: other.sequenceStart | 0,
      otherStop: other.sequenceEnd | 0,
    });
  }
}

class Comparison {
  readonly #marks: RowMarks;
  readonly #cells = new WordTupleTable(3, SEED);
  readonly #inCell: Ranges[][] = [];
  readonly #wide = new Map<number, Ranges[]>();
  readonly #all: Ranges[] = [];

  constructor(marks: RowMarks) {
    this.#marks = marks;
  }

  add(one: Ranges): void {
    this.#all.push(one);
    const across = cellsOf(one.start, one.stop);
    const down = cellsOf(one.otherStart, one.otherStop);
    if (across * down > MOST_CELLS) {
      const known = this.#wide.get(one.end);
      if (known === undefined) this.#wide.set(one.end, [one]);
      else known.push(one);
      return;
    }
    for (let x = 0; x < across; x++) for (let y = 0; y < down; y++) this.#put(one, x, y);
  }

  finish(): void {
    for (const group of this.#inCell) {
      if (group.length > MOST_COMPARED) for (const one of group) this.#mark(one);
      else this.#compare(group, group);
    }
    if (this.#wide.size === 0) return;
    for (const one of this.#all) {
      const wide = this.#wide.get(one.end);
      if (wide === undefined) continue;
      if (wide.length > MOST_COMPARED) this.#mark(one);
      else this.#compare([one], wide);
    }
  }

  #put(one: Ranges, across: number, down: number): void {
    const key = this.#cells.key;
    key[0] = one.end;
    key[1] = ((one.start >>> CELL_BITS) + across) & (2 ** (32 - CELL_BITS) - 1);
    key[2] = ((one.otherStart >>> CELL_BITS) + down) & (2 ** (32 - CELL_BITS) - 1);
    const at = this.#cells.intern();
    const group = this.#inCell[at];
    if (group === undefined) this.#inCell[at] = [one];
    else group.push(one);
  }

  #compare(group: readonly Ranges[], others: readonly Ranges[]): void {
    for (const x of group) {
      for (const y of others) {
        if (x === y || !doMeet(x, y)) continue;
        this.#mark(x);
        this.#mark(y);
      }
    }
  }

  #mark({ row }: Ranges): void {
    if (row >= 0) this.#marks[row] = TIED;
  }
}

function cellsOf(start: number, stop: number): number {
  if (((stop - start) | 0) < 0) return MOST_CELLS + 1;
  return ((((stop >>> CELL_BITS) - (start >>> CELL_BITS)) & (2 ** (32 - CELL_BITS) - 1)) >>> 0) + 1;
}

/** As `sequencesOverlap` of leg.ts, in both directions. */
function doMeet(x: Ranges, y: Ranges): boolean {
  return (
    ((x.stop - y.start) | 0) >= 0 &&
    ((y.stop - x.start) | 0) >= 0 &&
    ((x.otherStop - y.otherStart) | 0) >= 0 &&
    ((y.otherStop - x.otherStart) | 0) >= 0
  );
}
