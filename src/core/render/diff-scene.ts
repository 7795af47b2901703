/** A comparison as a scene: a row for each route that differs, the ways of the base struck beside those of the new side. */
import { type Caption, drawNotes, drawTitle, MARGIN, TITLE_BOTTOM } from "../diagram/caption.ts";
import { arrowPath, linePath } from "../diagram/edge-path.ts";
import { label } from "../diagram/label.ts";
import { type ColourName, classStyle } from "../diagram/palette.ts";
import { canvasBox, type Scene, type SceneBox, type SceneEdge } from "../diagram/scene.ts";
import { ownText, type SafeText, xmlSafe } from "../diagram/xml-safe.ts";
import { MAX_DRAWN_CHANGES } from "../limits.ts";
import type { DiffChange, DiffResult, SeenPath } from "../policy/diff-result.ts";
import { diffVerdictText, seenWayText } from "./diff-text.ts";

const WIDTH = 960;
const BOX = { width: 250, padding: 10 } as const;
const RIGHT = WIDTH - MARGIN - BOX.width;
const LINE = 26;
const LEAST_BOX = 40;
const ROW_GAP = 14;
const HEADING = 30;
const NAME = 12;
const WAY = 11;
const ARROW_GAP = 8;

interface Drawing extends Caption {
  readonly boxes: SceneBox[];
  readonly edges: SceneEdge[];
  y: number;
  rows: number;
}

export function layOutDiff(diff: DiffResult): Scene {
  const drawing: Drawing = {
    labels: [],
    badges: [],
    boxes: [],
    edges: [],
    y: TITLE_BOTTOM,
    rows: 0,
  };
  const title = ownText("What changed between two captures");
  drawTitle(drawing, title, xmlSafe(diffVerdictText(diff)), WIDTH);
  drawSection(drawing, "Changed", diff.changed);
  drawSection(drawing, "Added", diff.added);
  drawSection(drawing, "Gone", diff.gone);
  drawSection(drawing, "Cannot tell", diff.open);
  const height = drawNotes(drawing, notes(diff, drawing.rows), drawing.y + 18, WIDTH);
  return {
    width: WIDTH,
    height,
    theme: "auto",
    title,
    description: xmlSafe(description(diff)),
    boxes: [canvasBox(WIDTH, height), ...drawing.boxes],
    areas: [],
    strokes: [],
    nets: drawing.edges.map((edge) => ({ opacity: 1, edges: [edge] })),
    swatches: [],
    labels: drawing.labels,
    badges: drawing.badges,
  };
}

function notes(diff: DiffResult, rows: number): SafeText[] {
  const all = diff.changed.length + diff.added.length + diff.gone.length + diff.open.length;
  return [
    ownText(
      "− and dashed: only in the base. + and solid: only in the new captures. In brackets: connections.",
    ),
    ...(all > rows ? [ownText(`${all - rows} more changes are not drawn: see the text.`)] : []),
    ...(["base", "new"] as const).flatMap((side) =>
      diff[side].reasons.map(({ id, hint }) => xmlSafe(`${side}: ${id}. ${hint}`)),
    ),
  ];
}

function description(diff: DiffResult): string {
  const changes = [...diff.changed, ...diff.added, ...diff.gone].slice(0, MAX_DRAWN_CHANGES);
  const sentences = changes.map(
    ({ kind, from, to, protocol }) => `${kind}: ${from} to ${to}, ${protocol}.`,
  );
  return [`${diffVerdictText(diff)}.`, ...sentences].join(" ");
}

function drawSection(drawing: Drawing, title: string, changes: readonly DiffChange[]): void {
  const room = MAX_DRAWN_CHANGES - drawing.rows;
  if (changes.length === 0 || room <= 0) return;
  drawing.labels.push(
    label(
      ownText(`${title} (${changes.length})`),
      { x: MARGIN, y: drawing.y + HEADING - 12, room: WIDTH - 2 * MARGIN },
      { size: 13, style: "bold", on: "canvas" },
    ),
  );
  drawing.y += HEADING;
  for (const change of changes.slice(0, room)) drawChange(drawing, change);
}

function drawChange(drawing: Drawing, { from, to, protocol, before, after }: DiffChange): void {
  const row = drawing.rows;
  const lines = before.length + after.length;
  const height = Math.max(LEAST_BOX, lines * LINE + 8);
  drawEnd(drawing, `from-${row}`, from, MARGIN, height);
  drawEnd(drawing, `to-${row}`, to, RIGHT, height);
  let y = drawing.y + (height - lines * LINE) / 2 + LINE - 6;
  const ways = [
    ...before.map((one) => ({ one, isNew: false })),
    ...after.map((one) => ({ one, isNew: true })),
  ];
  for (const [index, { one, isNew }] of ways.entries()) {
    drawWay(drawing, { id: `way-${row}-${index}`, row, y, protocol, one, isNew });
    y += LINE;
  }
  drawing.y += height + ROW_GAP;
  drawing.rows += 1;
}

function drawEnd(drawing: Drawing, id: string, name: string, x: number, height: number): void {
  const text = xmlSafe(name);
  drawing.boxes.push({
    id,
    role: "place",
    x,
    y: drawing.y,
    width: BOX.width,
    height,
    fill: "place",
    stroke: "border",
    dashed: false,
    radius: 6,
    tooltip: text,
  });
  drawing.labels.push(
    label(
      text,
      { x: x + BOX.padding, y: drawing.y + height / 2 + 4, room: BOX.width - 2 * BOX.padding },
      { size: NAME, on: "place" },
    ),
  );
}

interface Way {
  readonly id: string;
  readonly row: number;
  readonly y: number;
  readonly protocol: string;
  readonly one: SeenPath;
  readonly isNew: boolean;
}

function drawWay(drawing: Drawing, { id, row, y, protocol, one, isNew }: Way): void {
  const start = { x: MARGIN + BOX.width, y };
  const end = { x: RIGHT, y };
  const colour: ColourName = isNew ? classStyle(one.path.class).colour : "muted";
  const sign = isNew ? "+" : "−";
  const text = xmlSafe(`${sign} ${protocol} ${seenWayText(one)} (${one.numbers.connections})`);
  drawing.edges.push({
    id,
    from: `from-${row}`,
    to: `to-${row}`,
    class: one.path.class,
    colour,
    points: [start, end],
    d: linePath([start, end], 0, ARROW_GAP),
    arrow: arrowPath(end, start),
    width: 2,
    dash: isNew ? [] : [6, 4],
    emphasised: false,
    tooltip: text,
  });
  drawing.labels.push(
    label(
      text,
      { x: (start.x + end.x) / 2, y: y - 5, room: end.x - start.x - 2 * BOX.padding },
      { size: WAY, on: "canvas", anchor: "middle", lose: "end" },
    ),
  );
}
