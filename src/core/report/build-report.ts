/** Makes the report (`podpath.report/1`) of an analysis: ids, order, times, sums. Every renderer reads only this. */
import type { Analysis, CaptureResult } from "../analysis.ts";
import type { CaptureInfo } from "../capture/capture-info.ts";
import type { FindingLevel, FindingMatch, FindingRule } from "../classify/rule.ts";
import type { ClusterSnapshot } from "../cluster/snapshot.ts";
import type { ClockOffset } from "../correlate/clock-offset.ts";
import type { VantagePoint } from "../correlate/vantage-point.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Sequence } from "../sequence.ts";
import { linkTypeName } from "../wire/link-type.ts";
import { buildEvidence, type ReportIds, seconds } from "./build-connection.ts";
import { buildConnections } from "./build-connections.ts";
import { buildDistribution } from "./build-distribution.ts";
import { recordNotes } from "./comment-evidence.ts";
import { findingIndex, mentionedOnce } from "./finding-index.ts";
import { fingerprint } from "./fingerprint.ts";
import { formatTime } from "./format-time.ts";
import { lazySequence } from "./lazy-sequence.ts";
import type {
  Report,
  ReportCapture,
  ReportDiagnostic,
  ReportFinding,
  ReportInput,
  ReportSnapshot,
  ReportVantagePoint,
} from "./report.ts";
import { summarize } from "./summarize.ts";

export interface ReportMeta {
  readonly tool: { readonly name: string; readonly version: string };
  /** In the order given; what the rim read. */
  readonly inputs: readonly ReportInput[];
  /** Whether observations list the packets that tell their story (key-packets.ts); no by default. */
  readonly keyPackets?: boolean;
}

/**
 * Lists have a stated order: inputs, captures and vantage points as given; connections by first packet; findings worst
 * first, then by rule, first connection and identity; diagnostics as first met; classes as in path-class-title.ts.
 */
export function buildReport(analysis: Analysis, meta: ReportMeta): Report {
  const readable = analysis.captures.flatMap((capture, index) =>
    capture.info === null ? [] : [{ index, capture, info: capture.info }],
  );
  const ids: ReportIds = {
    captures: new Map(readable.map(({ index }, position) => [index, `c${position + 1}`])),
    connection: (index) => `conn-${index + 1}`,
    ...(analysis.dnsNames === undefined ? {} : { dnsNames: analysis.dnsNames }),
    notes: recordNotes(analysis.captures),
  };
  const found = analysis.findings
    .map(({ rule, match }) => ({
      rule,
      match,
      connections: mentionedOnce(match.connections, analysis.classified.length),
    }))
    .sort(compareFindings);
  const findings = found.map((one, position) => buildFinding(one, `f${position + 1}`, ids));
  const connections = buildConnections(
    analysis,
    findings,
    findingIndex(
      found.map((one) => one.connections),
      analysis.classified.length,
    ),
    ids,
    meta.keyPackets === true,
  );
  const diagnostics = analysis.diagnostics.map(buildDiagnostic);
  const counts = Object.values(analysis.accounting.notClassified);
  const { records, inConnections } = analysis.accounting;
  return {
    schema: "podpath.report/1",
    tool: { name: meta.tool.name, version: meta.tool.version },
    inputs: [...meta.inputs],
    captures: readable.map(({ index, capture, info }) =>
      buildCapture(capture, info, ids.captures.get(index) ?? "", diagnostics, {
        offset: analysis.clockOffsets?.find((one) => one.captures.includes(index)),
        ids,
      }),
    ),
    vantagePoints: analysis.vantagePoints.map((point) => buildVantagePoint(point, ids)),
    snapshot: buildSnapshot(analysis.snapshot),
    accounting: {
      records,
      inConnections,
      notClassified: sortedByKey(analysis.accounting.notClassified),
      balanced: records === inConnections + counts.reduce((sum, count) => sum + count, 0),
    },
    summary: summarize(connections.columns, findings),
    connections,
    ...buildDistribution(analysis.spreads ?? []),
    findings,
    diagnostics,
    limits: analysis.limits.map(({ limit, value, count, effect }) => ({
      limit,
      value,
      count,
      effect,
    })),
  };
}

const LEVEL_ORDER: Readonly<Record<FindingLevel, number>> = { error: 0, warning: 1, note: 2 };

interface Found {
  readonly rule: FindingRule;
  readonly match: FindingMatch;
  /** Indexes, ascending, each once. */
  readonly connections: Sequence<number>;
}

function compareFindings(a: Found, b: Found): number {
  return (
    LEVEL_ORDER[a.match.level] - LEVEL_ORDER[b.match.level] ||
    compareText(a.rule.meta.id, b.rule.meta.id) ||
    firstConnection(a) - firstConnection(b) ||
    compareText(a.match.identity, b.match.identity)
  );
}

/** Findings about the whole run (no connection) stand before those about one. */
function firstConnection({ connections }: Found): number {
  return connections.at(0) ?? -1;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function buildFinding(
  { rule: { meta }, match, connections }: Found,
  id: string,
  ids: ReportIds,
): ReportFinding {
  return {
    id,
    rule: meta.id,
    level: match.level,
    title: meta.title,
    message: match.message,
    proves: meta.proves,
    doesNotProve: meta.doesNotProve,
    advice: match.advice,
    connections: lazySequence(connections.length, (position) =>
      ids.connection(connections.at(position) ?? 0),
    ),
    evidence: match.evidence.map((entry) => buildEvidence(entry, ids)),
    fingerprint: fingerprint(meta.id, match.identity),
  };
}

function buildClockOffset(
  offset: ClockOffset | undefined,
  ids: ReportIds,
): Pick<ReportCapture, "clockOffset"> {
  const reference = offset === undefined ? undefined : ids.captures.get(offset.referenceCapture);
  if (offset === undefined || reference === undefined) return {};
  return {
    clockOffset: {
      reference,
      seconds: seconds(offset.offsetNs),
      uncertaintySeconds: seconds(offset.uncertaintyNs),
      connections: offset.connections,
    },
  };
}

function buildCapture(
  capture: CaptureResult,
  info: CaptureInfo,
  id: string,
  diagnostics: readonly ReportDiagnostic[],
  clock: { readonly offset: ClockOffset | undefined; readonly ids: ReportIds },
): ReportCapture {
  return {
    id,
    file: capture.file,
    format: info.format,
    linkTypes: capture.linkTypes.map(linkTypeName),
    records: info.records,
    bytes: info.wireBytes,
    capturedBytes: info.capturedBytes,
    firstSeen: capture.firstSeenNs === null ? null : formatTime(capture.firstSeenNs),
    lastSeen: capture.lastSeenNs === null ? null : formatTime(capture.lastSeenNs),
    ...buildClockOffset(clock.offset, clock.ids),
    snaplen: smallestSnaplen(info),
    ...(info.drops.length === 0
      ? {}
      : {
          drops: info.drops.map((drop) => ({
            interface: drop.interfaceIndex,
            ...(drop.received === undefined ? {} : { received: drop.received }),
            ...(drop.droppedByInterface === undefined
              ? {}
              : { droppedByInterface: drop.droppedByInterface }),
            ...(drop.droppedByOs === undefined ? {} : { droppedByOs: drop.droppedByOs }),
            ...(drop.droppedBetweenRecords === undefined
              ? {}
              : { droppedBetweenRecords: drop.droppedBetweenRecords }),
          })),
        }),
    ...(info.comments.length === 0
      ? {}
      : {
          comments: info.comments.map(({ record, text }) => ({
            ...(record === undefined ? {} : { record }),
            text,
          })),
        }),
    ...(capture.parts === undefined ? {} : { parts: capture.parts.map((part) => ({ ...part })) }),
    diagnostics: diagnostics.filter(
      ({ first }) =>
        first.file === capture.file || capture.parts?.some(({ file }) => file === first.file),
    ),
  };
}

/** The interface that cuts most decides what a reader may rely on; 0 = no interface cuts. */
function smallestSnaplen(info: CaptureInfo): number {
  let smallest = 0;
  for (const { snaplen } of info.interfaces) {
    if (snaplen > 0 && (smallest === 0 || snaplen < smallest)) smallest = snaplen;
  }
  return smallest;
}

function buildVantagePoint(point: VantagePoint, ids: ReportIds): ReportVantagePoint {
  return {
    id: point.id,
    capture: ids.captures.get(point.capture) ?? "",
    ...(point.node === null ? {} : { node: point.node }),
    ...(point.interface === null ? {} : { interface: point.interface }),
    ...(point.pod === null ? {} : { pod: point.pod }),
    kind: point.kind,
    because: point.because,
  };
}

function buildSnapshot(snapshot: ClusterSnapshot): ReportSnapshot {
  const { cni } = snapshot;
  return {
    ...(snapshot.cluster === undefined ? {} : { cluster: snapshot.cluster }),
    cni: {
      ...(cni.externalSnat === undefined ? {} : { externalSnat: cni.externalSnat }),
      excludeSnatCidrs: [...cni.excludeSnatCidrs],
      ...(cni.randomizeSnat === undefined ? {} : { randomizeSnat: cni.randomizeSnat }),
      ...(cni.image === undefined ? {} : { image: cni.image }),
    },
    vpcCidrs: snapshot.vpcCidrs.map(({ text }) => text),
    counts: {
      nodes: snapshot.nodes.length,
      pods: snapshot.pods.length,
      services: snapshot.services.length,
      loadBalancers: snapshot.loadBalancers.length,
      enis: snapshot.enis.length,
    },
    ...(snapshot.nodes.length === 0 ? {} : { nodes: buildNodes(snapshot) }),
    ...(snapshot.pods.length === 0 ? {} : { pods: buildPods(snapshot) }),
    ...(snapshot.takenAt === undefined ? {} : { takenAt: snapshot.takenAt }),
    sources: snapshot.sources.map(({ file, kind, entries, node }) => ({
      file,
      kind,
      entries,
      ...(node === undefined ? {} : { node }),
    })),
    missing: [...snapshot.missing],
  };
}

function buildNodes({ nodes }: ClusterSnapshot): NonNullable<ReportSnapshot["nodes"]> {
  return nodes
    .map(({ name, internalAddresses: [address], zone }) => ({
      name,
      ...(address === undefined ? {} : { address }),
      ...(zone === undefined ? {} : { zone }),
    }))
    .sort((a, b) => compareText(a.name, b.name));
}

function buildPods({ pods }: ClusterSnapshot): NonNullable<ReportSnapshot["pods"]> {
  return pods
    .map(({ namespace, name, node, addresses: [address], hostNetwork, labels }) => ({
      namespace,
      name,
      ...(node === undefined ? {} : { node }),
      ...(address === undefined ? {} : { address }),
      ...(hostNetwork ? { hostNetwork } : {}),
      ...(Object.keys(labels).length === 0 ? {} : { labels: sortedByKey(labels) }),
    }))
    .sort((a, b) => compareText(a.namespace, b.namespace) || compareText(a.name, b.name));
}

function buildDiagnostic(diagnostic: Diagnostic): ReportDiagnostic {
  const { file, record, offset, line, pointer } = diagnostic.first;
  return {
    code: diagnostic.code,
    severity: diagnostic.severity,
    message: diagnostic.message,
    count: diagnostic.count,
    first: {
      file,
      ...(record === undefined ? {} : { record }),
      ...(offset === undefined ? {} : { offset }),
      ...(line === undefined ? {} : { line }),
      ...(pointer === undefined ? {} : { pointer }),
    },
    hint: diagnostic.hint,
  };
}

function sortedByKey<T>(values: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(values).sort(([a], [b]) => compareText(a, b)));
}
