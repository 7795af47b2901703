/** The first few of a sort, without sorting the rest: what is offered and comes later than all that are kept costs one comparison. */
export class FirstFew {
  /** In order; at most as many as were asked for. */
  readonly items: number[] = [];
  readonly #limit: number;
  readonly #compare: (a: number, b: number) => number;

  /** `compare` must never give 0 for two different items. */
  constructor(limit: number, compare: (a: number, b: number) => number) {
    this.#limit = limit;
    this.#compare = compare;
  }

  offer(item: number): void {
    const { items } = this;
    let place = items.length;
    while (place > 0 && this.#compare(item, items[place - 1] ?? item) < 0) place -= 1;
    if (place === this.#limit) return;
    items.splice(place, 0, item);
    if (items.length > this.#limit) items.pop();
  }
}
