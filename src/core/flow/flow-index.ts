/**
 * From key to row: open addressing with linear probing over pairs (hash, row + 1), at most 0.6 full. The hash is compared
 * before the row is touched. Entries are never deleted; a reused tuple's entry is pointed to its new row.
 */

import {
  ROW_ADDRESS_A,
  ROW_ADDRESS_B,
  ROW_CONTEXT,
  ROW_KIND,
  ROW_PORTS,
  ROW_WORDS,
} from "./flow-columns.ts";
import type { RecordStore } from "./record-store.ts";
import { CHUNK_MASK, CHUNK_SHIFT } from "./record-store.ts";

/** Starts tiny so that growth is exercised before the optimiser runs. */
const INITIAL_SLOTS = 64;
const MAX_LOAD = 0.6;

/** What look-ups give: `row * 2`, plus 1 when the packet goes from `b` to `a`. Negative: no row. */
export type FlowPointer = number;

export class FlowIndex {
  readonly #rows: RecordStore;
  #slots = new Int32Array(INITIAL_SLOTS * 2);
  #entries = 0;

  constructor(rows: RecordStore) {
    this.#rows = rows;
  }

  /**
   * Where the packet with this key belongs, -1 when there is no row.
   * `ports` and `portsReversed` are the packet's port pair as it is and exchanged.
   */
  find(
    hash: number,
    context: number,
    kind: number,
    source: number,
    destination: number,
    ports: number,
    portsReversed: number,
  ): FlowPointer {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let at = (hash << 1) & mask;
    for (;;) {
      const row = slots[at + 1]! - 1;
      if (row < 0) return -1;
      if (slots[at] === hash) {
        const words = this.#rows.ints[row >>> CHUNK_SHIFT]!;
        const base = (row & CHUNK_MASK) * ROW_WORDS;
        if (words[base + ROW_CONTEXT] === context && words[base + ROW_KIND] === kind) {
          const a = words[base + ROW_ADDRESS_A];
          const b = words[base + ROW_ADDRESS_B];
          const pair = words[base + ROW_PORTS];
          if (a === source && b === destination && pair === ports) return row * 2;
          if (a === destination && b === source && pair === portsReversed) return row * 2 + 1;
        }
      }
      at = (at + 2) & mask;
    }
  }

  /** Adds a row whose key is not in the index yet. */
  insert(hash: number, row: number): void {
    if ((this.#entries + 1) * 2 > this.#slots.length * MAX_LOAD) this.#grow();
    this.#entries += 1;
    place(this.#slots, hash, row + 1);
  }

  /** From now on the key of `row` leads to `successor`. */
  replace(hash: number, row: number, successor: number): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let at = (hash << 1) & mask;
    while (slots[at + 1] !== row + 1) at = (at + 2) & mask;
    slots[at + 1] = successor + 1;
  }

  #grow(): void {
    const old = this.#slots;
    const slots = new Int32Array(old.length * 2);
    for (let at = 0; at < old.length; at += 2) {
      if (old[at + 1] !== 0) place(slots, old[at]!, old[at + 1]!);
    }
    this.#slots = slots;
  }
}

function place(slots: Int32Array, hash: number, entry: number): void {
  const mask = slots.length - 1;
  let at = (hash << 1) & mask;
  while (slots[at + 1] !== 0) at = (at + 2) & mask;
  slots[at] = hash;
  slots[at + 1] = entry;
}
