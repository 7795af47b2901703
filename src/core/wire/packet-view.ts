/**
 * What the decoders write: one reused object per analysis, numbers only, so that decoding allocates nothing.
 * `layers[0 .. depth-1]` are the IP headers of one packet from the outermost to the innermost (depth 1 = no tunnel).
 * Fields of a layer at or beyond `depth` are left over from earlier packets and mean nothing.
 */
import { MAX_IP_LAYERS } from "../limits.ts";
import {
  DecodeStop,
  type DecodeStopCode,
  Layer,
  type LayerCode,
  LengthSource,
  type LengthSourceCode,
} from "./decode-stop.ts";

/** What an IP layer carries when it carries another frame or packet. Values are stable: they enter flow keys. */
export const Encapsulation = {
  None: 0,
  Vxlan: 1,
  Geneve: 2,
  /** GRE carrying IP (RFC 2784, 2890). */
  Gre: 3,
  /** GRE carrying Ethernet: transparent bridging, NVGRE (RFC 7637), ERSPAN. */
  GreTeb: 4,
  /** IP protocol 4 (RFC 2003). */
  IpIp: 5,
  /** IP protocol 41 (RFC 4213): 6in4. */
  SixInFour: 6,
} as const;
export type EncapsulationCode = (typeof Encapsulation)[keyof typeof Encapsulation];

/** Encrypted tunnels: seen and named, never opened. */
export const Sealed = { None: 0, WireGuard: 1, Esp: 2 } as const;
export type SealedCode = (typeof Sealed)[keyof typeof Sealed];

/** `sll_pkttype` of LINUX_SLL/SLL2; `None` where the link header has no such field. */
export const PacketType = {
  Host: 0,
  Broadcast: 1,
  Multicast: 2,
  OtherHost: 3,
  Outgoing: 4,
  None: 255,
} as const;

/** TCP flag bits (RFC 9293 section 3.1). */
export const TcpFlag = {
  Fin: 1,
  Syn: 2,
  Rst: 4,
  Psh: 8,
  Ack: 16,
  Urg: 32,
  Ece: 64,
  Cwr: 128,
} as const;

/**
 * First value of unsigned 32-bit fields: no small integer to V8, so that the field holds doubles from the first packet on. With 0, the
 * first larger number would change the shape of the object and throw away all machine code that had been made for it.
 */
const UNSIGNED = 0xffff_ffff;

/** One IP header and what follows it. Offsets count from the start of the DataView that was decoded. */
export class IpLayer {
  /** 4 or 6. */
  version = 0;
  /** IPv4: `src0` only. IPv6: four 32-bit words, most significant first. Signed 32-bit, as DataView.getInt32 gives them. */
  src0 = 0;
  src1 = 0;
  src2 = 0;
  src3 = 0;
  dst0 = 0;
  dst1 = 0;
  dst2 = 0;
  dst3 = 0;
  /** IP protocol after IPv6 extension headers (IANA protocol numbers). */
  protocol = 0;
  /** TTL or hop limit. */
  ttl = 0;
  /** IPv4 identification or the id of an IPv6 fragment header; -1 when there is none. */
  ipId = -1;
  /** Byte offset of this fragment in its datagram; 0 for whole packets and first fragments. */
  fragmentOffset = 0;
  /** 1 while more fragments follow. `fragmentOffset === 0 && moreFragments === 0` is a whole packet. */
  moreFragments = 0;
  headerOffset = 0;
  /** Start of the transport header; equals the end of the IP headers. */
  transportOffset = 0;
  /** Bytes that the IP header says follow `transportOffset`; derived from the record when the length field is 0 (TSO). */
  transportLength = 0;

  /** 1 when the ports (or ICMP id) below were read. Fragments without a transport header and port-less protocols: 0. */
  hasPorts = 0;
  srcPort = 0;
  dstPort = 0;
  /** Start of the transport payload inside the view, and the end of its captured bytes. */
  payloadOffset = 0;
  payloadEnd = 0;
  /** Payload bytes on the wire by the headers (TCP: segment length), whatever was captured. */
  payloadLength = 0;

  tcpFlags = 0;
  /** Unsigned 32-bit. */
  tcpSequence = UNSIGNED;
  tcpAck = UNSIGNED;
  tcpWindow = 0;
  /** Hash of a SYN's MSS, window scale, SACK-permitted and TSval, never 0; 0 when this is no SYN or options are cut. */
  tcpSynOptions = 0;

  /** ICMP/ICMPv6 type and code; -1 for other protocols. */
  icmpType = -1;
  icmpCode = -1;
  /** Echo identifier is in both `srcPort` and `dstPort` (hasPorts = 1), as conntrack shows it. */
  icmpSequence = 0;
  /** 1 when `quoted` holds the packet that an ICMP error quotes. */
  hasQuoted = 0;

  /** What this layer carries: the next layer was opened because of it. */
  encapsulation: EncapsulationCode = Encapsulation.None;
  /** VXLAN/Geneve network identifier, GRE key; -1 when there is none. */
  vni = -1;
  sealed: SealedCode = Sealed.None;

  constructor() {
    this.reset();
  }

  /** Called by the IP decoders before they write; everything a later reader may look at is set. */
  reset(): void {
    this.src1 = this.src2 = this.src3 = 0;
    this.dst1 = this.dst2 = this.dst3 = 0;
    this.ipId = -1;
    this.fragmentOffset = 0;
    this.moreFragments = 0;
    this.transportLength = 0;
    this.hasPorts = 0;
    this.srcPort = 0;
    this.dstPort = 0;
    this.payloadOffset = 0;
    this.payloadEnd = 0;
    this.payloadLength = 0;
    this.tcpFlags = 0;
    this.tcpSequence = 0;
    this.tcpAck = 0;
    this.tcpWindow = 0;
    this.tcpSynOptions = 0;
    this.icmpType = -1;
    this.icmpCode = -1;
    this.icmpSequence = 0;
    this.hasQuoted = 0;
    this.encapsulation = Encapsulation.None;
    this.vni = -1;
    this.sealed = Sealed.None;
  }
}

/** The decoder's configuration: data from limits and the snapshot, never constants hidden in a decoder. */
export interface WireSettings {
  /** UDP destination ports that carry VXLAN; default 4789, 4790 and 8472 plus what the snapshot's interfaces say. */
  readonly vxlanPorts: ReadonlySet<number>;
  /** UDP destination ports that carry Geneve; default 6081. */
  readonly genevePorts: ReadonlySet<number>;
  /** UDP ports that carry WireGuard; default 51820, 51821, 51871. */
  readonly wireguardPorts: ReadonlySet<number>;
}

/** Bits of `PacketView.udpPortRoles`. */
export const UdpPortRole = { Vxlan: 1, Geneve: 2, WireGuard: 4, Esp: 8 } as const;

/** UDP-encapsulated ESP (RFC 3948 section 2.1). */
const ESP_IN_UDP_PORTS: ReadonlySet<number> = new Set([4500]);

export class PacketView {
  /** Captured bytes of the frame: reads stay in [frameOffset, frameEnd). */
  frameOffset = 0;
  frameEnd = 0;
  /** Bytes of the frame on the wire (0 when unknown); lengths in headers that are 0 are derived from it. */
  wireLength = 0;

  /** 1 when the four MAC words below were read (Ethernet), or only the source (SLL, SLL2 with a 6-byte address). */
  hasMac = 0;
  /** MAC addresses as two numbers each: first 16 bits, last 32 bits (both unsigned). */
  srcMacHigh = 0;
  srcMacLow = UNSIGNED;
  dstMacHigh = 0;
  dstMacLow = UNSIGNED;
  /** LINUX_SLL/SLL2 packet type, else PacketType.None. */
  sllPacketType: number = PacketType.None;
  /** LINUX_SLL2 interface index (1-based), else 0. */
  sllInterface = 0;
  /** Outermost VLAN id, -1 when untagged; `vlanTags` counts the tags, `innerVlan` is the last id. */
  vlan = -1;
  innerVlan = -1;
  vlanTags = 0;
  /** Ethertype after the VLAN tags of the outermost frame (0x0800, 0x86dd, 0x0806 ...), 0 when there is none. */
  etherType = 0;

  /** Number of IP layers in `layers` that belong to this packet. */
  depth = 0;
  readonly layers: readonly IpLayer[] = Array.from({ length: MAX_IP_LAYERS }, () => new IpLayer());
  /** The packet that the innermost layer's ICMP error quotes (addresses, protocol, ports when present). */
  readonly quoted: IpLayer = new IpLayer();

  /** Why decoding ended before the payload: DecodeStop.None when it did not. The layers before the stop are good. */
  stop: DecodeStopCode = DecodeStop.None;
  stopLayer: LayerCode = Layer.Link;
  /** Start of the layer that could not be read. */
  stopOffset = 0;
  stopRequired = 0;
  stopAvailable = 0;
  stopLengthSource: LengthSourceCode = LengthSource.Captured;

  /**
   * The rest is how the decoders talk to each other while one packet is read; nobody else looks at it.
   * End of the enclosing layer's bytes on the wire, as an offset in the view; may lie beyond `frameEnd` (snaplen).
   */
  contentEnd = 0;
  /** Which field decided the current end of readable bytes: a shortage below it is the snaplen's doing or a contradiction. */
  endSource: LengthSourceCode = LengthSource.Captured;
  /** 1 after a first fragment: what is missing at its end stands in the next fragment, so that nothing contradicts. */
  inFragment = 0;
  /** A tunnel's contents that are still to be decoded: their ethertype (0x6558 = an Ethernet frame), 0 when there are none. */
  innerEtherType = 0;
  innerOffset = 0;
  innerEnd = 0;
  /** 1 once the contents of a tunnel turned out to be IP or ARP; if they do not, it was no tunnel. */
  innerIsKnown = 0;

  readonly settings: WireSettings;
  /** What UDP ports mean by `settings`, as UdpPortRole bits by port: one read instead of a look-up per set and packet. */
  readonly udpPortRoles = new Uint8Array(65_536);

  constructor(settings: WireSettings) {
    this.settings = settings;
    const roles: readonly [ports: ReadonlySet<number>, role: number][] = [
      [settings.vxlanPorts, UdpPortRole.Vxlan],
      [settings.genevePorts, UdpPortRole.Geneve],
      [settings.wireguardPorts, UdpPortRole.WireGuard],
      [ESP_IN_UDP_PORTS, UdpPortRole.Esp],
    ];
    for (const [ports, role] of roles) {
      for (const port of ports) this.udpPortRoles[port] = (this.udpPortRoles[port] ?? 0) | role;
    }
  }
}
