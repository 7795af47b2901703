/** The gate's result for a person: the verdict, then every rule that did not pass, then those that did. */
import type { AffectedPath, GateResult, RuleResult } from "../policy/gate-result.ts";
import { routeText, wayText } from "../policy/workload-path.ts";
import {
  fold,
  heading,
  headLines,
  labelled,
  moreRemark,
  plural,
  type TextLayout,
  type TextOptions,
  textLayout,
} from "./text-layout.ts";
import { levelPaint, type Paint } from "./text-style.ts";

const LABEL_WIDTH = 9;
const PATHS = 5;

export function* renderGateText(
  gate: GateResult,
  options: TextOptions,
): Generator<string, void, undefined> {
  const layout = textLayout(options);
  const line = headLines(layout, LABEL_WIDTH);
  yield* line("check", subjectText(gate));
  if (gate.policy !== undefined) yield* line("policy", fileText(gate.policy));
  if (gate.baseline !== undefined) yield* line("baseline", fileText(gate.baseline));
  yield* line("verdict", verdictText(gate), paintOf(gate.verdict, layout));
  const open = gate.rules.filter(({ verdict }) => verdict !== "pass");
  const passed = gate.rules.filter(({ verdict }) => verdict === "pass");
  for (const rule of open) yield* renderRule(rule, layout);
  if (passed.length > 0) {
    yield* heading(layout, "PASSED");
    for (const rule of passed) yield* renderPassed(rule, layout);
  }
  yield* renderReasons(gate, layout);
}

/** Enough of the hash to tell one policy from another; `-o json` has all of it. */
function fileText({ file, sha256 }: NonNullable<GateResult["policy"]>): string {
  return sha256 === undefined ? file : `${file} (sha256 ${sha256.slice(0, 12)})`;
}

function subjectText({ seen }: GateResult): string {
  return [
    plural(seen.captures, "capture"),
    plural(seen.records, "record"),
    plural(seen.connections, "connection"),
    plural(seen.packets, "packet"),
  ].join(", ");
}

const VERDICT_WORDS = { pass: "PASS", fail: "FAIL", inconclusive: "INCONCLUSIVE" } as const;

export function verdictText({ verdict, rules }: GateResult): string {
  const count = (wanted: RuleResult["verdict"]) =>
    rules.filter((rule) => rule.verdict === wanted).length;
  const parts = (["fail", "inconclusive", "pass"] as const).flatMap((one) => {
    const number = count(one);
    const word = one === "fail" ? "failed" : one === "pass" ? "passed" : one;
    return number === 0 ? [] : [`${number} ${word}`];
  });
  return `${VERDICT_WORDS[verdict]}: of ${plural(rules.length, "rule")}, ${parts.join(", ")}`;
}

function paintOf(verdict: RuleResult["verdict"], { style }: TextLayout): Paint {
  if (verdict === "pass") return style.good;
  return verdict === "fail" ? style.error : style.warning;
}

function* renderRule(rule: RuleResult, layout: TextLayout): Generator<string, void, undefined> {
  const level = rule.counts ? "" : `, a ${rule.severity} that does not fail the check`;
  yield "\n";
  yield* labelled(layout, {
    label: VERDICT_WORDS[rule.verdict],
    text: `${rule.id}${level} (${rule.file}:${rule.line})`,
    indent: 0,
    labelWidth: rule.verdict === "fail" ? 6 : 14,
    paintLabel: paintOf(rule.verdict, layout),
    paintText: layout.style.strong,
  });
  const line = (label: string, text: string) =>
    labelled(layout, {
      label,
      text,
      indent: 2,
      labelWidth: LABEL_WIDTH,
      paintLabel: layout.style.faint,
    });
  if (rule.title !== rule.id) yield* line("rule", rule.title);
  yield* line("because", rule.message);
  const { shown, hidden } = fold(layout, rule.affected, PATHS);
  for (const affected of shown) yield* renderAffected(affected, layout);
  if (hidden + rule.more > 0)
    yield* line("", hidden > 0 ? moreRemark(hidden) : `… ${plural(rule.more, "more connection")}`);
  yield* line("looked at", lookedAtText(rule));
  if (rule.hiddenBy.length > 0) yield* line("hidden by", rule.hiddenBy.join(", "));
  for (const hint of rule.hints) yield* line("do", hint);
  for (const warning of rule.warnings) yield* line("warning", warning);
}

export function lookedAtText({ lookedAt, maybe }: RuleResult): string {
  const more = maybe.connections === 0 ? "" : `, and ${maybe.connections} that it may be about`;
  return `${plural(lookedAt.connections, "connection")}, ${plural(lookedAt.packets, "packet")}${more}`;
}

const OUTCOME_WORDS = { violates: "found", open: "open", excused: "excused" } as const;

function* renderAffected(
  { outcome, what, path, amount, witnesses, allowedBy }: AffectedPath,
  layout: TextLayout,
): Generator<string, void, undefined> {
  const by = allowedBy === undefined ? "" : ` (allow ${allowedBy})`;
  const where = path === undefined ? "" : `${routeText(path)}: `;
  const how = path === undefined ? "" : `${wayText(path)}; `;
  const count = path === undefined ? "" : `; ${plural(amount.connections, "connection")}`;
  yield* labelled(layout, {
    label: OUTCOME_WORDS[outcome],
    text: `${where}${how}${what}${count}${by}`,
    indent: 2,
    labelWidth: LABEL_WIDTH,
    paintLabel: levelPaint(layout.style, outcome === "violates" ? "error" : "warning"),
  });
  if (witnesses.length === 0) return;
  const proof = witnesses.map(witnessText).join(", ");
  const more = amount.connections - witnesses.length;
  yield* labelled(layout, {
    label: "",
    text: `${proof}${more > 0 ? ` and ${more} more` : ""}`,
    indent: 2,
    labelWidth: LABEL_WIDTH,
  });
}

/** "conn-5 [n1.eth0.pcap #7, n2.eth0.pcap #7]". */
export function witnessText({ connection, packets }: AffectedPath["witnesses"][number]): string {
  const places = packets.map(({ file, record }) => `${baseName(file)} #${record}`);
  return places.length === 0 ? connection : `${connection} [${places.join(", ")}]`;
}

function baseName(file: string): string {
  return file.slice(file.lastIndexOf("/") + 1);
}

function* renderPassed(rule: RuleResult, layout: TextLayout): Generator<string, void, undefined> {
  yield* labelled(layout, {
    label: "ok",
    text: `${rule.id}: ${rule.message}`,
    indent: 2,
    labelWidth: LABEL_WIDTH,
    paintLabel: layout.style.good,
  });
  for (const warning of rule.warnings)
    yield* labelled(layout, {
      label: "warning",
      text: warning,
      indent: 2,
      labelWidth: LABEL_WIDTH,
      paintLabel: layout.style.warning,
    });
}

function* renderReasons(
  { reasons, accepted }: GateResult,
  layout: TextLayout,
): Generator<string, void, undefined> {
  if (reasons.length + accepted.length === 0) return;
  yield* heading(layout, "WHAT THE CAPTURES DO NOT SHOW");
  for (const { id, details, hint } of reasons) {
    const { shown, hidden } = fold(layout, details, PATHS);
    const more = hidden > 0 ? `; ${moreRemark(hidden)}` : "";
    yield* labelled(layout, {
      label: id,
      text: `${shown.join("; ").replace(/\.$/, "")}${more}. ${hint}`,
      indent: 2,
      labelWidth: 18,
      paintLabel: layout.style.warning,
    });
  }
  for (const text of accepted)
    yield* labelled(layout, { label: "accepted", text, indent: 2, labelWidth: 18 });
}
