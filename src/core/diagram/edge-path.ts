/** Lines with right angles, rounded corners and arrow heads as SVG path data (SVG 1.1, section 8.3). */
import { cut, type Point } from "./scene.ts";

/** Length of an arrow head along its line, and half its width. */
export const ARROW_LENGTH = 8;
const ARROW_HALF_WIDTH = 4;
const CORNER_RADIUS = 6;

/** Leaves out points that do not change the direction. */
export function corners(points: readonly Point[]): Point[] {
  const kept: Point[] = [];
  for (const point of points) {
    const last = kept.at(-1);
    if (last !== undefined && last.x === point.x && last.y === point.y) continue;
    const before = kept.at(-2);
    if (
      last !== undefined &&
      before !== undefined &&
      ((before.x === last.x && last.x === point.x) || (before.y === last.y && last.y === point.y))
    ) {
      kept[kept.length - 1] = point;
    } else {
      kept.push(point);
    }
  }
  return kept;
}

/** The line; `startGap` and `endGap` shorten it so that it does not stick out of an arrow head. */
export function linePath(points: readonly Point[], startGap: number, endGap: number): string {
  const line = corners(points);
  const [first, second] = line;
  const last = line.at(-1);
  const beforeLast = line.at(-2);
  if (!first || !second || !last || !beforeLast) return "";
  const start = towards(first, second, startGap);
  const end = towards(last, beforeLast, endGap);
  let d = `M${pair(start)}`;
  for (let i = 1; i < line.length - 1; i++) {
    const [before, corner, after] = [line[i - 1], line[i], line[i + 1]];
    if (!before || !corner || !after) continue;
    const radius = Math.min(
      CORNER_RADIUS,
      distance(before, corner) / 2,
      distance(corner, after) / 2,
    );
    d += `L${pair(towards(corner, before, radius))}`;
    d += `Q${pair(corner)} ${pair(towards(corner, after, radius))}`;
  }
  return `${d}L${pair(end)}`;
}

/** A triangle whose tip is `tip`, seen from `from`. */
export function arrowPath(tip: Point, from: Point): string {
  const base = towards(tip, from, ARROW_LENGTH);
  const length = distance(tip, from) || 1;
  const across = {
    x: ((from.y - tip.y) / length) * ARROW_HALF_WIDTH,
    y: ((tip.x - from.x) / length) * ARROW_HALF_WIDTH,
  };
  const a = { x: base.x + across.x, y: base.y + across.y };
  const b = { x: base.x - across.x, y: base.y - across.y };
  return `M${pair(tip)}L${pair(a)}L${pair(b)}Z`;
}

function towards(from: Point, to: Point, length: number): Point {
  const whole = distance(from, to);
  if (whole === 0) return from;
  const share = Math.min(length, whole) / whole;
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

function pair({ x, y }: Point): string {
  return `${cut(x)} ${cut(y)}`;
}
