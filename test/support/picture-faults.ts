/** What an eye would object to in any picture, as sentences; an empty list is a good picture. */
import { COLOURS } from "../../src/core/diagram/palette.ts";
import type { Rectangle, Scene, SceneBox, SceneLabel } from "../../src/core/diagram/scene.ts";
import { labelClashes } from "./scene-faults.ts";
import { contains, contrast, edgesOf, labelRectangle, overlap } from "./scene-geometry.ts";

export function pictureFaults(scene: Scene): string[] {
  return [
    ...labelClashes(scene),
    ...outside(scene),
    ...overEdges(scene),
    ...boxesOnBoxes(scene),
    ...linesThroughBoxes(scene),
    ...linesThroughTexts(scene),
    ...wrongGrounds(scene),
    ...weakContrasts(scene),
    ...longNumbers(scene),
    ...sameIds(scene),
  ];
}

function named(scene: Scene): { id: string; box: Rectangle }[] {
  return scene.labels.map((label) => ({ id: label.text, box: labelRectangle(label) }));
}

export function outside(scene: Scene): string[] {
  const canvas = { x: 0, y: 0, width: scene.width, height: scene.height };
  const things = [
    ...named(scene),
    ...scene.boxes.map((box) => ({ id: box.id, box })),
    ...scene.badges.map((badge) => ({ id: `badge ${badge.text}`, box: badge })),
    ...edgesOf(scene).flatMap(({ id, points }) =>
      points.map((point) => ({ id, box: { ...point, width: 0, height: 0 } })),
    ),
  ];
  return things.filter(({ box }) => !contains(canvas, box)).map(({ id }) => `${id} outside`);
}

/** A text stands in a box or beside it, never across its border; marks are signs on lines, not boxes. */
export function overEdges(scene: Scene): string[] {
  const boxes = scene.boxes.filter(({ role }) => role === "place" || role === "bar");
  return named(scene).flatMap(({ id, box }) =>
    boxes
      .filter((other) => overlap(box, other) && !contains(other, box))
      .map((other) => `${id} over the edge of ${other.id}`),
  );
}

export function boxesOnBoxes(scene: Scene): string[] {
  return (["place", "bar", "node"] as const).flatMap((role) => {
    const boxes = scene.boxes.filter((box) => box.role === role);
    return boxes.flatMap((a, i) =>
      boxes.slice(i + 1).flatMap((b) => (overlap(a, b) ? [`${a.id} on ${b.id}`] : [])),
    );
  });
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Liang and Barsky's clipping: whether a line of any slope has more than a point inside a rectangle. */
export function passes(a: Point, b: Point, box: Rectangle): boolean {
  let [enters, leaves] = [0, 1];
  for (const [way, room] of [
    [a.x - b.x, a.x - box.x],
    [b.x - a.x, box.x + box.width - a.x],
    [a.y - b.y, a.y - box.y],
    [b.y - a.y, box.y + box.height - a.y],
  ] as const) {
    if (way === 0 && room <= 0) return false;
    if (way < 0) enters = Math.max(enters, room / way);
    if (way > 0) leaves = Math.min(leaves, room / way);
  }
  return leaves - enters > 1e-9;
}

function throughs(scene: Scene, things: readonly { id: string; box: Rectangle }[]): string[] {
  return edgesOf(scene).flatMap(({ id, points }) =>
    points.slice(1).flatMap((b, i) => {
      const a = points[i];
      if (a === undefined) return [];
      return things
        .filter(({ box }) => passes(a, b, box))
        .map((thing) => `${id} through ${thing.id}`);
    }),
  );
}

export function linesThroughBoxes(scene: Scene): string[] {
  const places = scene.boxes.filter(({ role }) => role === "place");
  return throughs(
    scene,
    places.map((box) => ({ id: box.id, box })),
  );
}

/** The texts beside lines of the traffic map have their lines' colours; see scene-faults.ts. */
export function linesThroughTexts(scene: Scene): string[] {
  // Descenders reach the line under some texts; the letters themselves must not be touched.
  const letters = named(scene).map(({ id, box }) => ({
    id,
    box: { ...box, height: box.height * 0.79 },
  }));
  return throughs(scene, letters);
}

/** What the scene says a text stands on is the topmost box under it. */
export function wrongGrounds(scene: Scene): string[] {
  return scene.labels.flatMap((label) => {
    const under = groundOf(scene, label);
    if (under === undefined || under.fill === label.on) return [];
    return [`${label.text} is on ${under.fill} (${under.id}), not on ${label.on}`];
  });
}

function groundOf(scene: Scene, label: SceneLabel): SceneBox | undefined {
  const box = labelRectangle(label);
  return scene.boxes.findLast((other) => overlap(other, box));
}

/** WCAG 2.2, 1.4.3: 4.5:1 for texts, in both modes. */
export function weakContrasts(scene: Scene): string[] {
  return scene.labels.flatMap(({ text, colour, on }) =>
    (["light", "dark"] as const)
      .filter((side) => contrast(COLOURS[colour][side], COLOURS[on][side]) < 4.5)
      .map((side) => `${text}: ${colour} on ${on}, ${side}`),
  );
}

export function longNumbers(scene: Scene): string[] {
  const long: string[] = [];
  JSON.stringify(scene, (key, value: unknown) => {
    if (typeof value === "number" && Math.round(value * 100) / 100 !== value)
      long.push(`${key} ${value}`);
    if ((key === "d" || key === "arrow") && /\.\d{3}|NaN|Infinity|e-?\d/.test(String(value)))
      long.push(`${key} ${value}`);
    return value;
  });
  return long;
}

export function sameIds(scene: Scene): string[] {
  return [scene.boxes, scene.areas, edgesOf(scene)].flatMap((list) => {
    const ids = list.map(({ id }) => id);
    return ids.filter((id, i) => ids.indexOf(id) !== i).map((id) => `${id} twice`);
  });
}
