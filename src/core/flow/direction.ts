/**
 * Packets of one flow in one direction: counters, times, TCP numbers. Forward directions lie in the flow's row, backward ones
 * in a store of their own, because most flows of a scan have none.
 */
import { FINGERPRINTS_PER_DIRECTION } from "../limits.ts";
import { IpProtocol } from "../wire/ip-protocol.ts";
import { type IpLayer, type PacketView, TcpFlag } from "../wire/packet-view.ts";
import { EMPTY_DIRECTION } from "./empty-direction.ts";
import { FingerprintStore, fingerprint, hasFingerprint } from "./fingerprint.ts";
import {
  DIRECTION_WORDS,
  ROW_ANOMALIES,
  ROW_BACKWARD,
  ROW_FORWARD,
  ROW_WORDS,
} from "./flow-columns.ts";
import type { FlowPointer } from "./flow-index.ts";
import type { FlowDirection } from "./flow-observation.ts";
import type { MacPairs } from "./mac-pairs.ts";
import { CHUNK_MASK, CHUNK_SHIFT, RecordStore } from "./record-store.ts";
import {
  NO_ANOMALIES,
  SegmentAnomalies,
  type SegmentAnomalyCounts,
  SegmentContext,
} from "./segment-anomalies.ts";
import { sequenceBefore, sequenceLength } from "./tcp-state.ts";

/** Doubles, counted in pairs of words: sums that pass 2^32. */
export const BYTES = 0;
export const PAYLOAD_BYTES = 1;
/** Unsigned words; those that every packet touches come first. */
export const RECORDS = 4;
const LAST_RECORD = 5;
export const LAST_SECONDS = 6;
export const LAST_NANOS = 7;
/** Bits 0-7 TCP flags, 8-15 lowest TTL, 16-23 highest TTL, then the bits below. */
export const TRAITS = 8;
export const SEQUENCE_START = 9;
export const SEQUENCE_END = 10;
export const FIRST_SECONDS = 11;
export const FIRST_NANOS = 12;
const FIRST_RECORD = 13;
/** Slot of the fingerprint store; says nothing while their number in TRAITS is 0. */
export const FINGERPRINTS = 14;
export const ISN = 15;
export const ISN_RECORD = 16;
const SYN_OPTIONS = 17;
/** Identification of the first packet; in the high half that of the newest TCP segment that went on. 0 = none. */
export const IP_ID = 18;
/** Number of the MAC pair + 1. */
export const MAC_PAIR = 19;

export const HAS_SEQUENCE = 1 << 24;
/** The range passed half the circle: nothing can be told to lie before its start any more. */
const SEQUENCE_START_FIXED = 1 << 25;
export const FINGERPRINT_COUNT_SHIFT = 26;
export const FINGERPRINT_COUNT_MASK = 7;
export const ISN_FROM_SYN_ACK = 1 << 29;
export const HAS_ISN = 1 << 30;

export class DirectionTable {
  readonly #rows: RecordStore;
  readonly #backward = new RecordStore(DIRECTION_WORDS);
  readonly fingerprints = new FingerprintStore();
  readonly anomalies = new SegmentAnomalies();
  readonly #segment = new SegmentContext();
  readonly macPairs: MacPairs;

  /** @param rows the flows' rows, in which the forward directions lie */
  constructor(rows: RecordStore, macPairs: MacPairs) {
    this.#rows = rows;
    this.macPairs = macPairs;
  }

  /**
   * Counts layer `depth` of a packet in the direction that `flow` points to.
   * @param bytes length on the wire
   * @returns whether it brought the first payload of this direction
   */
  count(
    flow: FlowPointer,
    packet: PacketView,
    depth: number,
    view: DataView,
    record: number,
    seconds: number,
    nanos: number,
    bytes: number,
  ): boolean {
    const layer = packet.layers[depth]!;
    const row = flow >>> 1;
    let words = this.#rows.uints[row >>> CHUNK_SHIFT]!;
    let doubles = this.#rows.doubles[row >>> CHUNK_SHIFT]!;
    let at = (row & CHUNK_MASK) * ROW_WORDS;
    if ((flow & 1) === 0) {
      at += ROW_FORWARD;
    } else {
      const known = words[at + ROW_BACKWARD]!;
      const id = known === 0 ? this.#openBackward(words, at) : known - 1;
      words = this.#backward.uints[id >>> CHUNK_SHIFT]!;
      doubles = this.#backward.doubles[id >>> CHUNK_SHIFT]!;
      at = (id & CHUNK_MASK) * DIRECTION_WORDS;
    }
    if (words[at + RECORDS] === 0) this.#start(words, at, packet, depth, record, seconds, nanos);
    words[at + RECORDS]! += 1;
    words[at + LAST_RECORD] = record;
    if (layer.protocol === IpProtocol.Tcp && layer.hasPorts === 1) {
      if (!isNextSegment(words, at, layer))
        this.#noteAnomaly(flow, words, at, layer, record, seconds, nanos);
      else if (layer.ipId > 0)
        words[at + IP_ID] = (words[at + IP_ID]! & 0xffff) | (layer.ipId << 16);
      countSegment(words, at, layer, record);
    }
    countTime(words, at, seconds, nanos);
    countTtl(words, at, layer.ttl);
    const sums = at >>> 1;
    doubles[sums + BYTES]! += bytes;
    const payloadBefore = doubles[sums + PAYLOAD_BYTES]!;
    doubles[sums + PAYLOAD_BYTES] = payloadBefore + layer.payloadLength;
    const traits = words[at + TRAITS]!;
    const count = (traits >>> FINGERPRINT_COUNT_SHIFT) & FINGERPRINT_COUNT_MASK;
    // A TCP stream whose ISN is known needs no other mark.
    if (count < FINGERPRINTS_PER_DIRECTION && (traits & HAS_ISN) === 0 && hasFingerprint(layer)) {
      this.#addFingerprint(words, at, count, fingerprint(view, layer));
    }
    return payloadBefore === 0 && layer.payloadLength > 0;
  }

  /** Says that `record`, counted late, may have come before the others. */
  noteEarlier(flow: FlowPointer, record: number): void {
    const words = this.#store(flow).uints[this.#id(flow) >>> CHUNK_SHIFT]!;
    if (record < words[this.#at(flow) + FIRST_RECORD]!)
      words[this.#at(flow) + FIRST_RECORD] = record;
  }

  /** Whether any packet went this way. */
  exists(flow: FlowPointer): boolean {
    return (
      (flow & 1) === 0 ||
      this.#rows.uints[flow >>> (CHUNK_SHIFT + 1)]![rowAt(flow) + ROW_BACKWARD] !== 0
    );
  }

  hasIsn(flow: FlowPointer): boolean {
    return this.exists(flow) && (this.word(flow, TRAITS) & HAS_ISN) !== 0;
  }

  /** Signed. */
  isn(flow: FlowPointer): number {
    return this.word(flow, ISN);
  }

  tcpFlags(flow: FlowPointer): number {
    return this.exists(flow) ? this.word(flow, TRAITS) & 255 : 0;
  }

  hasSequence(flow: FlowPointer): boolean {
    return this.exists(flow) && (this.word(flow, TRAITS) & HAS_SEQUENCE) !== 0;
  }

  /** Signed. */
  sequenceStart(flow: FlowPointer): number {
    return this.word(flow, SEQUENCE_START);
  }

  /** Whether this direction has at least so many bytes. */
  hasBytes(flow: FlowPointer, bytes: number): boolean {
    return this.exists(flow) && this.sum(flow, BYTES) >= bytes;
  }

  bytes(flow: FlowPointer): number {
    return this.exists(flow) ? this.sum(flow, BYTES) : 0;
  }

  firstSeconds(flow: FlowPointer): number {
    return this.word(flow, FIRST_SECONDS) >>> 0;
  }

  firstNanos(flow: FlowPointer): number {
    return this.word(flow, FIRST_NANOS);
  }

  read(flow: FlowPointer): FlowDirection {
    if (!this.exists(flow)) return EMPTY_DIRECTION;
    const unsigned = (field: number): number => this.word(flow, field) >>> 0;
    const traits = unsigned(TRAITS);
    const hasIsn = (traits & HAS_ISN) !== 0;
    const hasSequence = (traits & HAS_SEQUENCE) !== 0;
    const fingerprintCount = (traits >>> FINGERPRINT_COUNT_SHIFT) & FINGERPRINT_COUNT_MASK;
    return {
      records: unsigned(RECORDS),
      bytes: this.sum(flow, BYTES),
      firstRecord: unsigned(FIRST_RECORD),
      lastRecord: unsigned(LAST_RECORD),
      firstSeenNs: nanoseconds(unsigned(FIRST_SECONDS), unsigned(FIRST_NANOS)),
      lastSeenNs: nanoseconds(unsigned(LAST_SECONDS), unsigned(LAST_NANOS)),
      tcpFlags: traits & 255,
      isn: hasIsn ? unsigned(ISN) : null,
      isnRecord: unsigned(ISN_RECORD),
      isnFrom: !hasIsn ? null : (traits & ISN_FROM_SYN_ACK) !== 0 ? "syn-ack" : "syn",
      synOptions: unsigned(SYN_OPTIONS),
      sequenceStart: hasSequence ? unsigned(SEQUENCE_START) : null,
      sequenceEnd: hasSequence ? unsigned(SEQUENCE_END) : null,
      payloadBytes: this.sum(flow, PAYLOAD_BYTES),
      ttlMin: (traits >>> 8) & 255,
      ttlMax: (traits >>> 16) & 255,
      ipId: (unsigned(IP_ID) & 0xffff) === 0 ? null : unsigned(IP_ID) & 0xffff,
      fingerprints: this.fingerprints.list(unsigned(FINGERPRINTS), fingerprintCount),
      macSrc: this.macPairs.source(unsigned(MAC_PAIR) - 1),
      macDst: this.macPairs.destination(unsigned(MAC_PAIR) - 1),
      ...this.#readAnomalies(flow),
    };
  }

  #readAnomalies(flow: FlowPointer): SegmentAnomalyCounts {
    const slot = this.#rows.ints[flow >>> (CHUNK_SHIFT + 1)]![anomaliesAt(flow)]!;
    return slot === 0 ? NO_ANOMALIES : this.anomalies.read(slot - 1);
  }

  /** A segment that is not the next one, or closes the window, or resets. Runs before it is counted. */
  #noteAnomaly(
    flow: FlowPointer,
    words: Uint32Array,
    at: number,
    layer: IpLayer,
    record: number,
    seconds: number,
    nanos: number,
  ): void {
    const rowWords = this.#rows.ints[flow >>> (CHUNK_SHIFT + 1)]!;
    const slotAt = anomaliesAt(flow);
    if (rowWords[slotAt] === 0) rowWords[slotAt] = this.anomalies.open() + 1;
    const traits = words[at + TRAITS]!;
    const segment = this.#segment;
    segment.known = (traits & HAS_SEQUENCE) === 0 ? 0 : 1;
    segment.start = words[at + SEQUENCE_START]! | 0;
    segment.end = words[at + SEQUENCE_END]! | 0;
    segment.startIsOpen = (traits & SEQUENCE_START_FIXED) === 0 ? 1 : 0;
    segment.ipId = words[at + IP_ID]! >>> 16;
    segment.elapsedSeconds = seconds - words[at + LAST_SECONDS]!;
    segment.elapsedNanos = nanos - words[at + LAST_NANOS]!;
    const wasSentAgain = this.anomalies.note(rowWords[slotAt]! - 1, layer, record, segment);
    const goesOn = sequenceBefore(segment.end, layer.tcpSequence | 0);
    if ((wasSentAgain || goesOn) && layer.ipId > 0)
      words[at + IP_ID] = (words[at + IP_ID]! & 0xffff) | (layer.ipId << 16);
  }

  #openBackward(rowWords: Uint32Array, row: number): number {
    const id = this.#backward.allocate();
    rowWords[row + ROW_BACKWARD] = id + 1;
    return id;
  }

  /** What only the first packet says. */
  #start(
    words: Uint32Array,
    at: number,
    packet: PacketView,
    depth: number,
    record: number,
    seconds: number,
    nanos: number,
  ): void {
    const layer = packet.layers[depth]!;
    words[at + FIRST_RECORD] = record;
    words[at + FIRST_SECONDS] = seconds;
    words[at + FIRST_NANOS] = nanos;
    words[at + LAST_SECONDS] = seconds;
    words[at + LAST_NANOS] = nanos;
    words[at + TRAITS] = (layer.ttl << 8) | (layer.ttl << 16);
    words[at + IP_ID] = layer.version === 4 && layer.ipId > 0 ? layer.ipId : 0;
    // Only the outermost frame's addresses are kept by the decoders.
    words[at + MAC_PAIR] = depth === 0 ? this.macPairs.intern(packet) + 1 : 0;
  }

  #addFingerprint(words: Uint32Array, at: number, count: number, value: number): void {
    if (value === 0) return;
    if (count === 0) words[at + FINGERPRINTS] = this.fingerprints.open();
    const kept = this.fingerprints.keep(words[at + FINGERPRINTS]!, count, value);
    words[at + TRAITS]! += (kept - count) << FINGERPRINT_COUNT_SHIFT;
  }

  /** Signed: a larger number would be boxed on its way out of a call. */
  word(flow: FlowPointer, field: number): number {
    return this.#store(flow).ints[this.#id(flow) >>> CHUNK_SHIFT]![this.#at(flow) + field]!;
  }

  sum(flow: FlowPointer, field: number): number {
    return this.#store(flow).doubles[this.#id(flow) >>> CHUNK_SHIFT]![
      (this.#at(flow) >>> 1) + field
    ]!;
  }

  #store(flow: FlowPointer): RecordStore {
    return (flow & 1) === 0 ? this.#rows : this.#backward;
  }

  #id(flow: FlowPointer): number {
    if ((flow & 1) === 0) return flow >>> 1;
    return this.#rows.uints[flow >>> (CHUNK_SHIFT + 1)]![rowAt(flow) + ROW_BACKWARD]! - 1;
  }

  #at(flow: FlowPointer): number {
    if ((flow & 1) === 0) return rowAt(flow) + ROW_FORWARD;
    return (this.#id(flow) & CHUNK_MASK) * DIRECTION_WORDS;
  }
}

/** Where the row of a pointer begins in its chunk. */
function rowAt(flow: FlowPointer): number {
  return ((flow >>> 1) & CHUNK_MASK) * ROW_WORDS;
}

/** Where the row of a pointer holds the slot + 1 of its direction's anomalies. */
function anomaliesAt(flow: FlowPointer): number {
  return rowAt(flow) + ROW_ANOMALIES + (flow & 1);
}

/** The one case that needs no second look: numbers that go on where the last ended, an open window, no reset. */
function isNextSegment(words: Uint32Array, at: number, layer: IpLayer): boolean {
  if ((layer.tcpFlags & TcpFlag.Rst) !== 0) return false;
  if (layer.tcpFlags === 0) return true;
  if (layer.tcpWindow === 0 && (layer.tcpFlags & TcpFlag.Syn) === 0) return false;
  return (
    (words[at + TRAITS]! & HAS_SEQUENCE) === 0 ||
    (layer.tcpSequence | 0) === (words[at + SEQUENCE_END]! | 0)
  );
}

function countTime(words: Uint32Array, at: number, seconds: number, nanos: number): void {
  // Clocks step back and captures are merged: the span is that of the smallest and largest time.
  const last = words[at + LAST_SECONDS]!;
  const lastNanos = words[at + LAST_NANOS]!;
  if (seconds > last || (seconds === last && nanos >= lastNanos)) {
    words[at + LAST_SECONDS] = seconds;
    words[at + LAST_NANOS] = nanos;
    return;
  }
  const first = words[at + FIRST_SECONDS]!;
  if (seconds < first || (seconds === first && nanos < words[at + FIRST_NANOS]!)) {
    words[at + FIRST_SECONDS] = seconds;
    words[at + FIRST_NANOS] = nanos;
  }
}

function countTtl(words: Uint32Array, at: number, ttl: number): void {
  const traits = words[at + TRAITS]!;
  const lowest = (traits >>> 8) & 255;
  const highest = (traits >>> 16) & 255;
  if (ttl >= lowest && ttl <= highest) return;
  const low = Math.min(ttl, lowest);
  const high = Math.max(ttl, highest);
  words[at + TRAITS] = (traits & ~0xffff00) | (low << 8) | (high << 16);
}

/** Flags, ISN and sequence range of one TCP segment. */
function countSegment(words: Uint32Array, at: number, layer: IpLayer, record: number): void {
  const flags = layer.tcpFlags;
  words[at + TRAITS]! |= flags;
  // A reset's number may be 0 or any (RFC 9293 section 3.10.7): it says nothing about the stream.
  // No flag at all: the snaplen left the ports only, or a scanner sent it.
  if ((flags & TcpFlag.Rst) !== 0 || flags === 0) return;
  if ((flags & TcpFlag.Syn) !== 0) noteSyn(words, at, layer, record);
  extendSequence(words, at, layer.tcpSequence | 0, sequenceLength(flags, layer.payloadLength));
}

function noteSyn(words: Uint32Array, at: number, layer: IpLayer, record: number): void {
  if ((words[at + TRAITS]! & HAS_ISN) === 0) {
    words[at + ISN] = layer.tcpSequence;
    words[at + ISN_RECORD] = record;
    const isAnswer = (layer.tcpFlags & TcpFlag.Ack) !== 0;
    words[at + TRAITS]! |= isAnswer ? HAS_ISN | ISN_FROM_SYN_ACK : HAS_ISN;
  }
  // A retransmission may carry the options that the snaplen, or the sender, left out of the first.
  if (words[at + SYN_OPTIONS] === 0) words[at + SYN_OPTIONS] = layer.tcpSynOptions;
}

/** Signed words throughout: they wrap like sequence numbers, and a larger number would be boxed by a call. */
function extendSequence(words: Uint32Array, at: number, sequence: number, length: number): void {
  const traits = words[at + TRAITS]!;
  const end = (sequence + length) | 0;
  if ((traits & HAS_SEQUENCE) === 0) {
    words[at + TRAITS] = traits | HAS_SEQUENCE;
    words[at + SEQUENCE_START] = sequence;
    words[at + SEQUENCE_END] = end;
    return;
  }
  const before = words[at + SEQUENCE_END]! | 0;
  const highest = sequenceBefore(before, end) ? end : before;
  words[at + SEQUENCE_END] = highest;
  if ((traits & SEQUENCE_START_FIXED) !== 0) return;
  const start = words[at + SEQUENCE_START]! | 0;
  if (sequenceBefore(highest, start)) words[at + TRAITS] = traits | SEQUENCE_START_FIXED;
  else if (sequenceBefore(sequence, start)) words[at + SEQUENCE_START] = sequence;
}

function nanoseconds(seconds: number, nanos: number): bigint {
  return BigInt(seconds) * 1_000_000_000n + BigInt(nanos);
}
