/** Questions that a person asks of a picture, put to a scene. */
import type {
  Point,
  Rectangle,
  Scene,
  SceneEdge,
  SceneLabel,
} from "../../src/core/diagram/scene.ts";
import { textWidth } from "../../src/core/diagram/text-width.ts";

/** What a label covers: its width, ascenders of 0.76 em and descenders of 0.2 em. */
export function labelRectangle(label: SceneLabel): Rectangle {
  const width = textWidth(label.text, label.size, label.style);
  const start = { start: 0, middle: width / 2, end: width }[label.anchor];
  return { x: label.x - start, y: label.y - 0.76 * label.size, width, height: 0.96 * label.size };
}

export function overlap(a: Rectangle, b: Rectangle): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

export function contains(outer: Rectangle, inner: Rectangle): boolean {
  return (
    inner.x >= outer.x &&
    inner.y >= outer.y &&
    inner.x + inner.width <= outer.x + outer.width &&
    inner.y + inner.height <= outer.y + outer.height
  );
}

export interface Segment {
  readonly a: Point;
  readonly b: Point;
}

export function segments({ points }: SceneEdge): Segment[] {
  return points.flatMap((b, i) => {
    const a = points[i - 1];
    return a === undefined || (a.x === b.x && a.y === b.y) ? [] : [{ a, b }];
  });
}

/** Lines of a scene run level or upright only. */
export function crosses({ a, b }: Segment, box: Rectangle): boolean {
  const left = Math.min(a.x, b.x);
  const right = Math.max(a.x, b.x);
  const top = Math.min(a.y, b.y);
  const bottom = Math.max(a.y, b.y);
  return left < box.x + box.width && right > box.x && top < box.y + box.height && bottom > box.y;
}

/** Whether two segments lie on one line and share more than a point of it. */
export function coincide(s: Segment, t: Segment): boolean {
  const level = s.a.y === s.b.y && t.a.y === t.b.y && s.a.y === t.a.y;
  const upright = s.a.x === s.b.x && t.a.x === t.b.x && s.a.x === t.a.x;
  if (!level && !upright) return false;
  const along = (p: Point) => (level ? p.x : p.y);
  const from = Math.max(Math.min(along(s.a), along(s.b)), Math.min(along(t.a), along(t.b)));
  const to = Math.min(Math.max(along(s.a), along(s.b)), Math.max(along(t.a), along(t.b)));
  return to - from > 0;
}

export function edgesOf(scene: Scene): SceneEdge[] {
  return scene.nets.flatMap(({ edges }) => edges);
}

/** WCAG 2.2, relative luminance and contrast ratio. */
export function contrast(a: string, b: string): number {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((i) => {
    const value = Number.parseInt(colour.slice(i, i + 2), 16) / 255;
    return value <= 0.040_45 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
