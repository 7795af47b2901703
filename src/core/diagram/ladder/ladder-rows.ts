/** The packets of a ladder: slanted lines from lane to lane, with record numbers above and delays below them. */
import { ARROW_LENGTH, arrowPath, linePath } from "../edge-path.ts";
import { label } from "../label.ts";
import { type ColourName, classStyle } from "../palette.ts";
import { secondsText } from "../quantity-text.ts";
import { cut, type Point, type SceneBox, type SceneEdge, type SceneLabel } from "../scene.ts";
import { bounded, ownText, xmlSafe } from "../xml-safe.ts";
import type { LadderMark, LadderModel, PacketRow } from "./ladder-model.ts";
import { isFault, rowText } from "./ladder-text.ts";

export interface LadderGeometry {
  readonly width: number;
  /** Of each lane's line. */
  readonly laneX: readonly number[];
  /** From lane to lane. */
  readonly pitch: number;
  /** Right end of the times, left end of the words, and their room. */
  readonly timeRight: number;
  readonly wordX: number;
  readonly wordRoom: number;
  readonly headTop: number;
  readonly top: number;
  /** Of each row's upper edge. */
  readonly rowY: readonly number[];
  readonly bottom: number;
  readonly timeText: (seconds: number) => string;
}

/** Lists that rows add to, and what they are drawn by. */
export interface LadderDrawing {
  readonly labels: SceneLabel[];
  readonly boxes: SceneBox[];
  readonly model: LadderModel;
  readonly geometry: LadderGeometry;
}

/** How much lower a packet is one lane further: time runs down. */
const SLANT = 7;
const ROW = { padding: 18, below: 18 } as const;
const RECORD = 10;
const DOT = 3;
/** From a lane to the texts beside it. */
const BESIDE = 7;

export function rowHeight({ marks }: PacketRow): number {
  return ROW.padding + Math.max(0, marks.length - 1) * SLANT + ROW.below + SLANT;
}

/** `index` tells the row from all others of the picture. */
export function drawRow(drawing: LadderDrawing, row: PacketRow, index: number): SceneEdge[] {
  const { geometry, model } = drawing;
  const y = (geometry.rowY[index] ?? 0) + ROW.padding + SLANT / 2;
  const points = row.marks.map(({ lane }, i) => ({
    x: geometry.laneX[lane] ?? 0,
    y: y + i * SLANT,
  }));
  drawWords(drawing, row, y + SLANT / 2);
  row.marks.forEach((mark, i) => {
    const point = points[i];
    if (point === undefined) return;
    drawMark(drawing, row, mark, point, `row ${index} mark ${i}`);
    const before = row.marks[i - 1];
    if (before !== undefined && row.joined[i - 1] === true) {
      drawDelay(drawing, before, mark, point);
    }
  });
  const id = `row ${index}`;
  return lines(row, points, drawing).map((line, i) => edgeOf(line, row, model, `${id} line ${i}`));
}

function colourOf(row: PacketRow, { path }: LadderModel): ColourName {
  return isFault(row) ? "wrong" : classStyle(path.connection.class).colour;
}

/** When, and what it was. */
function drawWords({ labels, model, geometry }: LadderDrawing, row: PacketRow, y: number): void {
  const seconds = row.marks[0]?.seconds ?? null;
  if (seconds !== null) {
    const at = { x: geometry.timeRight, y, room: geometry.timeRight };
    const look = { size: 11, style: "mono", on: "canvas", colour: "muted", anchor: "end" } as const;
    labels.push(label(ownText(geometry.timeText(seconds)), at, look));
  }
  const at = { x: geometry.wordX, y, room: geometry.wordRoom };
  const colour = isFault(row) ? "wrong" : "text";
  const text = rowText(row, model.path.connection);
  labels.push(label(text, at, { size: 12, style: "bold", on: "canvas", colour }));
}

/** A dot on the lane, with its record number. */
function drawMark(
  { labels, boxes, model, geometry }: LadderDrawing,
  row: PacketRow,
  { lane, record }: LadderMark,
  point: Point,
  id: string,
): void {
  const stop = model.lanes[lane]?.stop;
  const seen = stop?.kind === "seen" ? stop : null;
  const capture = seen?.point?.capture;
  const [name = ""] = seen?.files ?? [];
  boxes.push({
    id,
    role: "mark",
    x: cut(point.x - DOT),
    y: cut(point.y - DOT),
    width: 2 * DOT,
    height: 2 * DOT,
    fill: colourOf(row, model),
    stroke: null,
    dashed: false,
    radius: DOT,
    tooltip: xmlSafe(`record ${record}${name === "" ? "" : ` of ${name}`}`),
    ...(capture === undefined ? {} : { link: { kind: "packet", capture, record } }),
  });
  const at = { x: point.x + BESIDE, y: point.y - 6, room: besideRoom(geometry) };
  const look = { size: RECORD, style: "mono", on: "canvas", colour: "muted" } as const;
  labels.push(label(ownText(String(record)), at, look));
}

/** Below the line, on the side that the packet came from. */
function drawDelay(
  { labels, geometry }: LadderDrawing,
  before: LadderMark,
  mark: LadderMark,
  point: Point,
): void {
  if (mark.seconds === null || before.seconds === null) return;
  const away = mark.lane > before.lane;
  const at = {
    x: point.x + (away ? -BESIDE - 2 : BESIDE),
    y: point.y + 13,
    room: besideRoom(geometry),
  };
  const anchor = away ? "end" : "start";
  const text = ownText(secondsText(mark.seconds - before.seconds));
  labels.push(label(text, at, { size: RECORD, on: "canvas", colour: "muted", anchor }));
}

/** In the middle between two lanes may stand a rewrite. */
function besideRoom({ pitch }: LadderGeometry): number {
  return pitch / 2 - 2 * BESIDE;
}

interface Line {
  readonly start: Point;
  readonly end: Point;
  readonly from: string;
  readonly to: string;
  readonly seen: boolean;
}

/** Between joined marks; to the ends that were not captured; and a stub where nothing tells the way. */
function lines(
  { side, marks, joined }: PacketRow,
  points: readonly Point[],
  { model: { lanes }, geometry: { laneX, pitch } }: LadderDrawing,
): Line[] {
  if (side === null) return [];
  const way = side === "orig" ? 1 : -1;
  const made: Line[] = [];
  marks.forEach(({ lane }, i) => {
    const point = points[i];
    const before = points[i - 1];
    if (point === undefined) return;
    const id = lanes[lane]?.stop.id ?? "";
    const origin = lanes[lane - way]?.stop;
    const target = lanes[lane + way]?.stop;
    if (before !== undefined && joined[i - 1] === true) {
      const from = lanes[marks[i - 1]?.lane ?? lane]?.stop.id ?? "";
      made.push({ start: before, end: point, from, to: id, seen: true });
    } else if (origin !== undefined) {
      // An end is as far away as a lane; what another place saw may have been another packet.
      const whole = origin.kind === "end";
      const x = whole ? (laneX[lane - way] ?? 0) : point.x - (way * pitch) / 4;
      const start = { x, y: point.y - (whole ? SLANT / 2 : SLANT / 4) };
      made.push({ start, end: point, from: whole ? origin.id : id, to: id, seen: false });
    }
    if (joined[i] === true || target?.kind !== "end") return;
    const end = { x: laneX[lane + way] ?? 0, y: point.y + SLANT / 2 };
    made.push({ start: point, end, from: id, to: target.id, seen: false });
  });
  return made;
}

function edgeOf(line: Line, row: PacketRow, model: LadderModel, id: string): SceneEdge {
  const { connection } = model.path;
  const points = [line.start, line.end].map(({ x, y }) => ({ x: cut(x), y: cut(y) }));
  const what = `${rowText(row, connection)}${line.seen ? "" : " (not captured here)"}`;
  return {
    id,
    from: line.from,
    to: line.to,
    class: connection.class,
    colour: colourOf(row, model),
    points,
    d: linePath(points, 0, ARROW_LENGTH),
    arrow: arrowPath(line.end, line.start),
    width: 1.75,
    dash: line.seen ? (isFault(row) ? [7, 3] : []) : [3, 4],
    emphasised: false,
    tooltip: bounded(xmlSafe(what)),
  };
}
