/**
 * Fragments that came before the first one of their datagram, which alone has the ports: what has to be counted of them, in
 * the order of their coming. No payload is kept. A ring: when it is full, the oldest is dropped.
 */
import { MAX_HELD_FRAGMENTS } from "../limits.ts";
import type { IpLayer } from "../wire/packet-view.ts";

/** Words of one fragment. */
const DATAGRAM = 0; // entry of fragment-table.ts + 1, 0 = free
const NEXT = 1; // slot + 1 of the datagram's next fragment, 0 = the last
const RECORD = 2;
const SECONDS = 3;
const NANOS = 4;
const BYTES = 5;
const PAYLOAD = 6;
/** TTL in the low byte, then the bits below. */
const TRAITS = 7;
const WORDS = 8;

/** Its record was counted as one without a first fragment, because nothing else of it is in a connection. */
const IS_IN_NO_CONNECTION = 1 << 8;
/** Its first fragment may have been seen and forgotten. */
const MAY_BE_FORGOTTEN = 1 << 9;

export class HeldFragments {
  readonly #capacity: number;
  #words = new Uint32Array(0);
  /** By datagram: slot + 1 of its oldest and newest fragment. */
  #oldest = new Uint32Array(0);
  #newest = new Uint32Array(0);
  #cursor = 0;
  /** Fragments that wait. */
  size = 0;
  /** Dropped because the ring was full. */
  dropped = 0;
  /** Waiting or given up, and their first fragment may have been forgotten. */
  mayBeForgotten = 0;
  readonly #datagrams: number;

  constructor(datagrams: number, capacity: number = MAX_HELD_FRAGMENTS) {
    this.#datagrams = datagrams;
    this.#capacity = capacity;
  }

  add(
    datagram: number,
    layer: IpLayer,
    record: number,
    seconds: number,
    nanos: number,
    bytes: number,
    mayBeForgotten: boolean,
  ): number {
    if (this.#words.length === 0) this.#allocate();
    const slot = this.#cursor;
    this.#cursor = slot + 1 === this.#capacity ? 0 : slot + 1;
    const words = this.#words;
    const at = slot * WORDS;
    if (words[at + DATAGRAM] !== 0) this.#dropOldest(words[at + DATAGRAM]! - 1);
    words[at + DATAGRAM] = datagram + 1;
    words[at + NEXT] = 0;
    words[at + RECORD] = record;
    words[at + SECONDS] = seconds;
    words[at + NANOS] = nanos;
    words[at + BYTES] = bytes;
    words[at + PAYLOAD] = layer.payloadLength;
    words[at + TRAITS] = layer.ttl | (mayBeForgotten ? MAY_BE_FORGOTTEN : 0);
    if (mayBeForgotten) this.mayBeForgotten += 1;
    const newest = this.#newest[datagram]!;
    if (newest === 0) this.#oldest[datagram] = slot + 1;
    else words[(newest - 1) * WORDS + NEXT] = slot + 1;
    this.#newest[datagram] = slot + 1;
    this.size += 1;
    return slot;
  }

  markInNoConnection(slot: number): void {
    this.#words[slot * WORDS + TRAITS]! |= IS_IN_NO_CONNECTION;
  }

  /** Slot of the oldest fragment that waits for this datagram's first one, -1 when none does. */
  oldest(datagram: number): number {
    return this.size === 0 ? -1 : this.#oldest[datagram]! - 1;
  }

  /** Takes the oldest one away; its fields stay readable until the next `add`. */
  take(slot: number): void {
    const words = this.#words;
    const at = slot * WORDS;
    const datagram = words[at + DATAGRAM]! - 1;
    this.#unlink(datagram);
    if ((words[at + TRAITS]! & MAY_BE_FORGOTTEN) !== 0) this.mayBeForgotten -= 1;
  }

  /** This datagram's first fragment is not waited for any more; `isForgotten`: because there was no room. */
  giveUp(datagram: number, isForgotten: boolean): void {
    for (let slot = this.oldest(datagram); slot >= 0; slot = this.oldest(datagram)) {
      const isCounted = (this.#words[slot * WORDS + TRAITS]! & MAY_BE_FORGOTTEN) !== 0;
      if (isForgotten && !isCounted) this.mayBeForgotten += 1;
      this.#unlink(datagram);
    }
  }

  record(slot: number): number {
    return this.#words[slot * WORDS + RECORD]!;
  }
  seconds(slot: number): number {
    return this.#words[slot * WORDS + SECONDS]!;
  }
  nanos(slot: number): number {
    return this.#words[slot * WORDS + NANOS]!;
  }
  bytes(slot: number): number {
    return this.#words[slot * WORDS + BYTES]!;
  }
  payloadLength(slot: number): number {
    return this.#words[slot * WORDS + PAYLOAD]!;
  }
  ttl(slot: number): number {
    return this.#words[slot * WORDS + TRAITS]! & 0xff;
  }
  isInNoConnection(slot: number): boolean {
    return (this.#words[slot * WORDS + TRAITS]! & IS_IN_NO_CONNECTION) !== 0;
  }

  #allocate(): void {
    this.#words = new Uint32Array(this.#capacity * WORDS);
    this.#oldest = new Uint32Array(this.#datagrams);
    this.#newest = new Uint32Array(this.#datagrams);
  }

  /** The ring's oldest fragment is the oldest of its datagram as well. */
  #dropOldest(datagram: number): void {
    this.dropped += 1;
    this.#unlink(datagram);
  }

  #unlink(datagram: number): void {
    const words = this.#words;
    const at = (this.#oldest[datagram]! - 1) * WORDS;
    const next = words[at + NEXT]!;
    words[at + DATAGRAM] = 0;
    this.#oldest[datagram] = next;
    if (next === 0) this.#newest[datagram] = 0;
    this.size -= 1;
  }
}
