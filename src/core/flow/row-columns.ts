/**
 * The rows of the flow table as numbers. A capture of a scan has millions of rows that nobody will ever look at one by one: what
 * must be known of each of them is read here without making a value of it, and `observation` makes the whole row.
 *
 * A direction is named by a FlowPointer: `row * 2` for a -> b, `row * 2 + 1` for b -> a.
 */
import {
  IP_ID,
  LAST_NANOS,
  LAST_SECONDS,
  MAC_PAIR,
  RECORDS,
  ROW_ADDRESS_A,
  ROW_ADDRESS_B,
  ROW_PORTS,
  ROW_TRAITS,
  SEQUENCE_END,
  TRAIT_CARRIES_MASK,
  TRAIT_REQUEST_BY_A,
  TRAIT_REQUEST_BY_B,
  TRAIT_SEALED_MASK,
  TRAIT_SERIES_MASK,
  TRAITS,
} from "./flow-columns.ts";
import type { FlowPointer } from "./flow-index.ts";
import { flowHash, kindHasPorts, kindIsVersion6, kindProtocol } from "./flow-key.ts";
import type { FlowObservation, Tap } from "./flow-observation.ts";
import { type FlowParts, protocolName, readObservation } from "./flow-reader.ts";

export class RowColumns {
  readonly length: number;
  /** What the flow table's hashes begin with; tables over the rows begin with it, too, as who sent the packets must not foretell them. */
  readonly hashSeed: number;
  readonly #parts: FlowParts;
  readonly #tap: (index: number) => Tap;

  constructor(parts: FlowParts, tap: (index: number) => Tap) {
    this.length = parts.rows.length;
    this.hashSeed = parts.rows.seed;
    this.#parts = parts;
    this.#tap = tap;
  }

  /** The whole row as a plain value. */
  observation(row: number): FlowObservation {
    return readObservation(this.#parts, row, this.#tap);
  }

  tap(row: number): number {
    return this.#parts.contexts.tap(this.#parts.rows.context(row));
  }

  /** Index of the capture among the inputs. */
  capture(row: number): number {
    return this.#tap(this.tap(row)).capture;
  }

  isInTunnel(row: number): boolean {
    return this.#parts.contexts.isTunnel(this.#parts.rows.context(row));
  }

  /** Row of the tunnel's outer flow, -1 outside tunnels. */
  outer(row: number): number {
    return this.#parts.rows.outer(row);
  }

  /** The packets carry others, in the open or sealed. */
  isTunnel(row: number): boolean {
    return (
      (this.#parts.rows.word(row, ROW_TRAITS) & (TRAIT_CARRIES_MASK | TRAIT_SEALED_MASK)) !== 0
    );
  }

  /** The same for both directions of a tuple, whatever the place. */
  tupleHash(row: number): number {
    const { rows } = this.#parts;
    const ports = this.ports(row);
    const [a, b] = [this.addressA(row), this.addressB(row)];
    return flowHash(rows.kind(row), a, b, ports >>> 16, ports & 0xffff, this.hashSeed);
  }

  /** Protocol, IP version and "has ports" in one number: equal for rows that may share a tuple. */
  kind(row: number): number {
    return this.#parts.rows.kind(row);
  }

  /** IANA protocol number. */
  protocol(row: number): number {
    return kindProtocol(this.kind(row));
  }

  /** As FlowObservation.protocol. */
  protocolName(row: number): string {
    return protocolName(this.kind(row));
  }

  isVersion6(row: number): boolean {
    return kindIsVersion6(this.kind(row));
  }

  /** IPv4 address, or the number of an IPv6 address: equal for equal addresses of one IP version. */
  addressA(row: number): number {
    return this.#parts.rows.word(row, ROW_ADDRESS_A);
  }

  addressB(row: number): number {
    return this.#parts.rows.word(row, ROW_ADDRESS_B);
  }

  /** As FlowEndpoint.address. */
  addressText(address: number, isVersion6: boolean): string {
    return this.#parts.rows.addresses.text(address, isVersion6);
  }

  /** Port of `a` in the high half, of `b` in the low half; both 0 for protocols without ports. */
  ports(row: number): number {
    return this.#parts.rows.word(row, ROW_PORTS);
  }

  hasPorts(row: number): boolean {
    return kindHasPorts(this.kind(row));
  }

  /** Which side sent an echo request: 1 = a, 2 = b, 0 = nobody knows. */
  echoRequester(row: number): number {
    const traits = this.#parts.rows.word(row, ROW_TRAITS);
    if ((traits & TRAIT_REQUEST_BY_A) !== 0) return 1;
    return (traits & TRAIT_REQUEST_BY_B) !== 0 ? 2 : 0;
  }

  hasSeries(row: number): boolean {
    return (this.#parts.rows.word(row, ROW_TRAITS) & TRAIT_SERIES_MASK) !== 0;
  }

  fragments(row: number): number {
    return this.#parts.rows.fragments.get(row);
  }

  hasIcmpErrors(row: number): boolean {
    return this.#parts.icmpErrors.has(row);
  }

  /** A PROXY protocol or HTTP header was read. */
  hasHeader(row: number): boolean {
    return this.#parts.proxyHeaders.has(row) || this.#parts.httpRequests.has(row);
  }

  /** Segments out of line: sent again, recorded twice, resets, closed windows. */
  hasAnomalies(flow: FlowPointer): boolean {
    return this.#parts.directions.anomalies(flow) !== 0;
  }

  retransmissions(flow: FlowPointer): number {
    const slot = this.#parts.directions.anomalies(flow);
    return slot === 0 ? 0 : this.#parts.anomalies.read(slot - 1).retransmissions;
  }

  /** 0 when no packet went this way; then the other numbers of the direction say nothing. */
  records(flow: FlowPointer): number {
    const { directions } = this.#parts;
    return directions.exists(flow) ? directions.touched(flow, RECORDS) >>> 0 : 0;
  }

  bytes(flow: FlowPointer): number {
    return this.#parts.directions.bytes(flow);
  }

  payloadBytes(flow: FlowPointer): number {
    return this.#parts.directions.payloadBytes(flow);
  }

  tcpFlags(flow: FlowPointer): number {
    return this.#parts.directions.tcpFlags(flow);
  }

  hasIsn(flow: FlowPointer): boolean {
    return this.#parts.directions.hasIsn(flow);
  }

  /** Signed; says nothing without ISN. */
  isn(flow: FlowPointer): number {
    return this.#parts.directions.isn(flow);
  }

  isnIsOfSynAck(flow: FlowPointer): boolean {
    return this.#parts.directions.isnIsOfSynAck(flow);
  }

  isnRecord(flow: FlowPointer): number {
    return this.#parts.directions.isnRecord(flow);
  }

  hasSequence(flow: FlowPointer): boolean {
    return this.#parts.directions.hasSequence(flow);
  }

  /** Signed, as `sequenceEnd`. */
  sequenceStart(flow: FlowPointer): number {
    return this.#parts.directions.sequenceStart(flow);
  }

  sequenceEnd(flow: FlowPointer): number {
    return this.#parts.directions.touched(flow, SEQUENCE_END);
  }

  ttlMin(flow: FlowPointer): number {
    return (this.#parts.directions.touched(flow, TRAITS) >>> 8) & 255;
  }

  ttlMax(flow: FlowPointer): number {
    return (this.#parts.directions.touched(flow, TRAITS) >>> 16) & 255;
  }

  /** Identification of the first packet, 0 = none. */
  ipId(flow: FlowPointer): number {
    return this.#parts.directions.touched(flow, IP_ID) & 0xffff;
  }

  fingerprintCount(flow: FlowPointer): number {
    const { directions } = this.#parts;
    if (!directions.exists(flow)) return 0;
    return directions.fingerprintCount(flow);
  }

  /** Signed; `position` below `fingerprintCount`. */
  fingerprint(flow: FlowPointer, position: number): number {
    const { directions, fingerprints } = this.#parts;
    return fingerprints.at(directions.fingerprintSlot(flow), position);
  }

  /** Number of the pair of link addresses of the first packet, -1 = none. */
  macPair(flow: FlowPointer): number {
    return this.#parts.directions.first(flow, MAC_PAIR) - 1;
  }

  macSource(pair: number): string | null {
    return this.#parts.macPairs.source(pair);
  }

  macDestination(pair: number): string | null {
    return this.#parts.macPairs.destination(pair);
  }

  firstSeconds(flow: FlowPointer): number {
    return this.#parts.directions.firstSeconds(flow);
  }

  firstNanos(flow: FlowPointer): number {
    return this.#parts.directions.firstNanos(flow);
  }

  lastSeconds(flow: FlowPointer): number {
    return this.#parts.directions.touched(flow, LAST_SECONDS) >>> 0;
  }

  lastNanos(flow: FlowPointer): number {
    return this.#parts.directions.touched(flow, LAST_NANOS);
  }
}
