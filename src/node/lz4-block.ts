/**
 * One LZ4 block (LZ4 block format description): sequences of literals and a match in what came before.
 *
 *   | literal length (4 bits), match length - 4 (4 bits) | more length: 255 ... | literals | offset (2) | more length: 255 ... |
 *
 * The last sequence ends with its literals.
 */

/** A match in the bytes before can begin this far back. */
export const LZ4_HISTORY_BYTES = 65_536;

const MIN_MATCH = 4;
/** A length of four bits that goes on in the bytes behind it. */
const LONG_LENGTH = 15;

export class Lz4Block {
  readonly #source: Uint8Array;
  readonly #target: Uint8Array;
  readonly #history: number;
  #at = 0;
  #out: number;

  /** Unpacks `source` into `target` from `start` on; `history` is the lowest place in `target` that a match may refer to. */
  constructor(source: Uint8Array, target: Uint8Array, start: number, history: number) {
    this.#source = source;
    this.#target = target;
    this.#history = history;
    this.#out = start;
  }

  /** One past the last byte written; what is before it is good. */
  get end(): number {
    return this.#out;
  }

  /** False when the block contradicts itself, does not fit, or ended before its last sequence. */
  unpack(): boolean {
    const source = this.#source;
    for (;;) {
      if (this.#at >= source.length) return false;
      const token = source[this.#at] as number;
      this.#at += 1;
      if (!this.#copyLiterals(this.#length(token >> 4))) return false;
      if (this.#at === source.length) return true;
      if (this.#at + 2 > source.length) return false;
      const offset = (source[this.#at] as number) | ((source[this.#at + 1] as number) << 8);
      this.#at += 2;
      const isCut = (token & LONG_LENGTH) === LONG_LENGTH && this.#at === source.length;
      if (isCut || !this.#copyMatch(offset, this.#length(token & LONG_LENGTH) + MIN_MATCH)) {
        return false;
      }
    }
  }

  #length(start: number): number {
    if (start < LONG_LENGTH) return start;
    const source = this.#source;
    let length = start;
    for (let more = 255; more === 255 && this.#at < source.length; this.#at += 1) {
      more = source[this.#at] as number;
      length += more;
    }
    return length;
  }

  #copyLiterals(length: number): boolean {
    const source = this.#source;
    const target = this.#target;
    const from = this.#at;
    const to = this.#out;
    const copied = Math.min(length, source.length - from, target.length - to);
    for (let index = 0; index < copied; index += 1)
      target[to + index] = source[from + index] as number;
    this.#at = from + copied;
    this.#out = to + copied;
    return copied === length;
  }

  /** A match may overlap what it writes: then it repeats. */
  #copyMatch(offset: number, length: number): boolean {
    const target = this.#target;
    const to = this.#out;
    const from = to - offset;
    if (offset === 0 || from < this.#history || to + length > target.length) return false;
    for (let index = 0; index < length; index += 1)
      target[to + index] = target[from + index] as number;
    this.#out = to + length;
    return true;
  }
}
