/**
 * Fragments in their flows. The first one has the ports; the others go where it went, and those that come before it wait for
 * it (held-fragments.ts) and are counted as soon as it comes.
 */

import type { IpLayer } from "../wire/packet-view.ts";
import { PacketView } from "../wire/packet-view.ts";
import { defaultWireSettings } from "../wire/settings.ts";
import { Outcome, type RecordAccount } from "./accounting.ts";
import type { DirectionCounter } from "./direction-counter.ts";
import type { FlowPointer } from "./flow-index.ts";
import { keyKind, mayHavePorts } from "./flow-key.ts";
import type { FlowRows } from "./flow-rows.ts";
import { FragmentExtents } from "./fragment-extents.ts";
import { FragmentTable, NO_FLOW } from "./fragment-table.ts";
import { HeldFragments } from "./held-fragments.ts";

/** No flow: the fragment's first one, which has the ports, was not seen yet. */
export const FIRST_UNKNOWN = -2;

export interface OverlapTally {
  readonly capture: number;
  readonly count: number;
  readonly firstRecord: number;
}

const NO_VIEW = new DataView(new ArrayBuffer(0));

export class FragmentTracker {
  readonly #rows: FlowRows;
  readonly #counter: DirectionCounter;
  readonly #account: RecordAccount;
  readonly #datagrams: FragmentTable;
  readonly #held: HeldFragments;
  /** Made with the first fragment. */
  #extents: FragmentExtents | null = null;
  /** What a held fragment is counted with; made when one is counted. */
  #replayed: PacketView | null = null;
  readonly #overlaps: { capture: number; count: number; firstRecord: number }[] = [];
  #capture = 0;
  #lastHeld = -1;

  constructor(rows: FlowRows, counter: DirectionCounter, account: RecordAccount, seed: number) {
    this.#rows = rows;
    this.#counter = counter;
    this.#account = account;
    this.#datagrams = new FragmentTable(seed, (entry, isEvicted) => {
      this.#held.giveUp(entry, isEvicted);
      this.#extents?.reset(entry);
    });
    this.#held = new HeldFragments(this.#datagrams.capacity);
  }

  beginCapture(capture: number): void {
    this.#capture = capture;
  }

  /** Fragments in no connection whose first one may have been seen and forgotten. */
  get mayBeForgotten(): number {
    return this.#held.mayBeForgotten;
  }

  /** Fragments that could not wait for their first one any longer. */
  get dropped(): number {
    return this.#held.dropped;
  }

  /** By capture, in their order. */
  overlaps(): readonly OverlapTally[] {
    return this.#overlaps;
  }

  /** The flow of a fragment beyond the first. Protocols without ports need no first one: their key is complete. */
  find(context: number, layer: IpLayer, seconds: number): FlowPointer {
    const entry = this.#datagrams.find(context, kindOf(layer), layer, seconds);
    const flow = entry < 0 ? NO_FLOW : this.#datagrams.flow(entry);
    if (flow !== NO_FLOW) return flow;
    return mayHavePorts(layer.protocol) ? FIRST_UNKNOWN : this.#rows.find(context, layer);
  }

  /** Keeps what has to be counted of a fragment for which `find` knew no first one. */
  hold(
    context: number,
    layer: IpLayer,
    record: number,
    seconds: number,
    nanos: number,
    bytes: number,
  ): void {
    const entry = this.#datagrams.enter(context, kindOf(layer), layer, seconds);
    const isLate = this.#datagrams.forgotten > 0;
    this.#lastHeld = this.#held.add(entry, layer, record, seconds, nanos, bytes, isLate);
    this.#noteExtent(entry, layer, record);
  }

  /** The record of the fragment held last has nothing else in a connection. */
  holdRecord(): void {
    this.#held.markInNoConnection(this.#lastHeld);
  }

  /** A fragment that goes to `flow`, before it is counted there: those that waited for it are counted first. */
  note(
    context: number,
    packet: PacketView,
    depth: number,
    flow: FlowPointer,
    record: number,
    seconds: number,
  ): void {
    const layer = packet.layers[depth]!;
    const row = flow >>> 1;
    this.#rows.fragments.add(row, 1);
    if (layer.ipId === -1) return;
    const entry = this.#datagrams.enter(context, kindOf(layer), layer, seconds);
    if (layer.fragmentOffset === 0) {
      const isAnother = this.#datagrams.flow(entry) !== NO_FLOW;
      if (isAnother) this.#extents?.reset(entry);
      this.#datagrams.setFlow(entry, flow);
      if (this.#held.oldest(entry) >= 0) this.#release(entry, packet, depth, flow);
    }
    this.#noteExtent(entry, layer, record);
  }

  #noteExtent(entry: number, layer: IpLayer, record: number): void {
    this.#extents ??= new FragmentExtents(this.#datagrams.capacity);
    const { fragmentOffset, transportLength, moreFragments } = layer;
    if (!this.#extents.add(entry, fragmentOffset, transportLength, moreFragments === 0)) return;
    const last = this.#overlaps.at(-1);
    if (last?.capture === this.#capture) last.count += 1;
    else this.#overlaps.push({ capture: this.#capture, count: 1, firstRecord: record });
  }

  /** Counts the fragments that waited, as if their first one had come before them. */
  #release(entry: number, packet: PacketView, depth: number, flow: FlowPointer): void {
    const held = this.#held;
    const replayed = this.#replayOf(packet, depth);
    const layer = replayed.layers[depth]!;
    const row = flow >>> 1;
    for (let slot = held.oldest(entry); slot >= 0; slot = held.oldest(entry)) {
      held.take(slot);
      layer.ttl = held.ttl(slot);
      layer.payloadLength = held.payloadLength(slot);
      const record = held.record(slot);
      const seconds = held.seconds(slot);
      const nanos = held.nanos(slot);
      const bytes = held.bytes(slot);
      this.#rows.fragments.add(row, 1);
      this.#counter.count(flow, replayed, depth, NO_VIEW, record, seconds, nanos, bytes);
      this.#counter.noteEarlierRecord(flow, record);
      if (held.isInNoConnection(slot)) {
        this.#account.move(Outcome.FragmentWithoutFirst, Outcome.InConnection);
      }
    }
  }

  /** A later fragment of the packet's layer `depth`: the same addresses, no ports. */
  #replayOf(packet: PacketView, depth: number): PacketView {
    this.#replayed ??= new PacketView(defaultWireSettings());
    const replayed = this.#replayed;
    replayed.hasMac = packet.hasMac;
    replayed.srcMacHigh = packet.srcMacHigh;
    replayed.srcMacLow = packet.srcMacLow;
    replayed.dstMacHigh = packet.dstMacHigh;
    replayed.dstMacLow = packet.dstMacLow;
    replayed.sllPacketType = packet.sllPacketType;
    const from = packet.layers[depth]!;
    const layer = replayed.layers[depth]!;
    layer.reset();
    layer.version = from.version;
    layer.protocol = from.protocol;
    layer.ipId = from.ipId;
    // Any number but 0 says that this is not the first.
    layer.fragmentOffset = 8;
    return replayed;
  }
}

/** Of all fragments of a datagram alike: only the first has ports. */
function kindOf(layer: IpLayer): number {
  return keyKind(layer.protocol, layer.version, 0);
}
