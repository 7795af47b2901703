/** What correlation makes: all observations of one conversation, joined across vantage points and NAT. */
import type {
  EncapsulationKind,
  FlowEndpoint,
  HttpRequestHeader,
  IcmpErrorRef,
  ProxyHeader,
} from "../flow/flow-observation.ts";
import type { AwsTunnel, AwsTunnelService } from "./aws-tunnel.ts";
import type { VantagePoint } from "./vantage-point.ts";

export interface FiveTuple {
  readonly orig: FlowEndpoint;
  readonly resp: FlowEndpoint;
}

/** Packets of one direction at one vantage point, oriented to the connection. Same counting rules as FlowDirection. */
export interface ObservedDirection {
  readonly records: number;
  readonly bytes: number;
  readonly firstRecord: number;
  readonly lastRecord: number;
  readonly firstSeenNs: bigint;
  readonly lastSeenNs: bigint;
  readonly tcpFlags: number;
  readonly isn: number | null;
  readonly isnRecord: number;
  readonly payloadBytes: number;
  readonly ttlMin: number;
  readonly ttlMax: number;
  /** IPv4 identification of the first packet; null when it says nothing, left out when not asked. */
  readonly ipId?: number | null;
  /** Link address that the first packet was sent to; null where the link layer tells none, left out when not asked. */
  readonly macDst?: string | null;
  /** As in FlowDirection: counted at this place alone, each with its first record (0 = none). */
  readonly retransmissions: number;
  readonly retransmissionRecord: number;
  readonly resets: number;
  readonly resetRecord: number;
  readonly zeroWindows: number;
  readonly zeroWindowRecord: number;
  /** TCP segments of which this place has a second record, and the first such record. */
  readonly copies: number;
  readonly copyRecord: number;
}

/** The packets of one tuple at one vantage point (and one encapsulation), both directions. */
export interface Observation {
  readonly vantagePoint: VantagePoint;
  readonly tuple: FiveTuple;
  readonly orig: ObservedDirection;
  readonly resp: ObservedDirection;
  readonly encapsulation: {
    readonly kind: EncapsulationKind;
    readonly vni: number | null;
    readonly depth: number;
    readonly outerConnection: number;
  } | null;
  /** How AWS brought the packets to the capture; they are no less at this vantage point for it. */
  readonly awsTunnel?: {
    readonly service: AwsTunnelService;
    readonly kind: EncapsulationKind;
    readonly vni: number | null;
    readonly outerConnection: number;
  };
  readonly fragments: number;
  readonly icmpErrors: readonly IcmpErrorRef[];
  /** FlowObservation ids that were put together here. */
  readonly rows: readonly number[];
}

export type NatKind = "snat" | "dnat" | "both";
export type MatchedBy = "tcp-isn" | "tcp-sequence" | "conntrack" | "payload" | "icmp-payload";

/** A rewrite between two legs of a connection. */
export interface NatStep {
  readonly kind: NatKind;
  /** Node that did it, when the vantage points or conntrack tell. */
  readonly node: string | null;
  readonly before: FiveTuple;
  readonly after: FiveTuple;
  readonly matchedBy: MatchedBy;
  readonly confidence: "proven" | "inferred";
  /** Conntrack entry that says the same, when there is one. */
  readonly conntrack: {
    readonly text: string;
    readonly file: string;
    readonly line?: number;
  } | null;
  /** Records on both sides: index of the capture and the record number. */
  readonly packets: readonly PacketRef[];
}

export interface PacketRef {
  /** Index of the capture among the inputs. */
  readonly capture: number;
  readonly record: number;
}

export interface Connection {
  /** 0-based, ordered by first packet. */
  readonly index: number;
  readonly protocol: string;
  /** Legs in path order: the tuple as the originator sent it first, after the last rewrite last. At least one. */
  readonly legs: readonly FiveTuple[];
  readonly observations: readonly Observation[];
  readonly nat: readonly NatStep[];
  /** How the originator was told: "syn", "echo-request", "port", "conntrack", "first-packet". */
  readonly orientedBy: string;
  readonly firstSeenNs: bigint;
  readonly lastSeenNs: bigint;
  /** Each packet once: per direction the most that any one vantage point saw. */
  readonly packets: { readonly orig: number; readonly resp: number };
  readonly bytes: { readonly orig: number; readonly resp: number };
  readonly tcp: TcpSummary | null;
  /** Null or left out: none was read. */
  readonly httpRequest?: (HttpRequestHeader & { readonly capture: number }) | null;
  /** Null or left out: a connection with little data. */
  readonly throughput?: ConnectionThroughput | null;
  /** This connection is the outer one of a tunnel: what it carries, and the inner connections' indexes. */
  readonly carries: {
    readonly kind: EncapsulationKind;
    readonly connections: readonly number[];
    /** AWS made the tunnel. */
    readonly awsTunnel?: AwsTunnel;
  } | null;
  readonly sealed: "wireguard" | "esp" | null;
  readonly proxyHeader: (ProxyHeader & { readonly capture: number }) | null;
  /** Observations that may belong here but fit another connection as well; said, never merged. */
  readonly ambiguousWith: readonly number[];
}

/** Bytes over time at the place that saw most of the connection; both lists are equally long. */
export interface ConnectionThroughput {
  readonly vantagePoint: VantagePoint;
  /** Of the first bucket, nanoseconds since 1970. */
  readonly startNs: bigint;
  readonly bucketNs: bigint;
  readonly orig: readonly number[];
  readonly resp: readonly number[];
}

export interface TcpSummary {
  /** established, closed, reset, refused, syn-sent, half-open, mid-stream. */
  readonly state: string;
  readonly origIsn: number | null;
  readonly respIsn: number | null;
  /** By the side that sent them: the most that any one vantage point saw. */
  readonly retransmissions: { readonly orig: number; readonly resp: number };
  readonly resets: { readonly orig: number; readonly resp: number };
  readonly zeroWindows: { readonly orig: number; readonly resp: number };
}
