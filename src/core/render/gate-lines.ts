/** A rule's result in plain lines, as every machine-read form carries them for people. */
import type { AffectedPath, RuleResult } from "../policy/gate-result.ts";
import { routeText, wayText } from "../policy/workload-path.ts";
import { lookedAtText, witnessText } from "./gate-text.ts";

/** One line each, otherwise raw: each sink has its own encoder. */
export function ruleLines(rule: RuleResult): string[] {
  const lines = [rule.message];
  for (const one of rule.affected) lines.push(`- ${affectedLine(one)}`);
  if (rule.more > 0) lines.push(`- ${rule.more} more connections`);
  lines.push(`looked at ${lookedAtText(rule)}`);
  if (rule.hiddenBy.length > 0) lines.push(`hidden by ${rule.hiddenBy.join(", ")}`);
  for (const hint of rule.hints) lines.push(`do: ${hint}`);
  for (const warning of rule.warnings) lines.push(`warning: ${warning}`);
  return lines.map(oneLine);
}

/** A line break inside a name must not begin a line of its own. */
export function oneLine(text: string): string {
  return text.replaceAll("\r", "\\r").replaceAll("\n", "\\n");
}

/** What could hide something, and what to do about it. */
export function reasonSentence(details: readonly string[], hint: string): string {
  return `${details.join("; ").replace(/\.$/, "")}. ${hint}`;
}

/** One path with its witnesses. */
export function affectedLine(one: AffectedPath): string {
  const { outcome, what, path, amount, witnesses, allowedBy } = one;
  const word = outcome === "violates" ? "" : `${outcome}: `;
  const by = allowedBy === undefined ? "" : ` (allow ${allowedBy})`;
  if (path === undefined) return `${word}${what}${by}`;
  const count = `${amount.connections} connection${amount.connections === 1 ? "" : "s"}`;
  const proof = witnesses.map(witnessText).join(", ");
  return `${word}${routeText(path)}: ${wayText(path)}; ${what}; ${count}${by}${proof === "" ? "" : `: ${proof}`}`;
}
