/** Plain values that the flow table hands to the control plane: one per 5-tuple, place and encapsulation. */

/** Where in one capture packets were seen, as far as the file itself tells. Vantage points are made of taps. */
export interface Tap {
  /** Dense, 0-based, in order of first appearance over the whole analysis. */
  readonly index: number;
  /** 0-based index of the capture among the inputs, and of the interface inside it. */
  readonly capture: number;
  readonly interfaceIndex: number;
  readonly linkType: number;
  /** LINUX_SLL2: interface index of the capturing host; 0 otherwise. */
  readonly sllInterface: number;
  /**
   * LINUX_SLL has no interface: a tap is then a (direction, MAC) pair. `out` = sll_pkttype 4, whose MAC is the interface's own;
   * `in` = everything else, whose MAC is the neighbour's. Other link types: null.
   */
  readonly sll: { readonly direction: "in" | "out"; readonly mac: string | null } | null;
  /** Outermost VLAN id and the innermost when different; null when untagged. */
  readonly vlan: number | null;
  readonly innerVlan: number | null;
  readonly records: number;
  readonly firstRecord: number;
}

export type EncapsulationKind = "vxlan" | "geneve" | "gre" | "gre-teb" | "ipip" | "6in4";

/** The tunnel that an observation was inside. */
export interface FlowEncapsulation {
  readonly kind: EncapsulationKind;
  readonly vni: number | null;
  /** 1 = inside one tunnel. */
  readonly depth: number;
  /** Row of the outer flow (FlowObservation.id) in which the first packet was seen. */
  readonly outer: number;
}

export interface FlowEndpoint {
  /** RFC 5952 / dotted quad. */
  readonly address: string;
  /** Port, ICMP echo identifier, or null for protocols without. */
  readonly port: number | null;
}

/** Packets of one direction. `records === 0`: the other fields say nothing. */
export interface FlowDirection {
  readonly records: number;
  /** Bytes on the wire, link header included. */
  readonly bytes: number;
  /** Record numbers in the capture, 1-based. */
  readonly firstRecord: number;
  readonly lastRecord: number;
  /** Nanoseconds since 1970. */
  readonly firstSeenNs: bigint;
  readonly lastSeenNs: bigint;
  /** OR of all TCP flags. */
  readonly tcpFlags: number;
  /** Sequence number of the SYN (or SYN-ACK) and its record. */
  readonly isn: number | null;
  readonly isnRecord: number;
  /** Whether `isn` came from a bare SYN or a SYN-ACK (flags are OR-ed over all packets and do not tell); null without ISN. */
  readonly isnFrom: "syn" | "syn-ack" | null;
  /** Hash of the SYN's options; 0 = none seen. */
  readonly synOptions: number;
  /** TCP: lowest first sequence number and highest end seen (mod 2^32), resets left out; null before any segment. */
  readonly sequenceStart: number | null;
  readonly sequenceEnd: number | null;
  /** Sum of the transport payload bytes on the wire. */
  readonly payloadBytes: number;
  readonly ttlMin: number;
  readonly ttlMax: number;
  /** IPv4 identification of the first packet, null when 0 or absent (RFC 6864: 0 says nothing). */
  readonly ipId: number | null;
  /**
   * UDP, ICMP echo and other datagrams: hash of length and first payload bytes (ICMP: sequence and payload; NAT never changes
   * them) of the first packets in this direction, each value once. TCP: of the first segments with payload (sequence, length
   * not included), and only while no SYN was seen in this direction. None of what a tunnel carries, and none of packets of
   * which the snaplen left too little (fingerprint.ts).
   */
  readonly fingerprints: readonly number[];
  /** Link addresses of the first packet; null where the link layer has none (SLL: only `macSrc`). */
  readonly macSrc: string | null;
  readonly macDst: string | null;
  /**
   * TCP segments (SYN and FIN included) whose sequence numbers this place had seen before in this direction, and the first
   * such record (0 = none). Copies of one packet, keep-alives, window probes and what fills a gap do not count.
   */
  readonly retransmissions: number;
  readonly retransmissionRecord: number;
  /** Segments with RST, and the first such record. */
  readonly resets: number;
  readonly resetRecord: number;
  /** Segments that announce a receive window of 0 (SYN and RST left out), and the first such record. */
  readonly zeroWindows: number;
  readonly zeroWindowRecord: number;
  /** TCP segments of which this place has a second record, and the first such record. */
  readonly copies: number;
  readonly copyRecord: number;
}

/** The packet that an ICMP error quotes belongs to this observation's tuple. */
export interface IcmpErrorRef {
  readonly record: number;
  readonly type: number;
  readonly code: number;
  /** Who sent the error. */
  readonly from: string;
}

/** PROXY protocol header at the start of a TCP stream (v1 text or v2 binary). */
export interface ProxyHeader {
  readonly version: 1 | 2;
  readonly command: "PROXY" | "LOCAL";
  /** Addresses the header carries; null for LOCAL, UNKNOWN and UNSPEC. */
  readonly source: { readonly address: string; readonly port: number } | null;
  readonly destination: { readonly address: string; readonly port: number } | null;
  /** AWS VPC endpoint id (TLV 0xEA, subtype 0x01), when present. */
  readonly vpcEndpointId?: string;
  /** Header length in bytes. */
  readonly length: number;
  readonly record: number;
}

/** What the header of an HTTP request at the start of what was seen says, when it says anything (wire/http-request.ts). */
export interface HttpRequestHeader {
  /** The client as the sender of the request names it. */
  readonly forwardedFor: { readonly address: string; readonly port: number | null } | null;
  /** A load balancer's health check, as it calls itself. */
  readonly isHealthCheck: boolean;
  readonly record: number;
}

/** Bytes on the wire over time, as one tap saw them. */
export interface FlowThroughput {
  /** Of the first bucket, nanoseconds since 1970. */
  readonly startNs: bigint;
  /** Width of a bucket: a power of two of milliseconds. */
  readonly bucketNs: bigint;
  /** One number a bucket, up to the last one in use; both lists are equally long. a -> b and b -> a. */
  readonly forward: readonly number[];
  readonly backward: readonly number[];
}

/** The packets of one 5-tuple at one tap, both directions. `a` sent the first packet that was seen. */
export interface FlowObservation {
  /** Row number; 0-based, in order of first appearance. */
  readonly id: number;
  readonly tap: Tap;
  /** "tcp", "udp", "icmp", "icmpv6", "sctp", or "ip<number>" (IANA protocol number), e.g. "ip47" for GRE. */
  readonly protocol: string;
  readonly a: FlowEndpoint;
  readonly b: FlowEndpoint;
  /** Packets a -> b and b -> a. */
  readonly forward: FlowDirection;
  readonly backward: FlowDirection;
  readonly encapsulation: FlowEncapsulation | null;
  /** What this observation itself carries, when its packets are a tunnel's outer ones. */
  readonly carries: EncapsulationKind | null;
  readonly sealed: "wireguard" | "esp" | null;
  /** ICMP echo: which side sent the request ("a", "b"), told by a request or a reply; null for other protocols. */
  readonly echoRequester: "a" | "b" | null;
  /** Fragments (first and later ones) counted among the records. */
  readonly fragments: number;
  readonly icmpErrors: readonly IcmpErrorRef[];
  readonly proxyHeader: ProxyHeader | null;
  /** Left out when there is none. */
  readonly httpRequest?: HttpRequestHeader;
  /** Left out of flows with little data. */
  readonly throughput?: FlowThroughput;
}

/** Records that are in no flow, by reason (stable ids used in the report's `accounting.notClassified`). */
export type NotClassifiedReason =
  | "arp"
  | "non-ip"
  | "unknown-link-type"
  | "truncated-before-ip"
  | "malformed"
  | "fragment-without-first"
  | "flow-table-full";
