/** The gate's result as log commands of GitHub Actions: annotations at the lines of the policy. */
import type { GateResult, RuleResult } from "../policy/gate-result.ts";
import { ruleLines } from "./gate-lines.ts";
import { verdictText } from "./gate-text.ts";
import { safeText } from "./safe-text.ts";

/** GitHub shows ten annotations of a kind for each step; the others would be lost without a word. */
const MOST = 10;
const LONGEST = 3_000;

export function* renderGateGithub(gate: GateResult): Generator<string, void, undefined> {
  const shown: Record<Command, number> = { error: 0, warning: 0, notice: 0 };
  let hidden = 0;
  for (const rule of gate.rules) {
    if (rule.verdict === "pass" && rule.warnings.length === 0) continue;
    const command = commandFor(rule);
    if (shown[command] >= MOST) {
      hidden += 1;
      continue;
    }
    shown[command] += 1;
    yield annotation(command, rule);
  }
  if (hidden > 0) yield `${hidden} more rules without an annotation: see the other outputs\n`;
  yield `podpath check: ${verdictText(gate)}\n`;
}

type Command = "error" | "warning" | "notice";

function commandFor({ verdict, counts, severity }: RuleResult): Command {
  if (verdict === "pass") return "warning";
  if (counts) return "error";
  return severity === "note" ? "notice" : "warning";
}

function annotation(command: Command, rule: RuleResult): string {
  const title = `podpath ${rule.verdict === "fail" ? "violated" : rule.verdict}: ${rule.id}`;
  const properties = [
    `file=${property(rule.file)}`,
    `line=${rule.line}`,
    `col=${rule.column}`,
    `title=${property(title)}`,
  ].join(",");
  const lines = ruleLines(rule).map((line) => data(shorten(line)));
  return `::${command} ${properties}::${lines.join("%0A")}\n`;
}

function shorten(text: string): string {
  return safeText(text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
}

/** Workflow commands end at a line break and know %25, %0D, %0A in data; %3A and %2C too in properties (actions/toolkit). */
function data(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return data(shorten(text)).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
