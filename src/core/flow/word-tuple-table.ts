/**
 * Gives every distinct tuple of 32-bit words a dense number: the base of the tap, context, address and MAC tables.
 * The caller writes the tuple into `key` and asks; a known tuple allocates nothing.
 */

const INITIAL_TUPLES = 8;

export class WordTupleTable {
  /** Where the caller puts the tuple before `find`, `intern` and `matches`. */
  readonly key: Int32Array;
  readonly #width: number;
  readonly #seed: number;
  #words: Int32Array;
  /** Tuple number + 1, 0 = free. Linear probing, at most half full. */
  #slots: Int32Array;
  #size = 0;

  /**
   * @param width words per tuple
   * @param seed any 32-bit number; decides where tuples lie in memory, never which number they get
   */
  constructor(width: number, seed: number) {
    this.key = new Int32Array(width);
    this.#width = width;
    this.#seed = seed;
    this.#words = new Int32Array(width * INITIAL_TUPLES);
    this.#slots = new Int32Array(INITIAL_TUPLES * 2);
  }

  get size(): number {
    return this.#size;
  }

  /** Word `position` of tuple `index`, signed. */
  word(index: number, position: number): number {
    return this.#words[index * this.#width + position]!;
  }

  /** Whether tuple `index` is the one in `key`. */
  matches(index: number): boolean {
    const words = this.#words;
    const key = this.key;
    const base = index * this.#width;
    for (let i = 0; i < key.length; i++) {
      if (words[base + i] !== key[i]) return false;
    }
    return true;
  }

  /** Number of the tuple in `key`, -1 when it was never interned. */
  find(): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let at = hashWords(this.key, 0, this.#width, this.#seed) & mask;
    for (;;) {
      const index = slots[at]! - 1;
      if (index < 0 || this.matches(index)) return index;
      at = (at + 1) & mask;
    }
  }

  /** Number of the tuple in `key`; a new tuple gets the next one, counted from 0. */
  intern(): number {
    const known = this.find();
    return known >= 0 ? known : this.#add();
  }

  #add(): number {
    const index = this.#size;
    if ((index + 1) * 2 > this.#slots.length) this.#grow();
    this.#words.set(this.key, index * this.#width);
    this.#size = index + 1;
    this.#place(index);
    return index;
  }

  #place(index: number): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let at = hashWords(this.#words, index * this.#width, this.#width, this.#seed) & mask;
    while (slots[at] !== 0) at = (at + 1) & mask;
    slots[at] = index + 1;
  }

  #grow(): void {
    const words = new Int32Array(this.#words.length * 2);
    words.set(this.#words);
    this.#words = words;
    this.#slots = new Int32Array(this.#slots.length * 2);
    for (let index = 0; index < this.#size; index++) this.#place(index);
  }
}

/** The seed enters before the first multiplication, so that which tuples collide depends on it. */
function hashWords(words: Int32Array, start: number, count: number, seed: number): number {
  let hash = seed;
  for (let i = start; i < start + count; i++) {
    hash = Math.imul(hash ^ words[i]!, 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  hash = Math.imul(hash, 0x85ebca77);
  return hash ^ (hash >>> 13);
}
