/** Packets of one flow in one direction: counters, times, TCP numbers. One row each, opened by the first packet. */
import { FINGERPRINTS_PER_DIRECTION } from "../limits.ts";
import type { IpLayer } from "../wire/packet-view.ts";
import { TcpFlag } from "../wire/packet-view.ts";
import { FingerprintStore, fingerprint, hasFingerprint } from "./fingerprint.ts";
import type { FlowDirection } from "./flow-observation.ts";
import type { MacPairs } from "./mac-pairs.ts";
import { CHUNK_MASK, CHUNK_SHIFT, RecordStore } from "./record-store.ts";
import { sequenceBefore, sequenceLength } from "./tcp-state.ts";

/** Doubles: sums that pass 2^32. */
const BYTES = 0;
const PAYLOAD_BYTES = 1;
/** Unsigned words. */
const RECORDS = 4;
const FIRST_RECORD = 5;
const LAST_RECORD = 6;
const FIRST_SECONDS = 7;
const FIRST_NANOS = 8;
const LAST_SECONDS = 9;
const LAST_NANOS = 10;
/** Bits 0-7 TCP flags, 8-15 lowest TTL, 16-23 highest TTL, then the bits below. */
const TRAITS = 11;
const IP_ID = 12;
/** Number of the MAC pair + 1. */
const MAC_PAIR = 13;
const ISN = 14;
/** 0 = no SYN seen. */
const ISN_RECORD = 15;
const SYN_OPTIONS = 16;
const SEQUENCE_START = 17;
const SEQUENCE_END = 18;
const FINGERPRINTS = 19;
const WIDTH = 20;

const HAS_SEQUENCE = 1 << 24;
/** The range passed half the circle: nothing can be told to lie before its start any more. */
const SEQUENCE_START_FIXED = 1 << 25;
const FINGERPRINT_COUNT_SHIFT = 26;
const FINGERPRINT_COUNT_MASK = 7;
const ISN_FROM_SYN_ACK = 1 << 29;

export class DirectionTable {
  readonly #rows = new RecordStore(WIDTH);
  readonly #fingerprints = new FingerprintStore();

  /** A direction whose first packet is this one; `count` must follow. `macPair` -1 = no link addresses. */
  open(layer: IpLayer, record: number, seconds: number, nanos: number, macPair: number): number {
    const id = this.#rows.allocate();
    const words = this.#rows.uints[id >>> CHUNK_SHIFT]!;
    const at = (id & CHUNK_MASK) * WIDTH;
    words[at + FIRST_RECORD] = record;
    words[at + FIRST_SECONDS] = seconds;
    words[at + FIRST_NANOS] = nanos;
    words[at + LAST_SECONDS] = seconds;
    words[at + LAST_NANOS] = nanos;
    words[at + TRAITS] = (layer.ttl << 8) | (layer.ttl << 16);
    words[at + IP_ID] = layer.version === 4 && layer.ipId > 0 ? layer.ipId : 0;
    words[at + MAC_PAIR] = macPair + 1;
    return id;
  }

  /** One packet: counters, times, TTL. `bytes` = length on the wire. */
  count(
    id: number,
    layer: IpLayer,
    record: number,
    seconds: number,
    nanos: number,
    bytes: number,
  ): void {
    const words = this.#rows.uints[id >>> CHUNK_SHIFT]!;
    const doubles = this.#rows.doubles[id >>> CHUNK_SHIFT]!;
    const at = (id & CHUNK_MASK) * WIDTH;
    doubles[(at >>> 1) + BYTES]! += bytes;
    words[at + RECORDS]! += 1;
    words[at + LAST_RECORD] = record;
    // Clocks step back and captures are merged: the span is that of the smallest and largest time.
    const last = words[at + LAST_SECONDS]!;
    if (seconds > last || (seconds === last && nanos > words[at + LAST_NANOS]!)) {
      words[at + LAST_SECONDS] = seconds;
      words[at + LAST_NANOS] = nanos;
    } else {
      const first = words[at + FIRST_SECONDS]!;
      if (seconds < first || (seconds === first && nanos < words[at + FIRST_NANOS]!)) {
        words[at + FIRST_SECONDS] = seconds;
        words[at + FIRST_NANOS] = nanos;
      }
    }
    const traits = words[at + TRAITS]!;
    const ttl = layer.ttl;
    if (ttl < ((traits >>> 8) & 255) || ttl > ((traits >>> 16) & 255)) {
      const low = Math.min(ttl, (traits >>> 8) & 255);
      const high = Math.max(ttl, (traits >>> 16) & 255);
      words[at + TRAITS] = (traits & ~0xffff00) | (low << 8) | (high << 16);
    }
  }

  /** The transport payload of one packet; says whether it was the first in this direction. */
  addPayload(id: number, layer: IpLayer, view: DataView): boolean {
    const words = this.#rows.uints[id >>> CHUNK_SHIFT]!;
    const doubles = this.#rows.doubles[id >>> CHUNK_SHIFT]!;
    const at = (id & CHUNK_MASK) * WIDTH;
    const before = doubles[(at >>> 1) + PAYLOAD_BYTES]!;
    doubles[(at >>> 1) + PAYLOAD_BYTES] = before + layer.payloadLength;
    const count = (words[at + TRAITS]! >>> FINGERPRINT_COUNT_SHIFT) & FINGERPRINT_COUNT_MASK;
    if (count < FINGERPRINTS_PER_DIRECTION && hasFingerprint(layer))
      this.#addFingerprint(words, at, count, fingerprint(view, layer));
    return before === 0 && layer.payloadLength > 0;
  }

  #addFingerprint(words: Uint32Array, at: number, count: number, value: number): void {
    if (value === 0) return;
    if (count === 0) words[at + FINGERPRINTS] = this.#fingerprints.open();
    const kept = this.#fingerprints.keep(words[at + FINGERPRINTS]!, count, value);
    words[at + TRAITS]! += (kept - count) << FINGERPRINT_COUNT_SHIFT;
  }

  /** Flags, ISN and sequence range of one TCP segment whose header was read. */
  countSegment(id: number, layer: IpLayer, record: number): void {
    const words = this.#rows.uints[id >>> CHUNK_SHIFT]!;
    const at = (id & CHUNK_MASK) * WIDTH;
    const flags = layer.tcpFlags;
    words[at + TRAITS]! |= flags;
    // A reset's number may be 0 or any (RFC 9293 section 3.10.7): it says nothing about the stream.
    // No flag at all: the snaplen left the ports only, or a scanner sent it.
    if ((flags & TcpFlag.Rst) !== 0 || flags === 0) return;
    if ((flags & TcpFlag.Syn) !== 0) noteSyn(words, at, layer, record);
    extendSequence(words, at, layer.tcpSequence, sequenceLength(flags, layer.payloadLength));
  }

  hasIsn(id: number): boolean {
    return this.#word(id, ISN_RECORD) !== 0;
  }

  isn(id: number): number {
    return this.#word(id, ISN);
  }

  tcpFlags(id: number): number {
    return this.#word(id, TRAITS) & 255;
  }

  hasSequence(id: number): boolean {
    return (this.#word(id, TRAITS) & HAS_SEQUENCE) !== 0;
  }

  sequenceStart(id: number): number {
    return this.#word(id, SEQUENCE_START);
  }

  /** The plain value. */
  read(id: number, macPairs: MacPairs): FlowDirection {
    const traits = this.#word(id, TRAITS);
    const hasIsn = this.#word(id, ISN_RECORD) !== 0;
    const hasSequence = (traits & HAS_SEQUENCE) !== 0;
    const doubles = this.#rows.doubles[id >>> CHUNK_SHIFT]!;
    const at = ((id & CHUNK_MASK) * WIDTH) >>> 1;
    const ipId = this.#word(id, IP_ID);
    const macPair = this.#word(id, MAC_PAIR) - 1;
    const fingerprintCount = (traits >>> FINGERPRINT_COUNT_SHIFT) & FINGERPRINT_COUNT_MASK;
    return {
      records: this.#word(id, RECORDS),
      bytes: doubles[at + BYTES]!,
      firstRecord: this.#word(id, FIRST_RECORD),
      lastRecord: this.#word(id, LAST_RECORD),
      firstSeenNs: nanoseconds(this.#word(id, FIRST_SECONDS), this.#word(id, FIRST_NANOS)),
      lastSeenNs: nanoseconds(this.#word(id, LAST_SECONDS), this.#word(id, LAST_NANOS)),
      tcpFlags: traits & 255,
      isn: hasIsn ? this.#word(id, ISN) : null,
      isnRecord: this.#word(id, ISN_RECORD),
      isnFrom: !hasIsn ? null : (traits & ISN_FROM_SYN_ACK) !== 0 ? "syn-ack" : "syn",
      synOptions: this.#word(id, SYN_OPTIONS),
      sequenceStart: hasSequence ? this.#word(id, SEQUENCE_START) : null,
      sequenceEnd: hasSequence ? this.#word(id, SEQUENCE_END) : null,
      payloadBytes: doubles[at + PAYLOAD_BYTES]!,
      ttlMin: (traits >>> 8) & 255,
      ttlMax: (traits >>> 16) & 255,
      ipId: ipId === 0 ? null : ipId,
      fingerprints:
        fingerprintCount === 0
          ? []
          : this.#fingerprints.list(this.#word(id, FINGERPRINTS), fingerprintCount),
      macSrc: macPairs.source(macPair),
      macDst: macPairs.destination(macPair),
    };
  }

  #word(id: number, field: number): number {
    return this.#rows.uints[id >>> CHUNK_SHIFT]![(id & CHUNK_MASK) * WIDTH + field]!;
  }
}

/** What FlowObservation holds for a direction that no packet went. */
export const EMPTY_DIRECTION: FlowDirection = {
  records: 0,
  bytes: 0,
  firstRecord: 0,
  lastRecord: 0,
  firstSeenNs: 0n,
  lastSeenNs: 0n,
  tcpFlags: 0,
  isn: null,
  isnRecord: 0,
  isnFrom: null,
  synOptions: 0,
  sequenceStart: null,
  sequenceEnd: null,
  payloadBytes: 0,
  ttlMin: 0,
  ttlMax: 0,
  ipId: null,
  fingerprints: [],
  macSrc: null,
  macDst: null,
};

function noteSyn(words: Uint32Array, at: number, layer: IpLayer, record: number): void {
  if (words[at + ISN_RECORD] === 0) {
    words[at + ISN] = layer.tcpSequence;
    words[at + ISN_RECORD] = record;
    if ((layer.tcpFlags & TcpFlag.Ack) !== 0) words[at + TRAITS]! |= ISN_FROM_SYN_ACK;
  }
  // A retransmission may carry the options that the snaplen, or the sender, left out of the first.
  if (words[at + SYN_OPTIONS] === 0) words[at + SYN_OPTIONS] = layer.tcpSynOptions;
}

function extendSequence(words: Uint32Array, at: number, sequence: number, length: number): void {
  const traits = words[at + TRAITS]!;
  const end = sequence + length;
  if ((traits & HAS_SEQUENCE) === 0) {
    words[at + TRAITS] = traits | HAS_SEQUENCE;
    words[at + SEQUENCE_START] = sequence;
    words[at + SEQUENCE_END] = end;
    return;
  }
  const highest = words[at + SEQUENCE_END]!;
  if (sequenceBefore(highest, end)) words[at + SEQUENCE_END] = end;
  if ((traits & SEQUENCE_START_FIXED) !== 0) return;
  const start = words[at + SEQUENCE_START]!;
  if (((words[at + SEQUENCE_END]! - start) | 0) < 0)
    words[at + TRAITS] = traits | SEQUENCE_START_FIXED;
  else if (sequenceBefore(sequence, start)) words[at + SEQUENCE_START] = sequence;
}

function nanoseconds(seconds: number, nanos: number): bigint {
  return BigInt(seconds) * 1_000_000_000n + BigInt(nanos);
}
