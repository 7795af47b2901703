/** The top of the text report: what was read, the verdict in one line, and a line for each path class. */
import { comparePathClasses, pathClassTitle } from "../report/path-class-title.ts";
import type { Report } from "../report/report.ts";
import { renderTable } from "./table.ts";
import type { TextDigest } from "./text-digest.ts";
import { clockText } from "./text-hops.ts";
import {
  formatBytes,
  formatCount,
  heading,
  labelled,
  plural,
  type TextLayout,
} from "./text-layout.ts";
import { type TextNames, timeSpan } from "./text-names.ts";
import type { Paint } from "./text-style.ts";

const LABEL_WIDTH = 10;

export function* renderSummary(
  report: Report,
  layout: TextLayout,
  names: TextNames,
  digest: TextDigest,
): Generator<string, void, undefined> {
  const clocks = clockText(report, layout, names);
  const lines: readonly (readonly [label: string, text: string, paint?: Paint])[] = [
    ["podpath", readText(report)],
    ["snapshot", snapshotText(report)],
    ...clocks.map((text, i) => [i === 0 ? "clocks" : "", text] as const),
    ...filterLine(report),
    ["verdict", verdictText(report, digest), verdictPaint(report, layout)],
  ];
  for (const [label, text, paintText] of lines) {
    yield* labelled(layout, {
      label,
      text,
      indent: 0,
      labelWidth: LABEL_WIDTH,
      paintLabel: layout.style.faint,
      ...(paintText === undefined ? {} : { paintText }),
    });
  }
  yield* renderClasses(report, layout, digest);
}

/** "3 captures, 224 records, 6 connections; 2026-11-20 16:04:49 to 16:04:50 UTC (441 ms)". */
export function readText(report: Report): string {
  const { captures, connections } = report;
  const times = captures.flatMap(({ firstSeen, lastSeen }) =>
    firstSeen === null || lastSeen === null ? [] : [{ firstSeen, lastSeen }],
  );
  const first = times.map(({ firstSeen }) => firstSeen).reduce(textMin, "");
  const last = times.map(({ lastSeen }) => lastSeen).reduce(textMax, "");
  const read =
    `${plural(captures.length, "capture")}, ${plural(report.accounting.records, "record")}, ` +
    plural(report.filter?.of ?? connections.length, "connection");
  return first === "" ? read : `${read}; ${timeSpan(first, last)}`;
}

/** Whoever reads a part must know that it is one. */
function filterLine({ filter }: Report): readonly (readonly [string, string])[] {
  if (filter === undefined) return [];
  const { expression, shown, of } = filter;
  const text = `${formatCount(shown)} of ${plural(of, "connection")} shown: ${expression}`;
  return [["filter", text]];
}

/** RFC 3339 times of one form sort as text. */
function textMin(a: string, b: string): string {
  return a === "" || b < a ? b : a;
}
function textMax(a: string, b: string): string {
  return b > a ? b : a;
}

/** What the snapshot knows, in one line. */
export function snapshotText({ snapshot }: Report): string {
  if (snapshot.sources.length === 0) {
    return "none given: addresses have no owners, most paths cannot be told (add -s SNAPSHOT)";
  }
  const { nodes, pods, services, loadBalancers, enis } = snapshot.counts;
  const parts = [
    ...(snapshot.cluster === undefined ? [] : [`cluster ${snapshot.cluster}`]),
    `${plural(nodes, "node")}, ${plural(pods, "pod")}, ${plural(services, "service")}, ` +
      `${plural(loadBalancers, "load balancer")}, ${plural(enis, "ENI")}`,
    snapshot.vpcCidrs.length === 0 ? "VPC CIDRs not known" : `VPC ${snapshot.vpcCidrs.join(" ")}`,
    ...(snapshot.cni.externalSnat === undefined
      ? []
      : [`external SNAT ${snapshot.cni.externalSnat ? "on" : "off"}`]),
    ...(snapshot.takenAt === undefined ? [] : [`taken ${snapshot.takenAt}`]),
  ];
  return parts.join("; ");
}

function verdictText(report: Report, { open }: TextDigest): string {
  const { paths, found } = verdictWords(report, open.connections);
  return `${paths}; ${found}`;
}

/** "6 of 6 paths proven" and "2 errors"; `open` is how many are not proven. */
export function verdictWords(
  report: Report,
  open: number,
): { readonly paths: string; readonly found: string } {
  const { error = 0, warning = 0, note = 0 } = report.summary.findings;
  const findings = [
    ...(error > 0 ? [plural(error, "error")] : []),
    ...(warning > 0 ? [plural(warning, "warning")] : []),
    ...(note > 0 ? [plural(note, "note")] : []),
  ];
  const { length } = report.connections;
  return {
    paths:
      length === 0
        ? report.filter === undefined
          ? "no connection seen"
          : "no connection shown"
        : `${formatCount(length - open)} of ${plural(length, "path")} proven`,
    found: findings.length === 0 ? "nothing found that should not be there" : findings.join(", "),
  };
}

function verdictPaint(report: Report, { style }: TextLayout): Paint {
  const { error = 0, warning = 0 } = report.summary.findings;
  if (error > 0) return style.error;
  if (warning > 0) return style.warning;
  return report.connections.length === 0 ? style.strong : style.good;
}

function* renderClasses(
  report: Report,
  layout: TextLayout,
  digest: TextDigest,
): Generator<string, void, undefined> {
  const classes = Object.entries(report.summary.classes).sort(([a], [b]) =>
    comparePathClasses(a, b),
  );
  if (classes.length === 0) return;
  const proven = new Map(digest.classes.map((one) => [one.id, one.proven]));
  yield* heading(layout, "PATHS");
  yield* renderTable(
    layout,
    [
      { title: "class", align: "left" },
      { title: "conns", align: "right" },
      { title: "proven", align: "right" },
      { title: "records", align: "right" },
      { title: "bytes", align: "right" },
      { title: "", align: "left" },
    ],
    classes.map(([id, { connections, records, bytes }]) => ({
      cells: [
        id,
        formatCount(connections),
        formatCount(proven.get(id) ?? 0),
        formatCount(records),
        formatBytes(bytes),
        pathClassTitle(id),
      ],
    })),
  );
}
