/**
 * A scene as a draw.io (diagrams.net) file: boxes, texts and lines where the picture has them, each to be moved by hand.
 * Values are plain text (html=0): a name cannot act in the editor.
 */
import { COLOURS, type ColourName } from "../palette.ts";
import type {
  Point,
  Rectangle,
  Scene,
  SceneBadge,
  SceneBox,
  SceneEdge,
  SceneLabel,
} from "../scene.ts";
import { textWidth } from "../text-width.ts";

export function writeDrawio(scene: Scene): string {
  const boxes = scene.boxes.filter(({ role }) => role !== "canvas");
  const ids = new Map(boxes.map(({ id }, i) => [id, `box${i + 1}`]));
  const places = new Map(boxes.map((box) => [box.id, box]));
  const cells = [
    ...boxes.map((box) => boxCell(box, ids.get(box.id) ?? "")),
    ...scene.nets
      .flatMap(({ edges }) => edges)
      .map((edge, i) => edgeCell(edge, `line${i + 1}`, ids, places)),
    ...scene.labels.map((label, i) => labelCell(label, `text${i + 1}`)),
    ...scene.badges.map((badge, i) => badgeCell(badge, `badge${i + 1}`)),
  ];
  return [
    `<mxfile>`,
    `  <diagram name="${attribute(scene.title)}">`,
    `    <mxGraphModel page="0" pageWidth="${scene.width}" pageHeight="${scene.height}">`,
    `      <root>`,
    `        <mxCell id="0"/>`,
    `        <mxCell id="1" parent="0"/>`,
    ...cells.map((cell) => `        ${cell}`),
    `      </root>`,
    `    </mxGraphModel>`,
    `  </diagram>`,
    `</mxfile>`,
    "",
  ].join("\n");
}

function colour(name: ColourName | null): string {
  return name === null ? "none" : COLOURS[name].light;
}

function vertex(id: string, value: string, style: string, box: Rectangle): string {
  return `<mxCell id="${id}" value="${attribute(value)}" style="${style}" vertex="1" parent="1">${geometry(box)}</mxCell>`;
}

function geometry({ x, y, width, height }: Rectangle): string {
  return `<mxGeometry x="${x}" y="${y}" width="${width}" height="${height}" as="geometry"/>`;
}

function boxCell(box: SceneBox, id: string): string {
  const style = [
    box.radius > 0 ? `rounded=1;absoluteArcSize=1;arcSize=${2 * box.radius}` : "rounded=0",
    `fillColor=${colour(box.fill)}`,
    `strokeColor=${colour(box.stroke)}`,
    `strokeWidth=${box.weight ?? 1}`,
    `dashed=${box.dashed ? 1 : 0}`,
    "html=0",
  ];
  return vertex(id, "", `${style.join(";")};`, box);
}

function labelCell(label: SceneLabel, id: string): string {
  const width = Math.ceil(textWidth(label.text, label.size, label.style)) + 2;
  const height = Math.ceil(label.size * 1.3);
  const shift = { start: 0, middle: width / 2, end: width }[label.anchor];
  const align = { start: "left", middle: "center", end: "right" }[label.anchor];
  const style = [
    "text",
    "html=0",
    `align=${align}`,
    "verticalAlign=middle",
    "spacing=0",
    `fontSize=${label.size}`,
    `fontColor=${colour(label.colour)}`,
    `fontStyle=${label.style === "bold" ? 1 : 0}`,
    ...(label.style === "mono" ? ["fontFamily=monospace"] : []),
  ];
  const x = Math.round((label.x - shift) * 100) / 100;
  const y = Math.round((label.y - label.size) * 100) / 100;
  return vertex(id, label.text, `${style.join(";")};`, { x, y, width, height });
}

function badgeCell(badge: SceneBadge, id: string): string {
  const style = `rounded=1;arcSize=50;html=0;strokeColor=none;fillColor=${colour(badge.fill)};fontColor=${colour(badge.colour)};fontSize=10;fontStyle=1;spacing=0;`;
  return vertex(id, badge.text, style, badge);
}

/** Ends are fixed where the picture has them, so that a line keeps its way until somebody moves a box. */
function edgeCell(
  edge: SceneEdge,
  id: string,
  ids: ReadonlyMap<string, string>,
  places: ReadonlyMap<string, SceneBox>,
): string {
  const target = places.get(edge.to);
  const last = edge.points.at(-1);
  const forward = target === undefined || last === undefined || touches(last, target);
  const points = forward ? edge.points : edge.points.toReversed();
  const [start, end] = [points[0], points.at(-1)];
  const style = [
    "html=0;rounded=1;arcSize=10;endArrow=block;endFill=1;endSize=5",
    `strokeColor=${colour(edge.colour)}`,
    `strokeWidth=${edge.width}`,
    ...(edge.dash.length === 0 ? [] : [`dashed=1;fixDash=1;dashPattern=${edge.dash.join(" ")}`]),
    ...anchor("exit", start, places.get(edge.from)),
    ...anchor("entry", end, target),
  ];
  const inner = points.slice(1, -1).map(({ x, y }) => `<mxPoint x="${x}" y="${y}"/>`);
  const way = inner.length === 0 ? "" : `<Array as="points">${inner.join("")}</Array>`;
  return `<mxCell id="${id}" value="" style="${style.join(";")};" edge="1" parent="1" source="${ids.get(edge.from) ?? ""}" target="${ids.get(edge.to) ?? ""}"><mxGeometry relative="1" as="geometry">${way}</mxGeometry></mxCell>`;
}

function touches({ x, y }: Point, box: Rectangle): boolean {
  return x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height;
}

/** Where a line meets a box, as a share of its sides. */
function anchor(
  name: "exit" | "entry",
  point: Point | undefined,
  box: Rectangle | undefined,
): string[] {
  if (point === undefined || box === undefined) return [];
  const share = (at: number, from: number, size: number) =>
    Math.round(((at - from) / size) * 10_000) / 10_000;
  return [
    `${name}X=${share(point.x, box.x, box.width)};${name}Y=${share(point.y, box.y, box.height)};${name}Perimeter=0`,
  ];
}

function attribute(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("\n", "&#10;");
}
