/** One connection over time as a scene: a lane for every place, a row for every packet that the report knows. */
import type { Report, ReportConnection } from "../../report/report.ts";
import { drawFindings, drawNotes, drawTitle, MARGIN, TITLE_BOTTOM } from "../caption.ts";
import { emptyScene } from "../empty-scene.ts";
import { label } from "../label.ts";
import type { Theme } from "../palette.ts";
import { connectionSummary, connectionTitle } from "../path/path-text.ts";
import {
  canvasBox,
  cut,
  type Scene,
  type SceneBadge,
  type SceneBox,
  type SceneLabel,
  type SceneStroke,
} from "../scene.ts";
import { textWidth } from "../text-width.ts";
import { ownText, safeLines, xmlSafe } from "../xml-safe.ts";
import { buildLadderModel, type LadderModel, type PacketRow } from "./ladder-model.ts";
import { drawRow, type LadderGeometry, rowHeight } from "./ladder-rows.ts";
import {
  gapText,
  ladderDescription,
  ladderNotes,
  laneText,
  rowText,
  timeColumn,
} from "./ladder-text.ts";

export interface LadderOptions {
  /** `auto` (default) follows the viewer's light or dark mode. */
  readonly theme?: Theme;
  /** The one to draw. */
  readonly connection?: ReportConnection;
  /** Sentences of the caller's own, for below the picture. */
  readonly notes?: readonly string[];
}

const LANE = { head: 152, gap: 40, headHeight: 76 } as const;
const WORDS = { least: 90, most: 210 } as const;
/** Enough for a sentence above the picture. */
const LEAST_WIDTH = 720;
const GAP_ROW = 30;
const REWRITE = { width: 10, head: 18 } as const;

interface Parts {
  readonly boxes: SceneBox[];
  readonly strokes: SceneStroke[];
  readonly labels: SceneLabel[];
  readonly badges: SceneBadge[];
}

export function layOutLadder(report: Report, options: LadderOptions = {}): Scene {
  const theme = options.theme ?? "auto";
  const { connection } = options;
  if (connection === undefined) {
    return emptyScene(
      ownText("Ladder"),
      [ownText("No connection to draw. Name one by its id, its two ends or a pod.")],
      theme,
    );
  }
  const model = buildLadderModel(report, connection);
  const geometry = measure(model);
  const { width } = geometry;
  const parts: Parts = { boxes: [], strokes: [], labels: [], badges: [] };
  drawTitle(parts, connectionTitle(connection), connectionSummary(connection), width);
  drawHeads(parts, model, geometry);
  const edges = model.rows.flatMap((row, i) => {
    if (row.kind === "packet") return drawRow({ ...parts, model, geometry }, row, i);
    const at = {
      x: geometry.laneX[0] ?? 0,
      y: (geometry.rowY[i] ?? 0) + GAP_ROW / 2 + 4,
      room: width - MARGIN - (geometry.laneX[0] ?? 0),
    };
    parts.labels.push(label(gapText(row), at, { size: 11, on: "canvas", colour: "muted" }));
    return [];
  });
  drawLanes(parts, model, geometry);
  const findings = model.path.findings.map((finding) => ({
    ...finding,
    text: xmlSafe(`${finding.level}: ${finding.rule}: ${finding.title}`),
    message: xmlSafe(finding.message),
  }));
  const notes = [...ladderNotes(model), ...(options.notes ?? []).map(xmlSafe)];
  const y = drawFindings(parts, findings, geometry.bottom + 28, width);
  const height = drawNotes(parts, notes, y, width);
  return {
    width,
    height,
    theme,
    title: connectionTitle(connection),
    description: ladderDescription(model),
    areas: [],
    swatches: [],
    ...parts,
    boxes: [canvasBox(width, height), ...parts.boxes],
    nets: edges.length === 0 ? [] : [{ opacity: 1, edges }],
  };
}

function measure(model: LadderModel): LadderGeometry {
  const { lanes, rows, path } = model;
  const packets = rows.filter((row): row is PacketRow => row.kind === "packet");
  const times = packets.flatMap(({ marks }) => marks.flatMap(({ seconds }) => seconds ?? []));
  const timeText = timeColumn(Math.max(0, ...times));
  const timeWidth = Math.max(30, ...times.map((time) => textWidth(timeText(time), 11, "mono")));
  const words = packets.map((row) => textWidth(rowText(row, path.connection), 12, "bold"));
  const wordWidth = Math.min(WORDS.most, Math.max(WORDS.least, ...words));
  const wordX = cut(MARGIN + timeWidth + 14);
  const first = cut(wordX + wordWidth + 24 + LANE.head / 2);
  const laneX = lanes.map((_, i) => cut(first + i * (LANE.head + LANE.gap)));
  const headTop = TITLE_BOTTOM;
  const top = headTop + LANE.headHeight + REWRITE.head + 14;
  const rowY: number[] = [];
  let y = top;
  for (const row of rows) {
    rowY.push(y);
    y += row.kind === "gap" ? GAP_ROW : rowHeight(row);
  }
  return {
    width: Math.max(LEAST_WIDTH, Math.ceil((laneX.at(-1) ?? first) + LANE.head / 2 + MARGIN)),
    laneX,
    pitch: LANE.head + LANE.gap,
    timeRight: cut(MARGIN + timeWidth),
    wordX,
    wordRoom: wordWidth,
    headTop,
    top,
    rowY,
    bottom: y + 6,
    timeText,
  };
}

function drawHeads(parts: Parts, { lanes, path }: LadderModel, geometry: LadderGeometry): void {
  lanes.forEach((lane, i) => {
    const x = cut((geometry.laneX[i] ?? 0) - LANE.head / 2);
    const y = geometry.headTop;
    const text = laneText(lane, path.connection.protocol);
    const { stop } = lane;
    const outside =
      stop.kind === "end" && (stop.party.kind === "external" || stop.party.kind === "peer");
    const fill = outside ? "outside" : "place";
    parts.boxes.push({
      id: stop.id,
      role: "place",
      x,
      y,
      width: LANE.head,
      height: LANE.headHeight,
      fill,
      stroke: "border",
      dashed: stop.kind !== "seen",
      radius: stop.kind === "end" ? 14 : 5,
      tooltip: stop.kind === "seen" ? xmlSafe(stop.observation.vantagePoint) : text.name,
    });
    const changed = (stop.kind === "seen" ? lanes : [])
      .slice(0, i)
      .flatMap(({ rewrites }) => rewrites)
      .at(-1)?.step.kind;
    const lines = [
      [text.name, 18, 12, "bold", "text"],
      [text.detail, 33, 10, "regular", "muted"],
      [text.orig, 51, 10, "mono", changed === "snat" || changed === "both" ? "snat" : "text"],
      [text.resp, 66, 10, "mono", changed === "dnat" || changed === "both" ? "snat" : "text"],
    ] as const;
    for (const [words, baseline, size, style, colour] of lines) {
      if (words === "") continue;
      const at = { x: x + 9, y: y + baseline, room: LANE.head - 18 };
      parts.labels.push(label(words, at, { size, style, on: fill, colour }));
    }
  });
}

/** Lifelines stop where something is left out; a rewrite is a bar between two lanes that every packet passes. */
function drawLanes(parts: Parts, { lanes, rows }: LadderModel, geometry: LadderGeometry): void {
  const { rowY, top, bottom, headTop } = geometry;
  const pieces: [number, number][] = [];
  let from = headTop + LANE.headHeight;
  rows.forEach((row, i) => {
    if (row.kind !== "gap") return;
    pieces.push([from, (rowY[i] ?? 0) + 2]);
    from = (rowY[i] ?? 0) + GAP_ROW - 4;
  });
  pieces.push([from, bottom]);
  lanes.forEach(({ stop, rewrites }, i) => {
    const x = geometry.laneX[i] ?? 0;
    const dash = stop.kind === "seen" ? [] : [3, 4];
    for (const [start, end] of pieces) {
      parts.strokes.push({
        d: `M${x} ${cut(start)}L${x} ${cut(end)}`,
        colour: "border",
        width: 1.5,
        dash,
      });
    }
    if (rewrites.length === 0) return;
    const middle = cut(x + geometry.pitch / 2);
    drawRewrites(parts, rewrites, middle, pieces, top);
  });
}

function drawRewrites(
  parts: Parts,
  rewrites: LadderModel["lanes"][number]["rewrites"],
  x: number,
  pieces: readonly (readonly [number, number])[],
  top: number,
): void {
  const kinds = new Set(
    rewrites.flatMap(({ step }) => (step.kind === "both" ? ["snat", "dnat"] : [step.kind])),
  );
  const name = ownText(
    ["snat", "dnat"]
      .filter((kind) => kinds.has(kind))
      .map((kind) => kind.toUpperCase())
      .join("+"),
  );
  const proven = rewrites.every(({ step }) => step.confidence === "proven");
  const look = { fill: "rewrite", stroke: "snat", dashed: !proven } as const;
  const tooltip = safeLines(rewrites.map(({ step }) => step.rule?.text ?? step.kind));
  pieces.forEach(([start, end], i) => {
    const y = i === 0 ? top - 10 : start;
    parts.boxes.push({
      id: `${rewrites[0]?.id ?? ""} bar ${i}`,
      role: "mark",
      x: cut(x - REWRITE.width / 2),
      y,
      width: REWRITE.width,
      height: end - y,
      ...look,
      radius: 2,
      tooltip,
    });
  });
  const width = Math.ceil(textWidth(name, 10, "bold")) + 12;
  const y = top - 10 - REWRITE.head;
  parts.boxes.push({
    id: rewrites[0]?.id ?? "",
    role: "mark",
    x: cut(x - width / 2),
    y,
    width,
    height: REWRITE.head,
    ...look,
    radius: 4,
    tooltip,
  });
  parts.labels.push(
    label(
      name,
      { x, y: y + 13, room: width },
      { size: 10, style: "bold", on: "rewrite", anchor: "middle" },
    ),
  );
}
