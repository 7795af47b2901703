/** The end of the text report: what could not be told and what would tell it, oddities of the inputs, every record accounted for. */
import type { Report } from "../report/report.ts";
import type { TextDigest } from "./text-digest.ts";
import {
  fold,
  formatCount,
  heading,
  labelled,
  moreRemark,
  plural,
  type TextLayout,
} from "./text-layout.ts";
import { idList, type TextNames } from "./text-names.ts";
import { levelPaint } from "./text-style.ts";

const DECISIONS = 8;
const DIAGNOSTICS = 8;
const GAPS = 8;
const LABEL_WIDTH = 9;

export function* renderGaps(
  report: Report,
  layout: TextLayout,
  names: TextNames,
  digest: TextDigest,
): Generator<string, void, undefined> {
  yield* renderOpenQuestions(digest, layout);
  yield* renderInputs(report, layout, names);
  yield* renderAccounting(report, layout);
}

function* renderOpenQuestions(
  { open: { decisions } }: TextDigest,
  layout: TextLayout,
): Generator<string, void, undefined> {
  if (decisions.length === 0) return;
  yield* heading(layout, "CANNOT TELL FOR SURE; WHAT WOULD DECIDE");
  const { shown, hidden } = fold(layout, decisions, DECISIONS);
  for (const { decides, connections } of shown) {
    yield* labelled(layout, {
      label: "-",
      text: `${decides} (${plural(connections.length, "connection")}: ${idList(layout, connections, 5)})`,
      indent: 2,
      labelWidth: 2,
    });
  }
  if (hidden > 0) yield* remark(layout, hidden);
}

function* renderInputs(
  report: Report,
  layout: TextLayout,
  names: TextNames,
): Generator<string, void, undefined> {
  const severities = { error: 0, warning: 1, note: 2 } as const;
  const diagnostics = [...report.diagnostics].sort(
    (a, b) => severities[a.severity] - severities[b.severity],
  );
  const { missing } = report.snapshot;
  if (diagnostics.length + report.limits.length + missing.length === 0) return;
  yield* heading(layout, "INPUTS: WHAT WAS ODD OR MISSING");
  const entry = (label: string, text: string, paintLabel = layout.style.faint) =>
    labelled(layout, { label, text, indent: 2, labelWidth: LABEL_WIDTH, paintLabel });
  for (const { limit, value, count, effect } of report.limits) {
    yield* entry(
      "limit",
      `${limit} = ${formatCount(value)} reached ${formatCount(count)}×: ${effect}`,
      layout.style.warning,
    );
  }
  const odd = fold(layout, diagnostics, DIAGNOSTICS);
  for (const { severity, code, message, count, first, hint } of odd.shown) {
    const times = count === 1 ? "" : `; ${formatCount(count)} times, first here`;
    const text = names.short(`${place(first)}: ${message} [${code}${times}]`);
    yield* entry(severity, text, levelPaint(layout.style, severity));
    yield* entry("", hint);
  }
  if (odd.hidden > 0) yield* remark(layout, odd.hidden);
  const gaps = fold(layout, missing, GAPS);
  for (const gap of gaps.shown) yield* entry("missing", gap);
  if (gaps.hidden > 0) yield* remark(layout, gaps.hidden);
}

function place({
  file,
  record,
  offset,
  line,
  pointer,
}: Report["diagnostics"][number]["first"]): string {
  if (record !== undefined) return `${file} #${record}`;
  if (line !== undefined) return `${file}:${line}`;
  if (pointer !== undefined && pointer !== "") return `${file} ${pointer}`;
  return offset === undefined ? file : `${file} at byte ${formatCount(offset)}`;
}

function remark(layout: TextLayout, hidden: number): Iterable<string> {
  return labelled(layout, { label: "", text: moreRemark(hidden), indent: 2, labelWidth: 2 });
}

function* renderAccounting(report: Report, layout: TextLayout): Generator<string, void, undefined> {
  const { records, inConnections, notClassified, balanced } = report.accounting;
  const parts = [
    `${formatCount(inConnections)} in connections`,
    ...Object.entries(notClassified)
      .filter(([, count]) => count > 0)
      .map(([reason, count]) => `${formatCount(count)} ${reason}`),
  ];
  yield "\n";
  yield* labelled(layout, {
    label: "records",
    text: `${formatCount(records)} = ${parts.join(" + ")}${balanced ? "" : " (DOES NOT ADD UP: a bug)"}`,
    indent: 0,
    labelWidth: LABEL_WIDTH,
    paintLabel: layout.style.faint,
  });
}
