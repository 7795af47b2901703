/** A graph in Graphviz's language (graphviz.org, "DOT Language"): `dot -Tsvg`. */
import { wrap } from "../label.ts";
import { COLOURS } from "../palette.ts";
import type { Graph, GraphEdge, GraphNode } from "./graph.ts";

export function writeDot(graph: Graph): string {
  const lines = [
    `digraph podpath {`,
    `  graph [label=${quote(caption(graph))}, labelloc=t, labeljust=l, rankdir=${graph.direction === "right" ? "LR" : "TB"}, compound=true, fontname="sans-serif"];`,
    `  node [shape=box, style="rounded,filled", fontname="sans-serif", fontsize=11, color="${COLOURS.border.light}", fontcolor="${COLOURS.text.light}"];`,
    `  edge [fontname="sans-serif", fontsize=10];`,
  ];
  const nodesIn = (group: string | null, indent: string) => {
    for (const node of graph.nodes.filter((one) => one.group === group)) {
      lines.push(`${indent}${node.id} [${nodeLook(node)}];`);
    }
  };
  const groupsIn = (parent: string | null, indent: string) => {
    for (const { id, label } of graph.groups.filter((one) => one.parent === parent)) {
      const fill = id.startsWith("zone") ? COLOURS.zone.light : COLOURS.vpc.light;
      lines.push(
        `${indent}subgraph cluster_${id} {`,
        `${indent}  graph [label=${quote(label)}, style="rounded,filled", fillcolor="${fill}", color="${COLOURS.border.light}", fontsize=12];`,
      );
      groupsIn(id, `${indent}  `);
      nodesIn(id, `${indent}  `);
      lines.push(`${indent}}`);
    }
  };
  groupsIn(null, "  ");
  nodesIn(null, "  ");
  for (const edge of graph.edges) lines.push(`  ${edge.from} -> ${edge.to} [${edgeLook(edge)}];`);
  return `${lines.join("\n")}\n}\n`;
}

/** Graphviz makes the picture as wide as its longest line. */
function caption({ title, notes }: Graph): string {
  return [title, ...notes.flatMap((note) => wrap(note, CAPTION_WIDTH, CAPTION_SIZE))].join("\n");
}

const CAPTION_WIDTH = 640;
const CAPTION_SIZE = 11;

function nodeLook({ lines, look, dashed }: GraphNode): string {
  const style = dashed ? `, style="rounded,filled,dashed"` : "";
  const border = look === "rewrite" ? `, color="${COLOURS.snat.light}", penwidth=2` : "";
  return `label=${quote(lines.join("\n"))}, fillcolor="${COLOURS[look].light}"${border}${style}`;
}

function edgeLook({ label, colour, dashed, emphasised }: GraphEdge): string {
  const style = dashed ? `, style=dashed` : "";
  const width = emphasised ? 3 : 1.25;
  return `label=${quote(label)}, color="${colour.light}", fontcolor="${colour.light}", penwidth=${width}${style}`;
}

/** Quoted strings know two escapes that matter: the quote, and the backslash, behind which dot looks for more. */
function quote(text: string): string {
  const escaped = text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\l");
  // Lines end with \l for left alignment; the last one too, or it is centred.
  return `"${escaped}${text.includes("\n") ? "\\l" : ""}"`;
}
