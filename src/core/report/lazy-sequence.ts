/** Lists that hold how an item is made, not the items: a report of millions of connections fits into memory. */
import type { Sequence } from "../sequence.ts";

/** `make(i)` is asked anew each time, for 0 <= i < length; it must give equal items for equal indexes. */
export function lazySequence<T>(length: number, make: (index: number) => T): Sequence<T> {
  return new LazySequence(length, make);
}

/** The items at some positions, which must all be there. */
export function itemsAt<T>(items: Sequence<T>, positions: Sequence<number>): Sequence<T> {
  return lazySequence(positions.length, (index) => {
    const item = items.at(positions.at(index) ?? items.length);
    if (item === undefined) throw new RangeError(`no item at ${index}`);
    return item;
  });
}

class LazySequence<T> implements Sequence<T> {
  readonly length: number;
  readonly #make: (index: number) => T;

  constructor(length: number, make: (index: number) => T) {
    this.length = length;
    this.#make = make;
  }

  /** As Array.prototype.at: a negative index counts from the end. */
  at(index: number): T | undefined {
    const position = index < 0 ? this.length + index : index;
    if (!Number.isInteger(position) || position < 0 || position >= this.length) return undefined;
    return this.#make(position);
  }

  *[Symbol.iterator](): Generator<T, void, undefined> {
    for (let index = 0; index < this.length; index++) yield this.#make(index);
  }

  /** JSON.stringify writes an array, as the schema has it. Only for what is small: render/json.ts streams. */
  toJSON(): T[] {
    return Array.from(this);
  }
}
