/** The rows of the flow table and the index over their keys: finding, opening, and reusing a tuple. */
import type { IpLayer } from "../wire/packet-view.ts";
import { AddressTable } from "./address-table.ts";
import {
  FIRST_WORDS,
  ROW_ADDRESS_A,
  ROW_ADDRESS_B,
  ROW_PLACE,
  ROW_PORTS,
  ROW_WORDS,
} from "./flow-columns.ts";
import { FlowIndex, type FlowPointer } from "./flow-index.ts";
import { flowHash, keyKind, keyPlace, placeContext, placeKind, portPair } from "./flow-key.ts";
import { CHUNK_MASK, CHUNK_SHIFT, RecordStore } from "./record-store.ts";
import { SparseColumn } from "./sparse-column.ts";

export class FlowRows {
  readonly addresses: AddressTable;
  /** Rows with the touched words of their forward direction (flow-columns.ts). */
  readonly store = new RecordStore(ROW_WORDS);
  /** What the first packet of the forward direction set, by row. */
  readonly forwardFirst = new RecordStore(FIRST_WORDS);
  /** Fragments counted, by row. */
  readonly fragments = new SparseColumn();
  /** The peer's ISN as the first SYN-ACK acknowledged it, by row, where neither direction has that ISN. */
  readonly acknowledgedIsns = new SparseColumn();
  readonly index: FlowIndex;
  /** Row of the tunnel's outer flow + 1, by row. */
  readonly #outers = new SparseColumn();
  readonly #maxFlows: number;
  readonly seed: number;

  constructor(maxFlows: number, seed: number) {
    this.#maxFlows = maxFlows;
    this.seed = seed;
    this.addresses = new AddressTable(seed);
    this.index = new FlowIndex(this.store, (row) => this.#hashOfRow(row));
  }

  get length(): number {
    return this.store.length;
  }

  get isFull(): boolean {
    return this.store.length >= this.#maxFlows;
  }

  /** Word `field` (flow-columns.ts) of a row, signed. */
  word(row: number, field: number): number {
    return this.store.ints[row >>> CHUNK_SHIFT]![(row & CHUNK_MASK) * ROW_WORDS + field]!;
  }

  set(row: number, field: number, value: number): void {
    this.store.ints[row >>> CHUNK_SHIFT]![(row & CHUNK_MASK) * ROW_WORDS + field] = value;
  }

  kind(row: number): number {
    return placeKind(this.word(row, ROW_PLACE));
  }

  context(row: number): number {
    return placeContext(this.word(row, ROW_PLACE));
  }

  /** Row of the tunnel's outer flow, -1 outside tunnels. */
  outer(row: number): number {
    return this.#outers.get(row) - 1;
  }

  /** The newest row of the layer's tuple in this context. */
  find(context: number, layer: IpLayer): FlowPointer {
    const { srcPort, dstPort } = layer;
    const place = keyPlace(context, keyKind(layer.protocol, layer.version, layer.hasPorts));
    let source = layer.src0;
    let destination = layer.dst0;
    if (layer.version === 6) {
      source = this.addresses.findSource(layer);
      destination = this.addresses.findDestination(layer);
      if (source < 0 || destination < 0) return -1;
    }
    return this.index.find(
      flowHash(place, source, destination, srcPort, dstPort, this.seed),
      place,
      source,
      destination,
      portPair(srcPort, dstPort),
      portPair(dstPort, srcPort),
    );
  }

  /**
   * A new row whose `a` is the layer's source. The caller asks `isFull` first.
   * @param outer row of the tunnel's outer flow, -1 = none
   * @param predecessor row of the same tuple that this one follows, -1 = the tuple is new
   */
  open(context: number, layer: IpLayer, outer: number, predecessor: number): FlowPointer {
    const source = this.addresses.internSource(layer);
    const destination = this.addresses.internDestination(layer);
    const place = keyPlace(context, keyKind(layer.protocol, layer.version, layer.hasPorts));
    const { srcPort, dstPort } = layer;
    const row = this.store.allocate();
    this.forwardFirst.allocate();
    const words = this.store.ints[row >>> CHUNK_SHIFT]!;
    const at = (row & CHUNK_MASK) * ROW_WORDS;
    words[at + ROW_PLACE] = place;
    words[at + ROW_ADDRESS_A] = source;
    words[at + ROW_ADDRESS_B] = destination;
    words[at + ROW_PORTS] = portPair(srcPort, dstPort);
    if (outer >= 0) this.#outers.set(row, outer + 1);
    const hash = flowHash(place, source, destination, srcPort, dstPort, this.seed);
    if (predecessor < 0) this.index.insert(hash, row);
    else this.index.replace(hash, predecessor, row);
    return row * 2;
  }

  #hashOfRow(row: number): number {
    const words = this.store.ints[row >>> CHUNK_SHIFT]!;
    const at = (row & CHUNK_MASK) * ROW_WORDS;
    const ports = words[at + ROW_PORTS]!;
    return flowHash(
      words[at + ROW_PLACE]!,
      words[at + ROW_ADDRESS_A]!,
      words[at + ROW_ADDRESS_B]!,
      ports >>> 16,
      ports & 0xffff,
      this.seed,
    );
  }
}
