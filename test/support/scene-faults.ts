/** What an eye would object to in a traffic map, as sentences; an empty list is a good picture. */
import type { Point, Scene, SceneBox } from "../../src/core/diagram/scene.ts";
import {
  coincide,
  contains,
  crosses,
  edgesOf,
  labelRectangle,
  overlap,
  segments,
} from "./scene-geometry.ts";

function placesOf(scene: Scene): SceneBox[] {
  return scene.boxes.filter(({ role }) => role === "place");
}

export function labelClashes(scene: Scene): string[] {
  const all = [
    ...scene.labels.map((label) => ({ text: label.text, box: labelRectangle(label) })),
    ...scene.badges.map((badge) => ({ text: badge.text, box: badge })),
  ];
  return all.flatMap((a, i) =>
    all.slice(i + 1).flatMap((b) => (overlap(a.box, b.box) ? [`${a.text} on ${b.text}`] : [])),
  );
}

export function linesThroughBoxes(scene: Scene): string[] {
  const places = placesOf(scene);
  return edgesOf(scene).flatMap((edge) =>
    segments(edge).flatMap((segment) =>
      places.filter((box) => crosses(segment, box)).map((box) => `${edge.id} through ${box.id}`),
    ),
  );
}

/** The letters and counts beside lines have their lines' colours; all other texts are names. */
export function linesThroughNames(scene: Scene): string[] {
  const names = scene.labels.filter(({ colour }) => colour === "text" || colour === "muted");
  return edgesOf(scene).flatMap((edge) =>
    segments(edge).flatMap((segment) =>
      names
        .filter((label) => crosses(segment, labelRectangle(label)))
        .map((label) => `${edge.id} through ${label.text}`),
    ),
  );
}

export function hiddenLines(scene: Scene): string[] {
  const faults: string[] = [];
  const nets = scene.nets.map(({ edges }) =>
    edges.flatMap((edge) => segments(edge).map((segment) => ({ id: edge.id, segment }))),
  );
  nets.forEach((net, i) => {
    for (const { id, segment } of nets.slice(i + 1).flat()) {
      const over = net.find((other) => coincide(segment, other.segment));
      if (over !== undefined) faults.push(`${id} with ${over.id}`);
    }
  });
  return faults;
}

export function misplaced(scene: Scene): string[] {
  const canvas = { x: 0, y: 0, width: scene.width, height: scene.height };
  const labels = scene.labels.map((label) => ({ id: label.text, box: labelRectangle(label) }));
  const things = [
    ...labels,
    ...scene.boxes.map((box) => ({ id: box.id, box })),
    ...scene.badges.map((badge) => ({ id: `badge ${badge.text}`, box: badge })),
    ...edgesOf(scene).flatMap((edge) =>
      edge.points.map((point) => ({ id: edge.id, box: { ...point, width: 0, height: 0 } })),
    ),
  ];
  const faults = things
    .filter(({ box }) => !contains(canvas, box))
    .map(({ id }) => `${id} outside the canvas`);
  for (const box of placesOf(scene)) {
    for (const label of labels) {
      if (overlap(label.box, box) && !contains(box, label.box))
        faults.push(`${label.id} over the edge of ${box.id}`);
    }
  }
  for (const role of ["place", "node", "zone", "eni"]) {
    const boxes = scene.boxes.filter((box) => box.role === role);
    boxes.forEach((a, i) => {
      for (const b of boxes.slice(i + 1)) if (overlap(a, b)) faults.push(`${a.id} on ${b.id}`);
    });
  }
  return faults;
}

export function looseLines(scene: Scene): string[] {
  const byId = new Map(placesOf(scene).map((box) => [box.id, box]));
  const onSide = (point: Point | undefined, id: string) => {
    const box = byId.get(id);
    if (point === undefined || box === undefined) return false;
    const side = point.x === box.x || point.x === box.x + box.width;
    return side && point.y > box.y && point.y < box.y + box.height;
  };
  return edgesOf(scene)
    .filter(({ points, from, to }) => {
      const [a, b] = [points[0], points.at(-1)];
      return !((onSide(a, from) && onSide(b, to)) || (onSide(a, to) && onSide(b, from)));
    })
    .map(({ id }) => id);
}
