/** Parts of a hand-made Analysis: short forms of values whose every field the contract wants. */

import type { CaptureResult } from "../../src/core/analysis.ts";
import type {
  Evidence,
  FindingLevel,
  FindingMatch,
  FindingRule,
  PathMatch,
  Subject,
} from "../../src/core/classify/rule.ts";
import { NO_CONNECTION } from "../../src/core/classify/traits.ts";
import type { Owner } from "../../src/core/cluster/owner.ts";
import type {
  Connection,
  FiveTuple,
  Observation,
  ObservedDirection,
  TcpSummary,
} from "../../src/core/correlate/connection.ts";
import type { VantagePoint } from "../../src/core/correlate/vantage-point.ts";
import { NO_ANOMALIES } from "../../src/core/flow/segment-anomalies.ts";

/** 2026-11-20T01:02:03Z. */
const START_NS = 1_795_136_523_000_000_000n;
const MS = 1_000_000n;

/** "10.0.0.1:80 > 10.0.0.2:443"; no port after an address means a protocol without ports. */
export function tuple(text: string): FiveTuple {
  const [orig = "", resp = ""] = text.split(" > ");
  return { orig: endpoint(orig), resp: endpoint(resp) };
}

function endpoint(text: string): { address: string; port: number | null } {
  const match = /^(.*):(\d+)$/.exec(text);
  const address = (match?.[1] ?? text).replace(/^\[|\]$/g, "");
  return { address, port: match === null ? null : Number(match[2]) };
}

export function vantagePoint(
  id: string,
  capture: number,
  fields: Partial<VantagePoint> = {},
): VantagePoint {
  return {
    id,
    capture,
    node: null,
    interface: null,
    pod: null,
    kind: "unknown",
    because: "The file says nothing about where it was taken.",
    taps: [],
    oneWay: false,
    ...fields,
  };
}

export function direction(
  records: number,
  firstRecord: number,
  atMs: number,
  bytes = records * 74,
): ObservedDirection {
  return {
    records,
    bytes,
    firstRecord,
    lastRecord: firstRecord + records * 2,
    firstSeenNs: START_NS + BigInt(atMs) * MS,
    lastSeenNs: START_NS + BigInt(atMs + records) * MS,
    tcpFlags: 0x1b,
    isn: 1000,
    isnRecord: firstRecord,
    payloadBytes: 0,
    ttlMin: 63,
    ttlMax: 63,
    ...NO_ANOMALIES,
  };
}

export function observation(
  point: VantagePoint,
  leg: string,
  [orig, resp]: readonly [ObservedDirection, ObservedDirection],
  fields: Partial<Observation> = {},
): Observation {
  return {
    vantagePoint: point,
    tuple: tuple(leg),
    orig,
    resp,
    encapsulation: null,
    fragments: 0,
    icmpErrors: [],
    rows: [],
    ...fields,
  };
}

export function connection(
  index: number,
  legs: readonly string[],
  observations: readonly Observation[],
  fields: Partial<Connection> = {},
): Connection {
  const [first] = observations;
  return {
    index,
    protocol: "tcp",
    legs: legs.map(tuple),
    observations,
    nat: [],
    orientedBy: "syn",
    firstSeenNs: first?.orig.firstSeenNs ?? START_NS,
    lastSeenNs: first?.resp.lastSeenNs ?? START_NS,
    packets: { orig: first?.orig.records ?? 0, resp: first?.resp.records ?? 0 },
    bytes: { orig: first?.orig.bytes ?? 0, resp: first?.resp.bytes ?? 0 },
    tcp: tcpSummary("closed"),
    carries: null,
    sealed: null,
    proxyHeader: null,
    ambiguousWith: [],
    ...fields,
  };
}

export function tcpSummary(
  state: string,
  origIsn: number | null = 1000,
  respIsn: number | null = 2000,
): TcpSummary {
  const none = { orig: 0, resp: 0 };
  return { state, origIsn, respIsn, retransmissions: none, resets: none, zeroWindows: none };
}

export function subject(
  of: Connection,
  orig: Owner,
  resp: Owner,
  dialled: Owner = resp,
  finalOrig: Owner = orig,
): Subject {
  return { connection: of, orig, resp, dialled, finalOrig };
}

export function verdict(fields: Partial<PathMatch> & Pick<PathMatch, "class">): PathMatch {
  return { confidence: "proven", candidates: [], evidence: [], ...fields };
}

export function evidence(
  statement: string,
  packets: readonly (readonly [capture: number, record: number])[] = [],
  snapshot: Evidence["snapshot"] = [],
): Evidence {
  return {
    statement,
    packets: packets.map(([capture, record]) => ({ capture, record })),
    snapshot,
  };
}

export function findingRule(id: string, level: FindingLevel, title: string): FindingRule {
  return {
    meta: {
      id,
      title,
      why: "Why it matters.",
      proves: "What the packets show.",
      doesNotProve: "Who configured it, and when.",
      confirm: "iptables -t nat -S",
      sources: ["RFC 7348"],
    },
    level,
    concerns: NO_CONNECTION,
    find: () => [],
  };
}

export function findingMatch(
  fields: Partial<FindingMatch> & Pick<FindingMatch, "level" | "connections" | "message">,
): FindingMatch {
  return { advice: "Look at it.", evidence: [], identity: "", ...fields };
}

export function captureResult(
  file: string,
  records: number,
  fields: Partial<NonNullable<CaptureResult["info"]>> = {},
): CaptureResult {
  return {
    file,
    label: null,
    linkTypes: [1],
    firstSeenNs: START_NS,
    lastSeenNs: START_NS + 12_500n * MS,
    info: {
      format: "pcap",
      byteOrder: "little",
      interfaces: [{ index: 0, linkType: 1, snaplen: 262_144, comments: [] }],
      drops: [],
      comments: [],
      names: [],
      records,
      wireBytes: records * 100,
      capturedBytes: records * 96,
      ...fields,
    },
  };
}
