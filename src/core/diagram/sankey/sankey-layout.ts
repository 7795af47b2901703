/** How much goes from whom over which path to whom, as a scene: three columns and bands between them. */
import type { Report } from "../../report/report.ts";
import { drawNotes, drawTitle, MARGIN, TITLE_BOTTOM } from "../caption.ts";
import { emptyScene } from "../empty-scene.ts";
import { label } from "../label.ts";
import { classStyle, type Theme } from "../palette.ts";
import {
  canvasBox,
  cut,
  type Rectangle,
  type Scene,
  type SceneArea,
  type SceneBadge,
  type SceneBox,
  type SceneLabel,
} from "../scene.ts";
import { ownText, xmlSafe } from "../xml-safe.ts";
import {
  buildSankeyModel,
  type SankeyBand,
  type SankeyEnd,
  type SankeyMeasure,
  type SankeyModel,
} from "./sankey-model.ts";
import {
  bandTooltip,
  classText,
  classTooltip,
  endText,
  sankeyDescription,
  sankeyNotes,
  sankeySummary,
  sankeyTitle,
} from "./sankey-text.ts";

export interface SankeyOptions {
  /** `auto` (default) follows the viewer's light or dark mode. */
  readonly theme?: Theme;
  /** What widths mean; default bytes. */
  readonly measure?: SankeyMeasure;
  /** Sentences of the caller's own, for below the picture. */
  readonly notes?: readonly string[];
}

const WIDTH = 1040;
const NAME_ROOM = 212;
const BAR = { left: MARGIN + NAME_ROOM + 10, width: 10 } as const;
const RIGHT_BAR = WIDTH - BAR.left - BAR.width;
const CLASS = { width: 196, x: (WIDTH - 196) / 2, least: 42, gap: 18 } as const;
const END = { least: 30, gap: 12 } as const;
/** What all bands together are high, and what the thinnest is. */
const ALL = 400;
const THINNEST = 1.5;
const OPACITY = { normal: 0.38, found: 0.6 } as const;

interface Placed {
  readonly x: number;
  readonly y: number;
  readonly height: number;
}

export function layOutSankey(report: Report, options: SankeyOptions = {}): Scene {
  const theme = options.theme ?? "auto";
  const model = ordered(buildSankeyModel(report, options.measure ?? "bytes"));
  if (model.connections === 0) {
    return emptyScene(
      sankeyTitle(model),
      [
        ownText(
          "No connection to draw. Without a filter, podpath doctor says what the captures hold.",
        ),
      ],
      theme,
    );
  }
  const thickness = (band: SankeyBand) =>
    cut(Math.max(THINNEST, (band.value / Math.max(1, model.value)) * ALL));
  const columns = place(model, thickness);
  const labels: SceneLabel[] = [];
  const badges: SceneBadge[] = [];
  const boxes: SceneBox[] = [];
  const areas = [
    ...bands(model, model.outgoing, "from", columns, thickness),
    ...bands(model, model.incoming, "to", columns, thickness),
  ];
  drawTitle({ labels, badges }, sankeyTitle(model), sankeySummary(model), WIDTH);
  drawEnds(boxes, labels, model, columns);
  drawClasses(boxes, labels, model, columns);
  const notes = [...sankeyNotes(model), ...(options.notes ?? []).map(xmlSafe)];
  const height = drawNotes({ labels, badges }, notes, columns.bottom + 36, WIDTH);
  return {
    width: WIDTH,
    height,
    theme,
    title: sankeyTitle(model),
    description: sankeyDescription(model),
    boxes: [canvasBox(WIDTH, height), ...boxes],
    // What is outlined stands over what is not.
    areas: areas.sort((a, b) => Number(a.emphasised) - Number(b.emphasised)),
    strokes: [],
    nets: [],
    swatches: [],
    labels,
    badges,
  };
}

/** Ends stand where the classes of most of their traffic do, so that few bands cross; the folded ones come last. */
function ordered(model: SankeyModel): SankeyModel {
  const rank = new Map(model.classes.map(({ id }, i) => [id, i]));
  const arrange = (ends: readonly SankeyEnd[], all: readonly SankeyBand[]) => {
    const middle = new Map<string, { sum: number; weight: number }>();
    for (const band of all) {
      const one = middle.get(band.end) ?? { sum: 0, weight: 0 };
      const weight = band.value + 1;
      one.sum += weight * (rank.get(band.class) ?? 0);
      one.weight += weight;
      middle.set(band.end, one);
    }
    const at = (end: SankeyEnd) => {
      const { sum, weight } = middle.get(end.id) ?? { sum: 0, weight: 1 };
      return sum / weight;
    };
    return ends.toSorted((a, b) => Number(a.folded > 0) - Number(b.folded > 0) || at(a) - at(b));
  };
  const byClass = (a: SankeyBand, b: SankeyBand) =>
    (rank.get(a.class) ?? 0) - (rank.get(b.class) ?? 0);
  return {
    ...model,
    from: arrange(model.from, model.outgoing),
    to: arrange(model.to, model.incoming),
    outgoing: model.outgoing.toSorted(byClass),
    incoming: model.incoming.toSorted(byClass),
  };
}

interface Columns {
  readonly from: ReadonlyMap<string, Placed>;
  readonly classes: ReadonlyMap<string, Placed>;
  readonly to: ReadonlyMap<string, Placed>;
  readonly bottom: number;
}

type Thickness = (band: SankeyBand) => number;

/** Every column centred beside the highest one. */
function place(model: SankeyModel, thickness: Thickness): Columns {
  const sums = (all: readonly SankeyBand[], key: "end" | "class") => {
    const heights = new Map<string, number>();
    for (const band of all) heights.set(band[key], (heights.get(band[key]) ?? 0) + thickness(band));
    return heights;
  };
  const [left, right] = [sums(model.outgoing, "end"), sums(model.incoming, "end")];
  const [into, out] = [sums(model.outgoing, "class"), sums(model.incoming, "class")];
  const from = model.from.map(({ id }) => [id, left.get(id) ?? 0] as const);
  const to = model.to.map(({ id }) => [id, right.get(id) ?? 0] as const);
  const classes = model.classes.map(({ id }) => {
    const most = Math.max(into.get(id) ?? 0, out.get(id) ?? 0);
    return [id, Math.max(CLASS.least, most + 8)] as const;
  });
  const columnHeight = (all: readonly (readonly [string, number])[], least: number, gap: number) =>
    all.reduce((sum, [, height]) => sum + Math.max(least, height) + gap, -gap);
  const heights = [
    columnHeight(from, END.least, END.gap),
    columnHeight(classes, CLASS.least, CLASS.gap),
    columnHeight(to, END.least, END.gap),
  ];
  const tallest = Math.max(...heights);
  const stack = (
    all: readonly (readonly [string, number])[],
    look: { readonly x: number; readonly least: number; readonly gap: number },
    own: number,
  ) => {
    let y = TITLE_BOTTOM + (tallest - own) / 2;
    return new Map(
      all.map(([id, height]) => {
        const slot = Math.max(look.least, height);
        const placed = { x: look.x, y: cut(y + (slot - height) / 2), height: cut(height) };
        y += slot + look.gap;
        return [id, placed];
      }),
    );
  };
  return {
    from: stack(from, { x: BAR.left, ...END }, heights[0] ?? 0),
    classes: stack(classes, { x: CLASS.x, least: CLASS.least, gap: CLASS.gap }, heights[1] ?? 0),
    to: stack(to, { x: RIGHT_BAR, ...END }, heights[2] ?? 0),
    bottom: Math.ceil(TITLE_BOTTOM + tallest),
  };
}

/** Bands leave an end in the order of the classes, and reach a class in the order of the ends. */
function bands(
  model: SankeyModel,
  all: readonly SankeyBand[],
  way: "from" | "to",
  columns: Columns,
  thickness: Thickness,
): SceneArea[] {
  const ends = way === "from" ? model.from : model.to;
  const placedEnds = way === "from" ? columns.from : columns.to;
  const rank = new Map(ends.map(({ id }, i) => [id, i]));
  const byId = new Map(ends.map((end) => [end.id, end]));
  const classHeight = new Map<string, number>();
  for (const band of all) {
    classHeight.set(band.class, (classHeight.get(band.class) ?? 0) + thickness(band));
  }
  const endTop = new Map([...placedEnds].map(([id, { y }]) => [id, y]));
  const endY = new Map<SankeyBand, number>();
  for (const band of all) {
    const y = endTop.get(band.end) ?? 0;
    endY.set(band, y);
    endTop.set(band.end, y + thickness(band));
  }
  const classTop = new Map(
    [...columns.classes].map(([id, { y, height }]) => [
      id,
      y + (height - (classHeight.get(id) ?? 0)) / 2,
    ]),
  );
  const inOrder = all.toSorted((a, b) => (rank.get(a.end) ?? 0) - (rank.get(b.end) ?? 0));
  return inOrder.flatMap((band) => {
    const end = byId.get(band.end);
    const at = placedEnds.get(band.end);
    if (end === undefined || at === undefined) return [];
    const height = thickness(band);
    const y = classTop.get(band.class) ?? 0;
    classTop.set(band.class, y + height);
    const here = endY.get(band) ?? 0;
    const [x0, y0, x1, y1] =
      way === "from"
        ? [at.x + BAR.width, here, CLASS.x, y]
        : [CLASS.x + CLASS.width, y, at.x, here];
    return [
      {
        id: `${way} ${band.end} ${band.class}`,
        d: bandPath(x0, y0, x1, y1, height),
        fill: classStyle(band.class).colour,
        opacity: band.found > 0 ? OPACITY.found : OPACITY.normal,
        emphasised: band.found > 0,
        tooltip: bandTooltip(band, end, way, model),
      },
    ];
  });
}

/** Level at both ends, equally high all the way. */
function bandPath(x0: number, y0: number, x1: number, y1: number, height: number): string {
  const middle = (x0 + x1) / 2;
  const curve = (x: number, y: number, fromY: number) =>
    `C${cut(middle)} ${cut(fromY)} ${cut(middle)} ${cut(y)} ${cut(x)} ${cut(y)}`;
  return `M${cut(x0)} ${cut(y0)}${curve(x1, y1, y0)}L${cut(x1)} ${cut(y1 + height)}${curve(x0, y0 + height, y1 + height)}Z`;
}

function drawEnds(
  boxes: SceneBox[],
  labels: SceneLabel[],
  model: SankeyModel,
  columns: Columns,
): void {
  for (const way of ["from", "to"] as const) {
    for (const end of model[way]) {
      const at = columns[way].get(end.id);
      if (at === undefined) continue;
      const { name, detail } = endText(end, model);
      boxes.push(bar(`${way} ${end.id}`, { ...at, width: BAR.width }, end.folded > 0));
      const middle = cut(at.y + at.height / 2);
      const x = way === "from" ? at.x - 8 : at.x + BAR.width + 8;
      const anchor = way === "from" ? "end" : "start";
      labels.push(
        label(
          name,
          { x, y: middle - 2, room: NAME_ROOM },
          { size: 12, style: "bold", on: "canvas", anchor },
        ),
        label(
          detail,
          { x, y: middle + 11, room: NAME_ROOM },
          { size: 10, on: "canvas", colour: "muted", anchor },
        ),
      );
    }
  }
}

function drawClasses(
  boxes: SceneBox[],
  labels: SceneLabel[],
  model: SankeyModel,
  columns: Columns,
): void {
  for (const one of model.classes) {
    const at = columns.classes.get(one.id);
    if (at === undefined) continue;
    const { letter, colour } = classStyle(one.id);
    boxes.push({
      ...bar(`class ${one.id}`, { ...at, width: CLASS.width }, false),
      role: "place",
      fill: "node",
      stroke: colour,
      weight: 2,
      radius: 5,
      tooltip: classTooltip(one),
    });
    const middle = cut(at.y + at.height / 2);
    const room = CLASS.width - 20;
    const x = CLASS.x + 10;
    labels.push(
      label(
        xmlSafe(`${letter}  ${one.id}`),
        { x, y: middle - 3, room },
        { size: 12, style: "bold", on: "node", colour },
      ),
      label(
        classText(one, model),
        { x, y: middle + 12, room },
        { size: 10, on: "node", colour: "muted" },
      ),
    );
  }
}

function bar(id: string, box: Rectangle, folded: boolean): SceneBox {
  return {
    id: xmlSafe(id),
    role: "bar",
    ...box,
    fill: "border",
    stroke: folded ? "muted" : null,
    dashed: folded,
    radius: 2,
    tooltip: null,
  };
}
