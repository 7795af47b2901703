/**
 * From decoded records to flows: one row per tap, encapsulation, protocol and 5-tuple, both directions. Every IP layer of a
 * packet is one observation; an inner layer's row knows the row of the tunnel it was first seen in.
 *
 * `observe` runs once per record and allocates nothing; tables grow when something new appears. Everything else is for the
 * cold side, which asks for plain values.
 */
import { MAX_FLOWS } from "../limits.ts";
import { DecodeStop } from "../wire/decode-stop.ts";
import { IpProtocol } from "../wire/ip-protocol.ts";
import type { IpLayer, PacketView } from "../wire/packet-view.ts";
import { Encapsulation, Sealed, TcpFlag } from "../wire/packet-view.ts";
import type { FlowAccounting, OutcomeCode } from "./accounting.ts";
import { Outcome, outcomeWithoutIp, RecordAccount } from "./accounting.ts";
import { ContextTable } from "./context-table.ts";
import { DecodeStopCounter, type DecodeStopTally } from "./decode-stops.ts";
import { DirectionCounter } from "./direction-counter.ts";
import { DirectionStore } from "./direction-store.ts";
import { DnsNames } from "./dns-names.ts";
import { isEchoReply, isEchoReplyToSelf, isEchoRequest } from "./echo.ts";
import { FingerprintStore } from "./fingerprint.ts";
import {
  ROW_TRAITS,
  TRAIT_CARRIES_MASK,
  TRAIT_CARRIES_SHIFT,
  TRAIT_REQUEST_BY_A,
  TRAIT_REQUEST_BY_B,
  TRAIT_SEALED_MASK,
  TRAIT_SEALED_SHIFT,
} from "./flow-columns.ts";
import { type FlowPointer, MOST_ROWS } from "./flow-index.ts";
import { DEFAULT_SEED } from "./flow-key.ts";
import { type FlowLimit, flowLimits } from "./flow-limits.ts";
import type { FlowObservation, Tap } from "./flow-observation.ts";
import { type FlowParts, readObservation } from "./flow-reader.ts";
import { FlowRows } from "./flow-rows.ts";
import { FIRST_UNKNOWN, FragmentTracker, type OverlapTally } from "./fragment-tracker.ts";
import { IcmpErrorList } from "./icmp-errors.ts";
import { innerLength } from "./inner-length.ts";
import { MacPairs } from "./mac-pairs.ts";
import { RowColumns } from "./row-columns.ts";
import { SegmentAnomalies } from "./segment-anomalies.ts";
import { SynKeeper } from "./syn-keeper.ts";
import { TapTable } from "./tap-table.ts";
import { TcpTracker } from "./tcp-tracker.ts";
import { ThroughputTracker } from "./throughput-tracker.ts";

export interface FlowTableOptions {
  /** Rows; default MAX_FLOWS. */
  readonly maxFlows?: number;
  /**
   * Any 32-bit number. No result depends on it, only which keys share a slot: a random one per run keeps a capture that was
   * made to collide from making the table slow.
   */
  readonly seed?: number;
}

/** Tunnels of a tap, and taps, among which a quoted packet is looked for: else an input would decide how long that takes. */
const MAX_QUOTED_PLACES = 32;

/** Answer of `#observeLayer` that is no row, besides FIRST_UNKNOWN. */
const NO_ROW = -1;

export class FlowTable {
  readonly #rows: FlowRows;
  readonly #counter: DirectionCounter;
  readonly #taps: TapTable;
  readonly #contexts: ContextTable;
  readonly #fragments: FragmentTracker;
  readonly #icmpErrors = new IcmpErrorList();
  readonly #tcp: TcpTracker;
  readonly #throughput: ThroughputTracker;
  readonly #dns = new DnsNames();
  readonly #stops = new DecodeStopCounter();
  readonly #account = new RecordAccount();
  readonly #maxFlows: number;
  readonly #parts: FlowParts;
  /** Layers that found no room for a row. */
  #layersWithoutRow = 0;
  /** The record at hand. */
  #record = 0;
  #seconds = 0;
  #nanos = 0;

  constructor(options: FlowTableOptions = {}) {
    const seed = (options.seed ?? DEFAULT_SEED) | 0;
    this.#maxFlows = Math.min(options.maxFlows ?? MAX_FLOWS, MOST_ROWS);
    this.#rows = new FlowRows(this.#maxFlows, seed);
    this.#taps = new TapTable(seed);
    this.#contexts = new ContextTable(seed);
    const directions = new DirectionStore(this.#rows.store, this.#rows.forwardFirst);
    const parts = {
      directions,
      fingerprints: new FingerprintStore(),
      anomalies: new SegmentAnomalies(),
      macPairs: new MacPairs(seed),
    };
    this.#tcp = new TcpTracker(this.#rows, directions);
    this.#throughput = new ThroughputTracker(this.#rows, directions);
    this.#counter = new DirectionCounter({
      ...parts,
      syns: new SynKeeper(directions),
      throughput: this.#throughput,
    });
    this.#fragments = new FragmentTracker(this.#rows, this.#counter, this.#account, seed);
    this.#parts = {
      ...parts,
      rows: this.#rows,
      contexts: this.#contexts,
      icmpErrors: this.#icmpErrors,
      proxyHeaders: this.#tcp.proxyHeaders,
      httpRequests: this.#tcp.httpRequests,
      throughput: this.#throughput.table,
    };
  }

  /** Records from now on are of this capture (0-based index among the inputs). */
  beginCapture(captureIndex: number): void {
    this.#taps.beginCapture(captureIndex);
    this.#stops.beginCapture(captureIndex);
    this.#fragments.beginCapture(captureIndex);
  }

  /**
   * One decoded record.
   * @param packet what the decoders wrote; its offsets point into `view`
   * @param record 1-based
   * @param seconds, nanos since 1970 (0 .. 2^32-1), and of that second
   * @param wireLength bytes on the wire, link header included
   */
  observe(
    packet: PacketView,
    view: DataView,
    record: number,
    seconds: number,
    nanos: number,
    wireLength: number,
    interfaceIndex: number,
    linkType: number,
  ): void {
    this.#account.open();
    this.#record = record;
    this.#seconds = seconds;
    this.#nanos = nanos;
    const tap = this.#taps.count(packet, interfaceIndex, linkType, record);
    if (packet.stop !== DecodeStop.None) this.#stops.count(packet, record);
    this.#account.settle(
      packet.depth === 0
        ? outcomeWithoutIp(packet, linkType)
        : this.#observeLayers(packet, view, tap, wireLength),
    );
  }

  /** Number of observations so far. */
  get rows(): number {
    return this.#rows.length;
  }

  observation(row: number): FlowObservation {
    if (!(row >= 0 && row < this.rows)) throw new RangeError(`row ${row} of ${this.rows}`);
    const taps = new Map<number, Tap>();
    return readObservation(this.#parts, row, (index) => this.#tap(index, taps));
  }

  /** The rows as numbers, for whoever must look at all of them. */
  columns(): RowColumns {
    const taps = new Map<number, Tap>();
    return new RowColumns(this.#parts, (index) => this.#tap(index, taps));
  }

  /** All rows in order; each is made when it is asked for. */
  *observations(): Generator<FlowObservation> {
    const taps = new Map<number, Tap>();
    const tap = (index: number): Tap => this.#tap(index, taps);
    for (let row = 0; row < this.rows; row++) yield readObservation(this.#parts, row, tap);
  }

  taps(): readonly Tap[] {
    return Array.from({ length: this.#taps.size }, (_, index) => this.#taps.tap(index));
  }

  accounting(): FlowAccounting {
    return this.#account.read();
  }

  /** Ordered by capture, stop code and layer. */
  decodeStops(): DecodeStopTally[] {
    return this.#stops.list();
  }

  /** Fragments that overlap others of their datagram, by capture. */
  fragmentOverlaps(): readonly OverlapTally[] {
    return this.#fragments.overlaps();
  }

  /** Names of addresses, sorted, as the DNS answers seen give them. */
  dnsNames(): ReadonlyMap<string, readonly string[]> {
    return this.#dns.names;
  }

  /** Bounds that were reached, empty when none was. */
  limits(): FlowLimit[] {
    return flowLimits({
      maxFlows: this.#maxFlows,
      flows: this.#layersWithoutRow,
      taps: this.#taps.folded,
      tunnels: this.#contexts.folded,
      throughputSeries: this.#throughput.withoutSeries,
      icmpErrors: this.#icmpErrors.dropped,
      fragments: this.#fragments.mayBeForgotten,
      heldFragments: this.#fragments.dropped,
      dnsAddresses: this.#dns.dropped,
    });
  }

  #tap(index: number, known: Map<number, Tap>): Tap {
    let tap = known.get(index);
    if (tap === undefined) {
      tap = this.#taps.tap(index);
      known.set(index, tap);
    }
    return tap;
  }

  #observeLayers(packet: PacketView, view: DataView, tap: number, wireLength: number): OutcomeCode {
    const last = packet.depth - 1;
    let context = tap;
    let outer = NO_ROW;
    let bytes = wireLength;
    let outcome: OutcomeCode = Outcome.FragmentWithoutFirst;
    for (let depth = 0; depth <= last; depth++) {
      const layer = packet.layers[depth]!;
      if (depth > 0) {
        const above = packet.layers[depth - 1]!;
        context = this.#contexts.intern(tap, above.encapsulation, above.vni, depth, context);
        bytes = innerLength(view, above, layer);
      }
      const quotes = depth === last && layer.hasQuoted === 1;
      if (quotes && this.#attachError(packet.quoted, layer, tap, context)) {
        outcome = Outcome.InConnection;
      } else {
        const row = this.#observeLayer(packet, view, depth, context, outer, bytes);
        outer = row < 0 ? NO_ROW : row;
        if (row >= 0) outcome = Outcome.InConnection;
        else if (row === NO_ROW && outcome !== Outcome.InConnection)
          outcome = Outcome.FlowTableFull;
        // The middle of a packet is not decoded any further: this layer was the last.
        if (row === FIRST_UNKNOWN && outcome === Outcome.FragmentWithoutFirst)
          this.#fragments.holdRecord();
      }
    }
    return outcome;
  }

  /** The row that the layer was counted in, NO_ROW when the table is full, FIRST_UNKNOWN when its ports are not known. */
  #observeLayer(
    packet: PacketView,
    view: DataView,
    depth: number,
    context: number,
    outer: number,
    bytes: number,
  ): number {
    const layer = packet.layers[depth]!;
    let flow = this.#find(context, layer);
    if (flow === FIRST_UNKNOWN) {
      this.#fragments.hold(context, layer, this.#record, this.#seconds, this.#nanos, bytes);
      return FIRST_UNKNOWN;
    }
    const isSegment = layer.protocol === IpProtocol.Tcp && layer.hasPorts === 1;
    if (flow < 0) {
      if (this.#rows.isFull) {
        this.#layersWithoutRow += 1;
        return NO_ROW;
      }
      flow = this.#rows.open(context, layer, outer, NO_ROW);
    } else if (isSegment && (layer.tcpFlags & TcpFlag.Syn) !== 0 && !this.#rows.isFull) {
      if (this.#tcp.isAnotherConnection(flow, layer))
        flow = this.#rows.open(context, layer, outer, flow >>> 1);
    } else if (layer.icmpType >= 0 && isEchoReplyToSelf(layer)) {
      flow |= 1;
    }
    const isFragment = (layer.fragmentOffset | layer.moreFragments) !== 0;
    if (isFragment) this.#fragments.note(context, packet, depth, flow, this.#record, this.#seconds);
    const bringsFirstPayload = this.#counter.count(
      flow,
      packet,
      depth,
      view,
      this.#record,
      this.#seconds,
      this.#nanos,
      bytes,
    );
    if (isSegment) {
      if ((layer.tcpFlags & TcpFlag.Syn) !== 0) this.#tcp.noteSynAck(flow, layer);
      if (bringsFirstPayload) this.#tcp.noteFirstPayload(flow, layer, view, this.#record);
    } else if (layer.protocol === IpProtocol.Udp) {
      this.#dns.note(layer, view);
    }
    if ((layer.encapsulation | layer.sealed) !== 0 || layer.icmpType >= 0)
      this.#noteTraits(layer, flow);
    return flow >>> 1;
  }

  #find(context: number, layer: IpLayer): FlowPointer {
    return layer.fragmentOffset > 0
      ? this.#fragments.find(context, layer, this.#seconds)
      : this.#rows.find(context, layer);
  }

  #noteTraits(layer: IpLayer, flow: FlowPointer): void {
    const row = flow >>> 1;
    const before = this.#rows.word(row, ROW_TRAITS);
    let traits = before;
    if ((traits & TRAIT_CARRIES_MASK) === Encapsulation.None) {
      traits |= layer.encapsulation << TRAIT_CARRIES_SHIFT;
    }
    if ((traits & TRAIT_SEALED_MASK) === Sealed.None) traits |= layer.sealed << TRAIT_SEALED_SHIFT;
    const asked = TRAIT_REQUEST_BY_A | TRAIT_REQUEST_BY_B;
    if ((traits & asked) === 0) {
      const sentByA = (flow & 1) === 0;
      if (isEchoRequest(layer)) traits |= sentByA ? TRAIT_REQUEST_BY_A : TRAIT_REQUEST_BY_B;
      else if (isEchoReply(layer)) traits |= sentByA ? TRAIT_REQUEST_BY_B : TRAIT_REQUEST_BY_A;
    }
    if (traits !== before) this.#rows.set(row, ROW_TRAITS, traits);
  }

  /** Ties an ICMP error to the flow of the packet it quotes; false when that packet was not seen at this tap. */
  #attachError(quoted: IpLayer, error: IpLayer, tap: number, context: number): boolean {
    let flow = this.#find(context, quoted);
    if (flow < 0) flow = this.#findAtTap(tap, quoted);
    // An error never comes to the one-way tap that its cause was seen at.
    if (flow < 0 && this.#taps.isOneWay(tap)) {
      const start = this.#taps.captureStart;
      const end = Math.min(this.#taps.size, start + MAX_QUOTED_PLACES);
      for (let other = start; flow < 0 && other < end; other++)
        flow = this.#findAtTap(other, quoted);
    }
    if (flow < 0) return false;
    if (this.#icmpErrors.isFull) this.#icmpErrors.dropped += 1;
    else
      this.#icmpErrors.add(
        flow >>> 1,
        error,
        this.#rows.addresses.internSource(error),
        this.#record,
      );
    return true;
  }

  /** The flow of a packet at this tap, outside tunnels or inside one. */
  #findAtTap(tap: number, layer: IpLayer): FlowPointer {
    let flow = this.#find(tap, layer);
    let tunnel = this.#contexts.newest(tap);
    for (let tried = 0; flow < 0 && tunnel >= 0 && tried < MAX_QUOTED_PLACES; tried++) {
      flow = this.#find(tunnel, layer);
      tunnel = this.#contexts.older(tunnel);
    }
    return flow;
  }
}
