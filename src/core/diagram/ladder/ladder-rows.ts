/** The packets of a ladder: slanted lines from lane to lane, with record numbers above and delays below them. */
import { ARROW_LENGTH, arrowPath, linePath } from "../edge-path.ts";
import { label } from "../label.ts";
import { type ColourName, classStyle } from "../palette.ts";
import { secondsText } from "../quantity-text.ts";
import {
  cut,
  type Point,
  type SceneBox,
  type SceneEdge,
  type SceneLabel,
  type SceneLink,
} from "../scene.ts";
import { bounded, ownText, xmlSafe } from "../xml-safe.ts";
import type { LadderMark, LadderModel, PacketRow } from "./ladder-model.ts";
import { isFault, rowText } from "./ladder-text.ts";

export interface LadderGeometry {
  readonly width: number;
  /** Of each lane's line. */
  readonly laneX: readonly number[];
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

/** How much lower a packet is one lane further: time runs down. */
const SLANT = 7;
const ROW = { padding: 18, below: 18 } as const;
const RECORD = 10;
const DOT = 3;

export function rowHeight({ marks }: PacketRow): number {
  return ROW.padding + Math.max(0, marks.length - 1) * SLANT + ROW.below + SLANT;
}

export function drawRow(
  labels: SceneLabel[],
  boxes: SceneBox[],
  row: PacketRow,
  top: number,
  model: LadderModel,
  geometry: LadderGeometry,
): SceneEdge[] {
  const { connection } = model.path;
  const fault = isFault(row);
  const colour: ColourName = fault ? "wrong" : classStyle(connection.class).colour;
  const points = row.marks.map(({ lane }, i) => ({
    x: geometry.laneX[lane] ?? 0,
    y: top + ROW.padding + SLANT / 2 + i * SLANT,
  }));
  const first = row.marks[0];
  const y = top + ROW.padding + SLANT;
  if (first !== undefined && first.seconds !== null) {
    const text = ownText(geometry.timeText(first.seconds));
    const at = { x: geometry.timeRight, y, room: geometry.timeRight };
    labels.push(
      label(text, at, { size: 11, style: "mono", on: "canvas", colour: "muted", anchor: "end" }),
    );
  }
  const at = { x: geometry.wordX, y, room: geometry.wordRoom };
  labels.push(
    label(rowText(row, connection), at, {
      size: 12,
      style: "bold",
      on: "canvas",
      colour: fault ? "wrong" : "text",
    }),
  );
  row.marks.forEach((mark, i) => {
    const point = points[i];
    if (point !== undefined)
      drawMark(
        labels,
        boxes,
        {
          mark,
          before: row.marks[i - 1] ?? null,
          joined: row.joined[i - 1] === true,
          point,
          row,
          index: i,
        },
        model,
        colour,
        geometry,
      );
  });
  return lines(row, points, model, geometry).map((line) => edgeOf(line, row, model, colour, fault));
}

interface Marked {
  readonly mark: LadderMark;
  readonly before: LadderMark | null;
  readonly joined: boolean;
  readonly point: Point;
  readonly row: PacketRow;
  readonly index: number;
}

function drawMark(
  labels: SceneLabel[],
  boxes: SceneBox[],
  { mark, before, joined, point, row, index }: Marked,
  { lanes }: LadderModel,
  colour: ColourName,
  { pitch }: LadderGeometry,
): void {
  const stop = lanes[mark.lane]?.stop;
  const capture = stop?.kind === "seen" ? stop.point?.capture : undefined;
  const link: SceneLink | null =
    capture === undefined ? null : { kind: "packet", capture, record: mark.record };
  const [name = ""] = stop?.kind === "seen" ? stop.files : [];
  const file = name === "" ? "" : ` of ${name}`;
  boxes.push({
    id: `mark ${row.side} ${row.signs.join()} ${index} ${mark.lane} ${mark.record}`,
    role: "mark",
    x: point.x - DOT,
    y: cut(point.y - DOT),
    width: 2 * DOT,
    height: 2 * DOT,
    fill: colour,
    stroke: null,
    dashed: false,
    radius: DOT,
    tooltip: xmlSafe(`record ${mark.record}${file}`),
    ...(link === null ? {} : { link }),
  });
  const room = pitch / 2 - 14;
  const x = point.x + 7;
  labels.push(
    label(
      ownText(String(mark.record)),
      { x, y: cut(point.y - 6), room },
      { size: RECORD, style: "mono", on: "canvas", colour: "muted" },
    ),
  );
  if (before === null || !joined || mark.seconds === null || before.seconds === null) return;
  const delay = ownText(secondsText(mark.seconds - before.seconds));
  // Below the line, on the side that the packet came from.
  const away = mark.lane > before.lane;
  labels.push(
    label(
      delay,
      { x: away ? point.x - 9 : x, y: cut(point.y + 13), room },
      { size: RECORD, on: "canvas", colour: "muted", anchor: away ? "end" : "start" },
    ),
  );
}

interface Line {
  readonly points: readonly Point[];
  readonly from: string;
  readonly to: string;
  readonly seen: boolean;
  readonly arrow: boolean;
}

/** Between joined marks; to the ends that were not captured; and a stub where nothing tells the way. */
function lines(
  { side, marks, joined }: PacketRow,
  points: readonly Point[],
  { lanes }: LadderModel,
  { laneX, pitch }: LadderGeometry,
): Line[] {
  if (side === null) return [];
  const idOf = (lane: number) => lanes[lane]?.stop.id ?? "";
  const way = side === "orig" ? 1 : -1;
  const made: Line[] = [];
  marks.forEach(({ lane }, i) => {
    const point = points[i];
    const before = points[i - 1];
    if (point === undefined) return;
    const id = idOf(lane);
    const origin = lanes[lane - way]?.stop;
    const target = lanes[lane + way]?.stop;
    if (before !== undefined && joined[i - 1] === true) {
      made.push({
        points: [before, point],
        from: idOf(marks[i - 1]?.lane ?? lane),
        to: id,
        seen: true,
        arrow: true,
      });
    } else if (origin?.kind === "end") {
      const start = { x: laneX[lane - way] ?? 0, y: cut(point.y - SLANT / 2) };
      made.push({ points: [start, point], from: origin.id, to: id, seen: false, arrow: true });
    } else if (origin !== undefined) {
      const start = { x: point.x - (way * pitch) / 4, y: cut(point.y - SLANT / 4) };
      made.push({ points: [start, point], from: id, to: id, seen: false, arrow: true });
    }
    if (joined[i] === true || target?.kind !== "end") return;
    const end = { x: laneX[lane + way] ?? 0, y: cut(point.y + SLANT / 2) };
    made.push({ points: [point, end], from: id, to: target.id, seen: false, arrow: true });
  });
  return made;
}

function edgeOf(
  line: Line,
  row: PacketRow,
  { path }: LadderModel,
  colour: ColourName,
  fault: boolean,
): SceneEdge {
  const [start, end] = line.points as readonly [Point, Point];
  const points = [
    { x: start.x, y: cut(start.y) },
    { x: end.x, y: cut(end.y) },
  ];
  const [a, b] = points as [Point, Point];
  return {
    id: `${row.side} ${row.signs.join()} ${row.marks[0]?.record ?? 0} ${line.from}>${line.to} ${cut(a.x)}`,
    from: line.from,
    to: line.to,
    class: path.connection.class,
    colour,
    points,
    d: linePath(points, 0, line.arrow ? ARROW_LENGTH : 0),
    arrow: line.arrow ? arrowPath(b, a) : "",
    width: 1.75,
    dash: !line.seen ? [3, 4] : fault ? [7, 3] : [],
    emphasised: false,
    tooltip: bounded(
      xmlSafe(`${rowText(row, path.connection)}${line.seen ? "" : " (not captured here)"}`),
    ),
  };
}
