/** Findings in the text report, worst first: what, why, the packets, what to do. */
import type { Report, ReportEvidence, ReportFinding } from "../report/report.ts";
import {
  fold,
  formatCount,
  heading,
  labelled,
  moreRemark,
  plural,
  type TextLayout,
} from "./text-layout.ts";
import { citation, idList, type TextNames } from "./text-names.ts";
import { levelPaint } from "./text-style.ts";

/** Shown of one rule before the rest is folded: enough to see the pattern. */
const FINDINGS_PER_RULE = 3;
const EVIDENCE_PER_FINDING = 2;
const LABEL_WIDTH = 10;

export function* renderFindings(
  report: Report,
  layout: TextLayout,
  names: TextNames,
): Generator<string, void, undefined> {
  if (report.findings.length === 0) return;
  yield* heading(layout, "FINDINGS");
  let separator = "";
  for (const group of byLevelAndRule(report.findings)) {
    const { shown, hidden } = fold(layout, group, FINDINGS_PER_RULE);
    for (const finding of shown) {
      yield separator;
      separator = "\n";
      yield* renderFinding(finding, layout, names);
    }
    const [first] = group;
    if (hidden > 0 && first !== undefined) {
      const text = `… ${formatCount(hidden)} more of ${first.rule} (-o wide shows all)`;
      yield* labelled(layout, { label: "", text, indent: 0, labelWidth: LABEL_WIDTH });
    }
  }
}

function byLevelAndRule(findings: readonly ReportFinding[]): Iterable<readonly ReportFinding[]> {
  const groups = new Map<string, ReportFinding[]>();
  for (const finding of findings) {
    const key = `${finding.level} ${finding.rule}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [finding]);
    else group.push(finding);
  }
  return groups.values();
}

function* renderFinding(
  finding: ReportFinding,
  layout: TextLayout,
  names: TextNames,
): Generator<string, void, undefined> {
  const { style } = layout;
  yield* labelled(layout, {
    label: finding.level.toUpperCase(),
    text: `${finding.id}  ${finding.rule}: ${finding.title}`,
    indent: 0,
    labelWidth: LABEL_WIDTH,
    paintLabel: levelPaint(style, finding.level),
    paintText: style.strong,
  });
  const field = (label: string, text: string) =>
    labelled(layout, {
      label,
      text,
      indent: 2,
      labelWidth: LABEL_WIDTH - 2,
      paintLabel: style.faint,
    });
  yield* field("", names.short(finding.message));
  yield* renderEvidence(finding.evidence, EVIDENCE_PER_FINDING, layout, names, field);
  yield* field("unclear", finding.doesNotProve);
  yield* field("do", finding.advice);
  if (finding.connections.length > 0) {
    const { length } = finding.connections;
    const count = length > 8 && !layout.wide ? `${plural(length, "connection")}: ` : "";
    yield* field("in", count + idList(layout, finding.connections, 8));
  }
}

/** Sentences that cite packets come first: they are what a reader can check. */
export function* renderEvidence(
  evidence: readonly ReportEvidence[],
  limit: number,
  layout: TextLayout,
  names: TextNames,
  field: (label: string, text: string) => Iterable<string>,
): Generator<string, void, undefined> {
  const ordered = [
    ...evidence.filter(({ packets }) => packets.length > 0),
    ...evidence.filter(({ packets }) => packets.length === 0),
  ];
  const { shown, hidden } = fold(layout, layout.wide ? evidence : ordered, limit);
  for (const [i, entry] of shown.entries()) {
    const statement = cutSentence(layout, names.short(entry.statement));
    const places = citation(layout, names, entry);
    yield* field(i === 0 ? "proof" : "", statement + (places === "" ? "" : ` [${places}]`));
  }
  if (hidden > 0) yield* field("", moreRemark(hidden));
}

/** A sentence may list fifty places; its packets, which follow it, are worth more than the last forty. */
const LONGEST_STATEMENT = 240;

function cutSentence({ wide }: TextLayout, statement: string): string {
  if (wide || statement.length <= LONGEST_STATEMENT) return statement;
  const end = statement.lastIndexOf(" ", LONGEST_STATEMENT);
  const kept = statement.slice(0, end > LONGEST_STATEMENT / 2 ? end : LONGEST_STATEMENT);
  return `${kept.replace(/[,;:]$/, "")} …`;
}
