/**
 * Draws a scene into an <svg> element through a d3 selection. It knows no DOM of its own, so the command line gives it a
 * document of d3-node and the page its live one. Texts become text nodes and attributes only, never markup.
 */
import { COLOURS, type ColourName, CSS_PREFIX, styleSheet } from "./palette.ts";
import type { Scene, SceneBadge, SceneBox, SceneEdge, SceneLabel } from "./scene.ts";

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
}

export function drawScene(svg: SvgSelection, scene: Scene, options: DrawOptions = {}): void {
  const id = options.idPrefix ?? CSS_PREFIX;
  const side = scene.theme === "dark" ? "dark" : "light";
  const paint: Paint = (name) => COLOURS[name][side];
  svg
    .attr("viewBox", `0 0 ${scene.width} ${scene.height}`)
    .attr("width", scene.width)
    .attr("height", scene.height)
    .attr("class", CSS_PREFIX)
    .attr("role", "img")
    .attr("aria-labelledby", `${id}-title ${id}-desc`)
    .attr("font-family", SANS);
  svg.append("title").attr("id", `${id}-title`).text(scene.title);
  svg.append("desc").attr("id", `${id}-desc`).text(scene.description);
  svg.append("style").text(styleSheet(scene.theme));
  const boxes = svg.append("g").attr("class", "boxes");
  for (const box of scene.boxes) drawBox(boxes, box, paint);
  const nets = svg.append("g").attr("class", "edges").attr("fill", "none");
  for (const { opacity, edges } of scene.nets) {
    const net = nets.append("g").attr("class", "net");
    if (opacity < 1) net.attr("opacity", opacity);
    for (const edge of edges) drawEdge(net, edge, paint);
  }
  const swatches = svg.append("g").attr("class", "legend").attr("fill", "none");
  for (const { d, colour, width, dash } of scene.swatches) {
    stroke(swatches.append("path").attr("d", d), colour, paint, width, dash);
  }
  const labels = svg.append("g").attr("class", "labels");
  for (const label of scene.labels) drawLabel(labels, label, paint);
  const badges = svg.append("g").attr("class", "badges");
  for (const badge of scene.badges) drawBadge(badges, badge, paint);
}

type Paint = (name: ColourName) => string;

/** Colour as attribute for viewers without CSS variables, and as class for those with (palette.ts). */
function stroke(
  shape: SvgSelection,
  colour: ColourName,
  paint: Paint,
  width: number,
  dash: readonly number[],
): SvgSelection {
  shape.attr("class", `s-${colour}`).attr("stroke", paint(colour)).attr("stroke-width", width);
  if (dash.length > 0) shape.attr("stroke-dasharray", dash.join(" "));
  return shape;
}

function drawBox(parent: SvgSelection, box: SceneBox, paint: Paint): void {
  const classes = [box.role, `f-${box.fill}`, ...(box.stroke === null ? [] : [`s-${box.stroke}`])];
  const rectangle = parent
    .append("rect")
    .attr("class", classes.join(" "))
    .attr("x", box.x)
    .attr("y", box.y)
    .attr("width", box.width)
    .attr("height", box.height)
    .attr("fill", paint(box.fill));
  if (box.radius > 0) rectangle.attr("rx", box.radius);
  if (box.stroke !== null) rectangle.attr("stroke", paint(box.stroke));
  if (box.dashed) rectangle.attr("stroke-dasharray", "4 3");
  if (box.tooltip !== null) rectangle.append("title").text(box.tooltip);
}

/** Width of the pale band under a finding's line. */
const BAND = 5;

function drawEdge(parent: SvgSelection, edge: SceneEdge, paint: Paint): void {
  const group = parent.append("g").attr("class", "edge");
  group.append("title").text(edge.tooltip);
  if (edge.emphasised) {
    const band = group.append("path").attr("d", edge.d);
    stroke(band, edge.colour, paint, edge.width + BAND, []).attr("stroke-opacity", 0.22);
  }
  const line = group.append("path").attr("d", edge.d);
  stroke(line, edge.colour, paint, edge.width, edge.dash);
  group
    .append("path")
    .attr("class", `f-${edge.colour}`)
    .attr("d", edge.arrow)
    .attr("fill", paint(edge.colour));
}

function drawLabel(parent: SvgSelection, label: SceneLabel, paint: Paint): void {
  const text = parent
    .append("text")
    .attr("class", `f-${label.colour}`)
    .attr("x", label.x)
    .attr("y", label.y)
    .attr("font-size", label.size)
    .attr("fill", paint(label.colour));
  if (label.anchor !== "start") text.attr("text-anchor", label.anchor);
  if (label.style === "bold") text.attr("font-weight", "bold");
  if (label.style === "mono") text.attr("font-family", MONO);
  text.text(label.text);
  if (label.tooltip !== null) text.append("title").text(label.tooltip);
}

function drawBadge(parent: SvgSelection, badge: SceneBadge, paint: Paint): void {
  parent
    .append("rect")
    .attr("class", `f-${badge.fill}`)
    .attr("x", badge.x)
    .attr("y", badge.y)
    .attr("width", badge.width)
    .attr("height", badge.height)
    .attr("rx", badge.height / 2)
    .attr("fill", paint(badge.fill));
  parent
    .append("text")
    .attr("class", `f-${badge.colour}`)
    .attr("x", badge.x + badge.width / 2)
    .attr("y", badge.y + badge.height / 2 + 3.5)
    .attr("font-size", 10)
    .attr("font-weight", "bold")
    .attr("text-anchor", "middle")
    .attr("fill", paint(badge.colour))
    .text(badge.text);
}
