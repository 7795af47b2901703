/** docs/rules.md, made from the rules themselves; also `podpath rules -o markdown`. */
import type { FindingRule, PathRule, RuleMeta } from "../core/classify/rule.ts";

export function* rulesMarkdown(
  pathRules: readonly PathRule[],
  findingRules: readonly FindingRule[],
): Generator<string, void, undefined> {
  yield "# Rules\n\n";
  yield "Made from the code by `npm run docs`; do not edit.\n\n";
  yield "Every connection gets one path class. Findings are what a person should act on. ";
  yield "Each says what its evidence proves and what it does not.\n";
  yield "\n## Path classes\n";
  for (const { meta } of pathRules) yield* section(meta, null);
  yield "\n## Findings\n";
  for (const { meta, level } of findingRules) yield* section(meta, level);
}

function* section(meta: RuleMeta, level: string | null): Generator<string, void, undefined> {
  yield `\n### ${meta.id}\n\n`;
  yield level === null ? `**${meta.title}**\n\n` : `**${meta.title}** (${level})\n\n`;
  yield `${meta.why}\n\n`;
  yield `- Proves: ${meta.proves}\n`;
  yield `- Does not prove: ${meta.doesNotProve}\n`;
  yield `- Confirm with: \`${meta.confirm}\`\n`;
  yield `- Sources: ${meta.sources.join("; ")}\n`;
}
