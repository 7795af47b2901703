/** Growing list of small whole numbers, four bytes each: positions of connections that something holds for. */
import type { Sequence } from "../sequence.ts";

export class IndexList implements Sequence<number> {
  #items = new Int32Array(8);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(index: number): void {
    if (this.#length === this.#items.length) {
      const larger = new Int32Array(2 * this.#length);
      larger.set(this.#items);
      this.#items = larger;
    }
    this.#items[this.#length++] = index;
  }

  at(index: number): number | undefined {
    const position = index < 0 ? this.#length + index : index;
    return position < this.#length ? this.#items[position] : undefined;
  }

  [Symbol.iterator](): Iterator<number> {
    return this.view().values();
  }

  /** Sorts in place, after which the order of pushing is forgotten. */
  sort(compare: (a: number, b: number) => number): void {
    this.view().sort(compare);
  }

  private view(): Int32Array {
    return this.#items.subarray(0, this.#length);
  }
}
