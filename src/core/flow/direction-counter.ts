/** Counts packets into the two directions of rows: sums, times, TCP numbers, marks. The hot end of the flow table. */
import { FINGERPRINTS_PER_DIRECTION } from "../limits.ts";
import { IpProtocol } from "../wire/ip-protocol.ts";
import { type IpLayer, type PacketView, TcpFlag } from "../wire/packet-view.ts";
import type { DirectionStore } from "./direction-store.ts";
import { type FingerprintStore, fingerprint, hasFingerprint } from "./fingerprint.ts";
import {
  ANOMALIES,
  BACKWARD_FIRST,
  BACKWARD_WORDS,
  BYTES,
  FINGERPRINT_COUNT_MASK,
  FINGERPRINT_COUNT_SHIFT,
  FIRST_NANOS,
  FIRST_RECORD,
  FIRST_SECONDS,
  FIRST_WORDS,
  HAS_ISN,
  HAS_SEQUENCE,
  IP_ID,
  LAST_NANOS,
  LAST_RECORD,
  LAST_SECONDS,
  MAC_PAIR,
  MARK,
  PAYLOAD_BYTES,
  RECORDS,
  ROW_BACKWARD,
  ROW_FORWARD,
  ROW_TRAITS,
  ROW_WORDS,
  SEQUENCE_END,
  SEQUENCE_START,
  SEQUENCE_START_FIXED,
  SYN_APART,
  TRAIT_SERIES_MASK,
  TRAITS,
} from "./flow-columns.ts";
import type { FlowPointer } from "./flow-index.ts";
import type { MacPairs } from "./mac-pairs.ts";
import { CHUNK_MASK, CHUNK_SHIFT } from "./record-store.ts";
import { type SegmentAnomalies, SegmentContext } from "./segment-anomalies.ts";
import type { SynKeeper } from "./syn-keeper.ts";
import { sequenceBefore, sequenceLength } from "./tcp-state.ts";
import { SERIES_FROM_BYTES } from "./throughput.ts";
import type { ThroughputTracker } from "./throughput-tracker.ts";

/** The tables that a packet's details go to. */
export interface CounterParts {
  readonly directions: DirectionStore;
  readonly fingerprints: FingerprintStore;
  readonly anomalies: SegmentAnomalies;
  readonly macPairs: MacPairs;
  readonly syns: SynKeeper;
  readonly throughput: ThroughputTracker;
}

const TWO_TO_32 = 4_294_967_296;

export class DirectionCounter {
  readonly #directions: DirectionStore;
  readonly #fingerprints: FingerprintStore;
  readonly #anomalies: SegmentAnomalies;
  readonly #macPairs: MacPairs;
  readonly #syns: SynKeeper;
  readonly #throughput: ThroughputTracker;
  readonly #segment = new SegmentContext();

  constructor(parts: CounterParts) {
    this.#directions = parts.directions;
    this.#fingerprints = parts.fingerprints;
    this.#anomalies = parts.anomalies;
    this.#macPairs = parts.macPairs;
    this.#syns = parts.syns;
    this.#throughput = parts.throughput;
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
    const directions = this.#directions;
    const row = flow >>> 1;
    let words = directions.rows.uints[row >>> CHUNK_SHIFT]!;
    let at = (row & CHUNK_MASK) * ROW_WORDS;
    const hasSeries = (words[at + ROW_TRAITS]! & TRAIT_SERIES_MASK) !== 0;
    if ((flow & 1) === 0) {
      at += ROW_FORWARD;
    } else {
      const known = words[at + ROW_BACKWARD]!;
      const id = known === 0 ? this.#openBackward(words, at) : known - 1;
      words = directions.backward.uints[id >>> CHUNK_SHIFT]!;
      at = (id & CHUNK_MASK) * BACKWARD_WORDS;
    }
    const bytesBefore = words[at + BYTES]!;
    if (hasSeries || bytesBefore >= SERIES_FROM_BYTES)
      this.#throughput.count(flow, seconds, nanos, bytes);
    if (words[at + RECORDS] === 0)
      this.#start(flow, words, at, packet, depth, record, seconds, nanos);
    words[at + RECORDS]! += 1;
    words[at + LAST_RECORD] = record;
    if (layer.protocol === IpProtocol.Tcp && layer.hasPorts === 1)
      this.#countSegment(flow, words, at, layer, record, seconds, nanos);
    if (!isLatest(words, at, seconds, nanos)) this.#noteEarlier(flow, seconds, nanos);
    countTtl(words, at, layer.ttl);
    const sum = bytesBefore + bytes;
    words[at + BYTES] = sum;
    if (sum >= TWO_TO_32) directions.bytesCarried.add(flow, 1);
    const payloadBefore = words[at + PAYLOAD_BYTES]!;
    const payload = payloadBefore + layer.payloadLength;
    words[at + PAYLOAD_BYTES] = payload;
    if (payload >= TWO_TO_32) directions.payloadCarried.add(flow, 1);
    const traits = words[at + TRAITS]!;
    const count = (traits >>> FINGERPRINT_COUNT_SHIFT) & FINGERPRINT_COUNT_MASK;
    // A TCP stream whose ISN is known needs no other mark.
    if (count < FINGERPRINTS_PER_DIRECTION && (traits & HAS_ISN) === 0 && hasFingerprint(layer))
      this.#addFingerprint(flow, words, at, count, fingerprint(view, layer));
    return (
      payloadBefore === 0 && layer.payloadLength > 0 && directions.payloadCarried.get(flow) === 0
    );
  }

  /** Says that `record`, counted late, may have come before the others. */
  noteEarlierRecord(flow: FlowPointer, record: number): void {
    const directions = this.#directions;
    if (record >= directions.first(flow, FIRST_RECORD) >>> 0) return;
    if (directions.hasPlainIsn(flow)) this.#syns.setApart(flow);
    directions.setFirst(flow, FIRST_RECORD, record);
  }

  /** Sequence numbers and flags of one TCP segment; one that is not simply the next is looked at twice. */
  #countSegment(
    flow: FlowPointer,
    words: Uint32Array,
    at: number,
    layer: IpLayer,
    record: number,
    seconds: number,
    nanos: number,
  ): void {
    const flags = layer.tcpFlags;
    if (!isNextSegment(words, at, layer))
      this.#noteAnomaly(flow, words, at, layer, record, seconds, nanos);
    else if (layer.ipId > 0) words[at + IP_ID] = (words[at + IP_ID]! & 0xffff) | (layer.ipId << 16);
    words[at + TRAITS]! |= flags;
    // A reset's number may be 0 or any (RFC 9293 section 3.10.7): it says nothing about the stream.
    // No flag at all: the snaplen left the ports only, or a scanner sent it.
    if ((flags & TcpFlag.Rst) !== 0 || flags === 0) return;
    const sequence = layer.tcpSequence | 0;
    if (lowersStart(words, at, sequence)) this.#syns.setApart(flow);
    extendSequence(words, at, sequence, sequenceLength(flags, layer.payloadLength));
    if ((flags & TcpFlag.Syn) !== 0) this.#syns.note(flow, layer, record);
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
    const firstWords = this.#directions.firstWords(flow);
    const slotAt = this.#directions.firstAt(flow) + ANOMALIES;
    if (firstWords[slotAt] === 0) firstWords[slotAt] = this.#anomalies.open() + 1;
    const traits = words[at + TRAITS]!;
    const segment = this.#segment;
    segment.known = (traits & HAS_SEQUENCE) === 0 ? 0 : 1;
    segment.start = words[at + SEQUENCE_START]! | 0;
    segment.end = words[at + SEQUENCE_END]! | 0;
    segment.startIsOpen = (traits & SEQUENCE_START_FIXED) === 0 ? 1 : 0;
    segment.ipId = words[at + IP_ID]! >>> 16;
    segment.elapsedSeconds = seconds - words[at + LAST_SECONDS]!;
    segment.elapsedNanos = nanos - words[at + LAST_NANOS]!;
    const wasSentAgain = this.#anomalies.note(firstWords[slotAt]! - 1, layer, record, segment);
    const goesOn = sequenceBefore(segment.end, layer.tcpSequence | 0);
    if ((wasSentAgain || goesOn) && layer.ipId > 0)
      words[at + IP_ID] = (words[at + IP_ID]! & 0xffff) | (layer.ipId << 16);
  }

  #openBackward(rowWords: Uint32Array, row: number): number {
    const id = this.#directions.backward.allocate();
    rowWords[row + ROW_BACKWARD] = id + 1;
    return id;
  }

  /** What only the first packet says. */
  #start(
    flow: FlowPointer,
    words: Uint32Array,
    at: number,
    packet: PacketView,
    depth: number,
    record: number,
    seconds: number,
    nanos: number,
  ): void {
    const layer = packet.layers[depth]!;
    words[at + LAST_SECONDS] = seconds;
    words[at + LAST_NANOS] = nanos;
    words[at + TRAITS] = (layer.ttl << 8) | (layer.ttl << 16);
    words[at + IP_ID] = layer.version === 4 && layer.ipId > 0 ? layer.ipId : 0;
    const row = flow >>> 1;
    const isForward = (flow & 1) === 0;
    const first = isForward ? this.#directions.forwardFirst.uints[row >>> CHUNK_SHIFT]! : words;
    const firstAt = isForward ? (row & CHUNK_MASK) * FIRST_WORDS : at + BACKWARD_FIRST;
    first[firstAt + FIRST_RECORD] = record;
    first[firstAt + FIRST_SECONDS] = seconds;
    first[firstAt + FIRST_NANOS] = nanos;
    // Only the outermost frame's addresses are kept by the decoders.
    first[firstAt + MAC_PAIR] = depth === 0 ? this.#macPairs.intern(packet) + 1 : 0;
  }

  /** Clocks step back and captures are merged: the span is that of the smallest and largest time. */
  #noteEarlier(flow: FlowPointer, seconds: number, nanos: number): void {
    const words = this.#directions.firstWords(flow);
    const at = this.#directions.firstAt(flow);
    const first = words[at + FIRST_SECONDS]! >>> 0;
    if (seconds < first || (seconds === first && nanos < words[at + FIRST_NANOS]!)) {
      words[at + FIRST_SECONDS] = seconds;
      words[at + FIRST_NANOS] = nanos;
    }
  }

  #addFingerprint(
    flow: FlowPointer,
    words: Uint32Array,
    at: number,
    count: number,
    value: number,
  ): void {
    if (value === 0) return;
    const first = this.#directions.firstWords(flow);
    const mark = this.#directions.firstAt(flow) + MARK;
    if (count === 0) first[mark] = this.#fingerprints.open();
    const kept = this.#fingerprints.keep(first[mark]!, count, value);
    words[at + TRAITS]! += (kept - count) << FINGERPRINT_COUNT_SHIFT;
  }
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

/** Takes the time as the last one unless an earlier packet has a later one. */
function isLatest(words: Uint32Array, at: number, seconds: number, nanos: number): boolean {
  const last = words[at + LAST_SECONDS]!;
  if (seconds < last || (seconds === last && nanos < words[at + LAST_NANOS]!)) return false;
  words[at + LAST_SECONDS] = seconds;
  words[at + LAST_NANOS] = nanos;
  return true;
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

/** Whether a segment moves the start of a range at which the ISN lies. */
function lowersStart(words: Uint32Array, at: number, sequence: number): boolean {
  const traits = words[at + TRAITS]!;
  if ((traits & (HAS_ISN | SYN_APART | SEQUENCE_START_FIXED)) !== HAS_ISN) return false;
  return sequenceBefore(sequence, words[at + SEQUENCE_START]! | 0);
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
