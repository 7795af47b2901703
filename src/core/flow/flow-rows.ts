/** The rows of the flow table and the index over their keys: finding, opening, and reusing a tuple. */
import type { IpLayer } from "../wire/packet-view.ts";
import { AddressTable } from "./address-table.ts";
import {
  ROW_ADDRESS_A,
  ROW_ADDRESS_B,
  ROW_CONTEXT,
  ROW_KIND,
  ROW_OUTER,
  ROW_PORTS,
  ROW_WORDS,
} from "./flow-columns.ts";
import { FlowIndex, type FlowPointer } from "./flow-index.ts";
import { flowHash, keyKind, portPair } from "./flow-key.ts";
import { CHUNK_MASK, CHUNK_SHIFT, RecordStore } from "./record-store.ts";

export class FlowRows {
  readonly addresses: AddressTable;
  /** Rows, each with its forward direction (flow-columns.ts). */
  readonly store = new RecordStore(ROW_WORDS);
  readonly #index = new FlowIndex(this.store);
  readonly #maxFlows: number;
  readonly #seed: number;

  constructor(maxFlows: number, seed: number) {
    this.#maxFlows = maxFlows;
    this.#seed = seed;
    this.addresses = new AddressTable(seed);
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

  /** The newest row of the layer's tuple in this context. */
  find(context: number, layer: IpLayer): FlowPointer {
    const source = this.addresses.findSource(layer);
    const destination = this.addresses.findDestination(layer);
    if (layer.version === 6 && (source < 0 || destination < 0)) return -1;
    const kind = keyKind(layer.protocol, layer.version, layer.hasPorts);
    const { srcPort, dstPort } = layer;
    return this.#index.find(
      flowHash(context, kind, source, destination, srcPort, dstPort, this.#seed),
      context,
      kind,
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
    const kind = keyKind(layer.protocol, layer.version, layer.hasPorts);
    const row = this.store.allocate();
    const words = this.store.ints[row >>> CHUNK_SHIFT]!;
    const at = (row & CHUNK_MASK) * ROW_WORDS;
    words[at + ROW_CONTEXT] = context;
    words[at + ROW_KIND] = kind;
    words[at + ROW_ADDRESS_A] = source;
    words[at + ROW_ADDRESS_B] = destination;
    words[at + ROW_PORTS] = portPair(layer.srcPort, layer.dstPort);
    words[at + ROW_OUTER] = outer;
    const hash = flowHash(
      context,
      kind,
      source,
      destination,
      layer.srcPort,
      layer.dstPort,
      this.#seed,
    );
    if (predecessor < 0) this.#index.insert(hash, row);
    else this.#index.replace(hash, predecessor, row);
    return row * 2;
  }
}
