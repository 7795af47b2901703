/** Pictures in the languages of other programs: Mermaid, Graphviz, D2, draw.io. For pictures that are boxes and lines. */
import type { Report, ReportConnection } from "../report/report.ts";
import type { DiagramId } from "./diagram.ts";
import { writeD2 } from "./graph/d2.ts";
import { writeDot } from "./graph/dot.ts";
import { writeDrawio } from "./graph/drawio.ts";
import type { Graph } from "./graph/graph.ts";
import { writeMermaid } from "./graph/mermaid.ts";
import { pathGraph } from "./graph/path-graph.ts";
import { topologyGraph } from "./graph/topology-graph.ts";
import { layOutPath } from "./path/path-layout.ts";
import { layOutTopology } from "./topology/topology-layout.ts";

export const TEXT_FORMATS = ["mermaid", "dot", "d2", "drawio"] as const;
export type TextFormat = (typeof TEXT_FORMATS)[number];

const WRITERS = { mermaid: writeMermaid, dot: writeDot, d2: writeD2 } as const;

/** Null when the picture is none of boxes and lines, or when a path is asked for without a connection. */
export function diagramText(
  id: DiagramId,
  format: TextFormat,
  report: Report,
  connection: ReportConnection | undefined,
): string | null {
  if (id === "topology") {
    return format === "drawio"
      ? writeDrawio(layOutTopology(report))
      : WRITERS[format](topologyGraph(report));
  }
  if (id !== "path" || connection === undefined) return null;
  if (format === "drawio") return writeDrawio(layOutPath(report, { connection }));
  const graph: Graph = pathGraph(report, connection);
  return WRITERS[format](graph);
}
