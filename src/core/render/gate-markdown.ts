/** The gate's result for a job page or a pull request: GitHub-flavoured Markdown with a picture of what is wrong. */
import type { AffectedPath, GateResult, RuleResult } from "../policy/gate-result.ts";
import { routeText, wayText } from "../policy/workload-path.ts";
import { reasonSentence } from "./gate-lines.ts";
import { lookedAtText, verdictText, witnessText } from "./gate-text.ts";
import { markdownCode, markdownText } from "./markdown-text.ts";
import { mermaidText } from "./mermaid-text.ts";
import { plural } from "./text-layout.ts";

const PATHS = 10;
/** Lines of the picture; more than that nobody can read. */
const EDGES = 30;
const LONGEST = 500;

/** GitHub cuts a step summary at 1 MiB; a policy has at most a thousand rules, of which this many are told in full. */
const RULES = 100;

export function* renderGateMarkdown(gate: GateResult): Generator<string, void, undefined> {
  const { seen } = gate;
  yield `## podpath check: ${markdownText(verdictText(gate))}\n\n`;
  const amounts = [
    plural(seen.captures, "capture"),
    plural(seen.records, "record"),
    plural(seen.connections, "connection"),
    plural(seen.packets, "packet"),
  ];
  yield `${amounts.join(", ")}.\n\n`;
  yield "| | rule | result | looked at |\n|---|---|---|---|\n";
  const order = [...gate.rules].sort((a, b) => RANK[a.verdict] - RANK[b.verdict]);
  for (const rule of order.slice(0, RULES))
    yield `| ${mark(rule)} | ${cellCode(rule.id)} | ${cell(rule.message)} | ${cell(lookedAtText(rule))} |\n`;
  if (order.length > RULES) yield `\n… and ${order.length - RULES} more rules.\n`;
  yield* renderPicture(gate);
  for (const rule of order.slice(0, RULES)) if (rule.verdict !== "pass") yield* renderRule(rule);
  yield* renderReasons(gate);
}

const RANK = { fail: 0, inconclusive: 1, pass: 2 } as const;

function mark({ verdict, counts }: RuleResult): string {
  if (verdict === "pass") return "✅ pass";
  const word = verdict === "fail" ? "❌ fail" : "❔ inconclusive";
  return counts ? word : `${word} (does not count)`;
}

function shorten(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

function cell(text: string): string {
  return markdownText(shorten(text));
}

function code(text: string): string {
  return markdownCode(shorten(text));
}

/** GFM takes a bar for the end of a cell even inside a code span. */
function cellCode(text: string): string {
  return code(text).replaceAll("|", "\\|");
}

function* renderRule(rule: RuleResult): Generator<string, void, undefined> {
  yield `\n### ${markdownText(shorten(rule.title))}\n\n`;
  yield `${code(`${rule.file}:${rule.line}`)}, ${rule.severity}: ${cell(rule.message)}\n\n`;
  for (const one of rule.affected.slice(0, PATHS)) yield `- ${affectedText(one)}\n`;
  const more = rule.affected.length - PATHS;
  if (more > 0) yield `- … ${more} more paths\n`;
  if (rule.more > 0) yield `- … ${rule.more} more connections\n`;
  for (const hint of rule.hints) yield `- **do:** ${cell(hint)}\n`;
  for (const warning of rule.warnings) yield `- **warning:** ${cell(warning)}\n`;
}

function affectedText({ outcome, what, path, amount, witnesses, allowedBy }: AffectedPath): string {
  const word = outcome === "violates" ? "" : `${outcome}: `;
  const by = allowedBy === undefined ? "" : `, by ${code(allowedBy)}`;
  if (path === undefined) return `${word}${cell(what)}${by}`;
  const proof = witnesses.map((one) => code(witnessText(one))).join(", ");
  return `${word}${code(routeText(path))}: ${cell(wayText(path))}; ${cell(what)}; ${plural(amount.connections, "connection")}${by}; ${proof}`;
}

/** What is wrong as a graph: workloads are boxes, violating paths are lines. */
function* renderPicture({ rules }: GateResult): Generator<string, void, undefined> {
  const edges = new Map<string, { from: string; to: string; label: string }>();
  for (const { affected } of rules)
    for (const { outcome, path } of affected) {
      if (outcome !== "violates" || path === undefined) continue;
      const label = `${path.protocol} ${wayText(path)}`;
      edges.set(`${path.from}\0${path.to}\0${label}`, { from: path.from, to: path.to, label });
    }
  if (edges.size === 0) return;
  const boxes = new Map<string, string>();
  const box = (name: string): string => {
    const known = boxes.get(name);
    if (known !== undefined) return known;
    const id = `n${boxes.size + 1}`;
    boxes.set(name, id);
    return id;
  };
  const shown = [...edges.values()].slice(0, EDGES);
  const lines = shown.map(
    ({ from, to, label }) => `  ${box(from)} -->|"${mermaidText(label)}"| ${box(to)}`,
  );
  yield "\n```mermaid\nflowchart LR\n";
  for (const [name, id] of boxes) yield `  ${id}["${mermaidText(name)}"]\n`;
  for (const line of lines) yield `${line}\n`;
  yield "```\n";
  if (edges.size > EDGES) yield `\n… and ${edges.size - EDGES} more paths.\n`;
}

function* renderReasons({ reasons, accepted }: GateResult): Generator<string, void, undefined> {
  if (reasons.length + accepted.length === 0) return;
  yield "\n### What the captures do not show\n\n";
  for (const { id, details, hint } of reasons)
    yield `- **${id}**: ${cell(reasonSentence(details, hint))}\n`;
  for (const one of accepted) yield `- accepted: ${cell(one)}\n`;
}
