/** Finds, by numbers alone, the rows whose tuple no other row has at any place, in any tunnel, in either direction. */
import type { RowColumns } from "../flow/row-columns.ts";

/** By row, one of the marks below. */
export type RowMarks = Uint8Array;

/** As far as was looked, nothing ties the row to another. */
export const ALONE = 0;
/** In or around a tunnel, or not the only row of its tuple: put together with others first. */
export const SHARED = 1;
/** The only row of its tuple, but something in it is another row's as well. */
export const TIED = 2;

/** Marks rows in and around tunnels, rows of one end with itself, and rows that share a tuple. */
export function markShared(rows: RowColumns): RowMarks {
  const marks: RowMarks = new Uint8Array(rows.length);
  const table = new TupleTable(rows);
  for (let row = 0; row < rows.length; row++) {
    if (rows.isInTunnel(row)) {
      marks[row] = SHARED;
      const outer = rows.outer(row);
      if (outer >= 0) marks[outer] = SHARED;
    } else if (rows.isTunnel(row) || isOneEnd(rows, row)) marks[row] = SHARED;
    const other = table.put(row);
    if (other >= 0) {
      marks[row] = SHARED;
      marks[other] = SHARED;
    }
  }
  return marks;
}

/** Both directions would be one: which packets the originator sent cannot be asked for by its end. */
function isOneEnd(rows: RowColumns, row: number): boolean {
  const ports = rows.ports(row);
  return rows.addressA(row) === rows.addressB(row) && ports >>> 16 === (ports & 0xffff);
}

/** From tuple to the first row that has it: open addressing with linear probing, at most half full. */
class TupleTable {
  readonly #rows: RowColumns;
  /** Row + 1, 0 = free. */
  readonly #slots: Int32Array;

  constructor(rows: RowColumns) {
    this.#rows = rows;
    let size = 16;
    while (size < rows.length * 2) size *= 2;
    this.#slots = new Int32Array(size);
  }

  /** The first row of the same tuple; -1 when this is it. */
  put(row: number): number {
    const rows = this.#rows;
    const slots = this.#slots;
    const mask = slots.length - 1;
    const kind = rows.kind(row);
    const a = rows.addressA(row);
    const b = rows.addressB(row);
    const ports = rows.ports(row);
    const turned = (ports << 16) | (ports >>> 16);
    let at = rows.tupleHash(row) & mask;
    for (;;) {
      const other = (slots[at] ?? 0) - 1;
      if (other < 0) break;
      if (rows.kind(other) === kind) {
        const [otherA, otherPorts] = [rows.addressA(other), rows.ports(other)];
        const otherB = rows.addressB(other);
        if (otherA === a && otherB === b && otherPorts === ports) return other;
        if (otherA === b && otherB === a && otherPorts === turned) return other;
      }
      at = (at + 1) & mask;
    }
    slots[at] = row + 1;
    return -1;
  }
}
