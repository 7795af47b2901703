/**
 * When connections were open and how much they carried, without coordinates. One pass over the connections: of each only
 * three numbers are kept, but for the few that get a bar.
 */
import { MAX_DRAWN_BARS } from "../../limits.ts";
import { comparePathClasses } from "../../report/path-class-title.ts";
import type { Report, ReportConnection } from "../../report/report.ts";
import { partyName } from "../endpoint-text.ts";
import { compareNatural } from "../natural-order.ts";
import { BUCKETS, type Series, type Throughput, throughputOver } from "./timeline-throughput.ts";

export interface TimelineBar {
  readonly id: string;
  readonly class: string;
  readonly orig: string;
  readonly resp: string;
  /** Seconds since the start of the picture. */
  readonly from: number;
  readonly to: number;
  readonly bytes: number;
  /** 1-based positions in the report's list of findings; errors and warnings only. */
  readonly findings: readonly number[];
  /** Whether one of them is an error. */
  readonly grave: boolean;
}

export interface TimelineClass {
  readonly id: string;
  readonly connections: number;
  /** Connections that were open at some time in each bucket. */
  readonly open: readonly number[];
  /** Most that were open at one time; less than a bucket may hold. */
  readonly atOnce: number;
}

export interface TimelineFinding {
  readonly id: string;
  readonly number: number;
  readonly rule: string;
  readonly level: "error" | "warning" | "note";
  readonly title: string;
  readonly message: string;
  /** Start of its first connection; null when none is in the report. */
  readonly at: number | null;
}

export interface TimelineModel {
  /** RFC 3339; null without connections. */
  readonly start: string | null;
  readonly end: string | null;
  readonly seconds: number;
  readonly classes: readonly TimelineClass[];
  readonly bars: readonly TimelineBar[];
  readonly connections: number;
  readonly findings: readonly TimelineFinding[];
  readonly throughput: Throughput | null;
}

export function buildTimelineModel(report: Report): TimelineModel {
  const read = readConnections(report);
  const { times, first, last, span } = read;
  const bucket = (second: number) =>
    Math.min(BUCKETS - 1, Math.max(0, Math.floor((second / span) * BUCKETS)));
  return {
    start: first,
    end: last,
    seconds: span,
    classes: [...times]
      .map(([id, list]) => classOver(id, list, bucket))
      .sort((a, b) => comparePathClasses(a.id, b.id)),
    bars: read.kept.toSorted(compareBars),
    connections: report.connections.length,
    findings: report.findings.flatMap(({ id, rule, level, title, message }, index) =>
      level === "note"
        ? []
        : [{ id, number: index + 1, rule, level, title, message, at: read.found.get(id) ?? null }],
    ),
    throughput: throughputOver(read.series, span, read.bytes),
  };
}

/** By class, then by time. */
function compareBars(a: TimelineBar, b: TimelineBar): number {
  return comparePathClasses(a.class, b.class) || a.from - b.from || compareNatural(a.id, b.id);
}

interface Read {
  readonly first: string | null;
  readonly last: string | null;
  readonly span: number;
  /** By class: start and end of each connection in turn. */
  readonly times: ReadonlyMap<string, readonly number[]>;
  readonly kept: readonly TimelineBar[];
  readonly series: readonly Series[];
  readonly bytes: number;
  /** Start of the first connection of each finding. */
  readonly found: ReadonlyMap<string, number>;
}

function readConnections(report: Report): Read {
  const numbers = new Map(
    report.findings.flatMap(({ id, level }, i) => (level === "note" ? [] : [[id, i + 1] as const])),
  );
  // Whole nanoseconds from the first connection on: the earliest one is known only at the end, and may be any.
  const origin = report.connections.at(0)?.firstSeen ?? "";
  const times = new Map<string, number[]>();
  const found = new Map<string, number>();
  const series: Series[] = [];
  let kept: TimelineBar[] = [];
  let [start, end, bytes] = [Infinity, -Infinity, 0];
  let [first, last]: [string | null, string | null] = [null, null];
  for (const connection of report.connections) {
    const from = nsBetween(origin, connection.firstSeen);
    const to = Math.max(from, nsBetween(origin, connection.lastSeen));
    if (from < start) [start, first] = [from, connection.firstSeen];
    if (to > end) [end, last] = [to, connection.lastSeen];
    bytes += connection.bytes.orig + connection.bytes.resp;
    const list = times.get(connection.class);
    if (list === undefined) times.set(connection.class, [from, to]);
    else list.push(from, to);
    const own = connection.findings.flatMap((id) => numbers.get(id) ?? []);
    const grave = own.some((number) => report.findings[number - 1]?.level === "error");
    for (const id of connection.findings) {
      found.set(id, Math.min(found.get(id) ?? Infinity, from));
    }
    const { throughput } = connection;
    if (throughput !== undefined) {
      series.push({ ...throughput, from: nsBetween(origin, throughput.start) });
    }
    kept.push({ ...barOf(connection, from, to), findings: own, grave });
    if (kept.length >= 16 * MAX_DRAWN_BARS) kept = weightiest(kept);
  }
  if (first === null) [start, end] = [0, 0];
  const shift = (ns: number) => (ns - start) / 1e9;
  return {
    first,
    last,
    // One packet has no length; a picture must.
    span: Math.max((end - start) / 1e9, 1e-6),
    times: new Map([...times].map(([id, list]) => [id, list.map(shift)])),
    kept: weightiest(kept).map((bar) => ({ ...bar, from: shift(bar.from), to: shift(bar.to) })),
    series: series.map((one) => ({ ...one, from: shift(one.from) })),
    bytes,
    found: new Map([...found].map(([id, ns]) => [id, shift(ns)])),
  };
}

function barOf(
  { id, class: pathClass, orig, resp, bytes }: ReportConnection,
  from: number,
  to: number,
): Omit<TimelineBar, "findings" | "grave"> {
  return {
    id,
    class: pathClass,
    orig: partyName(orig),
    resp: partyName(resp),
    from,
    to,
    bytes: bytes.orig + bytes.resp,
  };
}

function weightiest(bars: readonly TimelineBar[]): TimelineBar[] {
  return bars
    .toSorted(
      (a, b) =>
        Number(b.findings.length > 0) - Number(a.findings.length > 0) ||
        b.bytes - a.bytes ||
        compareNatural(a.id, b.id),
    )
    .slice(0, MAX_DRAWN_BARS);
}

/** Counts what is open in each bucket by where it opens and closes, so that long connections cost no more than short ones. */
function classOver(
  id: string,
  times: readonly number[],
  bucket: (second: number) => number,
): TimelineClass {
  const change = new Array<number>(BUCKETS + 1).fill(0);
  for (let i = 0; i < times.length; i += 2) {
    const opens = bucket(times[i] ?? 0);
    const closes = bucket(times[i + 1] ?? 0) + 1;
    change[opens] = (change[opens] ?? 0) + 1;
    change[closes] = (change[closes] ?? 0) - 1;
  }
  let open = 0;
  const counts = change.slice(0, BUCKETS).map((step) => {
    open += step;
    return open;
  });
  return {
    id,
    connections: times.length / 2,
    open: counts,
    atOnce: mostAtOnce(times),
  };
}

/** One that closes when another opens is still counted: its last packet was there at that time. */
function mostAtOnce(times: readonly number[]): number {
  const opens = Float64Array.from({ length: times.length / 2 }, (_, i) => times[2 * i] ?? 0).sort();
  const closes = Float64Array.from(opens, (_, i) => times[2 * i + 1] ?? 0).sort();
  let most = 0;
  let closed = 0;
  opens.forEach((opened, i) => {
    while ((closes[closed] ?? Infinity) < opened) closed += 1;
    most = Math.max(most, i + 1 - closed);
  });
  return most;
}

/**
 * Between two times of a report, which all have one form ("2026-11-20T09:00:00.000000000Z"); 0 when one has not. Exact up to 104
 * days, so that no sum depends on the order of the connections.
 */
function nsBetween(from: string, to: string): number {
  const ms = Date.parse(`${to.slice(0, 19)}Z`) - Date.parse(`${from.slice(0, 19)}Z`);
  const ns = ms * 1e6 + Number(to.slice(20, 29)) - Number(from.slice(20, 29));
  return Number.isFinite(ns) ? ns : 0;
}
