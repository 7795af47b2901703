/**
 * Which parts of a datagram its fragments brought, to tell those that overlap: nobody splits a packet so, and receivers drop
 * it (RFC 5722) or take either half. Up to three separate stretches are kept; with more, nothing is told.
 */

/** Stretches in units of 8 bytes: start in the low 13 bits, end above. 0 = none. */
const STRETCHES = 3;
/** The fragment before this one: the same again is a duplicate, not an overlap. */
const LAST = STRETCHES;
/** End of the datagram, 0 while its last fragment was not seen. */
const END = STRETCHES + 1;
const IS_UNCLEAR = STRETCHES + 2;
const WORDS = STRETCHES + 3;

const END_SHIFT = 13;
/** No length field of an IP header leads further; a length of 0 before segmentation offload may. */
const MAX_END = 0x3fff;
const START_MASK = (1 << END_SHIFT) - 1;

export class FragmentExtents {
  readonly #words: Int32Array;

  constructor(datagrams: number) {
    this.#words = new Int32Array(datagrams * WORDS);
  }

  reset(datagram: number): void {
    this.#words.fill(0, datagram * WORDS, (datagram + 1) * WORDS);
  }

  /** Adds bytes [start, start + length); true when some of them were there already, and not from the fragment just before. */
  add(datagram: number, start: number, length: number, isLast: boolean): boolean {
    const words = this.#words;
    const at = datagram * WORDS;
    const from = start >>> 3;
    const to = (start + length + 7) >>> 3;
    if (to <= from || to > MAX_END || words[at + IS_UNCLEAR] !== 0) return false;
    const extent = from | (to << END_SHIFT);
    // An identification that is used again begins a datagram of its own.
    if (words[at + LAST] === extent) return false;
    if (this.#isComplete(at)) this.reset(datagram);
    words[at + LAST] = extent;
    if (isLast) words[at + END] = to;
    return this.#merge(at, from, to);
  }

  #isComplete(at: number): boolean {
    const end = this.#words[at + END]!;
    return end !== 0 && this.#words[at] === end << END_SHIFT;
  }

  /** Joins what touches; true when it overlapped. */
  #merge(at: number, from: number, to: number): boolean {
    const words = this.#words;
    let start = from;
    let end = to;
    let overlaps = false;
    let kept = 0;
    for (let index = 0; index < STRETCHES; index += 1) {
      const stretch = words[at + index]!;
      if (stretch === 0) break;
      const itsStart = stretch & START_MASK;
      const itsEnd = stretch >>> END_SHIFT;
      if (itsEnd < start || itsStart > end) {
        words[at + kept] = stretch;
        kept += 1;
        continue;
      }
      if (from < itsEnd && to > itsStart) overlaps = true;
      start = Math.min(start, itsStart);
      end = Math.max(end, itsEnd);
    }
    if (kept === STRETCHES) {
      words[at + IS_UNCLEAR] = 1;
      return overlaps;
    }
    for (let index = kept; index < STRETCHES; index += 1) words[at + index] = 0;
    // The one that begins the datagram stands first, so that completeness is one comparison.
    const joined = start | (end << END_SHIFT);
    if (start === 0 && kept > 0) {
      words[at + kept] = words[at]!;
      words[at] = joined;
    } else words[at + kept] = joined;
    return overlaps;
  }
}
