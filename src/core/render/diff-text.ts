/** A comparison for a person: what changed first, with numbers of both sides. */
import type { DiffChange, DiffResult, SeenPath } from "../policy/diff-result.ts";
import { wayText } from "../policy/workload-path.ts";
import { witnessText } from "./gate-text.ts";
import {
  fold,
  formatBytes,
  heading,
  headLines,
  labelled,
  moreRemark,
  plural,
  type TextLayout,
  type TextOptions,
  textLayout,
} from "./text-layout.ts";
import type { Paint } from "./text-style.ts";

const LABEL_WIDTH = 10;
const CHANGES = 20;
const REASONS = 5;

export function* renderDiffText(
  diff: DiffResult,
  options: TextOptions,
): Generator<string, void, undefined> {
  const layout = textLayout(options);
  const { style } = layout;
  const line = headLines(layout, LABEL_WIDTH);
  yield* line("base", sideText(diff.base));
  yield* line("new", sideText(diff.new));
  yield* line(
    "verdict",
    diffVerdictText(diff),
    diff.verdict === "same" ? style.good : style.warning,
  );
  yield* renderChanges("CHANGED", diff.changed, layout);
  yield* renderChanges("ADDED", diff.added, layout);
  yield* renderChanges("GONE", diff.gone, layout);
  yield* renderChanges("CANNOT TELL", diff.open, layout);
  const reasons = [
    ...diff.base.reasons.map((one) => ({ ...one, side: "base" })),
    ...diff.new.reasons.map((one) => ({ ...one, side: "new" })),
  ];
  if (reasons.length === 0) return;
  yield* heading(layout, "WHAT THE CAPTURES DO NOT SHOW");
  for (const { id, details, hint, side } of reasons) {
    const { shown, hidden } = fold(layout, details, REASONS);
    const more = hidden > 0 ? `; ${moreRemark(hidden)}` : "";
    yield* labelled(layout, {
      label: `${side}: ${id}`,
      text: `${shown.join("; ")}${more}. ${hint}`,
      indent: 2,
      labelWidth: 24,
      paintLabel: style.warning,
    });
  }
}

function sideText({ captures, records, connections, paths }: DiffResult["base"]): string {
  return [
    plural(captures, "capture"),
    plural(records, "record"),
    plural(connections, "connection"),
    plural(paths, "path"),
  ].join(", ");
}

export function diffVerdictText({
  verdict,
  added,
  gone,
  changed,
  open,
  unchanged,
}: DiffResult): string {
  const parts = [
    [changed.length, "changed"],
    [added.length, "added"],
    [gone.length, "gone"],
    [open.length, "not certain"],
    [unchanged, "unchanged"],
  ] as const;
  const counts = parts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
  const word = verdict === "inconclusive" ? "INCONCLUSIVE" : verdict.toUpperCase();
  return `${word}: ${counts.length === 0 ? "no path was seen" : counts.join(", ")}`;
}

function* renderChanges(
  title: string,
  changes: readonly DiffChange[],
  layout: TextLayout,
): Generator<string, void, undefined> {
  if (changes.length === 0) return;
  yield* heading(layout, `${title} (${changes.length})`);
  const { shown, hidden } = fold(layout, changes, CHANGES);
  for (const { from, to, protocol, before, after, because } of shown) {
    yield* labelled(layout, {
      label: "",
      text: `${from} → ${to}, ${protocol}${because === undefined ? "" : ` (${because})`}`,
      indent: 2,
      labelWidth: 0,
    });
    for (const one of before) yield* renderSide("-", one, layout, layout.style.error);
    for (const one of after) yield* renderSide("+", one, layout, layout.style.good);
  }
  if (hidden > 0)
    yield* labelled(layout, { label: "", text: moreRemark(hidden), indent: 2, labelWidth: 0 });
}

function renderSide(label: string, one: SeenPath, layout: TextLayout, paintLabel: Paint) {
  const { connections, bytes } = one.numbers;
  const proof = one.witnesses[0];
  const more = proof === undefined ? "" : `; ${witnessText(proof)}`;
  return labelled(layout, {
    label,
    text: `${seenWayText(one)}; ${plural(connections, "connection")}, ${formatBytes(bytes)}${more}`,
    indent: 4,
    labelWidth: 2,
    paintLabel,
  });
}

/** "snat-egress, snat (or node-egress)". */
export function seenWayText({ path, candidates }: SeenPath): string {
  return candidates.length === 0 ? wayText(path) : `${wayText(path)} (or ${candidates.join(", ")})`;
}
