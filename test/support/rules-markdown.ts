/** docs/rules.md, made from the rules' own texts. */
import type { FindingRule, PathRule, RuleMeta } from "../../src/core/classify/rule.ts";

export function rulesMarkdown(
  pathRules: readonly PathRule[],
  findingRules: readonly FindingRule[],
): string {
  const byId = (a: { meta: RuleMeta }, b: { meta: RuleMeta }) => (a.meta.id < b.meta.id ? -1 : 1);
  return [
    "# Rules\n",
    "What each path class and each finding means. Made from the code by `npm run docs`; `podpath rules` prints the same.\n",
    "## Path classes\n",
    ...[...pathRules].sort(byId).map(({ meta }) => section(meta, "")),
    "## Findings\n",
    ...[...findingRules].sort(byId).map(({ meta, level }) => section(meta, ` (${level})`)),
  ].join("\n");
}

function section(meta: RuleMeta, level: string): string {
  return [
    `### ${meta.id}\n`,
    `**${meta.title}**${level}. ${meta.why}\n`,
    `- Proves: ${meta.proves}`,
    `- Does not prove: ${meta.doesNotProve}`,
    `- Confirm: ${/^[a-z]/.test(meta.confirm) ? `\`${meta.confirm}\`` : meta.confirm}`,
    `- Sources: ${meta.sources.join("; ")}`,
    "",
  ].join("\n");
}
