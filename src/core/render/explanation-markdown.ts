/** `podpath explain -o markdown`: for a ticket or a pull request. Names are text there, never markup. */
import type { ExplainedConnection, Explanation, Sentence } from "../explain/explanation.ts";
import type { Report } from "../report/report.ts";
import { markdownCode, markdownCodeBlock, markdownText } from "./markdown-text.ts";
import { plural, textLayout } from "./text-layout.ts";
import { citation, idList, type TextNames, textNames } from "./text-names.ts";

const LAYOUT = textLayout({ color: false, width: 100, wide: false });

export function* renderExplanationMarkdown(
  explanation: Explanation,
  report: Report,
): Generator<string, void, undefined> {
  const { query, matched, explained, notExplained, filter } = explanation;
  const names = textNames(report, LAYOUT);
  yield `# podpath explain ${markdownCode(query)}\n\n${plural(matched, "connection")} found`;
  if (filter !== undefined)
    yield ` among the ${filter.shown} of ${filter.of} that ${markdownCode(filter.expression)} shows`;
  yield ".\n";
  for (const connection of explained) yield* renderOne(connection, names);
  if (notExplained.length > 0) {
    const ids = idList(LAYOUT, notExplained, 20);
    yield `\n${plural(notExplained.length, "connection")} not shown: ${markdownText(ids)}\n`;
  }
}

function* renderOne(
  connection: ExplainedConnection,
  names: TextNames,
): Generator<string, void, undefined> {
  const { id, title, confidence, ends, path, verdict, proof, open, findings, filters } = connection;
  yield `\n## ${markdownText(`${id}: ${title}`)}\n\n`;
  yield `**${markdownText(connection.class)}**, ${confidence}\n\n### Who\n\n`;
  for (const one of ends) yield bullet(one, names);
  yield "\n### Path\n\n";
  for (const [i, { kind, sentence, details }] of path.entries()) {
    const rewrite = kind === "rewritten" ? "**rewrite**: " : "";
    yield `${i + 1}. ${rewrite}${words(sentence, names)}\n`;
    for (const detail of details) yield `    - ${words(detail, names)}\n`;
  }
  yield "\n### Verdict\n\n";
  for (const one of verdict) yield bullet(one, names);
  yield "\n### Proof\n\n";
  for (const one of proof) yield bullet(one, names);
  yield "\n### Open\n\n";
  for (const one of open) yield bullet(one, names);
  if (findings.length > 0) {
    yield "\n### Findings\n\n";
    for (const { id: findingId, rule, level, message, doesNotProve, advice } of findings) {
      yield `- **${level} ${markdownText(`${findingId} ${rule}`)}**: ${markdownText(names.short(message))}\n`;
      if (doesNotProve !== "") yield `    - Does not prove: ${markdownText(doesNotProve)}\n`;
      yield `    - Do: ${markdownText(advice)}\n`;
    }
  }
  yield "\n### See it yourself\n";
  for (const { leg, vantagePoints, tshark, tcpdump, note } of filters) {
    const places = vantagePoints.map(names.place).map(names.short).join(", ");
    yield `\n${markdownText(`${leg} as seen at ${places}${note === undefined ? "" : ` (${note})`}`)}:\n\n`;
    yield markdownCodeBlock([tshark, tcpdump]);
  }
}

function bullet(sentence: Sentence, names: TextNames): string {
  return `- ${words(sentence, names)}\n`;
}

function words(sentence: Sentence, names: TextNames): string {
  const places = citation(LAYOUT, names, sentence);
  const statement = markdownText(names.short(sentence.statement));
  return places === "" ? statement : `${statement} (${markdownCode(places)})`;
}
