/**
 * The connections of an analysis by first packet. Those of rows that stand alone are numbers until somebody asks for one: then it
 * is made, by the same code that makes all the others, and forgotten again.
 */
import type { RowColumns } from "../flow/row-columns.ts";
import type { Sequence } from "../sequence.ts";
import type { Draft } from "./build-connections.ts";
import type { Connection } from "./connection.ts";
import { ALONE, type RowMarks } from "./shared-tuples.ts";

/** Where each connection comes from: by index, a row that stands alone, or -1 - the position of a draft. */
export type ConnectionOrder = Int32Array;

/** By first packet, then by first row: rows that stand alone among drafts, which are in order already. */
export function orderConnections(
  rows: RowColumns | null,
  marks: RowMarks,
  drafts: readonly Draft[],
): ConnectionOrder {
  const alone = rows === null ? new Int32Array() : rowsByTime(rows, marks);
  const order: ConnectionOrder = new Int32Array(alone.length + drafts.length);
  let taken = 0;
  let at = 0;
  for (const [position, draft] of drafts.entries()) {
    if (rows !== null) {
      const firstSeconds = Number(draft.firstSeenNs / 1_000_000_000n);
      const firstNanos = Number(draft.firstSeenNs % 1_000_000_000n);
      for (; taken < alone.length; taken++) {
        const row = alone[taken] ?? 0;
        const flow = firstFlow(rows, row);
        const difference =
          rows.firstSeconds(flow) - firstSeconds ||
          rows.firstNanos(flow) - firstNanos ||
          row - draft.firstRow;
        if (difference > 0) break;
        order[at++] = row;
      }
    }
    order[at++] = -1 - position;
  }
  order.set(alone.subarray(taken), at);
  return order;
}

function rowsByTime(rows: RowColumns, marks: RowMarks): Int32Array {
  let count = 0;
  for (let row = 0; row < rows.length; row++) if (marks[row] === ALONE) count += 1;
  const alone = new Int32Array(count);
  let at = 0;
  let isSorted = true;
  let lastSeconds = 0;
  let lastNanos = 0;
  for (let row = 0; row < rows.length; row++) {
    if (marks[row] !== ALONE) continue;
    const flow = firstFlow(rows, row);
    const seconds = rows.firstSeconds(flow);
    const nanos = rows.firstNanos(flow);
    if (seconds < lastSeconds || (seconds === lastSeconds && nanos < lastNanos)) isSorted = false;
    lastSeconds = seconds;
    lastNanos = nanos;
    alone[at++] = row;
  }
  // Rows are opened in the order of the records, which is that of time in nearly all captures.
  return isSorted ? alone : alone.sort((x, y) => compareRows(rows, x, y));
}

function compareRows(rows: RowColumns, x: number, y: number): number {
  const flowX = firstFlow(rows, x);
  const flowY = firstFlow(rows, y);
  return (
    rows.firstSeconds(flowX) - rows.firstSeconds(flowY) ||
    rows.firstNanos(flowX) - rows.firstNanos(flowY) ||
    x - y
  );
}

/** The direction that was seen first. */
export function firstFlow(rows: RowColumns, row: number): number {
  const forward = row * 2;
  const backward = forward + 1;
  if (rows.records(backward) === 0) return forward;
  const difference =
    rows.firstSeconds(forward) - rows.firstSeconds(backward) ||
    rows.firstNanos(forward) - rows.firstNanos(backward);
  return difference <= 0 ? forward : backward;
}

/** The direction that was seen last. */
export function lastFlow(rows: RowColumns, row: number): number {
  const forward = row * 2;
  const backward = forward + 1;
  if (rows.records(backward) === 0) return forward;
  const difference =
    rows.lastSeconds(forward) - rows.lastSeconds(backward) ||
    rows.lastNanos(forward) - rows.lastNanos(backward);
  return difference >= 0 ? forward : backward;
}

/** The index of each draft. */
export function indexesOfDrafts(order: ConnectionOrder, drafts: number): Int32Array {
  const indexes = new Int32Array(drafts);
  for (let index = 0; index < order.length; index++) {
    const from = order[index] ?? 0;
    if (from < 0) indexes[-1 - from] = index;
  }
  return indexes;
}

/** What makes the connection of a row that stands alone. */
export interface ConnectionMaker {
  make(row: number, index: number): Connection;
}

export class ConnectionSequence implements Sequence<Connection> {
  readonly #order: ConnectionOrder;
  readonly #finished: readonly Connection[];
  readonly #maker: ConnectionMaker | null;

  constructor(
    order: ConnectionOrder,
    finished: readonly Connection[],
    maker: ConnectionMaker | null,
  ) {
    this.#order = order;
    this.#finished = finished;
    this.#maker = maker;
  }

  get length(): number {
    return this.#order.length;
  }

  at(index: number): Connection | undefined {
    const position = index < 0 ? this.#order.length + index : index;
    const from = this.#order[position];
    if (from === undefined) return undefined;
    return from < 0 ? this.#finished[-1 - from] : this.#maker?.make(from, position);
  }

  *[Symbol.iterator](): Iterator<Connection> {
    for (let index = 0; index < this.#order.length; index++) {
      const one = this.at(index);
      if (one !== undefined) yield one;
    }
  }
}
