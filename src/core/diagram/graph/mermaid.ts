/** A graph as a Mermaid flowchart (mermaid.js.org, "Flowcharts - Basic Syntax"), which GitHub and GitLab draw in Markdown. */
import { COLOURS } from "../palette.ts";
import type { Graph, GraphEdge, GraphGroup } from "./graph.ts";

export function writeMermaid(graph: Graph): string {
  const lines = [
    "---",
    `title: ${JSON.stringify(harmless(graph.title))}`,
    "---",
    `flowchart ${graph.direction === "right" ? "LR" : "TB"}`,
  ];
  const nodesIn = (group: string | null, indent: string) => {
    for (const { id, lines: text, look } of graph.nodes.filter((node) => node.group === group)) {
      lines.push(`${indent}${id}["${text.map(quote).join("<br/>")}"]:::${look}`);
    }
  };
  const groupsIn = (parent: string | null, indent: string) => {
    for (const group of graph.groups.filter((one) => one.parent === parent)) {
      lines.push(`${indent}subgraph ${group.id}["${quote(group.label)}"]`);
      groupsIn(group.id, `${indent}  `);
      nodesIn(group.id, `${indent}  `);
      lines.push(`${indent}end`);
    }
  };
  groupsIn(null, "  ");
  nodesIn(null, "  ");
  for (const edge of graph.edges) lines.push(`  ${edgeLine(edge)}`);
  graph.edges.forEach(({ colour, emphasised }, i) => {
    const width = emphasised ? 3 : 1.5;
    lines.push(`  linkStyle ${i} stroke:${colour.light},stroke-width:${width}px`);
  });
  lines.push(...looks(graph), ...graph.notes.map((note) => `  %% ${harmless(note)}`));
  return `${lines.join("\n")}\n`;
}

/** Colours of their own, so that a viewer's dark theme does not leave dark text on dark boxes. */
function looks({ nodes, groups }: Graph): string[] {
  const { light: text } = COLOURS.text;
  const { light: border } = COLOURS.border;
  const look = (name: string, fill: string, stroke: string, more = "") =>
    `  classDef ${name} fill:${fill},stroke:${stroke},color:${text}${more}`;
  const dashed = nodes.filter((node) => node.dashed).map(({ id }) => id);
  return [
    look("place", COLOURS.place.light, border),
    look("outside", COLOURS.outside.light, border),
    look("rewrite", COLOURS.rewrite.light, COLOURS.snat.light, ",stroke-width:2px"),
    ...dashed.map((id) => `  style ${id} stroke-dasharray:4 3`),
    ...groups.map(
      (group) => `  style ${group.id} fill:${groundOf(group)},stroke:${border},color:${text}`,
    ),
  ];
}

function groundOf({ parent, id }: GraphGroup): string {
  return parent === null && id.startsWith("zone") ? COLOURS.zone.light : COLOURS.vpc.light;
}

function edgeLine({ from, to, label, dashed, emphasised }: GraphEdge): string {
  const arrow = emphasised ? "==>" : dashed ? "-.->" : "-->";
  const text = label === "" ? "" : `|"${quote(label)}"|`;
  return `${from} ${arrow}${text} ${to}`;
}

/** Two dollars begin a formula even as codes, two per cent signs a directive: wide ones look alike and begin nothing. */
function harmless(text: string): string {
  return text.replaceAll("$", "＄").replaceAll("%", "％");
}

const PLAIN = /[\p{L}\p{M}\p{Nd} .:/,()+=?·→±µ＄％-]/u;

/** Whatever Mermaid or the HTML that it makes could take for markup becomes a character code. */
function quote(text: string): string {
  let quoted = "";
  for (const character of harmless(text)) {
    quoted += PLAIN.test(character) ? character : `#${character.codePointAt(0)};`;
  }
  return quoted;
}
