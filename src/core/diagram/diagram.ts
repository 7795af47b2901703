/**
 * The pictures that podpath draws. Each is made in two steps: a layout turns the report into a scene (numbers and strings,
 * scene.ts), and draw-scene.ts puts the scene into whatever document it is given.
 */
import type { Report, ReportConnection } from "../report/report.ts";
import { layOutLadder } from "./ladder/ladder-layout.ts";
import type { Theme } from "./palette.ts";
import { layOutPath } from "./path/path-layout.ts";
import { layOutSankey } from "./sankey/sankey-layout.ts";
import type { SankeyMeasure } from "./sankey/sankey-model.ts";
import type { Scene } from "./scene.ts";
import { layOutTimeline } from "./timeline/timeline-layout.ts";
import { layOutTopology } from "./topology/topology-layout.ts";

export interface DiagramOptions {
  /** `auto` (default) follows the viewer's light or dark mode. */
  readonly theme?: Theme;
  /** What a picture of one connection is about. */
  readonly connection?: ReportConnection;
  /** What the widths of a flow diagram mean; default bytes. */
  readonly measure?: SankeyMeasure;
  /** Sentences of the caller's own, for below the picture. */
  readonly notes?: readonly string[];
}

export interface DiagramKind {
  /** What the command line calls it. */
  readonly id: string;
  /** What a heading calls it. */
  readonly title: string;
  /** What the picture shows, in one sentence. */
  readonly shows: string;
  /** Pictures of one connection want to be told which (DiagramOptions.connection). */
  readonly about: "report" | "connection";
  readonly layOut: (report: Report, options: DiagramOptions) => Scene;
}

/** In the order in which somebody reads them: the whole first, then the one. */
export const DIAGRAMS = [
  {
    id: "topology",
    title: "Traffic map",
    shows: "Who talks to whom over which path, with the findings on the lines.",
    about: "report",
    layOut: layOutTopology,
  },
  {
    id: "sankey",
    title: "Traffic flows",
    shows: "How much goes from whom over which path class to whom, by bytes or connections.",
    about: "report",
    layOut: layOutSankey,
  },
  {
    id: "timeline",
    title: "Connections over time",
    shows:
      "When connections were open, by class and one by one, throughput, and where findings begin.",
    about: "report",
    layOut: layOutTimeline,
  },
  {
    id: "path",
    title: "Packet path",
    shows:
      "One connection from who started it to who answered: every place that saw it, every rewrite.",
    about: "connection",
    layOut: layOutPath,
  },
  {
    id: "ladder",
    title: "Ladder",
    shows: "The packets of one connection over time, a lane for every place, rewrites on the hop.",
    about: "connection",
    layOut: layOutLadder,
  },
] as const satisfies readonly DiagramKind[];

export type DiagramId = (typeof DIAGRAMS)[number]["id"];

/** The picture of that kind. Never throws: a report without anything to draw gives a picture that says so. */
export function layOutDiagram(id: DiagramId, report: Report, options: DiagramOptions = {}): Scene {
  const kind: DiagramKind = DIAGRAMS.find((one) => one.id === id) ?? DIAGRAMS[0];
  return kind.layOut(report, options);
}
