/**
 * Bytes over time of rows with much data: a few buckets of equal width for each direction, whose width doubles when time passes
 * their end. Small flows have none, so that a scan costs nothing.
 *
 * A row gets its series only when it has SERIES_FROM_BYTES in one direction; what came before is spread evenly over the time
 * it took. That is its mean rate, so it never shows a peak that was not there.
 */
import { MAX_THROUGHPUT_SERIES } from "../limits.ts";
import type { FlowThroughput } from "./flow-observation.ts";

/** Buckets of one direction; even, for halving. */
const BUCKETS = 64;
/** Doubles of a series: direction a -> b, then b -> a. */
const SERIES = BUCKETS * 2;
/** Series that are made room for at a time. */
const SERIES_PER_CHUNK = 16;
const CHUNK_BITS = 4;
const CHUNK_SERIES_MASK = SERIES_PER_CHUNK - 1;

/** Bytes of one direction from which on its row has a series. */
export const SERIES_FROM_BYTES = 65_536;

/** Milliseconds by exponent: a power per packet would cost more than all the rest. 64 buckets of the widest are 2^48 ms. */
const WIDTHS = Float64Array.from({ length: 43 }, (_, exponent) => 2 ** exponent);

/** Start and width of a series. */
const START_SECONDS = 0;
const START_NANOS = 1;
/** Width = 2^this milliseconds. */
const WIDTH_EXPONENT = 2;
const HEAD_WORDS = 3;

export class ThroughputTable {
  readonly #buckets: Float64Array[] = [];
  readonly #heads = new Uint32Array(MAX_THROUGHPUT_SERIES * HEAD_WORDS);
  #length = 0;

  get isFull(): boolean {
    return this.#length >= MAX_THROUGHPUT_SERIES;
  }

  /** A new series from this time on. The caller asks `isFull` first. */
  open(seconds: number, nanos: number): number {
    const slot = this.#length;
    this.#length += 1;
    if ((slot & CHUNK_SERIES_MASK) === 0) {
      this.#buckets.push(new Float64Array(SERIES_PER_CHUNK * SERIES));
    }
    const head = slot * HEAD_WORDS;
    this.#heads[head + START_SECONDS] = seconds;
    this.#heads[head + START_NANOS] = nanos;
    this.#heads[head + WIDTH_EXPONENT] = 0;
    return slot;
  }

  /** @param backward 0: sent by a; 1: sent by b */
  add(slot: number, backward: number, seconds: number, nanos: number, bytes: number): void {
    const bucket = this.#bucketAt(slot, seconds, nanos);
    const at = (slot & CHUNK_SERIES_MASK) * SERIES + backward * BUCKETS + bucket;
    this.#buckets[slot >>> CHUNK_BITS]![at]! += bytes;
  }

  /** Bytes that came evenly from the series' start up to this time. */
  spread(slot: number, backward: number, seconds: number, nanos: number, bytes: number): void {
    const last = this.#bucketAt(slot, seconds, nanos);
    const buckets = this.#buckets[slot >>> CHUNK_BITS]!;
    const at = (slot & CHUNK_SERIES_MASK) * SERIES + backward * BUCKETS;
    const each = Math.floor(bytes / (last + 1));
    for (let bucket = 0; bucket < last; bucket++) buckets[at + bucket]! += each;
    buckets[at + last]! += bytes - each * last;
  }

  read(slot: number): FlowThroughput {
    const buckets = this.#buckets[slot >>> CHUNK_BITS]!;
    const at = (slot & CHUNK_SERIES_MASK) * SERIES;
    const forward = Array.from(buckets.subarray(at, at + BUCKETS));
    const backward = Array.from(buckets.subarray(at + BUCKETS, at + SERIES));
    const used = 1 + forward.findLastIndex((bytes, i) => bytes + (backward[i] ?? 0) > 0);
    const head = slot * HEAD_WORDS;
    const seconds = BigInt(this.#heads[head + START_SECONDS]!);
    return {
      startNs: seconds * 1_000_000_000n + BigInt(this.#heads[head + START_NANOS]!),
      bucketNs: (1n << BigInt(this.#heads[head + WIDTH_EXPONENT]!)) * 1_000_000n,
      forward: forward.slice(0, used),
      backward: backward.slice(0, used),
    };
  }

  /** The bucket of a time, after as many doublings as it takes. What a clock that stepped back dates too early is in the first. */
  #bucketAt(slot: number, seconds: number, nanos: number): number {
    const heads = this.#heads;
    const head = slot * HEAD_WORDS;
    const milliseconds =
      (seconds - heads[head + START_SECONDS]!) * 1000 +
      (nanos - heads[head + START_NANOS]!) / 1_000_000;
    if (milliseconds <= 0) return 0;
    while (milliseconds >= WIDTHS[heads[head + WIDTH_EXPONENT]!]! * BUCKETS) {
      this.#halve(slot);
      heads[head + WIDTH_EXPONENT]! += 1;
    }
    return Math.floor(milliseconds / WIDTHS[heads[head + WIDTH_EXPONENT]!]!);
  }

  /** Two buckets become one, in both directions. */
  #halve(slot: number): void {
    const buckets = this.#buckets[slot >>> CHUNK_BITS]!;
    for (let direction = 0; direction < 2; direction++) {
      const at = (slot & CHUNK_SERIES_MASK) * SERIES + direction * BUCKETS;
      for (let bucket = 0; bucket < BUCKETS; bucket += 2) {
        const sum = buckets[at + bucket]! + buckets[at + bucket + 1]!;
        buckets[at + (bucket >>> 1)] = sum;
      }
      buckets.fill(0, at + BUCKETS / 2, at + BUCKETS);
    }
  }
}
