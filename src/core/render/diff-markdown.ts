/** A comparison for a pull request: tables, and a picture of what changed. */
import type { DiffChange, DiffResult, SeenPath } from "../policy/diff-result.ts";
import { diffVerdictText, seenWayText } from "./diff-text.ts";
import { markdownCode, markdownText } from "./markdown-text.ts";
import { mermaidText } from "./mermaid-text.ts";

const ROWS = 100;
const EDGES = 40;
const LONGEST = 500;

export function* renderDiffMarkdown(diff: DiffResult): Generator<string, void, undefined> {
  yield `## podpath diff: ${markdownText(diffVerdictText(diff))}\n`;
  yield* renderPicture(diff);
  yield* renderTable("Changed", diff.changed);
  yield* renderTable("Added", diff.added);
  yield* renderTable("Gone", diff.gone);
  yield* renderTable("Cannot tell", diff.open);
  for (const [side, { reasons }] of [
    ["base", diff.base],
    ["new", diff.new],
  ] as const)
    for (const { id, details, hint } of reasons)
      yield `\n- **${side}, ${id}**: ${cell(details.join("; "))}. ${cell(hint)}`;
  yield "\n";
}

function cell(text: string): string {
  return markdownText(text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
}

function code(text: string): string {
  return markdownCode(text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text).replaceAll(
    "|",
    "\\|",
  );
}

function* renderTable(
  title: string,
  changes: readonly DiffChange[],
): Generator<string, void, undefined> {
  if (changes.length === 0) return;
  yield `\n### ${title}\n\n| from | to | protocol | before | after |\n|---|---|---|---|---|\n`;
  for (const { from, to, protocol, before, after } of changes.slice(0, ROWS))
    yield `| ${code(from)} | ${code(to)} | ${cell(protocol)} | ${ways(before)} | ${ways(after)} |\n`;
  if (changes.length > ROWS) yield `\n… and ${changes.length - ROWS} more.\n`;
}

function ways(paths: readonly SeenPath[]): string {
  return paths.map((one) => `${cell(seenWayText(one))} (${one.numbers.connections})`).join("; ");
}

/** Thick lines are new, dotted ones gone: the picture says it without colours. */
function* renderPicture(diff: DiffResult): Generator<string, void, undefined> {
  const changes = [...diff.changed, ...diff.added, ...diff.gone];
  if (changes.length === 0) return;
  const boxes = new Map<string, string>();
  const box = (name: string): string => {
    const id = boxes.get(name) ?? `n${boxes.size + 1}`;
    boxes.set(name, id);
    return id;
  };
  const edges: string[] = [];
  for (const { from, to, protocol, before, after } of changes) {
    const label = (one: SeenPath) => mermaidText(`${protocol} ${seenWayText(one)}`);
    for (const one of before) edges.push(`  ${box(from)} -. "− ${label(one)}" .-> ${box(to)}`);
    for (const one of after) edges.push(`  ${box(from)} == "+ ${label(one)}" ==> ${box(to)}`);
  }
  const shown = edges.slice(0, EDGES);
  yield "\n```mermaid\nflowchart LR\n";
  for (const [name, id] of boxes)
    if (shown.some((edge) => new RegExp(`\\b${id}\\b`).test(edge)))
      yield `  ${id}["${mermaidText(name)}"]\n`;
  for (const edge of shown) yield `${edge}\n`;
  yield "```\n";
  if (edges.length > EDGES) yield `\n… and ${edges.length - EDGES} more lines.\n`;
}
