/**
 * What the traffic map shows, without coordinates: boxes, lines between them, and a count of everything that is left out.
 * Every connection of the report is in exactly one edge or one `notDrawn` entry. Sums, minima and sorted sets only: the
 * order of the report's connections plays no part.
 */
import { MAX_DRAWN_EDGES, MAX_DRAWN_PODS } from "../../limits.ts";
import type { Report } from "../../report/report.ts";
import { compareNatural, compareText } from "../natural-order.ts";
import { collectFlows, type FlowEnd, podName } from "./topology-flows.ts";
import { type Fold, foldedPlaces, type Located, type TopologyNode } from "./topology-fold.ts";
import { type Level, type PlaceKey, placeOf } from "./topology-place.ts";

export interface TopologyPlace extends PlaceKey {
  /** Sorted; pods of a workload or node count here too. */
  readonly addresses: readonly string[];
  /** By address: its names in DNS answers, sorted. */
  readonly dnsNames: ReadonlyMap<string, readonly string[]>;
  /** "namespace/name" of each pod that the box stands for, sorted. */
  readonly pods: readonly string[];
  /** Lowest device index of the ENIs that hold its addresses; null when the report does not tell. */
  readonly deviceIndex: number | null;
  /** Other pods that claim the same address. */
  readonly ambiguousWith: readonly string[];
  /** Names folded into this box; 0 for a box that stands for itself. */
  readonly folded: number;
  readonly bytes: number;
}

export interface TopologyEdge {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly class: string;
  readonly connections: number;
  readonly packets: number;
  readonly bytes: number;
  /** 1-based positions in the report's list of findings, ascending; errors and warnings only. */
  readonly findings: readonly number[];
  /** How many of the connections are not proven to be of this class. */
  readonly unproven: number;
}

export interface TopologyFinding {
  readonly id: string;
  readonly number: number;
  readonly rule: string;
  readonly level: "error" | "warning" | "note";
  readonly title: string;
  readonly message: string;
  readonly connections: number;
  /** Whether a line of the map carries its number. */
  readonly drawn: boolean;
}

export interface NotDrawn {
  readonly reason: "no-place" | "too-many-lines";
  readonly class: string;
  readonly connections: number;
  readonly bytes: number;
}

export interface TopologyModel {
  readonly cluster: string | null;
  readonly vpcCidrs: readonly string[];
  readonly level: Level;
  readonly owners: boolean;
  readonly nodes: readonly TopologyNode[];
  readonly places: readonly TopologyPlace[];
  /** Most important last: the drawing order. */
  readonly edges: readonly TopologyEdge[];
  readonly findings: readonly TopologyFinding[];
  readonly notDrawn: readonly NotDrawn[];
  readonly connections: number;
  /** What a filter left of the connections; null when all are in the report. */
  readonly filter: NonNullable<Report["filter"]> | null;
  /** Times of the first and the last packet, RFC 3339; null when no capture has any. */
  readonly seen: { readonly first: string; readonly last: string } | null;
  /** Pods that took part in a connection, and pods that the snapshot knows. */
  readonly pods: { readonly seen: number; readonly known: number };
  readonly nodeCount: { readonly seen: number; readonly known: number };
}

export function buildTopologyModel(report: Report): TopologyModel {
  const { owners, flows, ends, pods, undrawable } = collectFlows(report);
  const level = levelFor(ends, owners);
  const places = new Map(ends.map((end) => [end.id, placeOf(end.party, level, owners)]));
  const located = flows.flatMap((flow): Located[] => {
    const [from, to] = [places.get(flow.from.id), places.get(flow.to.id)];
    return from && to ? [{ flow, from, to }] : [];
  });
  const fold = foldedPlaces(located, zones(report));
  const all = aggregate(located, fold);
  const drawn = all.slice(-MAX_DRAWN_EDGES);
  const shown = new Set(drawn.flatMap(({ findings }) => findings));
  return {
    cluster: report.snapshot.cluster ?? null,
    vpcCidrs: [...report.snapshot.vpcCidrs].sort(compareNatural),
    level,
    owners,
    nodes: fold.nodes,
    places: buildPlaces(located, fold, drawn, level),
    edges: drawn,
    findings: report.findings.map((finding, index) => ({
      id: finding.id,
      number: index + 1,
      rule: finding.rule,
      level: finding.level,
      title: finding.title,
      message: finding.message,
      connections: finding.connections.length,
      drawn: shown.has(index + 1),
    })),
    filter: report.filter ?? null,
    notDrawn: [
      ...countByClass(
        "no-place",
        [...undrawable].map(([id, sum]) => ({ class: id, ...sum })),
      ),
      ...countByClass("too-many-lines", all.slice(0, all.length - drawn.length)),
    ],
    connections: report.connections.length,
    seen: timeSpan(report),
    pods: { seen: pods.size, known: report.snapshot.counts.pods },
    nodeCount: { seen: fold.nodesSeen, known: report.snapshot.counts.nodes },
  };
}

/** The finest level whose boxes can still be read. */
function levelFor(ends: readonly FlowEnd[], owners: boolean): Level {
  for (const level of ["pod", "workload"] as const) {
    const ids = new Set<string>();
    for (const { party } of ends) {
      const place = placeOf(party, level, owners);
      if (place?.area === "node" && place.kind !== "host") ids.add(place.id);
    }
    if (ids.size <= MAX_DRAWN_PODS) return level;
  }
  return "node";
}

function zones(report: Report): Map<string, { address: string | null; zone: string | null }> {
  return new Map(
    (report.snapshot.nodes ?? []).map(({ name, address, zone }) => [
      name,
      { address: address ?? null, zone: zone ?? null },
    ]),
  );
}

interface Sum {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly class: string;
  connections: number;
  packets: number;
  bytes: number;
  unproven: number;
  readonly findings: Set<number>;
}

/** Lines with and without findings are told apart even between the same boxes. */
function aggregate(located: readonly Located[], fold: Fold): TopologyEdge[] {
  const sums = new Map<string, Sum>();
  for (const { flow, from, to } of located) {
    const ends = { from: fold.idOf(from), to: fold.idOf(to) };
    const id = `${ends.from}>${ends.to}>${flow.class}${flow.found ? "!" : ""}`;
    let sum = sums.get(id);
    if (sum === undefined) {
      const counts = { connections: 0, packets: 0, bytes: 0, unproven: 0 };
      sum = { id, ...ends, class: flow.class, ...counts, findings: new Set() };
      sums.set(id, sum);
    }
    sum.connections += flow.connections;
    sum.packets += flow.packets;
    sum.bytes += flow.bytes;
    sum.unproven += flow.unproven;
    for (const number of flow.findings) sum.findings.add(number);
  }
  return [...sums.values()]
    .map((sum) => ({ ...sum, findings: [...sum.findings].sort((a, b) => a - b) }))
    .sort(compareEdges);
}

/** Least important first. Among findings the report's own order counts: the first one is the gravest. */
function compareEdges(a: TopologyEdge, b: TopologyEdge): number {
  return (
    Number(a.findings.length > 0) - Number(b.findings.length > 0) ||
    (b.findings[0] ?? 0) - (a.findings[0] ?? 0) ||
    a.bytes - b.bytes ||
    a.connections - b.connections ||
    compareText(a.id, b.id)
  );
}

function countByClass(
  reason: NotDrawn["reason"],
  entries: readonly { class: string; connections: number; bytes: number }[],
): NotDrawn[] {
  const sums = new Map<string, { connections: number; bytes: number }>();
  for (const entry of entries) {
    const sum = sums.get(entry.class) ?? { connections: 0, bytes: 0 };
    sum.connections += entry.connections;
    sum.bytes += entry.bytes;
    sums.set(entry.class, sum);
  }
  return [...sums]
    .map(([id, sum]) => ({ reason, class: id, ...sum }))
    .sort((a, b) => b.connections - a.connections || compareText(a.class, b.class));
}

interface PlaceSum {
  readonly key: PlaceKey;
  readonly addresses: Set<string>;
  readonly dnsNames: Map<string, readonly string[]>;
  readonly pods: Set<string>;
  readonly ambiguousWith: Set<string>;
  readonly folded: Set<string>;
  deviceIndex: number | null;
  bytes: number;
}

/** Pods that lost their last line to the limit stay in the picture; other boxes without a line go. */
function buildPlaces(
  located: readonly Located[],
  fold: Fold,
  drawn: readonly TopologyEdge[],
  level: Level,
): TopologyPlace[] {
  const keys = new Map<FlowEnd, PlaceKey>();
  for (const { flow, from, to } of located) keys.set(flow.from, from).set(flow.to, to);
  const sums = new Map<string, PlaceSum>();
  for (const [end, key] of keys) addEnd(sums, fold.place(key), key, end);
  const used = new Set(drawn.flatMap(({ from, to }) => [from, to]));
  return [...sums.values()]
    .filter(({ key }) => used.has(key.id) || (level === "pod" && key.kind === "pod"))
    .map((sum) => ({
      ...sum.key,
      addresses: [...sum.addresses].sort(compareNatural),
      dnsNames: sum.dnsNames,
      pods: [...sum.pods].sort(compareNatural),
      ambiguousWith: [...sum.ambiguousWith].sort(compareNatural),
      deviceIndex: sum.deviceIndex,
      folded: sum.folded.size,
      bytes: sum.bytes,
    }))
    .sort(comparePlaces);
}

function addEnd(
  sums: Map<string, PlaceSum>,
  place: PlaceKey,
  original: PlaceKey,
  end: FlowEnd,
): void {
  let sum = sums.get(place.id);
  if (sum === undefined) {
    sum = {
      key: place,
      addresses: new Set(),
      dnsNames: new Map(),
      pods: new Set(),
      ambiguousWith: new Set(),
      folded: new Set(),
      deviceIndex: null,
      bytes: 0,
    };
    sums.set(place.id, sum);
  }
  for (const address of end.addresses) sum.addresses.add(address);
  for (const [address, names] of end.dnsNames) sum.dnsNames.set(address, names);
  if (end.party.kind === "pod") sum.pods.add(podName(end.party));
  for (const other of end.ambiguousWith) sum.ambiguousWith.add(other);
  if (place.id !== original.id) sum.folded.add(original.id);
  const index = end.deviceIndex;
  if (index !== null) sum.deviceIndex = Math.min(sum.deviceIndex ?? index, index);
  sum.bytes += end.bytes;
}

/** Inside a node: host first, then by address. Outside: by kind in the order of the strip, then by name. */
function comparePlaces(a: TopologyPlace, b: TopologyPlace): number {
  return (
    Number(b.kind === "host") - Number(a.kind === "host") ||
    compareNatural(a.addresses[0] ?? "", b.addresses[0] ?? "") ||
    compareNatural(a.name, b.name) ||
    compareText(a.id, b.id)
  );
}

/** RFC 3339 with the same number of digits sorts as text. */
function timeSpan({ captures }: Report): TopologyModel["seen"] {
  const first = captures.flatMap(({ firstSeen }) => firstSeen ?? []).sort()[0];
  const last = captures
    .flatMap(({ lastSeen }) => lastSeen ?? [])
    .sort()
    .at(-1);
  return first === undefined || last === undefined ? null : { first, last };
}
