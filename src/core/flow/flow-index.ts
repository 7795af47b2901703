/**
 * From key to row: open addressing with linear probing, at most half full. A slot is one word: row + 1 and, above it, bits of the
 * hash that are compared before the row is touched. Entries are never deleted; a reused tuple's entry is pointed to its new row.
 */
import {
  ROW_ADDRESS_A,
  ROW_ADDRESS_B,
  ROW_PLACE,
  ROW_PORTS,
  ROW_TRAITS,
  ROW_WORDS,
  TRAIT_SUCCEEDED,
} from "./flow-columns.ts";
import type { RecordStore } from "./record-store.ts";
import { CHUNK_MASK, CHUNK_SHIFT } from "./record-store.ts";

/** Starts tiny so that growth is exercised before the optimiser runs. */
const INITIAL_SLOTS = 64;
/**
 * How much larger it becomes when it is half full. Placing an entry is a miss of the cache, and twice as large means to place all of them
 * twice as often.
 */
const GROWTH = 4;
/** Low bits of a slot: row + 1, 0 = free. The other ten are the highest of the hash, whose lowest choose the slot. */
const ENTRY_BITS = 22;
const ENTRY_MASK = (1 << ENTRY_BITS) - 1;

/** Rows that an index can tell apart. */
export const MOST_ROWS = ENTRY_MASK;

/** What look-ups give: `row * 2`, plus 1 when the packet goes from `b` to `a`. Negative: no row. */
export type FlowPointer = number;

export class FlowIndex {
  readonly #rows: RecordStore;
  readonly #hashOf: (row: number) => number;
  #slots = new Int32Array(INITIAL_SLOTS);
  #entries = 0;
  /** Entries that growing had to put somewhere else, in all: linear in their number. */
  moved = 0;

  /** @param hashOf the hash that a row was inserted under, made again from its key */
  constructor(rows: RecordStore, hashOf: (row: number) => number) {
    this.#rows = rows;
    this.#hashOf = hashOf;
  }

  /**
   * Where the packet with this key belongs, -1 when there is no row.
   * `ports` and `portsReversed` are the packet's port pair as it is and exchanged.
   */
  find(
    hash: number,
    place: number,
    source: number,
    destination: number,
    ports: number,
    portsReversed: number,
  ): FlowPointer {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let at = hash & mask;
    for (;;) {
      const slot = slots[at]!;
      if (slot === 0) return -1;
      if ((slot ^ hash) >>> ENTRY_BITS === 0) {
        const row = (slot & ENTRY_MASK) - 1;
        const words = this.#rows.ints[row >>> CHUNK_SHIFT]!;
        const base = (row & CHUNK_MASK) * ROW_WORDS;
        if (words[base + ROW_PLACE] === place) {
          const a = words[base + ROW_ADDRESS_A];
          const b = words[base + ROW_ADDRESS_B];
          const pair = words[base + ROW_PORTS];
          if (a === source && b === destination && pair === ports) return row * 2;
          if (a === destination && b === source && pair === portsReversed) return row * 2 + 1;
        }
      }
      at = (at + 1) & mask;
    }
  }

  /** Adds a row whose key is not in the index yet; all rows before it are or were in the index. */
  insert(hash: number, row: number): void {
    if ((this.#entries + 1) * 2 > this.#slots.length) this.#grow(row);
    this.#entries += 1;
    place(this.#slots, hash, row + 1);
  }

  /** From now on the key of `row` leads to `successor`. */
  replace(hash: number, row: number, successor: number): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let at = hash & mask;
    while ((slots[at]! & ENTRY_MASK) !== row + 1) at = (at + 1) & mask;
    slots[at] = (hash & ~ENTRY_MASK) | (successor + 1);
    const words = this.#rows.ints[row >>> CHUNK_SHIFT]!;
    words[(row & CHUNK_MASK) * ROW_WORDS + ROW_TRAITS]! |= TRAIT_SUCCEEDED;
  }

  /** Slots that finding each entry once looks at, in all. */
  probes(): number {
    const mask = this.#slots.length - 1;
    let probes = 0;
    this.#slots.forEach((slot, at) => {
      if (slot !== 0) probes += ((at - this.#hashOf((slot & ENTRY_MASK) - 1)) & mask) + 1;
    });
    return probes;
  }

  /** Rows are gone through in their own order: memory is fast at that, and slow at the order of the slots. */
  #grow(rows: number): void {
    const slots = new Int32Array(this.#slots.length * GROWTH);
    for (let row = 0; row < rows; row++) {
      const words = this.#rows.ints[row >>> CHUNK_SHIFT]!;
      const traits = words[(row & CHUNK_MASK) * ROW_WORDS + ROW_TRAITS]!;
      if ((traits & TRAIT_SUCCEEDED) === 0) place(slots, this.#hashOf(row), row + 1);
    }
    this.moved += this.#entries;
    this.#slots = slots;
  }
}

function place(slots: Int32Array, hash: number, entry: number): void {
  const mask = slots.length - 1;
  let at = hash & mask;
  while (slots[at] !== 0) at = (at + 1) & mask;
  slots[at] = (hash & ~ENTRY_MASK) | entry;
}
