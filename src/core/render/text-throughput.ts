/** Bytes over time in the text report: the rate of a connection with much data, and sums over those of each pair of workloads. */
import { showEndpoint } from "../report/build-connection.ts";
import type { Report, ReportConnection, ReportParty } from "../report/report.ts";
import type { Sequence } from "../sequence.ts";
import { renderTable } from "./table.ts";
import type { TextDigest } from "./text-digest.ts";
import {
  fold,
  formatBitRate,
  formatBytes,
  formatCount,
  heading,
  labelled,
  moreRemark,
  type TextLayout,
} from "./text-layout.ts";
import { durationText, secondsBetween, type TextNames } from "./text-names.ts";

const PAIRS = 10;

/** "1.20 GB out in 10.0 s, 960 Mbit/s, peak 1.10 Gbit/s over 256 ms; 12 segments sent again"; "" without bytes over time. */
export function rateText(connection: ReportConnection): string {
  const { throughput, bytes, tcp, firstSeen, lastSeen } = connection;
  if (throughput === undefined) return "";
  const total = bytes.orig + bytes.resp;
  const lasted = secondsBetween(firstSeen, lastSeen);
  const way = (side: "orig" | "resp", word: string): string[] => {
    // Acknowledgements alone are no stream.
    if (bytes[side] * LEAST_SHARE < total) return [];
    const most = throughput[side].reduce((a, b) => Math.max(a, b), 0);
    const width = throughput.bucketSeconds;
    const peak = `peak ${formatBitRate((most * 8) / width)} over ${widthText(width)}`;
    const mean = lasted > width ? [meanText(bytes[side], lasted), peak] : [];
    const again = tcp?.retransmissions?.[side] ?? 0;
    return [
      [`${formatBytes(bytes[side])} ${word} in ${durationText(lasted)}`, ...mean].join(", ") +
        (again === 0 ? "" : `; ${formatCount(again)} sent again`),
    ];
  };
  return [...way("orig", "out"), ...way("resp", "back")].join("; ");
}

const LEAST_SHARE = 20;

function meanText(bytes: number, lasted: number): string {
  return formatBitRate((bytes * 8) / lasted);
}

function widthText(seconds: number): string {
  return seconds < 1 ? `${Math.round(seconds * 1000)} ms` : `${Math.round(seconds)} s`;
}

/** "▁▃█▂ each 16 ms": both directions together. */
export function rateCurve({ throughput }: ReportConnection): string {
  if (throughput === undefined) return "";
  const sums = throughput.orig.map((bytes, i) => bytes + (throughput.resp[i] ?? 0));
  const most = sums.reduce((a, b) => Math.max(a, b), 1);
  const bars = sums.map((sum) => BARS[Math.ceil((sum / most) * (BARS.length - 1))] ?? "");
  return `${bars.join("")} each ${widthText(throughput.bucketSeconds)}`;
}

/** U+2581 to U+2588; a bucket without a byte has the lowest bar alone. */
const BARS = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/** The connections of one path class between two workloads. */
export interface ThroughputPair {
  readonly class: string;
  readonly name: string;
  connections: number;
  orig: number;
  resp: number;
  again: number;
  /** First and last packet of each. */
  readonly spans: (readonly [first: string, last: string])[];
}

export function* renderThroughput(
  report: Report,
  layout: TextLayout,
  names: TextNames,
  { large }: TextDigest,
): Generator<string, void, undefined> {
  const pairs = throughputPairs(report, large);
  if (pairs.length === 0) return;
  yield* heading(layout, "THROUGHPUT OF CONNECTIONS OF 1 MB AND MORE");
  const { shown, hidden } = fold(layout, pairs, PAIRS);
  const number = (title: string) => ({ title, align: "right" as const });
  const columns = ["conns", "out", "back", "time", "rate", "sent again"].map(number);
  yield* renderTable(
    layout,
    [...columns, { title: "class", align: "left" }, { title: "from and to", align: "left" }],
    shown.map((pair) => ({
      cells: [...throughputCells(pair), pair.class, names.short(pair.name)],
    })),
  );
  if (hidden > 0)
    yield* labelled(layout, { label: "", text: moreRemark(hidden), indent: 2, labelWidth: 2 });
}

/** Connections, bytes out and back, time in which any of them was there, rate over it, and what TCP sent again. */
export function throughputCells(pair: ThroughputPair): readonly string[] {
  const lasted = secondsCovered(pair.spans);
  return [
    formatCount(pair.connections),
    formatBytes(pair.orig),
    formatBytes(pair.resp),
    durationText(lasted),
    lasted > 0 ? meanText(pair.orig + pair.resp, lasted) : "",
    formatCount(pair.again),
  ];
}

/** By class and pair of workloads, most bytes first. What they sent at the same time is summed: a test with 30 streams is one. */
export function throughputPairs(
  { connections }: Report,
  large: Sequence<number>,
): ThroughputPair[] {
  const pairs = new Map<string, ThroughputPair>();
  for (const position of large) {
    const one = connections.at(position);
    if (one?.throughput === undefined) continue;
    const name = `${workload(one.orig)} → ${workload(one.resp)}`;
    const key = JSON.stringify([one.class, name]);
    let pair = pairs.get(key);
    if (pair === undefined) {
      pair = { class: one.class, name, connections: 0, orig: 0, resp: 0, again: 0, spans: [] };
      pairs.set(key, pair);
    }
    pair.connections += 1;
    pair.orig += one.bytes.orig;
    pair.resp += one.bytes.resp;
    const { orig = 0, resp = 0 } = one.tcp?.retransmissions ?? {};
    pair.again += orig + resp;
    pair.spans.push([one.firstSeen, one.lastSeen]);
  }
  return [...pairs.values()].sort((a, b) => b.orig + b.resp - (a.orig + a.resp));
}

/** Time in which at least one of them was there: a pause between two tests is no slow test. RFC 3339 times sort as text. */
function secondsCovered(spans: readonly (readonly [first: string, last: string])[]): number {
  let covered = 0;
  let until = "";
  for (const [first, last] of [...spans].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))) {
    if (last <= until) continue;
    covered += secondsBetween(first > until ? first : until, last);
    until = last;
  }
  return covered;
}

/** Workloads outlive their pods; what has no name is shown by its address. */
function workload({ namespace, workload: owner, name, address }: ReportParty): string {
  const own = owner ?? name;
  if (own === undefined) return showEndpoint({ address, port: null });
  return namespace === undefined ? own : `${namespace}/${own}`;
}
