/**
 * TCP segments that are not simply the next ones of their direction: sent again, resets, closed windows. Few directions have
 * any, so they have a slot here only from the first on.
 *
 * A segment counts as sent again only when the same place saw its numbers before. What fills a gap may be the first copy that
 * was reordered (several queues) or lost before this place, so it does not count. Nor does a second record of one packet: a
 * bridge and its port under one name, a mirrored port. The sender gives each transmission a new IPv4 identification; a copy
 * has that of a packet just seen. Where there is none (IPv6, identification 0) a copy is told by coming within COPY_NANOS.
 */
import type { IpLayer } from "../wire/packet-view.ts";
import { TcpFlag } from "../wire/packet-view.ts";
import { CHUNK_MASK, CHUNK_SHIFT, RecordStore } from "./record-store.ts";
import { sequenceBefore, sequenceLength } from "./tcp-state.ts";

/** The numbers not seen between the lowest and the highest: from and to of all gaps together; equal = none. */
const GAP_START = 0;
const GAP_END = 1;
const RETRANSMISSIONS = 2;
const RETRANSMISSION_RECORD = 3;
const RESETS = 4;
const RESET_RECORD = 5;
const ZERO_WINDOWS = 6;
const ZERO_WINDOW_RECORD = 7;
const COPIES = 8;
const COPY_RECORD = 9;
const WIDTH = 10;

/** Packets of a direction behind the newest whose records may still come as copies, as steps of the identification. */
const COPY_IDENTIFICATIONS = 64;
/** Between taps of one node a packet takes 3 to 80 microseconds; no retransmission timer is this short (RFC 6298). */
const COPY_NANOS = 1_000_000;

/** Counts of one direction, each with its first record (0 = none). */
export interface SegmentAnomalyCounts {
  readonly retransmissions: number;
  readonly retransmissionRecord: number;
  readonly resets: number;
  readonly resetRecord: number;
  readonly zeroWindows: number;
  readonly zeroWindowRecord: number;
  readonly copies: number;
  readonly copyRecord: number;
}

export const NO_ANOMALIES: SegmentAnomalyCounts = {
  retransmissions: 0,
  retransmissionRecord: 0,
  resets: 0,
  resetRecord: 0,
  zeroWindows: 0,
  zeroWindowRecord: 0,
  copies: 0,
  copyRecord: 0,
};

/** What is known of a direction when a segment comes. One object is reused for all segments. */
export class SegmentContext {
  /** Lowest and highest sequence number, signed; `known` is 0 before the first segment. */
  known = 0;
  start = 0;
  end = 0;
  /** Segments can lie before `start`. */
  startIsOpen = 0;
  /** Identification of the newest segment that went on, 0 = none. */
  ipId = 0;
  /** Since the direction's last packet; negative when the clock stepped back. */
  elapsedSeconds = 0;
  elapsedNanos = 0;
}

export class SegmentAnomalies {
  readonly #store = new RecordStore(WIDTH);

  open(): number {
    return this.#store.allocate();
  }

  /** @returns whether the segment was sent again */
  note(slot: number, layer: IpLayer, record: number, context: SegmentContext): boolean {
    const words = this.#store.ints[slot >>> CHUNK_SHIFT]!;
    const at = (slot & CHUNK_MASK) * WIDTH;
    const flags = layer.tcpFlags;
    if ((flags & TcpFlag.Rst) !== 0) {
      count(words, at + RESETS, record);
      return false;
    }
    if (layer.tcpWindow === 0 && (flags & TcpFlag.Syn) === 0)
      count(words, at + ZERO_WINDOWS, record);
    if (context.known === 0 || !wasSeenBefore(words, at, layer, context)) return false;
    if (isCopy(layer, context)) {
      count(words, at + COPIES, record);
      return false;
    }
    count(words, at + RETRANSMISSIONS, record);
    return true;
  }

  read(slot: number): SegmentAnomalyCounts {
    const words = this.#store.uints[slot >>> CHUNK_SHIFT]!;
    const at = (slot & CHUNK_MASK) * WIDTH;
    return {
      retransmissions: words[at + RETRANSMISSIONS]!,
      retransmissionRecord: words[at + RETRANSMISSION_RECORD]!,
      resets: words[at + RESETS]!,
      resetRecord: words[at + RESET_RECORD]!,
      zeroWindows: words[at + ZERO_WINDOWS]!,
      zeroWindowRecord: words[at + ZERO_WINDOW_RECORD]!,
      copies: words[at + COPIES]!,
      copyRecord: words[at + COPY_RECORD]!,
    };
  }
}

function count(words: Int32Array, at: number, record: number): void {
  if (words[at] === 0) words[at + 1] = record;
  words[at]! += 1;
}

/** Signed words throughout: they wrap like sequence numbers, and a larger number would be boxed by a call. */
function wasSeenBefore(
  words: Int32Array,
  at: number,
  layer: IpLayer,
  context: SegmentContext,
): boolean {
  const length = sequenceLength(layer.tcpFlags, layer.payloadLength);
  const from = layer.tcpSequence | 0;
  const to = (from + length) | 0;
  if (sequenceBefore(context.end, from)) {
    widenGap(words, at, context.end, from);
    return false;
  }
  if (length === 0 || from === context.end) return false;
  if (context.startIsOpen === 1 && sequenceBefore(from, context.start)) {
    if (sequenceBefore(to, context.start)) widenGap(words, at, to, context.start);
    return false;
  }
  if (fillsGap(words, at, from, to)) return false;
  return !isProbe(layer, length, to, context.end);
}

/** One gap stands for all: what lies between two gaps is taken for unseen, so that nothing is called sent again by mistake. */
function widenGap(words: Int32Array, at: number, from: number, to: number): void {
  const start = words[at + GAP_START]!;
  const end = words[at + GAP_END]!;
  const isEmpty = start === end;
  if (isEmpty || sequenceBefore(from, start)) words[at + GAP_START] = from;
  if (isEmpty || sequenceBefore(end, to)) words[at + GAP_END] = to;
}

function fillsGap(words: Int32Array, at: number, from: number, to: number): boolean {
  const start = words[at + GAP_START]!;
  const end = words[at + GAP_END]!;
  if (start === end || !sequenceBefore(from, end) || !sequenceBefore(start, to)) return false;
  if (!sequenceBefore(start, from)) words[at + GAP_START] = sequenceBefore(to, end) ? to : end;
  else if (!sequenceBefore(to, end)) words[at + GAP_END] = from;
  return true;
}

/** A keep-alive with its garbage byte (RFC 9293 section 3.8.4) or a probe of a closed window (section 3.8.6.1). */
function isProbe(layer: IpLayer, length: number, to: number, end: number): boolean {
  return length === 1 && to === end && (layer.tcpFlags & (TcpFlag.Syn | TcpFlag.Fin)) === 0;
}

function isCopy(layer: IpLayer, context: SegmentContext): boolean {
  const { elapsedSeconds, elapsedNanos } = context;
  // What is sent again is sent later: a step back is a file that holds packets twice, or a queue that was late.
  if (elapsedSeconds < 0 || (elapsedSeconds === 0 && elapsedNanos < 0)) return true;
  if (layer.version === 4 && layer.ipId > 0 && context.ipId > 0)
    return ((context.ipId - layer.ipId) & 0xffff) < COPY_IDENTIFICATIONS;
  return elapsedSeconds <= 1 && elapsedSeconds * 1_000_000_000 + elapsedNanos < COPY_NANOS;
}
