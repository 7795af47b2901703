/** One classified connection as the report shows it. */
import type { Classified, Evidence, NatRule } from "../classify/rule.ts";
import type { Owner } from "../cluster/owner.ts";
import type { Connection, FiveTuple, NatStep, Observation } from "../correlate/connection.ts";
import type { HostClocks } from "../correlate/hop-order.ts";
import { type CaptureSpan, hopsOf } from "../correlate/hops.ts";
import type { FlowEndpoint } from "../flow/flow-observation.ts";
import { THROUGHPUT_FROM_BYTES } from "../limits.ts";
import { commentEvidence, type RecordNotes } from "./comment-evidence.ts";
import { formatTime } from "./format-time.ts";
import { keyPackets } from "./key-packets.ts";
import type {
  ReportConnection,
  ReportEvidence,
  ReportNatStep,
  ReportObservation,
  ReportParty,
} from "./report.ts";

/** Names that the whole report agrees on. */
export interface ReportIds {
  /** Index of a capture among the inputs to its id ("c1"); inputs that were no captures have none. */
  readonly captures: ReadonlyMap<number, string>;
  /** Connection.index to its id ("conn-1"). */
  connection(index: number): string;
  /** Address to its names in DNS answers. */
  readonly dnsNames?: ReadonlyMap<string, readonly string[]>;
  /** What comments of captures say of records. */
  readonly notes?: RecordNotes;
}

/** Clocks of the hosts and spans of the captures, by which hops are measured. */
export interface HopMeasures {
  readonly clocks: HostClocks;
  /** By index of the capture among the inputs. */
  readonly spans: readonly CaptureSpan[];
  /** Whether observations list their key packets. */
  readonly keyPackets: boolean;
}

export function buildConnection(
  { subject, verdict, expected, natRules }: Classified,
  id: string,
  findings: readonly string[],
  ids: ReportIds,
  measures: HopMeasures,
): ReportConnection {
  const { connection } = subject;
  const first = connection.legs[0] ?? EMPTY_LEG;
  const client = clientOf(subject);
  const { tcp } = connection;
  return {
    id,
    class: verdict.class,
    confidence: verdict.confidence,
    ...(verdict.confidence === "proven" ? {} : { candidates: candidates(verdict) }),
    ...(verdict.wouldDecide === undefined ? {} : { wouldDecide: verdict.wouldDecide }),
    protocol: connection.protocol,
    orig: buildParty(first.orig, subject.orig, ids),
    resp: buildParty(answerer(connection), subject.resp, ids),
    dialled: { address: first.resp.address, port: first.resp.port },
    ...(client === null ? {} : { client: client.endpoint, clientFrom: client.from }),
    observations: connection.observations.map((one) =>
      measures.keyPackets
        ? { ...buildObservation(one), keyPackets: keyPackets(one) }
        : buildObservation(one),
    ),
    ...buildHops(connection, measures),
    nat: connection.nat.map((step, i) => buildNatStep(step, natRules[i] ?? null)),
    ...(tcp === null
      ? {}
      : {
          tcp: {
            state: tcp.state,
            ...(tcp.origIsn === null ? {} : { origIsn: tcp.origIsn }),
            ...(tcp.respIsn === null ? {} : { respIsn: tcp.respIsn }),
            ...(isNone(tcp.retransmissions) ? {} : { retransmissions: tcp.retransmissions }),
            ...(isNone(tcp.resets) ? {} : { resets: tcp.resets }),
            ...(isNone(tcp.zeroWindows) ? {} : { zeroWindows: tcp.zeroWindows }),
          },
        }),
    ...buildThroughput(connection),
    firstSeen: formatTime(connection.firstSeenNs),
    lastSeen: formatTime(connection.lastSeenNs),
    packets: { orig: connection.packets.orig, resp: connection.packets.resp },
    bytes: { orig: connection.bytes.orig, resp: connection.bytes.resp },
    evidence: withoutRepeats(
      [
        ...verdict.evidence,
        ...uncitedEvidence(connection, verdict.evidence),
        ...(client?.from === "x-forwarded-for" ? forwardedEvidence(connection) : []),
        ...(expected?.agrees === true ? expected.steps : []),
        ...(ids.notes === undefined ? [] : commentEvidence(connection, ids.notes)),
      ].map((entry) => buildEvidence(entry, ids)),
    ),
    ...buildExpected(expected),
    findings: [...findings],
  };
}

function buildExpected(expected: Classified["expected"]): Pick<ReportConnection, "expected"> {
  if (expected == null || expected.class === null) return {};
  const because = expected.steps.map(({ statement }) => statement).join("; ");
  return { expected: { class: expected.class, because } };
}

/** Packets of a capture that has no id cannot be cited; the sentence stays. */
export function buildEvidence(evidence: Evidence, ids: ReportIds): ReportEvidence {
  const packets: { capture: string; record: number }[] = [];
  for (const { capture, record } of evidence.packets) {
    const id = ids.captures.get(capture);
    if (id !== undefined) packets.push({ capture: id, record });
  }
  return {
    statement: evidence.statement,
    packets,
    snapshot: evidence.snapshot.map(({ file, line, pointer }) => ({
      file,
      ...(line === undefined ? {} : { line }),
      ...(pointer === undefined ? {} : { pointer }),
    })),
  };
}

/** Rules may come to the same sentence by different ways. */
function withoutRepeats(evidence: ReportEvidence[]): ReportEvidence[] {
  const statements = new Set(evidence.map(({ statement }) => statement));
  if (statements.size === evidence.length) return evidence;
  return [...new Map(evidence.map((entry) => [JSON.stringify(entry), entry])).values()];
}

const EMPTY_LEG: FiveTuple = {
  orig: { address: "", port: null },
  resp: { address: "", port: null },
};

/** The class itself comes first, then the others that the same evidence allows. `unclassified` is no candidate. */
function candidates(verdict: Classified["verdict"]): string[] {
  const all = new Set<string>([verdict.class, ...verdict.candidates]);
  all.delete("unclassified");
  return [...all];
}

function buildParty(endpoint: FlowEndpoint, owner: Owner, { dnsNames }: ReportIds): ReportParty {
  return {
    address: endpoint.address,
    port: endpoint.port,
    kind: owner.kind,
    ...(owner.namespace === undefined ? {} : { namespace: owner.namespace }),
    ...(owner.name === undefined ? {} : { name: owner.name }),
    ...(owner.node === undefined ? {} : { node: owner.node }),
    ...(owner.workload === undefined ? {} : { workload: owner.workload }),
    ...(owner.eni === undefined ? {} : { eni: owner.eni }),
    ...(owner.deviceIndex === undefined ? {} : { deviceIndex: owner.deviceIndex }),
    ...(owner.ambiguousWith === undefined || owner.ambiguousWith.length === 0
      ? {}
      : { ambiguousWith: [...owner.ambiguousWith] }),
    ...(owner.kind !== "node" || owner.hostNetworkPods === undefined
      ? {}
      : { hostNetworkPods: [...owner.hostNetworkPods] }),
    ...buildDnsNames(owner, dnsNames?.get(endpoint.address)),
  };
}

/** A DNS answer is anybody's word: it names only what the snapshot does not, and no loopback or multicast address. */
function buildDnsNames(
  { kind, name }: Owner,
  dnsNames: readonly string[] = [],
): Pick<ReportParty, "dnsNames"> {
  const nameable = name === undefined && kind !== "loopback" && kind !== "special";
  return nameable && dnsNames.length > 0 ? { dnsNames: [...dnsNames] } : {};
}

function buildObservation(observation: Observation): ReportObservation {
  const { orig, resp, awsTunnel } = observation;
  const encapsulation =
    observation.encapsulation ?? (awsTunnel === undefined ? null : { ...awsTunnel, depth: 1 });
  const seen = [orig, resp].filter((direction) => direction.records > 0);
  const firstRecord = Math.min(...seen.map((direction) => direction.firstRecord));
  const firstSeen = seen.map((direction) => direction.firstSeenNs).reduce(earlier, LATEST);
  const lastSeen = seen.map((direction) => direction.lastSeenNs).reduce(later, 0n);
  return {
    vantagePoint: observation.vantagePoint.id,
    ...buildTuple(observation.tuple),
    records: { orig: orig.records, resp: resp.records },
    bytes: { orig: orig.bytes, resp: resp.bytes },
    firstRecord: seen.length === 0 ? 0 : firstRecord,
    firstSeen: formatTime(seen.length === 0 ? 0n : firstSeen),
    lastSeen: formatTime(lastSeen),
    ...(encapsulation === null
      ? {}
      : {
          encapsulation: {
            kind: encapsulation.kind,
            ...(encapsulation.vni === null ? {} : { vni: encapsulation.vni }),
            depth: encapsulation.depth,
          },
        }),
  };
}

/**
 * The client that a header names: the PROXY protocol's; or X-Forwarded-For, which is believed only of a load balancer that ends
 * its clients' connections, as any other sender can write what it likes.
 */
function clientOf({ orig, connection }: Classified["subject"]): {
  readonly endpoint: FlowEndpoint;
  readonly from: NonNullable<ReportConnection["clientFrom"]>;
} | null {
  const proxied = connection.proxyHeader?.source ?? null;
  if (proxied !== null) {
    const { address, port } = proxied;
    return { endpoint: { address, port }, from: "proxy-protocol" };
  }
  const forwarded = connection.httpRequest?.forwardedFor ?? null;
  const type = orig.kind === "load-balancer" ? orig.loadBalancerType : undefined;
  if (forwarded === null || (type !== "application" && type !== "classic")) return null;
  const { address, port } = forwarded;
  return { endpoint: { address, port }, from: "x-forwarded-for" };
}

function buildThroughput({ throughput, bytes }: Connection): Pick<ReportConnection, "throughput"> {
  if (throughput == null || bytes.orig + bytes.resp < THROUGHPUT_FROM_BYTES) return {};
  const { vantagePoint, startNs, bucketNs, orig, resp } = throughput;
  return {
    throughput: {
      vantagePoint: vantagePoint.id,
      start: formatTime(startNs),
      bucketSeconds: seconds(bucketNs),
      orig: [...orig],
      resp: [...resp],
    },
  };
}

function buildHops(
  connection: Connection,
  { clocks, spans }: HopMeasures,
): Pick<ReportConnection, "hops"> {
  const hops = hopsOf(connection, clocks, spans).map(
    ({ from, to, delayNs, uncertaintyNs, lost }) => {
      const { orig, resp } = delayNs;
      const isDelayed = orig !== null || resp !== null;
      return {
        from: from.vantagePoint.id,
        to: to.vantagePoint.id,
        ...(isDelayed && {
          delaySeconds: {
            ...(orig !== null && { orig: seconds(orig) }),
            ...(resp !== null && { resp: seconds(resp) }),
          },
        }),
        ...(isDelayed && uncertaintyNs > 0n && { uncertaintySeconds: seconds(uncertaintyNs) }),
        ...(lost !== null && lost.orig + lost.resp > 0 && { lost }),
      };
    },
  );
  return hops.length === 0 ? {} : { hops };
}

/** Nanoseconds as seconds; exact for what fits into 2^53 nanoseconds (104 days). */
export function seconds(ns: bigint): number {
  return Number(ns) / 1e9;
}

function buildNatStep(step: NatStep, rule: NatRule | null): ReportNatStep {
  return {
    kind: step.kind,
    ...(step.node === null ? {} : { node: step.node }),
    before: buildTuple(step.before),
    after: buildTuple(step.after),
    ...(rule === null ? {} : { rule: buildQuotation({ text: rule.text, ...rule.ref }) }),
    ...(step.conntrack === null ? {} : { conntrack: buildQuotation(step.conntrack) }),
    matchedBy: step.matchedBy,
    confidence: step.confidence,
  };
}

interface Quotation {
  readonly text: string;
  readonly file: string;
  readonly line?: number;
}

function buildQuotation({ text, file, line }: Quotation): Quotation {
  return { text, file, ...(line === undefined ? {} : { line }) };
}

/** Observations and NAT steps show port 0 where a protocol has none, as conntrack's generic tracker keys them. */
/** An ICMP identifier is the originator's, at both ends; what a rewrite made of it stands in the rewrite. */
function answerer(connection: Connection): FlowEndpoint {
  const first = connection.legs[0] ?? EMPTY_LEG;
  const { resp } = connection.legs.at(-1) ?? first;
  return connection.protocol.startsWith("icmp") ? { ...resp, port: first.resp.port } : resp;
}

function buildTuple({ orig, resp }: FiveTuple): {
  orig: { address: string; port: number };
  resp: { address: string; port: number };
} {
  return {
    orig: { address: orig.address, port: orig.port ?? 0 },
    resp: { address: resp.address, port: resp.port ?? 0 },
  };
}

const MATCHED_BY: Readonly<Record<NatStep["matchedBy"], string>> = {
  "tcp-isn": "the same initial sequence number on both sides",
  "tcp-sequence": "the same sequence numbers on both sides",
  conntrack: "a conntrack entry that names both tuples",
  payload: "the same payload on both sides",
  "icmp-payload": "the same ICMP payload on both sides",
};

/** Rewrites and PROXY headers are shown with their packets even when the verdict did not need them. */
function* uncitedEvidence(
  connection: Connection,
  cited: readonly Evidence[],
): Generator<Evidence, void, undefined> {
  const known = new Set(
    cited.flatMap(({ packets }) => packets.map(({ capture, record }) => `${capture}/${record}`)),
  );
  for (const step of connection.nat) {
    if (step.packets.length === 0) continue;
    if (step.packets.every(({ capture, record }) => known.has(`${capture}/${record}`))) continue;
    yield {
      statement:
        `${step.kind === "both" ? "SNAT and DNAT" : step.kind.toUpperCase()}` +
        `${step.node === null ? "" : ` on ${step.node}`}: ${showTuple(step.before)} became ` +
        `${showTuple(step.after)}; told by ${MATCHED_BY[step.matchedBy]}.`,
      packets: step.packets,
      snapshot: [],
    };
  }
  const header = connection.proxyHeader;
  if (header !== null && !known.has(`${header.capture}/${header.record}`)) {
    const says =
      header.source === null
        ? `names no client (${header.command})`
        : `names ${showEndpoint(header.source)} as the client`;
    yield {
      statement: `A PROXY protocol v${header.version} header ${says}.`,
      packets: [{ capture: header.capture, record: header.record }],
      snapshot: [],
    };
  }
}

function forwardedEvidence({ httpRequest }: Connection): Evidence[] {
  if (httpRequest?.forwardedFor == null) return [];
  const { forwardedFor, capture, record } = httpRequest;
  return [
    {
      statement:
        `X-Forwarded-For of the first request names ${showEndpoint(forwardedFor)} as the client; ` +
        "further requests on this connection may be of others.",
      packets: [{ capture, record }],
      snapshot: [],
    },
  ];
}

function showTuple({ orig, resp }: FiveTuple): string {
  return `${showEndpoint(orig)} > ${showEndpoint(resp)}`;
}

/** "10.0.0.1:443", "[2001:db8::1]:443", or the address alone where there is no port. */
export function showEndpoint({ address, port }: { address: string; port: number | null }): string {
  if (port === null) return address;
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

const LATEST = 1n << 64n;
function earlier(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
function later(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

function isNone(counts: { readonly orig: number; readonly resp: number }): boolean {
  return counts.orig + counts.resp === 0;
}
