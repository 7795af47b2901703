/** `podpath explain` for a person: one block a connection, sentences wrapped, every place to look at in brackets. */
import type {
  ExplainedConnection,
  Explanation,
  LegFilter,
  Sentence,
} from "../explain/explanation.ts";
import type { Report } from "../report/report.ts";
import { safeText } from "./safe-text.ts";
import {
  fold,
  heading,
  labelled,
  plural,
  type TextLayout,
  type TextOptions,
  textLayout,
} from "./text-layout.ts";
import { citation, type TextNames, textNames } from "./text-names.ts";
import { levelPaint } from "./text-style.ts";

const LABEL_WIDTH = 9;
const STEP_WIDTH = 3;

/** `report` is the one that was explained; it gives captures their names. */
export function* renderExplanationText(
  explanation: Explanation,
  report: Report,
  options: TextOptions,
): Generator<string, void, undefined> {
  const layout = textLayout(options);
  const names = textNames(report, layout);
  const { matched, explained, notExplained, query, filter } = explanation;
  const part =
    filter === undefined
      ? ""
      : ` among the ${filter.shown} of ${filter.of} that ${filter.expression} shows`;
  const said = `${query}: ${plural(matched, "connection")}${part}`;
  yield* labelled(layout, {
    label: "explain",
    text: said,
    indent: 0,
    labelWidth: LABEL_WIDTH,
    paintLabel: layout.style.faint,
  });
  for (const connection of explained) yield* renderOne(connection, layout, names);
  if (notExplained.length > 0) {
    const { shown, hidden } = fold(layout, notExplained, 20);
    const rest = hidden === 0 ? "" : ` and ${hidden} more`;
    yield "\n";
    yield* labelled(layout, {
      label: "not shown",
      text: `${plural(notExplained.length, "connection")} that fit as well: ${shown.join(", ")}${rest} (--limit shows more)`,
      indent: 0,
      labelWidth: LABEL_WIDTH + 1,
      paintLabel: layout.style.warning,
    });
  }
}

function* renderOne(
  connection: ExplainedConnection,
  layout: TextLayout,
  names: TextNames,
): Generator<string, void, undefined> {
  const { style } = layout;
  const { id, title, class: pathClass, confidence, findings } = connection;
  const found = findings.map(({ level, rule }) => `; ${level.toUpperCase()} ${rule}`).join("");
  yield* heading(layout, `${id}  ${title}: ${pathClass}, ${confidence}${found}`);
  const line = (label: string, text: string, paint = style.faint) =>
    labelled(layout, { label, text, indent: 2, labelWidth: LABEL_WIDTH, paintLabel: paint });
  yield* block(connection.ends, "who", line, layout, names);
  yield* renderPath(connection, layout, names);
  yield* block(connection.verdict, "verdict", line, layout, names);
  yield* block(connection.proof, "proof", line, layout, names);
  yield* block(connection.open, "open", line, layout, names);
  const said = new Set(connection.open.map(({ statement }) => statement));
  for (const { id: findingId, rule, level, message, doesNotProve, advice } of findings) {
    const head = `${level.toUpperCase()} ${findingId} ${rule}: ${names.short(message)}`;
    yield* line("found", head, levelPaint(style, level));
    const doubt = `It does not prove: ${doesNotProve}`;
    if (doesNotProve !== "" && !said.has(doubt)) yield* line("", doubt);
    yield* line("", `What to do: ${advice}`);
  }
  for (const [i, filter] of connection.filters.entries())
    yield* renderFilter(filter, i === 0 ? "look" : "", line, names);
}

/** Hops are numbered; a rewrite stands between the hops that show its two sides. */
function* renderPath(
  { path, line }: ExplainedConnection,
  layout: TextLayout,
  names: TextNames,
): Generator<string, void, undefined> {
  const { style } = layout;
  const item = (indent: number, label: string, text: string, paintLabel = style.faint) =>
    labelled(layout, { label, text, indent, labelWidth: STEP_WIDTH, paintLabel });
  if (path.length > 0) {
    const drawn = { label: "path", text: names.short(line), indent: 2, labelWidth: LABEL_WIDTH };
    yield* labelled(layout, { ...drawn, paintLabel: style.faint });
  }
  let hop = 0;
  for (const { kind, sentence, details } of path) {
    const label = kind === "seen" ? `${++hop}.` : "=>";
    const paint = kind === "seen" ? style.faint : style.strong;
    yield* item(4, label, words(sentence, layout, names), paint);
    for (const detail of details) yield* item(7, "-", words(detail, layout, names));
  }
}

type Line = (label: string, text: string) => Iterable<string>;

function* block(
  sentences: readonly Sentence[],
  label: string,
  line: Line,
  layout: TextLayout,
  names: TextNames,
): Generator<string, void, undefined> {
  for (const [i, sentence] of sentences.entries())
    yield* line(i === 0 ? label : "", words(sentence, layout, names));
}

function words(sentence: Sentence, layout: TextLayout, names: TextNames): string {
  const places = citation(layout, names, sentence);
  return names.short(sentence.statement) + (places === "" ? "" : ` [${places}]`);
}

/** Commands stand on lines of their own and are never broken: they are there to be copied. */
function* renderFilter(
  { leg, vantagePoints, tshark, tcpdump, note }: LegFilter,
  label: string,
  line: Line,
  names: TextNames,
): Generator<string, void, undefined> {
  yield* line(
    label,
    `${leg} as seen at ${vantagePoints.map(names.place).map(names.short).join(", ")}:`,
  );
  yield commandLine(tshark);
  yield commandLine(tcpdump);
  if (note !== undefined) yield* line("", `(${note})`);
}

function commandLine(command: string): string {
  return `${" ".repeat(LABEL_WIDTH + 4)}${safeText(command)}\n`;
}
