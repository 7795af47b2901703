/**
 * Coverage-guided mutation of bytes: an input that makes a branch run which no input before it did (or run much more often) is
 * kept, and mutated further. What numbers and words the code compares with is tried first of all.
 */
import { HITS } from "./counters.ts";
import type { Random } from "./random.ts";

/** Counts of one branch are told apart as AFL does: 1, 2, 3, 4-7, 8-15, 16-31, 32-127, more. */
function bucket(count: number): number {
  if (count <= 3) return count;
  if (count < 8) return 8;
  if (count < 16) return 16;
  return count < 32 ? 32 : count < 128 ? 64 : 128;
}

const BUCKET = Uint8Array.from({ length: 256 }, (_, count) =>
  count === 0 ? 0 : Math.max(1, bucket(count)),
);
const MOST_INPUTS = 4096;
const MOST_BYTES = 4096;

export class ByteMutator {
  /** Per branch, the buckets seen, one bit each. */
  readonly #seen = new Uint8Array(HITS.length * 2);
  readonly #queue: Uint8Array[] = [];
  readonly #numbers: readonly number[];
  readonly #words: readonly Uint8Array[];

  constructor(constants: readonly (number | string)[]) {
    this.#numbers = constants.filter((one) => typeof one === "number");
    const encoder = new TextEncoder();
    this.#words = constants
      .filter((one) => typeof one === "string")
      .map((word) => encoder.encode(word));
  }

  get size(): number {
    return this.#queue.length;
  }

  /** Call before a run whose branches are to be judged. */
  begin(): void {
    HITS.fill(0);
  }

  /** Keeps the input when it made something run that nothing else did; true then. */
  judge(input: Uint8Array): boolean {
    let isNew = false;
    for (let branch = 0; branch < HITS.length; branch += 1) {
      const count = HITS[branch] as number;
      if (count === 0) continue;
      const bit = BUCKET[count] as number;
      const seen = this.#seen[branch] as number;
      if ((seen & bit) !== 0) continue;
      this.#seen[branch] = seen | bit;
      isNew = true;
    }
    if (isNew && this.#queue.length < MOST_INPUTS) this.#queue.push(input.slice(0, MOST_BYTES));
    return isNew;
  }

  /** A changed copy of an input of the queue, which must not be empty. */
  mutate(random: Random): Uint8Array {
    // Newer inputs are deeper: half of the time one of the last few is taken.
    const { length } = this.#queue;
    const from = random.oneIn(2) ? Math.max(0, length - 32) : 0;
    let bytes = (this.#queue[from + random.below(length - from)] ?? new Uint8Array(0)).slice();
    const changes = 1 << random.below(4);
    for (let i = 0; i < changes; i += 1) bytes = this.#change(bytes, random);
    return bytes;
  }

  #change(bytes: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
    const own = bytes.slice();
    if (own.length === 0) return random.bytes(8) as Uint8Array<ArrayBuffer>;
    const at = random.below(own.length);
    switch (random.below(10)) {
      case 0:
        own[at] = (own[at] ?? 0) ^ (1 << random.below(8));
        return own;
      case 1:
        own[at] = random.word() & 255;
        return own;
      case 2:
        own[at] = (own[at] ?? 0) + random.pick([-16, -4, -2, -1, 1, 2, 4, 16]);
        return own;
      case 3:
        own[at] = random.pick([0, 1, 0x7f, 0x80, 0xfe, 0xff]);
        return own;
      case 4:
        return put(own, at, random.pick(this.#numbers), random);
      case 5:
        own.set(random.pick(this.#words).subarray(0, own.length - at), at);
        return own;
      case 6:
        return splice(own, at, random.between(1, 16), new Uint8Array(0));
      case 7:
        return splice(own, at, 0, random.bytes(random.between(1, 8)));
      case 8: {
        const start = random.below(own.length);
        return splice(own, at, 0, own.subarray(start, start + random.between(1, 64)));
      }
      default: {
        const other = random.pick(this.#queue);
        const start = random.below(other.length + 1);
        return splice(own, at, own.length, other.subarray(start));
      }
    }
  }
}

/** The number in one, two or four bytes, in either order, where it fits. */
function put(
  bytes: Uint8Array<ArrayBuffer>,
  at: number,
  value: number,
  random: Random,
): Uint8Array<ArrayBuffer> {
  const view = new DataView(bytes.buffer);
  const width = value > 0xffff ? 4 : value > 0xff || random.oneIn(2) ? 2 : 1;
  if (at + width > bytes.length) return bytes;
  const little = random.oneIn(2);
  const changed = value + random.pick([0, 0, -1, 1]);
  if (width === 4) view.setUint32(at, changed, little);
  else if (width === 2) view.setUint16(at, changed, little);
  else view.setUint8(at, changed);
  return bytes;
}

function splice(
  bytes: Uint8Array,
  at: number,
  remove: number,
  insert: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const tail = bytes.subarray(Math.min(bytes.length, at + remove));
  const result = new Uint8Array(Math.min(MOST_BYTES, at + insert.length + tail.length));
  result.set(bytes.subarray(0, at));
  result.set(insert.subarray(0, result.length - at), at);
  if (at + insert.length < result.length)
    result.set(tail.subarray(0, result.length - at - insert.length), at + insert.length);
  return result;
}
