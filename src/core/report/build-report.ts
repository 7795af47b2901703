/** Makes the report (`podpath.report/1`) of an analysis: ids, order, times, sums. Every renderer reads only this. */
import type { Analysis, CaptureResult } from "../analysis.ts";
import type { CaptureInfo } from "../capture/capture-info.ts";
import type { FindingLevel, FindingMatch, FindingRule } from "../classify/rule.ts";
import type { ClusterSnapshot } from "../cluster/snapshot.ts";
import type { ClockOffset } from "../correlate/clock-offset.ts";
import { hostClocks } from "../correlate/hop-order.ts";
import type { VantagePoint } from "../correlate/vantage-point.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { linkTypeName } from "../wire/link-type.ts";
import { buildConnection, buildEvidence, type ReportIds, seconds } from "./build-connection.ts";
import { buildDistribution } from "./build-distribution.ts";
import { buildLinks } from "./build-links.ts";
import { fingerprint } from "./fingerprint.ts";
import { formatTime } from "./format-time.ts";
import { comparePathClasses } from "./path-class-title.ts";
import type {
  Report,
  ReportCapture,
  ReportConnection,
  ReportDiagnostic,
  ReportFinding,
  ReportInput,
  ReportSnapshot,
  ReportVantagePoint,
} from "./report.ts";

export interface ReportMeta {
  readonly tool: { readonly name: string; readonly version: string };
  /** In the order given; what the rim read. */
  readonly inputs: readonly ReportInput[];
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
    connections: new Map(
      Array.from(analysis.classified, ({ subject: { connection } }) => [
        connection.index,
        `conn-${connection.index + 1}`,
      ]),
    ),
    ...(analysis.dnsNames === undefined ? {} : { dnsNames: analysis.dnsNames }),
  };
  const findings = [...analysis.findings]
    .sort(compareFindings)
    .map(({ rule, match }, position) => buildFinding(rule, match, `f${position + 1}`, ids));
  const connections = buildConnections(analysis, findings, ids);
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
    summary: summarize(connections, findings),
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

type FoundMatch = Analysis["findings"][number];

function compareFindings(a: FoundMatch, b: FoundMatch): number {
  return (
    LEVEL_ORDER[a.match.level] - LEVEL_ORDER[b.match.level] ||
    compareText(a.rule.meta.id, b.rule.meta.id) ||
    firstConnection(a.match) - firstConnection(b.match) ||
    compareText(a.match.identity, b.match.identity)
  );
}

/** Findings about the whole run (no connection) stand before those about one. */
function firstConnection({ connections }: FindingMatch): number {
  let least = -1;
  for (const index of connections) if (least < 0 || index < least) least = index;
  return least;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function buildFinding(
  { meta }: FindingRule,
  match: FindingMatch,
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
    connections: [...new Set(match.connections)]
      .sort((a, b) => a - b)
      .flatMap((index) => ids.connections.get(index) ?? []),
    evidence: match.evidence.map((entry) => buildEvidence(entry, ids)),
    fingerprint: fingerprint(meta.id, match.identity),
  };
}

function buildConnections(
  analysis: Analysis,
  findings: readonly ReportFinding[],
  ids: ReportIds,
): ReportConnection[] {
  const findingsOf = new Map<string, string[]>();
  for (const finding of findings) {
    for (const connection of finding.connections) {
      const list = findingsOf.get(connection);
      if (list === undefined) findingsOf.set(connection, [finding.id]);
      else list.push(finding.id);
    }
  }
  const measures = {
    clocks: hostClocks(analysis.clockOffsets ?? []),
    spans: analysis.captures,
  };
  const linksOf = buildLinks(analysis.proxied ?? [], ids);
  return [...analysis.classified]
    .sort((a, b) => a.subject.connection.index - b.subject.connection.index)
    .map((classified) => {
      const id = ids.connections.get(classified.subject.connection.index) ?? "";
      const links = linksOf.get(id);
      return {
        ...buildConnection(classified, id, findingsOf.get(id) ?? [], ids, measures),
        ...(links === undefined ? {} : { links: [...links] }),
      };
    });
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
    diagnostics: diagnostics.filter(({ first }) => first.file === capture.file),
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
    .map(({ namespace, name, node, addresses: [address], hostNetwork }) => ({
      namespace,
      name,
      ...(node === undefined ? {} : { node }),
      ...(address === undefined ? {} : { address }),
      ...(hostNetwork ? { hostNetwork } : {}),
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

/** Sums over some connections and findings: of a whole report, or of what a filter left. */
export function summarize(
  connections: readonly ReportConnection[],
  findings: readonly ReportFinding[],
): Report["summary"] {
  const classes = new Map<string, { connections: number; records: number; bytes: number }>();
  for (const connection of connections) {
    let sum = classes.get(connection.class);
    if (sum === undefined) {
      sum = { connections: 0, records: 0, bytes: 0 };
      classes.set(connection.class, sum);
    }
    sum.connections += 1;
    for (const { records } of connection.observations) sum.records += records.orig + records.resp;
    sum.bytes += connection.bytes.orig + connection.bytes.resp;
  }
  const levels = { error: 0, warning: 0, note: 0 };
  for (const { level } of findings) levels[level] += 1;
  return {
    classes: Object.fromEntries([...classes].sort(([a], [b]) => comparePathClasses(a, b))),
    findings: levels,
  };
}

function sortedByKey(counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => compareText(a, b)));
}
