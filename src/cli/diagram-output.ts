/** A picture in the format that was asked for. */
import {
  DIAGRAMS,
  type DiagramId,
  type DiagramOptions,
  layOutDiagram,
} from "../core/diagram/diagram.ts";
import { diagramText, TEXT_FORMATS, type TextFormat } from "../core/diagram/diagram-text.ts";
import type { Report } from "../core/report/report.ts";
import type { Complaint } from "./messages.ts";

export const DIAGRAM_FORMATS = ["svg", "png", ...TEXT_FORMATS] as const;
export type DiagramFormat = (typeof DIAGRAM_FORMATS)[number];

export interface DiagramRequest {
  readonly kind: DiagramId;
  readonly format: DiagramFormat;
  readonly options: DiagramOptions;
}

/** What stands in the way of that picture in that format, before anything is read; null when nothing does. */
export function formatProblem(kind: DiagramId, format: DiagramFormat): Complaint | null {
  const drawn = kind === "topology" || kind === "path";
  if (format === "svg" || format === "png" || drawn) return null;
  const others = DIAGRAMS.filter(({ id }) => id !== "topology" && id !== "path").map(
    ({ id }) => id,
  );
  return {
    message: `diagram ${kind}: there is no ${format} of it`,
    advice: `${TEXT_FORMATS.join(", ")} are for topology and path; ${others.join(", ")} are svg or png.`,
  };
}

/** The file's content; a message when this machine cannot make it. */
export async function renderDiagram(
  report: Report,
  { kind, format, options }: DiagramRequest,
): Promise<{ readonly content: string | Uint8Array } | { readonly problem: Complaint }> {
  if (format !== "svg" && format !== "png") {
    const text = diagramText(kind, format as TextFormat, report, options.connection);
    return text === null
      ? {
          problem: formatProblem(kind, format) ?? {
            message: `diagram ${kind}: nothing to draw`,
            advice: "",
          },
        }
      : { content: text };
  }
  // d3 and its DOM take a quarter of a second to load; no other command pays for them.
  const { renderSceneSvg } = await import("../node/render-svg.ts");
  // A bitmap cannot follow a viewer's mode.
  const theme = format === "png" && options.theme === "auto" ? "light" : options.theme;
  const scene = layOutDiagram(kind, report, theme === undefined ? options : { ...options, theme });
  const svg = await renderSceneSvg(scene);
  if (format === "svg") return { content: svg };
  const { PngUnavailable, renderPng } = await import("../node/render-png.ts");
  try {
    return { content: await renderPng(svg) };
  } catch (error) {
    if (!(error instanceof PngUnavailable)) throw error;
    return {
      problem: {
        message: `diagram ${kind}: PNG needs a package that podpath does not bring: ${error.message}`,
        advice:
          "npm install @resvg/resvg-js beside podpath, or take the SVG: rsvg-convert and browsers turn it into PNG.",
      },
    };
  }
}
