/**
 * How each protocol of the packet builder is written. A layer gets the bytes of everything that follows it, the layer that
 * follows (to fill its "next protocol" field) and the IP header it stands in (for pseudo-header checksums).
 */
import {
  addressBytes,
  ascii,
  bigEndian,
  concat,
  hex,
  internetChecksum,
  macBytes,
  u8,
  u16,
  u32,
} from "./bytes.ts";

/** The IP header around a transport layer. */
export interface IpContext {
  readonly version: 4 | 6;
  readonly src: Uint8Array;
  readonly dst: Uint8Array;
}

export interface EmitContext {
  /** Bytes of everything after this layer. */
  readonly payload: Uint8Array;
  readonly next: PacketLayer | null;
  readonly ip: IpContext | null;
}

export interface PacketLayer {
  /** Ethertype by which a link layer, VLAN tag, GRE or Geneve header announces this layer. */
  readonly etherType?: number;
  /** IP protocol number by which an IP header announces this layer. */
  readonly protocol?: number;
  /** Set by IP layers: what checksums after this layer are computed with. */
  readonly ip?: IpContext;
  emit(context: EmitContext): Uint8Array;
}

export interface EthernetFields {
  readonly src?: string;
  readonly dst?: string;
  readonly etherType?: number;
  /** Pads the frame with zeros to the minimum of 60 bytes, as a real NIC does. */
  readonly pad?: boolean;
}

export function ethernetLayer(fields: EthernetFields = {}): PacketLayer {
  return {
    etherType: 0x6558, // transparent Ethernet bridging, for GRE and Geneve
    protocol: 143, // Ethernet within IP (RFC 8986)
    emit({ payload, next }) {
      const frame = concat(
        macBytes(fields.dst ?? "02:00:00:00:00:02"),
        macBytes(fields.src ?? "02:00:00:00:00:01"),
        u16(fields.etherType ?? next?.etherType ?? 0x88b5),
        payload,
      );
      return fields.pad === true && frame.length < 60
        ? concat(frame, new Uint8Array(60 - frame.length))
        : frame;
    },
  };
}

export function vlanLayer(id: number, tpid = 0x8100, priority = 0): PacketLayer {
  return {
    etherType: tpid,
    emit: ({ payload, next }) =>
      concat(u16((priority << 13) | id), u16(next?.etherType ?? 0x88b5), payload),
  };
}

export interface SllFields {
  readonly packetType?: number;
  /** ARPHRD_ value; 1 = Ethernet. */
  readonly hardwareType?: number;
  /** Up to 8 bytes as "aa:bb:..". */
  readonly address?: string;
  readonly etherType?: number;
  /** SLL2 only. */
  readonly interfaceIndex?: number;
}

function sllAddress(fields: SllFields): { bytes: Uint8Array; length: number } {
  const bytes = hex((fields.address ?? "02:00:00:00:00:01").replaceAll(":", ""));
  return { bytes: concat(bytes, new Uint8Array(8)).subarray(0, 8), length: bytes.length };
}

/** LINKTYPE_LINUX_SLL. */
export function sllLayer(fields: SllFields = {}): PacketLayer {
  const address = sllAddress(fields);
  return {
    emit: ({ payload, next }) =>
      concat(
        u16(fields.packetType ?? 0),
        u16(fields.hardwareType ?? 1),
        u16(address.length),
        address.bytes,
        u16(fields.etherType ?? next?.etherType ?? 0x88b5),
        payload,
      ),
  };
}

/** LINKTYPE_LINUX_SLL2. */
export function sll2Layer(fields: SllFields = {}): PacketLayer {
  const address = sllAddress(fields);
  return {
    emit: ({ payload, next }) =>
      concat(
        u16(fields.etherType ?? next?.etherType ?? 0x88b5),
        u16(0),
        u32(fields.interfaceIndex ?? 1),
        u16(fields.hardwareType ?? 1),
        u8(fields.packetType ?? 0),
        u8(address.length),
        address.bytes,
        payload,
      ),
  };
}

export interface ArpFields {
  readonly operation?: 1 | 2;
  readonly senderMac?: string;
  readonly senderAddress?: string;
  readonly targetMac?: string;
  readonly targetAddress?: string;
}

export function arpLayer(fields: ArpFields = {}): PacketLayer {
  return {
    etherType: 0x0806,
    emit: () =>
      concat(
        hex("0001 0800 06 04"),
        u16(fields.operation ?? 1),
        macBytes(fields.senderMac ?? "02:00:00:00:00:01"),
        addressBytes(fields.senderAddress ?? "10.0.1.10"),
        macBytes(fields.targetMac ?? "00:00:00:00:00:00"),
        addressBytes(fields.targetAddress ?? "10.0.2.20"),
      ),
  };
}

export interface Ipv4Fields {
  readonly src?: string;
  readonly dst?: string;
  readonly ttl?: number;
  readonly id?: number;
  readonly tos?: number;
  readonly dontFragment?: boolean;
  readonly moreFragments?: boolean;
  /** Bytes, a multiple of 8. */
  readonly fragmentOffset?: number;
  /** Overrides for packets that lie. */
  readonly protocol?: number;
  readonly totalLength?: number;
  readonly headerWords?: number;
  readonly version?: number;
  /** Padded with zeros to a multiple of 4. */
  readonly options?: Uint8Array;
}

export function ipv4Layer(fields: Ipv4Fields = {}): PacketLayer {
  const src = addressBytes(fields.src ?? "10.0.1.10");
  const dst = addressBytes(fields.dst ?? "10.0.2.20");
  return {
    etherType: 0x0800,
    protocol: 4,
    ip: { version: 4, src, dst },
    emit({ payload, next }) {
      const options = fields.options ?? new Uint8Array(0);
      const padded = concat(options, new Uint8Array(-options.length & 3));
      const length = 20 + padded.length;
      const flags =
        (fields.dontFragment === true ? 0x4000 : 0) | (fields.moreFragments === true ? 0x2000 : 0);
      const header = concat(
        u8(((fields.version ?? 4) << 4) | (fields.headerWords ?? length / 4)),
        u8(fields.tos ?? 0),
        u16(fields.totalLength ?? length + payload.length),
        u16(fields.id ?? 0),
        u16(flags | ((fields.fragmentOffset ?? 0) >>> 3)),
        u8(fields.ttl ?? 64),
        u8(fields.protocol ?? next?.protocol ?? 253),
        u16(0),
        src,
        dst,
        padded,
      );
      header.set(u16(internetChecksum(header)), 10);
      return concat(header, payload);
    },
  };
}

export interface Ipv6Fields {
  readonly src?: string;
  readonly dst?: string;
  readonly hopLimit?: number;
  readonly flowLabel?: number;
  readonly trafficClass?: number;
  /** Overrides for packets that lie. */
  readonly nextHeader?: number;
  readonly payloadLength?: number;
}

export function ipv6Layer(fields: Ipv6Fields = {}): PacketLayer {
  const src = addressBytes(fields.src ?? "fd00::1:10");
  const dst = addressBytes(fields.dst ?? "fd00::2:20");
  return {
    etherType: 0x86dd,
    protocol: 41,
    ip: { version: 6, src, dst },
    emit: ({ payload, next }) =>
      concat(
        u32(0x60000000 + (fields.trafficClass ?? 0) * 0x100000 + (fields.flowLabel ?? 0)),
        u16(fields.payloadLength ?? payload.length),
        u8(fields.nextHeader ?? next?.protocol ?? 59),
        u8(fields.hopLimit ?? 64),
        src,
        dst,
        payload,
      ),
  };
}

/** An IPv6 extension header of the common form (RFC 6564): next header, length in 8-byte units less one, body. */
export function ipv6ExtensionLayer(
  protocol: number,
  body: Uint8Array,
  nextHeader?: number,
): PacketLayer {
  const padded = concat(body, new Uint8Array(-(body.length + 2) & 7));
  return {
    protocol,
    emit: ({ payload, next }) =>
      concat(
        u8(nextHeader ?? next?.protocol ?? 59),
        u8((padded.length + 2) / 8 - 1),
        padded,
        payload,
      ),
  };
}

export interface FragmentFields {
  readonly id?: number;
  /** Bytes, a multiple of 8. */
  readonly offset?: number;
  readonly more?: boolean;
  readonly nextHeader?: number;
}

export function ipv6FragmentLayer(fields: FragmentFields = {}): PacketLayer {
  return {
    protocol: 44,
    emit: ({ payload, next }) =>
      concat(
        u8(fields.nextHeader ?? next?.protocol ?? 59),
        u8(0),
        u16((fields.offset ?? 0) | (fields.more === true ? 1 : 0)),
        u32(fields.id ?? 1),
        payload,
      ),
  };
}

/** RFC 4302: the length field counts 4-byte units less two. */
export function authenticationHeaderLayer(): PacketLayer {
  return {
    protocol: 51,
    emit: ({ payload, next }) =>
      concat(
        u8(next?.protocol ?? 59),
        u8(4),
        u16(0),
        u32(0x100),
        u32(1),
        new Uint8Array(12),
        payload,
      ),
  };
}

/** Checksum over pseudo header and segment (RFC 9293 section 3.1, RFC 8200 section 8.1); 0 outside of IP. */
export function transportChecksum(
  ip: IpContext | null,
  protocol: number,
  segment: Uint8Array,
): number {
  if (ip === null) return 0;
  const pseudo =
    ip.version === 4
      ? concat(ip.src, ip.dst, u16(protocol), u16(segment.length))
      : concat(ip.src, ip.dst, u32(segment.length), u32(protocol));
  return internetChecksum(pseudo, segment);
}

export function payloadLayer(content: Uint8Array | string): PacketLayer {
  const bytes = typeof content === "string" ? ascii(content) : content;
  return { emit: ({ payload }) => concat(bytes, payload) };
}

export interface GreFields {
  readonly key?: number;
  readonly sequence?: number;
  readonly checksum?: boolean;
  readonly protocolType?: number;
  /** Extra bits of the first 16-bit word, e.g. version 1 or routing present. */
  readonly flags?: number;
}

export function greLayer(fields: GreFields = {}): PacketLayer {
  return {
    protocol: 47,
    emit({ payload, next }) {
      const flags =
        (fields.checksum === true ? 0x8000 : 0) |
        (fields.key === undefined ? 0 : 0x2000) |
        (fields.sequence === undefined ? 0 : 0x1000) |
        (fields.flags ?? 0);
      const packet = concat(
        u16(flags),
        u16(fields.protocolType ?? next?.etherType ?? 0x0800),
        fields.checksum === true ? u32(0) : new Uint8Array(0),
        fields.key === undefined ? new Uint8Array(0) : u32(fields.key),
        fields.sequence === undefined ? new Uint8Array(0) : u32(fields.sequence),
        payload,
      );
      if (fields.checksum === true) packet.set(u16(internetChecksum(packet)), 4);
      return packet;
    },
  };
}

export function vxlanLayer(vni = 0, flags = 0x08): PacketLayer {
  return {
    emit: ({ payload }) => concat(u8(flags), bigEndian(0, 3), bigEndian(vni, 3), u8(0), payload),
  };
}

export interface GeneveFields {
  readonly vni?: number;
  readonly options?: Uint8Array;
  readonly protocolType?: number;
  readonly version?: number;
  /** O and C bits. */
  readonly flags?: number;
}

export function geneveLayer(fields: GeneveFields = {}): PacketLayer {
  const options = fields.options ?? new Uint8Array(0);
  return {
    emit: ({ payload, next }) =>
      concat(
        u8(((fields.version ?? 0) << 6) | (options.length / 4)),
        u8(fields.flags ?? 0),
        u16(fields.protocolType ?? next?.etherType ?? 0x6558),
        bigEndian(fields.vni ?? 0, 3),
        u8(0),
        options,
        payload,
      ),
  };
}
