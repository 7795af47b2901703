/** A graph in D2's language (d2lang.com, "Tour"): `d2 map.d2 map.svg`. */
import { COLOURS } from "../palette.ts";
import type { Graph, GraphEdge, GraphNode } from "./graph.ts";

export function writeD2(graph: Graph): string {
  const lines = [
    `# ${graph.title}`,
    ...graph.notes.map((note) => `# ${note}`),
    `direction: ${graph.direction}`,
  ];
  const paths = new Map<string, string>();
  const nodesIn = (group: string | null, path: string, indent: string) => {
    for (const node of graph.nodes.filter((one) => one.group === group)) {
      paths.set(node.id, `${path}${node.id}`);
      lines.push(`${indent}${node.id}: ${quote(node.lines.join("\n"))} {`);
      for (const style of nodeLook(node)) lines.push(`${indent}  style.${style}`);
      lines.push(`${indent}}`);
    }
  };
  const groupsIn = (parent: string | null, path: string, indent: string) => {
    for (const { id, label } of graph.groups.filter((one) => one.parent === parent)) {
      const fill = id.startsWith("zone") ? COLOURS.zone.light : COLOURS.vpc.light;
      lines.push(`${indent}${id}: ${quote(label)} {`, `${indent}  style.fill: "${fill}"`);
      groupsIn(id, `${path}${id}.`, `${indent}  `);
      nodesIn(id, `${path}${id}.`, `${indent}  `);
      lines.push(`${indent}}`);
    }
  };
  groupsIn(null, "", "");
  nodesIn(null, "", "");
  for (const edge of graph.edges) {
    const [from, to] = [paths.get(edge.from), paths.get(edge.to)];
    if (from === undefined || to === undefined) continue;
    lines.push(`${from} -> ${to}: ${quote(edge.label)} {`);
    for (const style of edgeLook(edge)) lines.push(`  style.${style}`);
    lines.push("}");
  }
  return `${lines.join("\n")}\n`;
}

function nodeLook({ look, dashed }: GraphNode): string[] {
  return [
    `fill: "${COLOURS[look].light}"`,
    `stroke: "${COLOURS[look === "rewrite" ? "snat" : "border"].light}"`,
    `font-color: "${COLOURS.text.light}"`,
    "border-radius: 6",
    ...(dashed ? ["stroke-dash: 4"] : []),
  ];
}

function edgeLook({ colour, dashed, emphasised }: GraphEdge): string[] {
  return [
    `stroke: "${colour.light}"`,
    `font-color: "${colour.light}"`,
    `stroke-width: ${emphasised ? 4 : 2}`,
    ...(dashed ? ["stroke-dash: 4"] : []),
  ];
}

/** In double quotes a dollar begins a substitution and a backslash an escape. */
function quote(text: string): string {
  const escaped = text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("$", "\\$");
  return `"${escaped.replaceAll("\n", "\\n")}"`;
}
