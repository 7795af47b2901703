/** What finding rules ask first of the connection of a row that stands alone, read from the row without making the connection. */
import type { Owner } from "../cluster/owner.ts";
import type { LoneConnections } from "../correlate/lone-connections.ts";
import type { VantagePoint } from "../correlate/vantage-point.ts";
import type { AddressBook } from "./address-book.ts";
import { rowTcpState } from "./lone-traits.ts";
import { firstSeenNs, flowFirstNs, lastSeenNs } from "./row-times.ts";
import { partyText, type Side } from "./sightings.ts";
import { isOriginatorKnown } from "./turned-round.ts";
import type { WorkloadKeys } from "./workload-keys.ts";

const NOBODY: Owner = { kind: "external" };

/** One for all rows: what it says holds until it is turned to the next. */
export class LoneSight {
  readonly #lone: LoneConnections;
  readonly #book: AddressBook;
  readonly #keys: WorkloadKeys;
  #row = 0;
  /** The directions that originator and responder send (FlowPointer). */
  #orig = 0;
  #resp = 1;

  constructor(lone: LoneConnections, book: AddressBook, keys: WorkloadKeys) {
    this.#lone = lone;
    this.#book = book;
    this.#keys = keys;
  }

  turnTo(row: number): void {
    this.#row = row;
    this.#orig = this.#lone.originator(row).originator === "a" ? row * 2 : row * 2 + 1;
    this.#resp = this.#orig ^ 1;
  }

  get firstSeenNs(): bigint {
    return firstSeenNs(this.#lone.rows, this.#row);
  }

  get lastSeenNs(): bigint {
    return lastSeenNs(this.#lone.rows, this.#row);
  }

  /** Where it was seen. */
  get place(): VantagePoint {
    const place = this.#lone.vantagePoint(this.#row);
    if (place === undefined) throw new RangeError(`row ${this.#row} was seen nowhere`);
    return place;
  }

  /** Index of the capture. */
  get capture(): number {
    return this.place.capture;
  }

  /** Of the first packet of a side that sent any. */
  firstOf(side: Side): bigint {
    return flowFirstNs(this.#lone.rows, this.#flow(side));
  }

  get isOriginatorKnown(): boolean {
    return isOriginatorKnown({ orientedBy: this.#lone.originator(this.#row).by });
  }

  /** Unsigned. */
  get origIsn(): number | null {
    const { rows } = this.#lone;
    return rows.hasIsn(this.#orig) ? rows.isn(this.#orig) >>> 0 : null;
  }

  get dialsService(): boolean {
    return this.#owner(this.#resp).kind === "service";
  }

  packets(side: Side): number {
    return this.#lone.rows.records(this.#flow(side));
  }

  retransmissions(side: Side): number {
    return this.#lone.rows.retransmissions(this.#flow(side));
  }

  /** Null for protocols without. */
  port(side: Side): number | null {
    return this.#port(this.#flow(side));
  }

  /** As TcpSummary.state; says nothing of other protocols. */
  get tcpState(): string {
    return rowTcpState(this.#lone.rows, this.#orig);
  }

  /** As `WorkloadKeys.ofText` of `workloadOf`. */
  workloadKey(side: Side): number {
    const flow = this.#flow(side);
    const isVersion6 = this.#lone.rows.isVersion6(this.#row);
    return this.#keys.of(this.#owner(flow), this.#address(flow), isVersion6, () =>
      this.#addressText(flow),
    );
  }

  /** As `dialledText`. */
  dialledText(): string {
    const endpoint = { address: this.#addressText(this.#resp), port: this.port("resp") };
    return partyText(this.#owner(this.#resp), endpoint);
  }

  owner(side: Side): Owner {
    return this.#owner(this.#flow(side));
  }

  addressText(side: Side): string {
    return this.#addressText(this.#flow(side));
  }

  #flow(side: Side): number {
    return side === "orig" ? this.#orig : this.#resp;
  }

  #address(flow: number): number {
    const { rows } = this.#lone;
    return (flow & 1) === 0 ? rows.addressA(this.#row) : rows.addressB(this.#row);
  }

  #addressText(flow: number): string {
    const { rows } = this.#lone;
    return rows.addressText(this.#address(flow), rows.isVersion6(this.#row));
  }

  #port(flow: number): number | null {
    const { rows } = this.#lone;
    if (!rows.hasPorts(this.#row)) return null;
    const ports = rows.ports(this.#row);
    return (flow & 1) === 0 ? ports >>> 16 : ports & 0xffff;
  }

  #owner(flow: number): Owner {
    const number = this.#book.number(this.#address(flow), this.#lone.rows.isVersion6(this.#row));
    return this.#book.owner(number) ?? NOBODY;
  }
}
