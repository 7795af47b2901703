/**
 * Header prediction (V. Jacobson, 1990, for TCP receivers): most packets are the next segment, or one more datagram, of a flow that is
 * known, and say nothing that is not a sum. Those are recognised by a look at fixed places of their headers and counted
 * without being decoded. Whatever is not exactly as predicted is left to the decoders and the flow table, so that this file
 * decides about time and never about a result; header-prediction.test.ts holds both ways to the same tables.
 *
 * Packets come in batches: where a flow lies in memory is known after the look, and asking for a whole batch at once lets
 * the memory answer together what it would answer one after the other.
 */
import { FINGERPRINTS_PER_DIRECTION } from "../limits.ts";
import { EtherType } from "../wire/ether-type.ts";
import { IpProtocol } from "../wire/ip-protocol.ts";
import { LinkType } from "../wire/link-type.ts";
import { ARPHRD_NETLINK } from "../wire/linux-sll.ts";
import { mayBeOverlay, SHORTEST_OVERLAY } from "../wire/overlay-by-content.ts";
import { TcpFlag } from "../wire/packet-view.ts";
import { Outcome, type RecordAccount } from "./accounting.ts";
import type { DirectionStore } from "./direction-store.ts";
import { DNS_PORT } from "./dns-names.ts";
import {
  BACKWARD_WORDS,
  BYTES,
  FINGERPRINT_COUNT_MASK,
  FINGERPRINT_COUNT_SHIFT,
  HAS_ISN,
  HAS_SEQUENCE,
  IP_ID,
  LAST_NANOS,
  LAST_RECORD,
  LAST_SECONDS,
  PAYLOAD_BYTES,
  RECORDS,
  ROW_BACKWARD,
  ROW_FORWARD,
  ROW_TRAITS,
  ROW_WORDS,
  SEQUENCE_END,
  SEQUENCE_START,
  SEQUENCE_START_FIXED,
  TRAIT_SERIES_MASK,
  TRAITS,
} from "./flow-columns.ts";
import { keyKind, keyPlace, placeKind } from "./flow-key.ts";
import type { FlowRows } from "./flow-rows.ts";
import { CHUNK_MASK, CHUNK_SHIFT } from "./record-store.ts";
import type { TapTable } from "./tap-table.ts";
import { sequenceBefore } from "./tcp-state.ts";
import { SERIES_FROM_BYTES } from "./throughput.ts";
import type { ThroughputTracker } from "./throughput-tracker.ts";

/** Enough for the memory's answers to overlap, few enough that what a look found stays in the first-level cache. */
export const BATCH_PACKETS = 32;

/** Words of what a look found. */
const PLACE = 0;
const SOURCE = 1;
const DESTINATION = 2;
const PORTS = 3;
const HASH = 4;
/** Start of the IPv4 header in the view; 0 = no prediction (in front of the first frame there is a file header). */
const IP_OFFSET = 5;
const TAP = 6;
/** The flow's pointer (flow-index.ts), negative = not known. */
const FLOW = 7;
const WIDTH = 8;

const ETHERNET_LENGTH = 14;
const VLAN_TAG_LENGTH = 4;
const SLL2_LENGTH = 20;
const IPV4_LENGTH = 20;
const TCP_LENGTH = 20;
const UDP_LENGTH = 8;
/** Version 4 and a header of five words. */
const VERSION_AND_LENGTH = 0x45;
/** "More fragments" and the offset. */
const FRAGMENT_BITS = 0x3fff;
/** Flags of segments that do more than bring data. */
const TURNING_POINTS = TcpFlag.Fin | TcpFlag.Syn | TcpFlag.Rst;
/** Largest sums that another packet cannot carry over 32 bits. */
const MAX_PLAIN_SUM = 0xffff_ffff;

const TCP_KIND = keyKind(IpProtocol.Tcp, 4, 1);
const UDP_KIND = keyKind(IpProtocol.Udp, 4, 1);

/** The tables of the flow table that a predicted packet changes. */
export interface PredictionParts {
  readonly rows: FlowRows;
  readonly directions: DirectionStore;
  readonly taps: TapTable;
  readonly account: RecordAccount;
  readonly throughput: ThroughputTracker;
}

export class HeaderPrediction {
  readonly #rows: FlowRows;
  readonly #directions: DirectionStore;
  readonly #taps: TapTable;
  readonly #account: RecordAccount;
  readonly #throughput: ThroughputTracker;
  readonly #looks = new Int32Array(BATCH_PACKETS * WIDTH);
  /** Tuples that had been taken over by another row when the batch was located. */
  #replaced = 0;
  /** Keeps the reads of `locate` from being left out. */
  #touched = 0;
  /** Packets counted here. */
  predicted = 0;

  constructor(parts: PredictionParts) {
    this.#rows = parts.rows;
    this.#directions = parts.directions;
    this.#taps = parts.taps;
    this.#account = parts.account;
    this.#throughput = parts.throughput;
  }

  /**
   * Packet `index` of a batch: the frame [offset, end) of the view. Ethernet with at most one tag, or LINUX_SLL2; IPv4 without
   * options, not a fragment; TCP or UDP.
   */
  look(
    index: number,
    view: DataView,
    offset: number,
    end: number,
    linkType: number,
    interfaceIndex: number,
  ): void {
    const looks = this.#looks;
    const to = index * WIDTH;
    looks[to + IP_OFFSET] = 0;
    let ip = offset + ETHERNET_LENGTH;
    let place = -1;
    let etherType = 0;
    if (linkType === LinkType.Ethernet) {
      if (ip + VLAN_TAG_LENGTH + IPV4_LENGTH + UDP_LENGTH > end) return;
      etherType = view.getUint16(offset + 12);
      if (etherType === EtherType.Vlan) {
        place = view.getUint16(ip) & 0x0fff;
        if (place === 0) return;
        etherType = view.getUint16(ip + 2);
        ip += VLAN_TAG_LENGTH;
      }
    } else if (linkType === LinkType.LinuxSll2) {
      ip = offset + SLL2_LENGTH;
      if (ip + IPV4_LENGTH + UDP_LENGTH > end) return;
      if (view.getUint16(offset + 8) === ARPHRD_NETLINK) return;
      etherType = view.getUint16(offset);
      place = view.getInt32(offset + 4);
    }
    if (etherType !== EtherType.Ipv4 || view.getUint8(ip) !== VERSION_AND_LENGTH) return;
    if ((view.getUint16(ip + 6) & FRAGMENT_BITS) !== 0) return;
    const protocol = view.getUint8(ip + 9);
    let kind = TCP_KIND;
    if (protocol === IpProtocol.Udp) kind = UDP_KIND;
    else if (protocol !== IpProtocol.Tcp) return;
    const tap = this.#taps.remembered(interfaceIndex, linkType, place);
    if (tap < 0) return;
    const key = keyPlace(tap, kind);
    const source = view.getInt32(ip + 12);
    const destination = view.getInt32(ip + 16);
    const ports = view.getInt32(ip + IPV4_LENGTH);
    const hash = this.#rows.hash(key, source, destination, ports);
    looks[to + PLACE] = key;
    looks[to + SOURCE] = source;
    looks[to + DESTINATION] = destination;
    looks[to + PORTS] = ports;
    looks[to + HASH] = hash;
    looks[to + IP_OFFSET] = ip;
    looks[to + TAP] = tap;
    this.#touched ^= this.#rows.index.slot(hash);
  }

  /** Finds the flows of the first `count` packets of the batch. */
  locate(count: number): void {
    const looks = this.#looks;
    const index = this.#rows.index;
    this.#replaced = index.replaced;
    for (let to = 0; to < count * WIDTH; to += WIDTH) {
      if (looks[to + IP_OFFSET] !== 0) this.#touched ^= index.rowWord(looks[to + HASH]!);
    }
    for (let to = 0; to < count * WIDTH; to += WIDTH) {
      if (looks[to + IP_OFFSET] === 0) continue;
      const ports = looks[to + PORTS]!;
      looks[to + FLOW] = index.find(
        looks[to + HASH]!,
        looks[to + PLACE]!,
        looks[to + SOURCE]!,
        looks[to + DESTINATION]!,
        ports,
        (ports << 16) | (ports >>> 16),
      );
    }
    for (let to = 0; to < count * WIDTH; to += WIDTH) {
      if (looks[to + IP_OFFSET] === 0 || looks[to + FLOW]! < 0) continue;
      this.#touched ^= this.#directions.approach(looks[to + FLOW]!);
    }
  }

  /** Counts packet `index` if it is as predicted; false: decode it. */
  count(
    index: number,
    view: DataView,
    end: number,
    record: number,
    seconds: number,
    nanos: number,
    wireLength: number,
    udpPortRoles: Uint8Array,
  ): boolean {
    const looks = this.#looks;
    const from = index * WIDTH;
    const ip = looks[from + IP_OFFSET]!;
    const flow = looks[from + FLOW]!;
    // A SYN of this very batch may have made the tuple another connection's.
    if (ip === 0 || flow < 0 || this.#rows.index.replaced !== this.#replaced) return false;
    const row = flow >>> 1;
    let words = this.#rows.store.uints[row >>> CHUNK_SHIFT]!;
    let at = (row & CHUNK_MASK) * ROW_WORDS;
    const hasSeries = (words[at + ROW_TRAITS]! & TRAIT_SERIES_MASK) !== 0;
    if ((flow & 1) === 0) {
      at += ROW_FORWARD;
    } else {
      const id = words[at + ROW_BACKWARD]! - 1;
      if (id < 0) return false;
      words = this.#directions.backward.uints[id >>> CHUNK_SHIFT]!;
      at = (id & CHUNK_MASK) * BACKWARD_WORDS;
    }
    const isTcp = placeKind(looks[from + PLACE]!) === TCP_KIND;
    const payload = isTcp
      ? segmentPayload(view, ip, end, words, at)
      : datagramPayload(view, ip, end, looks[from + PORTS]!, udpPortRoles);
    if (payload < 0 || !isLatest(words, at, seconds, nanos)) return false;
    if (!isPlain(words, at, payload, wireLength, view.getUint8(ip + 8))) return false;
    const bytesBefore = words[at + BYTES]!;
    if (hasSeries || bytesBefore >= SERIES_FROM_BYTES)
      this.#throughput.count(flow, seconds, nanos, wireLength);
    words[at + RECORDS]! += 1;
    words[at + LAST_RECORD] = record;
    words[at + LAST_SECONDS] = seconds;
    words[at + LAST_NANOS] = nanos;
    words[at + BYTES] = bytesBefore + wireLength;
    words[at + PAYLOAD_BYTES]! += payload;
    if (isTcp) countSegment(view, ip, words, at, payload);
    this.#taps.countAgain(looks[from + TAP]!);
    this.#account.open();
    this.#account.settle(Outcome.InConnection);
    this.predicted += 1;
    return true;
  }
}

/** Payload of a segment that only goes on where its direction ended; -1 when there is more to it, or less captured. */
function segmentPayload(
  view: DataView,
  ip: number,
  end: number,
  words: Uint32Array,
  at: number,
): number {
  const length = view.getUint16(ip + 2);
  const tcp = ip + IPV4_LENGTH;
  const readable = Math.min(end, ip + length);
  if (tcp + TCP_LENGTH > readable) return -1;
  const word = view.getInt32(tcp + 12);
  const headerLength = (word >>> 28) * 4;
  const flags = (word >>> 16) & 0xff;
  if (headerLength < TCP_LENGTH || tcp + headerLength > readable) return -1;
  if (flags === 0 || (flags & TURNING_POINTS) !== 0 || (word & 0xffff) === 0) return -1;
  const sequence = view.getInt32(tcp + 4);
  const traits = words[at + TRAITS]!;
  if ((traits & HAS_SEQUENCE) === 0 || (words[at + SEQUENCE_END]! | 0) !== sequence) return -1;
  const payload = length - IPV4_LENGTH - headerLength;
  if ((traits & SEQUENCE_START_FIXED) !== 0) return payload;
  const start = words[at + SEQUENCE_START]! | 0;
  return sequenceBefore((sequence + payload) | 0, start) ? -1 : payload;
}

/** Payload of a datagram that is no tunnel and no DNS answer; -1 when it may be one, or its lengths do not fit. */
function datagramPayload(
  view: DataView,
  ip: number,
  end: number,
  ports: number,
  udpPortRoles: Uint8Array,
): number {
  const udp = ip + IPV4_LENGTH;
  const ipLength = view.getUint16(ip + 2);
  if (udp + UDP_LENGTH > Math.min(end, ip + ipLength)) return -1;
  const length = view.getUint16(udp + 4);
  if (length < UDP_LENGTH || length > ipLength - IPV4_LENGTH) return -1;
  const sourcePort = ports >>> 16;
  if (sourcePort === DNS_PORT) return -1;
  if (udpPortRoles[sourcePort] !== 0 || udpPortRoles[ports & 0xffff] !== 0) return -1;
  const content = udp + UDP_LENGTH;
  const mayBeTunnel =
    length >= UDP_LENGTH + SHORTEST_OVERLAY &&
    content + SHORTEST_OVERLAY <= end &&
    mayBeOverlay(view.getUint32(content));
  return mayBeTunnel ? -1 : length - UDP_LENGTH;
}

/** Whether no packet of the direction has a later time. */
function isLatest(words: Uint32Array, at: number, seconds: number, nanos: number): boolean {
  const last = words[at + LAST_SECONDS]!;
  return seconds > last || (seconds === last && nanos >= words[at + LAST_NANOS]!);
}

/** Whether the packet changes sums only: no first payload, no fingerprint, no other TTL, no carry. */
function isPlain(
  words: Uint32Array,
  at: number,
  payload: number,
  wireLength: number,
  ttl: number,
): boolean {
  const traits = words[at + TRAITS]!;
  if (ttl < ((traits >>> 8) & 255) || ttl > ((traits >>> 16) & 255)) return false;
  if (words[at + RECORDS] === 0 || words[at + BYTES]! + wireLength > MAX_PLAIN_SUM) return false;
  if (payload === 0) return true;
  const before = words[at + PAYLOAD_BYTES]!;
  if (before === 0 || before + payload > MAX_PLAIN_SUM) return false;
  const fingerprints = (traits >>> FINGERPRINT_COUNT_SHIFT) & FINGERPRINT_COUNT_MASK;
  return fingerprints === FINGERPRINTS_PER_DIRECTION || (traits & HAS_ISN) !== 0;
}

function countSegment(
  view: DataView,
  ip: number,
  words: Uint32Array,
  at: number,
  payload: number,
): void {
  const ipId = view.getUint16(ip + 4);
  if (ipId > 0) words[at + IP_ID] = (words[at + IP_ID]! & 0xffff) | (ipId << 16);
  words[at + TRAITS]! |= view.getUint8(ip + IPV4_LENGTH + 13);
  words[at + SEQUENCE_END]! += payload;
}
