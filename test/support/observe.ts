/**
 * A flow table and the packets that a test feeds to it, written field by field: what the decoders would have written, without
 * the decoders. Tests that want real bytes decode them instead.
 */
import { parseAddress } from "../../src/core/address/ip-text.ts";
import type { FlowObservation } from "../../src/core/flow/flow-observation.ts";
import { FlowTable, type FlowTableOptions } from "../../src/core/flow/flow-table.ts";
import type { DecodeStopCode, LayerCode } from "../../src/core/wire/decode-stop.ts";
import { DecodeStop } from "../../src/core/wire/decode-stop.ts";
import {
  type EncapsulationCode,
  type IpLayer,
  PacketType,
  PacketView,
  type SealedCode,
} from "../../src/core/wire/packet-view.ts";
import { defaultWireSettings } from "../../src/core/wire/settings.ts";
import { ascii } from "./bytes.ts";

/** One IP layer. Without `srcPort` there are no ports. */
export interface LayerFields {
  readonly src?: string;
  readonly dst?: string;
  readonly protocol?: number;
  readonly srcPort?: number;
  readonly dstPort?: number;
  readonly ttl?: number;
  readonly ipId?: number;
  readonly fragmentOffset?: number;
  readonly moreFragments?: boolean;
  /** Letters as tcpdump writes them: S F R P and . for ACK. */
  readonly flags?: string;
  readonly seq?: number;
  readonly ack?: number;
  readonly synOptions?: number;
  /** Default 1000. */
  readonly window?: number;
  readonly payload?: string;
  /** Bytes of the payload that the snaplen kept; default all. */
  readonly captured?: number;
  readonly icmp?: {
    readonly type: number;
    readonly code?: number;
    readonly id?: number;
    readonly sequence?: number;
  };
  readonly quoted?: LayerFields;
  readonly encapsulation?: EncapsulationCode;
  readonly vni?: number;
  readonly sealed?: SealedCode;
}

/** One record: its layers from the outermost, and the frame around them. */
export interface RecordFields {
  readonly linkType?: number;
  readonly interfaceIndex?: number;
  readonly etherType?: number;
  readonly vlans?: readonly number[];
  readonly sllPacketType?: number;
  readonly sllInterface?: number;
  /** Source as one number below 2^48, destination likewise; null = no link addresses. */
  readonly macs?: readonly [source: number, destination: number] | null;
  readonly wireLength?: number;
  readonly seconds?: number;
  readonly nanos?: number;
  readonly stop?: readonly [stop: DecodeStopCode, layer: LayerCode];
}

const FLAG_BITS: Readonly<Record<string, number>> = { F: 1, S: 2, R: 4, P: 8, ".": 16, U: 32 };
const MAC_LOW_RANGE = 2 ** 32;

export class FlowScript {
  readonly table: FlowTable;
  readonly packet = new PacketView(defaultWireSettings());
  readonly #bytes = new Uint8Array(65_536);
  readonly #view = new DataView(this.#bytes.buffer);
  #record = 0;
  #end = 0;

  constructor(options?: FlowTableOptions) {
    this.table = new FlowTable(options);
    this.table.beginCapture(0);
  }

  beginCapture(index: number): void {
    this.table.beginCapture(index);
    this.#record = 0;
  }

  /** TCP a:40000 -> b:80 unless said otherwise. */
  tcp(fields: LayerFields = {}, record: RecordFields = {}): this {
    return this.layers(
      [{ protocol: 6, srcPort: 40000, dstPort: 80, flags: ".", ...fields }],
      record,
    );
  }

  udp(fields: LayerFields = {}, record: RecordFields = {}): this {
    return this.layers([{ protocol: 17, srcPort: 40000, dstPort: 53, ...fields }], record);
  }

  echo(type: number, fields: LayerFields = {}, record: RecordFields = {}): this {
    return this.layers([{ protocol: 1, icmp: { type, id: 7, sequence: 1 }, ...fields }], record);
  }

  layers(layers: readonly LayerFields[], record: RecordFields = {}): this {
    const packet = this.packet;
    this.#end = 0;
    packet.depth = layers.length;
    layers.forEach((fields, i) => {
      const layer = packet.layers[i];
      if (layer === undefined) throw new Error("too many layers");
      this.#write(layer, fields);
      if (fields.quoted !== undefined) {
        layer.hasQuoted = 1;
        this.#write(packet.quoted, fields.quoted);
      }
    });
    const [source, destination] = record.macs ?? [0, 0];
    packet.hasMac = record.macs === null ? 0 : 1;
    packet.srcMacHigh = Math.floor(source / MAC_LOW_RANGE);
    packet.srcMacLow = source % MAC_LOW_RANGE;
    packet.dstMacHigh = Math.floor(destination / MAC_LOW_RANGE);
    packet.dstMacLow = destination % MAC_LOW_RANGE;
    packet.sllPacketType = record.sllPacketType ?? PacketType.None;
    packet.sllInterface = record.sllInterface ?? 0;
    packet.vlanTags = record.vlans?.length ?? 0;
    packet.vlan = record.vlans?.at(0) ?? -1;
    packet.innerVlan = record.vlans?.at(-1) ?? -1;
    packet.etherType = record.etherType ?? 0x0800;
    [packet.stop, packet.stopLayer] = record.stop ?? [DecodeStop.None, 0];
    this.#record += 1;
    this.table.observe(
      packet,
      this.#view,
      this.#record,
      record.seconds ?? 1_700_000_000 + this.#record,
      record.nanos ?? 0,
      record.wireLength ?? 100,
      record.interfaceIndex ?? 0,
      record.linkType ?? 1,
    );
    return this;
  }

  get rows(): FlowObservation[] {
    return [...this.table.observations()];
  }

  row(index: number): FlowObservation {
    return this.table.observation(index);
  }

  #write(layer: IpLayer, fields: LayerFields): void {
    layer.reset();
    const source = parseAddress(fields.src ?? "10.0.0.1");
    const destination = parseAddress(fields.dst ?? "10.0.0.2");
    if (source === null || destination === null) throw new Error("no address");
    const isVersion6 = source.family === 6;
    layer.version = source.family;
    [layer.src0, layer.src1, layer.src2, layer.src3] = isVersion6
      ? source.words
      : [source.words[0], 0, 0, 0];
    [layer.dst0, layer.dst1, layer.dst2, layer.dst3] = isVersion6
      ? destination.words
      : [destination.words[0], 0, 0, 0];
    layer.protocol = fields.protocol ?? 17;
    layer.ttl = fields.ttl ?? 64;
    layer.ipId = fields.ipId ?? -1;
    layer.fragmentOffset = fields.fragmentOffset ?? 0;
    layer.moreFragments = fields.moreFragments === true ? 1 : 0;
    layer.hasPorts = fields.srcPort === undefined ? 0 : 1;
    layer.srcPort = fields.srcPort ?? 0;
    layer.dstPort = fields.dstPort ?? 0;
    writeSegment(layer, fields);
    this.#writeIcmp(layer, fields);
    const payload = ascii(fields.payload ?? "");
    this.#bytes.set(payload, this.#end);
    layer.payloadOffset = this.#end;
    layer.payloadEnd = this.#end + Math.min(payload.length, fields.captured ?? payload.length);
    layer.payloadLength = payload.length;
    this.#end += payload.length;
    layer.encapsulation = fields.encapsulation ?? 0;
    layer.vni = fields.vni ?? -1;
    layer.sealed = fields.sealed ?? 0;
  }

  #writeIcmp(layer: IpLayer, fields: LayerFields): void {
    if (fields.icmp === undefined) return;
    layer.icmpType = fields.icmp.type;
    layer.icmpCode = fields.icmp.code ?? 0;
    layer.icmpSequence = fields.icmp.sequence ?? 0;
    if (fields.icmp.id === undefined) return;
    layer.hasPorts = 1;
    layer.srcPort = fields.icmp.id;
    layer.dstPort = fields.icmp.id;
  }
}

function writeSegment(layer: IpLayer, fields: LayerFields): void {
  for (const letter of fields.flags ?? "") layer.tcpFlags |= FLAG_BITS[letter] ?? 0;
  layer.tcpSequence = fields.seq ?? 0;
  layer.tcpAck = fields.ack ?? 0;
  layer.tcpWindow = fields.window ?? 1000;
  layer.tcpSynOptions = fields.synOptions ?? 0;
}
