/** The transport layers of the packet builder: TCP, UDP, ICMP, ICMPv6, SCTP. */
import { concat, hex, internetChecksum, u8, u16, u32 } from "./bytes.ts";
import { type PacketLayer, transportChecksum } from "./packet-layers.ts";

export interface TcpOptions {
  readonly mss?: number;
  readonly windowScale?: number;
  readonly sackPermitted?: boolean;
  readonly timestamp?: number;
  readonly timestampEcho?: number;
}

export interface TcpFields {
  readonly srcPort?: number;
  readonly dstPort?: number;
  readonly seq?: number;
  readonly ack?: number;
  /** Letters in any order: F S R P A U E C (as tcpdump: `.` = A). */
  readonly flags?: string;
  readonly window?: number;
  readonly options?: TcpOptions;
  /** Verbatim option bytes instead of `options`; padded with zeros to a multiple of 4. */
  readonly rawOptions?: Uint8Array;
  /** Override for packets that lie, in 32-bit words. */
  readonly dataOffset?: number;
}

const FLAG_BITS: Record<string, number> = {
  F: 1,
  S: 2,
  R: 4,
  P: 8,
  A: 16,
  ".": 16,
  U: 32,
  E: 64,
  C: 128,
};

/** TCP option bytes in the order of Linux: MSS, SACK permitted, timestamps, NOP, window scale. */
export function tcpOptionBytes(options: TcpOptions): Uint8Array {
  return concat(
    options.mss === undefined ? hex("") : concat(hex("02 04"), u16(options.mss)),
    options.sackPermitted === true ? hex("04 02") : hex(""),
    options.timestamp === undefined
      ? hex("")
      : concat(hex("08 0a"), u32(options.timestamp), u32(options.timestampEcho ?? 0)),
    options.windowScale === undefined ? hex("") : concat(hex("01 03 03"), u8(options.windowScale)),
  );
}

export function tcpLayer(fields: TcpFields = {}): PacketLayer {
  return {
    protocol: 6,
    emit({ payload, ip }) {
      const options = fields.rawOptions ?? tcpOptionBytes(fields.options ?? {});
      const padded = concat(options, new Uint8Array(-options.length & 3));
      let flags = 0;
      for (const letter of fields.flags ?? "A") {
        const bit = FLAG_BITS[letter];
        if (bit === undefined) throw new Error(`unknown TCP flag ${letter}`);
        flags |= bit;
      }
      const segment = concat(
        u16(fields.srcPort ?? 40000),
        u16(fields.dstPort ?? 80),
        u32(fields.seq ?? 0),
        u32(fields.ack ?? 0),
        u8((fields.dataOffset ?? 5 + padded.length / 4) << 4),
        u8(flags),
        u16(fields.window ?? 64240),
        u32(0),
        padded,
        payload,
      );
      segment.set(u16(transportChecksum(ip, 6, segment)), 16);
      return segment;
    },
  };
}

export interface UdpFields {
  readonly srcPort?: number;
  readonly dstPort?: number;
  /** Overrides for packets that lie; a checksum of 0 means "none". */
  readonly length?: number;
  readonly checksum?: number;
}

export function udpLayer(fields: UdpFields = {}): PacketLayer {
  return {
    protocol: 17,
    emit({ payload, ip }) {
      const datagram = concat(
        u16(fields.srcPort ?? 40000),
        u16(fields.dstPort ?? 53),
        u16(fields.length ?? 8 + payload.length),
        u16(0),
        payload,
      );
      // RFC 768: a computed checksum of zero is sent as all ones.
      datagram.set(u16(fields.checksum ?? (transportChecksum(ip, 17, datagram) || 0xffff)), 6);
      return datagram;
    },
  };
}

export interface IcmpFields {
  readonly type?: number;
  readonly code?: number;
  /** Echo identifier and sequence number: the two halves of the second 32-bit word. */
  readonly id?: number;
  readonly sequence?: number;
  /** The second 32-bit word as a whole, e.g. a next-hop MTU; instead of id and sequence. */
  readonly rest?: number;
  /** Cuts everything that follows (an error's quoted packet) to so many bytes. */
  readonly quotedBytes?: number;
}

function icmpMessage(fields: IcmpFields, defaultType: number, payload: Uint8Array): Uint8Array {
  return concat(
    u8(fields.type ?? defaultType),
    u8(fields.code ?? 0),
    u16(0),
    fields.rest === undefined
      ? concat(u16(fields.id ?? 0), u16(fields.sequence ?? 0))
      : u32(fields.rest),
    payload.subarray(0, fields.quotedBytes ?? payload.length),
  );
}

/** ICMP (RFC 792); an echo request by default. Layers after it are the quoted packet of an error. */
export function icmpv4Layer(fields: IcmpFields = {}): PacketLayer {
  return {
    protocol: 1,
    emit({ payload }) {
      const message = icmpMessage(fields, 8, payload);
      message.set(u16(internetChecksum(message)), 2);
      return message;
    },
  };
}

/** ICMPv6 (RFC 4443); an echo request by default. */
export function icmpv6Layer(fields: IcmpFields = {}): PacketLayer {
  return {
    protocol: 58,
    emit({ payload, ip }) {
      const message = icmpMessage(fields, 128, payload);
      message.set(u16(transportChecksum(ip, 58, message)), 2);
      return message;
    },
  };
}

export interface SctpFields {
  readonly srcPort?: number;
  readonly dstPort?: number;
  readonly verificationTag?: number;
}

/** SCTP common header (RFC 9260); the CRC32c is left 0, nobody here checks it. */
export function sctpLayer(fields: SctpFields = {}): PacketLayer {
  return {
    protocol: 132,
    emit: ({ payload }) =>
      concat(
        u16(fields.srcPort ?? 40000),
        u16(fields.dstPort ?? 36412),
        u32(fields.verificationTag ?? 1),
        u32(0),
        payload,
      ),
  };
}
