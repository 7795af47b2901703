/**
 * Draws a scene into an <svg> element through a d3 selection. It knows no DOM of its own, so the command line gives it a
 * document of d3-node and the page its live one. Texts become text nodes and attributes only, never markup.
 */
import { COLOURS, type ColourName, CSS_PREFIX, styleSheet } from "./palette.ts";
import type {
  Scene,
  SceneArea,
  SceneBadge,
  SceneBox,
  SceneEdge,
  SceneLabel,
  SceneLink,
  SceneStroke,
} from "./scene.ts";

/** What is used of d3-selection. */
export interface SvgSelection {
  append(name: string): SvgSelection;
  attr(name: string, value: string | number): SvgSelection;
  text(value: string): SvgSelection;
}

/** System fonts first; then the Korean ones of macOS, Windows and Linux. */
const SANS =
  "system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans','DejaVu Sans','Apple SD Gothic Neo','Malgun Gothic','Noto Sans CJK KR','Noto Sans KR',sans-serif";
const MONO =
  "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono','Noto Sans Mono CJK KR','D2Coding',monospace";

export interface DrawOptions {
  /** Prefix of element ids, when several pictures share a document. */
  readonly idPrefix?: string;
  /**
   * Where the page tells what a part of the picture stands for; null = nowhere. Without it the picture has no links: a file
   * of its own has nothing to lead to.
   */
  readonly hrefOf?: (link: SceneLink) => string | null;
}

/** The text of the picture's <style>: a page that allows style sheets by their hashes asks for it. */
export function sceneStyleSheet(scene: Scene): string {
  return styleSheet(scene.theme, coloursOf(scene));
}

export function drawScene(svg: SvgSelection, scene: Scene, options: DrawOptions = {}): void {
  const id = options.idPrefix ?? CSS_PREFIX;
  const side = scene.theme === "dark" ? "dark" : "light";
  const brush: Brush = {
    paint: (name) => COLOURS[name][side],
    hrefOf: options.hrefOf ?? (() => null),
  };
  svg
    .attr("viewBox", `0 0 ${scene.width} ${scene.height}`)
    .attr("width", scene.width)
    .attr("height", scene.height)
    .attr("class", CSS_PREFIX)
    // What is inside an image cannot be reached by keyboard (WAI-ARIA 1.2, 5.2.8); links must be.
    .attr("role", options.hrefOf === undefined ? "img" : "group")
    .attr("aria-labelledby", `${id}-title ${id}-desc`)
    .attr("font-family", SANS);
  svg.append("title").attr("id", `${id}-title`).text(scene.title);
  svg.append("desc").attr("id", `${id}-desc`).text(scene.description);
  svg.append("style").text(sceneStyleSheet(scene));
  const boxes = svg.append("g").attr("class", "boxes");
  for (const box of scene.boxes) drawBox(boxes, box, brush);
  if (scene.areas.length > 0) {
    const areas = svg.append("g").attr("class", "areas");
    for (const area of scene.areas) drawArea(areas, area, brush);
  }
  drawStrokes(svg, "strokes", scene.strokes, brush);
  const nets = svg.append("g").attr("class", "edges").attr("fill", "none");
  for (const { opacity, edges } of scene.nets) {
    const net = nets.append("g").attr("class", "net");
    if (opacity < 1) net.attr("opacity", opacity);
    for (const edge of edges) drawEdge(net, edge, brush);
  }
  drawStrokes(svg, "legend", scene.swatches, brush);
  const labels = svg.append("g").attr("class", "labels");
  for (const label of scene.labels) drawLabel(labels, label, brush);
  const badges = svg.append("g").attr("class", "badges");
  for (const badge of scene.badges) drawBadge(badges, badge, brush);
}

/** In the order of the palette, so that a picture does not change when it is drawn in another order. */
function coloursOf(scene: Scene): ColourName[] {
  const used = new Set<ColourName | null>();
  for (const { fill, stroke: border } of scene.boxes) used.add(fill).add(border);
  for (const { fill } of scene.areas) used.add(fill);
  for (const { colour } of [...scene.strokes, ...scene.swatches, ...scene.labels]) used.add(colour);
  for (const { edges } of scene.nets) for (const { colour } of edges) used.add(colour);
  for (const { fill, colour } of scene.badges) used.add(fill).add(colour);
  return (Object.keys(COLOURS) as ColourName[]).filter((name) => used.has(name));
}

interface Brush {
  readonly paint: (name: ColourName) => string;
  readonly hrefOf: (link: SceneLink) => string | null;
}

/** Where to draw what may be linked: inside an `a` when the page has a place for it. */
function linked(
  parent: SvgSelection,
  link: SceneLink | undefined,
  { hrefOf }: Brush,
): SvgSelection {
  const href = link === undefined ? null : hrefOf(link);
  return href === null ? parent : parent.append("a").attr("href", href);
}

function drawStrokes(
  svg: SvgSelection,
  name: string,
  strokes: readonly SceneStroke[],
  brush: Brush,
): void {
  if (strokes.length === 0) return;
  const group = svg.append("g").attr("class", name).attr("fill", "none");
  for (const { d, colour, width, dash } of strokes) {
    stroke(group.append("path").attr("d", d), colour, brush, width, dash);
  }
}

function drawArea(parent: SvgSelection, area: SceneArea, brush: Brush): void {
  const path = linked(parent, area.link, brush)
    .append("path")
    .attr("class", `f-${area.fill}${area.emphasised ? ` s-${area.fill}` : ""}`)
    .attr("d", area.d)
    .attr("fill", brush.paint(area.fill))
    .attr("fill-opacity", area.opacity);
  if (area.emphasised) path.attr("stroke", brush.paint(area.fill)).attr("stroke-width", 1.5);
  if (area.tooltip !== null) path.append("title").text(area.tooltip);
}

/** Colour as attribute for viewers without CSS variables, and as class for those with (palette.ts). */
function stroke(
  shape: SvgSelection,
  colour: ColourName,
  brush: Brush,
  width: number,
  dash: readonly number[],
): SvgSelection {
  shape
    .attr("class", `s-${colour}`)
    .attr("stroke", brush.paint(colour))
    .attr("stroke-width", width);
  if (dash.length > 0) shape.attr("stroke-dasharray", dash.join(" "));
  return shape;
}

function drawBox(parent: SvgSelection, box: SceneBox, brush: Brush): void {
  const classes = [box.role, `f-${box.fill}`, ...(box.stroke === null ? [] : [`s-${box.stroke}`])];
  const rectangle = linked(parent, box.link, brush)
    .append("rect")
    .attr("class", classes.join(" "))
    .attr("x", box.x)
    .attr("y", box.y)
    .attr("width", box.width)
    .attr("height", box.height)
    .attr("fill", brush.paint(box.fill));
  if (box.radius > 0) rectangle.attr("rx", box.radius);
  if (box.stroke !== null) rectangle.attr("stroke", brush.paint(box.stroke));
  if (box.weight !== undefined) rectangle.attr("stroke-width", box.weight);
  if (box.dashed) rectangle.attr("stroke-dasharray", "4 3");
  if (box.tooltip !== null) rectangle.append("title").text(box.tooltip);
}

/** Width of the pale band under a finding's line. */
const BAND = 5;

function drawEdge(parent: SvgSelection, edge: SceneEdge, brush: Brush): void {
  const group = linked(parent, edge.link, brush).append("g").attr("class", "edge");
  group.append("title").text(edge.tooltip);
  if (edge.emphasised) {
    const band = group.append("path").attr("d", edge.d);
    stroke(band, edge.colour, brush, edge.width + BAND, []).attr("stroke-opacity", 0.22);
  }
  const line = group.append("path").attr("d", edge.d);
  stroke(line, edge.colour, brush, edge.width, edge.dash);
  group
    .append("path")
    .attr("class", `f-${edge.colour}`)
    .attr("d", edge.arrow)
    .attr("fill", brush.paint(edge.colour));
}

function drawLabel(parent: SvgSelection, label: SceneLabel, brush: Brush): void {
  const text = parent
    .append("text")
    .attr("class", `f-${label.colour}`)
    .attr("x", label.x)
    .attr("y", label.y)
    .attr("font-size", label.size)
    .attr("fill", brush.paint(label.colour));
  if (label.anchor !== "start") text.attr("text-anchor", label.anchor);
  if (label.style === "bold") text.attr("font-weight", "bold");
  if (label.style === "mono") text.attr("font-family", MONO);
  text.text(label.text);
  if (label.tooltip !== null) text.append("title").text(label.tooltip);
}

function drawBadge(parent: SvgSelection, badge: SceneBadge, brush: Brush): void {
  const group = linked(parent, badge.link, brush);
  group
    .append("rect")
    .attr("class", `f-${badge.fill}`)
    .attr("x", badge.x)
    .attr("y", badge.y)
    .attr("width", badge.width)
    .attr("height", badge.height)
    .attr("rx", badge.height / 2)
    .attr("fill", brush.paint(badge.fill));
  group
    .append("text")
    .attr("class", `f-${badge.colour}`)
    .attr("x", badge.x + badge.width / 2)
    .attr("y", badge.y + badge.height / 2 + 3.5)
    .attr("font-size", 10)
    .attr("font-weight", "bold")
    .attr("text-anchor", "middle")
    .attr("fill", brush.paint(badge.colour))
    .text(badge.text);
}
