/** When connections were open and how much they carried, as a scene: areas by class, bars by connection, findings above. */
import { MAX_DRAWN_FINDINGS } from "../../limits.ts";
import type { Report } from "../../report/report.ts";
import {
  badgeWidth,
  drawFindings,
  drawNotes,
  drawTitle,
  findingBadge,
  findingsText,
  MARGIN,
  TITLE_BOTTOM,
} from "../caption.ts";
import { emptyScene } from "../empty-scene.ts";
import { label } from "../label.ts";
import { type ColourName, classStyle, type Theme } from "../palette.ts";
import {
  canvasBox,
  cut,
  type Scene,
  type SceneArea,
  type SceneBadge,
  type SceneBox,
  type SceneLabel,
  type SceneStroke,
} from "../scene.ts";
import { ownText, type SafeText, xmlSafe } from "../xml-safe.ts";
import { timeTicks } from "./time-axis.ts";
import {
  buildTimelineModel,
  type TimelineBar,
  type TimelineFinding,
  type TimelineModel,
} from "./timeline-model.ts";
import {
  barName,
  barTooltip,
  classRowText,
  TIMELINE_TITLE,
  throughputDetail,
  timelineDescription,
  timelineNotes,
  timelineSummary,
} from "./timeline-text.ts";
import { BUCKETS } from "./timeline-throughput.ts";

export interface TimelineOptions {
  /** `auto` (default) follows the viewer's light or dark mode. */
  readonly theme?: Theme;
  /** Sentences of the caller's own, for below the picture. */
  readonly notes?: readonly string[];
}

const WIDTH = 1040;
const PLOT = { x: MARGIN + 330, width: WIDTH - MARGIN - (MARGIN + 330) } as const;
const NAME_ROOM = PLOT.x - MARGIN - 16;
const ROW = { area: 38, bar: 18, barHeight: 8, gap: 8 } as const;
const AXIS = 24;
const TICKS = 8;
const BADGE_ROW = 18;
const LEAST_BAR = 3;
const NAME_SIZE = 10.5;

interface Parts {
  readonly boxes: SceneBox[];
  readonly areas: SceneArea[];
  readonly strokes: SceneStroke[];
  readonly labels: SceneLabel[];
  readonly badges: SceneBadge[];
}

export function layOutTimeline(report: Report, options: TimelineOptions = {}): Scene {
  const theme = options.theme ?? "auto";
  const model = buildTimelineModel(report);
  if (model.connections === 0) {
    return emptyScene(
      TIMELINE_TITLE,
      [
        ownText(
          "No connection to draw. Without a filter, podpath doctor says what the captures hold.",
        ),
      ],
      theme,
    );
  }
  const parts: Parts = { boxes: [], areas: [], strokes: [], labels: [], badges: [] };
  const x = (seconds: number) =>
    cut(PLOT.x + Math.min(1, Math.max(0, seconds / model.seconds)) * PLOT.width);
  drawTitle(parts, TIMELINE_TITLE, timelineSummary(model), WIDTH);
  const top = drawFindingMarks(parts, model.findings, x, TITLE_BOTTOM - 8);
  let y = top + 6;
  if (model.throughput !== null) {
    const { rates } = model.throughput;
    const words = { name: ownText("throughput"), detail: throughputDetail(model.throughput) };
    y = drawArea(
      parts,
      { id: "throughput", ...words, tooltip: words.detail, values: rates, colour: "text" },
      y,
    );
  }
  for (const one of model.classes) {
    const { colour, letter } = classStyle(one.id);
    const words = classRowText(one);
    const name = xmlSafe(`${letter} ${words.name}`);
    y = drawArea(parts, { ...words, id: `class ${one.id}`, name, values: one.open, colour }, y);
  }
  y = drawBars(parts, model.bars, x, y + ROW.gap);
  drawAxis(parts, model, x, top, y);
  const findings = model.findings.map((finding) => ({
    ...finding,
    text: xmlSafe(`${finding.level}: ${finding.rule}: ${finding.title}`),
    message: xmlSafe(finding.message),
  }));
  const below = drawFindings(parts, findings, y + AXIS + 32, WIDTH);
  const notes = [...timelineNotes(model), ...(options.notes ?? []).map(xmlSafe)];
  const height = drawNotes(parts, notes, below, WIDTH);
  return {
    width: WIDTH,
    height,
    theme,
    title: TIMELINE_TITLE,
    description: timelineDescription(model),
    nets: [],
    swatches: [],
    ...parts,
    boxes: [canvasBox(WIDTH, height), ...parts.boxes],
  };
}

type Scale = (seconds: number) => number;

/** Numbers at the start of each finding, in as many rows as it takes for none to cover another. The answer is their bottom. */
function drawFindingMarks(
  { badges }: Parts,
  findings: readonly TimelineFinding[],
  x: Scale,
  top: number,
): number {
  const rowEnds: number[] = [];
  const placed = findings
    .slice(0, MAX_DRAWN_FINDINGS)
    .flatMap(({ id, number, level, at }) => (at === null ? [] : [{ id, number, level, at }]))
    .sort((a, b) => a.at - b.at || a.number - b.number);
  for (const { id, number, level, at } of placed) {
    const text = String(number);
    const width = badgeWidth(text);
    const left = cut(Math.min(x(at) - width / 2, WIDTH - MARGIN - width));
    const free = rowEnds.findIndex((end) => end + 4 <= left);
    const row = free < 0 ? rowEnds.length : free;
    rowEnds[row] = left + width;
    badges.push({
      ...findingBadge(text, level === "error", { x: left, y: top + row * BADGE_ROW }),
      link: { kind: "finding", id },
    });
  }
  return top + rowEnds.length * BADGE_ROW;
}

interface AreaRow {
  readonly id: string;
  readonly name: SafeText;
  readonly detail: SafeText;
  readonly tooltip: SafeText;
  readonly values: readonly number[];
  readonly colour: ColourName;
}

/** Steps, not slopes: each value holds for the whole of its bucket. */
function drawArea(parts: Parts, row: AreaRow, y: number): number {
  const { labels, areas, strokes } = parts;
  const base = y + ROW.area - 4;
  const tall = ROW.area - 10;
  const at = { x: MARGIN, room: NAME_ROOM };
  labels.push(
    label(
      row.name,
      { ...at, y: y + 16 },
      { size: 12, style: "bold", on: "canvas", colour: row.colour },
    ),
    label(row.detail, { ...at, y: y + 30 }, { size: 10, on: "canvas", colour: "muted" }),
  );
  const step = PLOT.width / BUCKETS;
  const most = row.values.reduce((greatest, value) => Math.max(greatest, value), 0);
  let d = `M${PLOT.x} ${base}`;
  let last: number | null = null;
  row.values.forEach((value, i) => {
    const level = cut(base - (most === 0 ? 0 : (value / most) * tall));
    if (level === last) return;
    d += `H${cut(PLOT.x + i * step)}V${level}`;
    last = level;
  });
  areas.push({
    id: row.id,
    d: `${d}H${PLOT.x + PLOT.width}V${base}Z`,
    fill: row.colour,
    opacity: 0.55,
    emphasised: false,
    tooltip: row.tooltip,
  });
  strokes.push({
    d: `M${PLOT.x} ${base}H${PLOT.x + PLOT.width}`,
    colour: "border",
    width: 1,
    dash: [],
  });
  return y + ROW.area;
}

function drawBars(parts: Parts, bars: readonly TimelineBar[], x: Scale, top: number): number {
  let y = top;
  for (const bar of bars) {
    const { colour, letter } = classStyle(bar.class);
    const from = Math.min(x(bar.from), PLOT.x + PLOT.width - LEAST_BAR);
    const found = bar.findings.length > 0;
    parts.boxes.push({
      id: `bar ${bar.id}`,
      role: "bar",
      x: from,
      y: y + (ROW.bar - ROW.barHeight) / 2,
      width: cut(Math.max(LEAST_BAR, x(bar.to) - from)),
      height: ROW.barHeight,
      fill: colour,
      stroke: found ? "text" : null,
      dashed: false,
      radius: 2,
      tooltip: barTooltip(bar),
      link: { kind: "connection", id: bar.id },
    });
    const mark = found ? findingsText(bar.findings) : "";
    const room = NAME_ROOM - (found ? badgeWidth(mark) + 8 : 0);
    parts.labels.push({
      ...label(
        barName(bar, letter, room, NAME_SIZE),
        { x: MARGIN, y: y + 13, room },
        { size: NAME_SIZE, on: "canvas" },
      ),
      tooltip: barTooltip(bar),
    });
    if (found) {
      const left = MARGIN + NAME_ROOM - badgeWidth(mark);
      parts.badges.push(findingBadge(mark, bar.grave, { x: left, y: y + 2 }));
    }
    y += ROW.bar;
  }
  return y;
}

/** Upright lines through the whole plot, with the time below. */
function drawAxis(
  { strokes, labels }: Parts,
  model: TimelineModel,
  x: Scale,
  top: number,
  bottom: number,
): void {
  for (const { seconds, text } of timeTicks(model.seconds, TICKS)) {
    const at = x(seconds);
    strokes.unshift({
      d: `M${at} ${top}V${bottom + 4}`,
      colour: "border",
      width: 0.5,
      dash: [2, 3],
    });
    labels.push(
      label(
        ownText(text),
        { x: at, y: bottom + 18, room: 80 },
        {
          size: 10,
          style: "mono",
          on: "canvas",
          colour: "muted",
          anchor: seconds === 0 ? "start" : at > WIDTH - 2 * MARGIN ? "end" : "middle",
        },
      ),
    );
  }
}
