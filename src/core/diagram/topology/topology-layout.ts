/** The traffic map of a report as a scene: boxes for what talks, lines for how it talks, findings on top. */
import type { Report } from "../../report/report.ts";
import { badgeWidth, findingBadge, findingsText, TITLE_BOTTOM } from "../caption.ts";
import { ARROW_LENGTH, arrowPath, linePath } from "../edge-path.ts";
import { groupBy } from "../group-by.ts";
import { type ColourName, classStyle, type Theme } from "../palette.ts";
import {
  canvasBox,
  cut,
  type Point,
  type Scene,
  type SceneBadge,
  type SceneEdge,
  type SceneLabel,
  type SceneNet,
} from "../scene.ts";
import { textWidth } from "../text-width.ts";
import { ownText, xmlSafe } from "../xml-safe.ts";
import { type Route, type RoutedPlace, routeGrid } from "./grid-routing.ts";
import { drawBoxes } from "./topology-boxes.ts";
import { type Geometry, GRID, layOutGrid, portOffsets } from "./topology-geometry.ts";
import { buildTopologyGrid, type TopologyGrid } from "./topology-grid.ts";
import { drawKey } from "./topology-key.ts";
import { buildTopologyModel, type TopologyEdge, type TopologyModel } from "./topology-model.ts";
import { edgeLabel, edgeTooltip, mapDescription, mapTitle, placeText } from "./topology-text.ts";

interface TopologyOptions {
  /** `auto` (default) follows the viewer's light or dark mode. */
  readonly theme?: Theme;
}

const LABEL_SIZE = 10;
const LABEL_GAP = 4;
/** Normal lines step back only where a finding is to stand out. */
const OPACITY = { beside: 0.65, alone: 1 } as const;
const PLACE_WIDTH = { least: 120, most: 240, padding: 20 } as const;
const LEAST_WIDTH = 720;

export function layOutTopology(report: Report, options: TopologyOptions = {}): Scene {
  const model = buildTopologyModel(report);
  const grid = buildTopologyGrid(model);
  const routed = new Map<string, RoutedPlace>();
  for (const { row, column, node, groups } of grid.cells) {
    let order = 0;
    for (const { id } of groups.flatMap(({ places }) => places)) {
      routed.set(id, { id, row, column, order, hub: node === null });
      order += 1;
    }
  }
  const routing = routeGrid(
    { columns: grid.columns, rows: grid.rows, portOffset: portOffsets(grid) },
    routed,
    model.edges.map((edge) => ({
      id: edge.id,
      from: edge.from,
      to: edge.to,
      group: edge.findings.length > 0 ? null : edge.class,
      labelWidth: labelWidth(edge),
    })),
  );
  const geometry = layOutGrid(grid, routing, {
    placeWidth: placeWidth(model),
    top: TITLE_BOTTOM,
    zonesNamed: grid.zones.some(({ name }) => name !== null),
  });
  const width = Math.max(geometry.width, LEAST_WIDTH);
  const { nets, labels, badges } = drawEdges(model, routing.routes, geometry);
  const boxes = drawBoxes(model, grid, geometry);
  const key = drawKey(model, { width, top: bottomOf(grid, geometry) });
  const canvas = canvasBox(width, key.height);
  return {
    width,
    height: canvas.height,
    theme: options.theme ?? "auto",
    title: mapTitle(model),
    description: mapDescription(model),
    boxes: [canvas, ...boxes.boxes],
    areas: [],
    strokes: [],
    nets,
    labels: [...key.labels, ...boxes.labels, ...labels],
    badges: [...key.badges, ...badges],
    swatches: key.swatches,
  };
}

function bottomOf(grid: TopologyGrid, geometry: Geometry): number {
  return grid.cells.length === 0 ? TITLE_BOTTOM : geometry.bottom;
}

/** One width for all boxes: that of the longest name within reason. */
function placeWidth(model: TopologyModel): number {
  let width: number = PLACE_WIDTH.least;
  for (const place of model.places) {
    const { name, detail } = placeText(place);
    width = Math.max(
      width,
      textWidth(name, 12, "bold") + PLACE_WIDTH.padding,
      textWidth(detail, 10, "mono") + PLACE_WIDTH.padding,
    );
  }
  return Math.ceil(Math.min(width, PLACE_WIDTH.most) / 8) * 8;
}

function labelWidth(edge: TopologyEdge): number {
  const badge = findingsText(edge.findings);
  const text = Math.ceil(textWidth(edgeLabel(edge), LABEL_SIZE));
  return badge === "" ? text : text + LABEL_GAP + badgeWidth(badge);
}

interface DrawnEdges {
  readonly nets: SceneNet[];
  readonly labels: SceneLabel[];
  readonly badges: SceneBadge[];
}

function drawEdges(model: TopologyModel, routes: readonly Route[], geometry: Geometry): DrawnEdges {
  const routeOf = new Map(routes.map((route) => [route.edge, route]));
  const names = new Map(model.places.map((place) => [place.id, placeText(place).tooltip]));
  const levels = new Map(model.findings.map(({ number, level }) => [number, level]));
  const ids = new Map(model.findings.map(({ number, id }) => [number, id]));
  const anyFinding = model.edges.some(({ findings }) => findings.length > 0);
  const drawn: { net: string; edge: SceneEdge }[] = [];
  const labels: SceneLabel[] = [];
  const badges: SceneBadge[] = [];
  for (const edge of model.edges) {
    const route = routeOf.get(edge.id);
    if (route === undefined) continue;
    const points = routePoints(route, geometry);
    const firstLine = (id: string) => (names.get(id) ?? "").split("\n")[0] ?? "";
    const tooltip = edgeTooltip(edge, firstLine(edge.from), firstLine(edge.to));
    drawn.push({ net: route.net, edge: drawEdge(edge, route, points, tooltip) });
    const beside = labelBeside(edge, route, points);
    labels.push(beside.label);
    const worst = edge.findings.some((number) => levels.get(number) === "error");
    if (beside.badge !== null) {
      const { text, x, y } = beside.badge;
      const first = ids.get(edge.findings[0] ?? 0);
      badges.push({
        ...findingBadge(text, worst, { x, y }),
        ...(first === undefined ? {} : { link: { kind: "finding", id: first } }),
      });
    }
  }
  const nets = [...groupBy(drawn, ({ net }) => net).values()].map((members) => ({
    opacity:
      anyFinding && !members.some(({ edge }) => edge.emphasised) ? OPACITY.beside : OPACITY.alone,
    edges: members.map(({ edge }) => edge),
  }));
  // A net stands where its first edge stands; findings have nets of their own, behind which nothing may fall.
  const emphasised = (net: SceneNet) => net.edges.some((edge) => edge.emphasised);
  return {
    nets: [...nets.filter((net) => !emphasised(net)), ...nets.filter(emphasised)],
    labels,
    badges,
  };
}

/** From the hub to the leaf, so that the dashes of a net's edges coincide where they share a track. */
function routePoints(route: Route, geometry: Geometry): Point[] {
  const hubX = sideX(route.hub.place, route.hub.side, geometry);
  const leafX = sideX(route.leaf.place, route.leaf.side, geometry);
  const hubY = geometry.portY(route.hub);
  const leafY = straightened(geometry.portY(route.leaf), hubY, route, geometry);
  const trackX = geometry.channelX(route.hubTrack);
  const points: Point[] = [
    { x: hubX, y: hubY },
    { x: trackX, y: hubY },
  ];
  if (route.corridor === null || route.leafTrack === null) {
    points.push({ x: trackX, y: leafY });
  } else {
    const y = geometry.corridorY(route.corridor);
    const x = geometry.channelX(route.leafTrack);
    points.push({ x: trackX, y }, { x, y }, { x, y: leafY });
  }
  points.push({ x: leafX, y: leafY });
  return points;
}

/**
 * Ports of opposite boxes differ by half a grid unit at least; a line with a step that small looks like a mistake. It may run
 * straight through the channel, where nothing else is at its height, if the box has no other port there.
 */
function straightened(leafY: number, hubY: number, route: Route, geometry: Geometry): number {
  const opposite = route.corridor === null && route.hub.side !== route.leaf.side;
  const alone = geometry.portCount(route.leaf) === 1;
  return opposite && alone && Math.abs(leafY - hubY) <= GRID ? hubY : leafY;
}

function sideX(place: string, side: "left" | "right", geometry: Geometry): number {
  const box = geometry.places.get(place);
  if (box === undefined) return 0;
  return side === "left" ? box.x : box.x + box.width;
}

function drawEdge(
  edge: TopologyEdge,
  route: Route,
  points: readonly Point[],
  tooltip: SceneEdge["tooltip"],
): SceneEdge {
  const { colour, dash } = classStyle(edge.class);
  const emphasised = edge.findings.length > 0;
  const fromHub = route.hubIsTarget;
  const path = fromHub ? points : [...points].reverse();
  const [tip, before] = path;
  return {
    id: xmlSafe(edge.id),
    // As the boxes have them.
    from: xmlSafe(edge.from),
    to: xmlSafe(edge.to),
    class: edge.class,
    colour,
    points,
    d: linePath(points, fromHub ? ARROW_LENGTH : 0, fromHub ? 0 : ARROW_LENGTH),
    arrow: tip === undefined || before === undefined ? "" : arrowPath(tip, before),
    width: cut(lineWidth(edge.bytes) + (emphasised ? 1.5 : 0)),
    dash: emphasised && dash.length === 0 ? [10, 4] : dash,
    emphasised,
    tooltip,
  };
}

/** 1.25 for a few bytes, 4 from some 10 MB on. */
function lineWidth(bytes: number): number {
  return Math.min(4, Math.max(1.25, 0.4 * Math.log10(bytes + 1) + 0.5));
}

/** Letter, count and findings stand on the end that the edge shares with no other. */
function labelBeside(
  edge: TopologyEdge,
  route: Route,
  points: readonly Point[],
): { label: SceneLabel; badge: { text: string; x: number; y: number } | null } {
  const end = points.at(-1) ?? { x: 0, y: 0 };
  const outward = route.leaf.side === "left" ? -1 : 1;
  const text = edgeLabel(edge);
  const x = end.x + outward * (ARROW_LENGTH + LABEL_GAP);
  const colour: ColourName = classStyle(edge.class).colour;
  const label: SceneLabel = {
    x,
    y: end.y - (edge.findings.length > 0 ? 6 : 4),
    anchor: outward < 0 ? "end" : "start",
    text: ownText(text),
    size: LABEL_SIZE,
    style: "regular",
    colour,
    on: "eni",
    tooltip: null,
  };
  const numbers = findingsText(edge.findings);
  if (numbers === "") return { label, badge: null };
  const width = badgeWidth(numbers);
  const near = x + outward * (Math.ceil(textWidth(text, LABEL_SIZE)) + LABEL_GAP);
  const left = outward < 0 ? near - width : near;
  // Higher than the line by a little, so that it keeps clear of the label of the next port.
  const y = end.y - 10;
  return { label, badge: { text: numbers, x: left, y } };
}
