/** The way of one connection as a scene: a box for every stop, one below the other, inside the nodes that they are on. */
import type { Report, ReportConnection } from "../../report/report.ts";
import { drawFindings, drawNotes, drawTitle, MARGIN, TITLE_BOTTOM } from "../caption.ts";
import { ARROW_LENGTH, arrowPath, linePath } from "../edge-path.ts";
import { emptyScene } from "../empty-scene.ts";
import { label } from "../label.ts";
import { classStyle, type Theme } from "../palette.ts";
import {
  canvasBox,
  type Rectangle,
  type Scene,
  type SceneBadge,
  type SceneBox,
  type SceneEdge,
  type SceneLabel,
} from "../scene.ts";
import { bounded, ownText, xmlSafe } from "../xml-safe.ts";
import { drawStop, stopHeight } from "./path-boxes.ts";
import { buildPathModel, type PathModel, type PathStop } from "./path-model.ts";
import {
  connectionSummary,
  connectionTitle,
  linkText,
  pathDescription,
  pathNotes,
} from "./path-text.ts";

export interface PathOptions {
  /** `auto` (default) follows the viewer's light or dark mode. */
  readonly theme?: Theme;
  /** The one to draw. */
  readonly connection?: ReportConnection;
  /** Sentences of the caller's own, for below the picture. */
  readonly notes?: readonly string[];
}

const WIDTH = 760;
const BOX = { x: MARGIN + 24, width: WIDTH - 2 * (MARGIN + 24) } as const;
const FRAME = { x: MARGIN + 8, padding: 12, header: 28 } as const;
const GAP = 30;
/** The line runs left of every text between the boxes. */
const SPINE = BOX.x + 24;
const BESIDE = SPINE + 14;

export function layOutPath(report: Report, options: PathOptions = {}): Scene {
  const theme = options.theme ?? "auto";
  const { connection } = options;
  if (connection === undefined) {
    return emptyScene(
      ownText("Packet path"),
      [ownText("No connection to draw. Name one by its id, its two ends or a pod.")],
      theme,
    );
  }
  const model = buildPathModel(report, connection);
  const { frames, boxes, bottom } = place(model);
  const labels: SceneLabel[] = [];
  const badges: SceneBadge[] = [];
  const drawn: SceneBox[] = frames.map(({ box }) => box);
  const caption = { labels, badges };
  drawTitle(caption, connectionTitle(connection), connectionSummary(connection), WIDTH);
  for (const { name, box } of frames) {
    const at = { x: BESIDE, y: box.y + 19, room: box.x + box.width - BESIDE - 12 };
    labels.push(label(xmlSafe(name), at, { size: 12, style: "bold", on: "vpc" }));
  }
  model.stops.forEach((stop, i) => {
    const box = boxes[i];
    if (box !== undefined) drawStop({ boxes: drawn, labels }, stop, box, connection);
  });
  const edges = drawLinks(model, boxes, labels);
  const findings = model.findings.map((finding) => ({
    ...finding,
    text: xmlSafe(`${finding.level}: ${finding.rule}: ${finding.title}`),
    message: xmlSafe(finding.message),
  }));
  const y = drawFindings(caption, findings, bottom + 28, WIDTH);
  const height = drawNotes(
    caption,
    [...pathNotes(model), ...(options.notes ?? []).map(xmlSafe)],
    y,
    WIDTH,
  );
  return {
    width: WIDTH,
    height,
    theme,
    title: connectionTitle(connection),
    description: pathDescription(model),
    boxes: [canvasBox(WIDTH, height), ...drawn],
    areas: [],
    strokes: [],
    nets: edges.length === 0 ? [] : [{ opacity: 1, edges }],
    swatches: [],
    labels,
    badges,
  };
}

interface Frame {
  readonly name: string;
  readonly box: SceneBox;
}

/** Neighbours on one node stand in one frame. */
function place({ stops, connection }: PathModel): {
  frames: Frame[];
  boxes: Rectangle[];
  bottom: number;
} {
  const boxes: Rectangle[] = [];
  const frames: Frame[] = [];
  let y = TITLE_BOTTOM;
  let frameTop: number | null = null;
  stops.forEach((stop, i) => {
    const before = stops[i - 1];
    if (i > 0) y += GAP;
    if (stop.node !== null && (before === undefined || before.node !== stop.node)) {
      frameTop = y;
      y += FRAME.header;
    }
    const height = stopHeight(stop, BOX.width, connection);
    boxes.push({ ...BOX, y, height });
    y += height;
    if (frameTop !== null && stop.node !== null && stops[i + 1]?.node !== stop.node) {
      y += FRAME.padding;
      frames.push(frame(stop, stop.node, frames.length, { top: frameTop, bottom: y }));
      frameTop = null;
    }
  });
  return { frames, boxes, bottom: y };
}

function frame(
  stop: PathStop,
  name: string,
  index: number,
  { top, bottom }: { readonly top: number; readonly bottom: number },
): Frame {
  return {
    name: stop.kind === "end" && stop.party.kind === "node" ? name : `node ${name}`,
    box: {
      id: xmlSafe(`node ${index}`),
      role: "node",
      x: FRAME.x,
      y: top,
      width: WIDTH - 2 * FRAME.x,
      height: bottom - top,
      fill: "vpc",
      stroke: "border",
      dashed: false,
      radius: 8,
      tooltip: xmlSafe(name),
    },
  };
}

function drawLinks(
  { stops, links, connection }: PathModel,
  boxes: readonly Rectangle[],
  labels: SceneLabel[],
): SceneEdge[] {
  const { colour } = classStyle(connection.class);
  return links.flatMap((link, i) => {
    const [from, to] = [stops[i], stops[i + 1]];
    const [above, below] = [boxes[i], boxes[i + 1]];
    if (!from || !to || !above || !below) return [];
    const start = { x: SPINE, y: above.y + above.height };
    const end = { x: SPINE, y: below.y };
    const text = linkText(link);
    // Below a frame's lower edge and above the next one's upper edge.
    const closes = from.node !== null && from.node !== to.node ? FRAME.padding : 0;
    const y = start.y + closes + GAP / 2 + 4;
    if (text !== "") {
      const lost = link.hop?.lost !== undefined;
      labels.push(
        label(
          xmlSafe(text),
          { x: BESIDE, y, room: BOX.x + BOX.width - BESIDE },
          {
            size: 11,
            on: from.node !== null && closes === 0 ? "vpc" : "canvas",
            colour: lost ? "wrong" : "muted",
          },
        ),
      );
    }
    return [
      {
        id: `${from.id}>${to.id}`,
        from: from.id,
        to: to.id,
        class: connection.class,
        colour,
        points: [start, end],
        d: linePath([start, end], 0, ARROW_LENGTH),
        arrow: arrowPath(end, start),
        width: 2.25,
        dash: link.seen ? [] : [5, 4],
        emphasised: false,
        tooltip: bounded(
          xmlSafe(`${link.seen ? "seen" : "not captured"}${text === "" ? "" : `: ${text}`}`),
        ),
      },
    ];
  });
}
