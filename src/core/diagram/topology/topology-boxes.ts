/** The boxes of the traffic map and the names in them. */

import { label } from "../label.ts";
import type { ColourName } from "../palette.ts";
import type { Rectangle, SceneBox, SceneLabel } from "../scene.ts";
import { type TextStyle, textWidth } from "../text-width.ts";
import { ownText, type SafeText, xmlSafe } from "../xml-safe.ts";
import type { Geometry } from "./topology-geometry.ts";
import type { GridCell, TopologyGrid } from "./topology-grid.ts";
import type { TopologyModel, TopologyPlace } from "./topology-model.ts";
import { commonDomain, nodeText, placeText } from "./topology-text.ts";

interface Drawn {
  readonly boxes: SceneBox[];
  readonly labels: SceneLabel[];
}

export function drawBoxes(model: TopologyModel, grid: TopologyGrid, geometry: Geometry): Drawn {
  const drawn: Drawn = { boxes: [], labels: [] };
  if (grid.cells.length === 0) return drawn;
  if (model.owners) drawVpc(drawn, model, geometry);
  grid.zones.forEach((zone, i) => {
    const frame = geometry.zones[i];
    if (zone.name !== null && frame !== undefined) drawZone(drawn, xmlSafe(zone.name), frame);
  });
  const suffix = commonDomain(
    model.nodes.filter(({ folded, name }) => folded === 0 && name !== "").map(({ name }) => name),
  );
  grid.cells.forEach((cell, i) => {
    const frame = geometry.cells[i];
    if (frame !== undefined) drawNode(drawn, cell, frame, suffix);
    cell.groups.forEach((group, g) => {
      const groupFrame = geometry.groups[i]?.[g];
      if (cell.node !== null && groupFrame !== undefined) {
        drawGroup(drawn, group.deviceIndex, `eni ${i} ${g}`, groupFrame);
      }
      for (const place of group.places) {
        const box = geometry.places.get(place.id);
        if (box !== undefined) drawPlace(drawn, place, box);
      }
    });
  });
  return drawn;
}

function drawVpc(drawn: Drawn, model: TopologyModel, { vpc, firstColumn }: Geometry): void {
  drawn.boxes.push(container("vpc", "vpc", "vpc", vpc, 12));
  // Beside the first column run lines; over it, between the border and the first box, none do.
  const at = { x: firstColumn.x, y: vpc.y + 21, room: firstColumn.width };
  const look = { size: 13, style: "bold", on: "vpc" } as const;
  const all = xmlSafe(["VPC", ...model.vpcCidrs].join(" "));
  drawn.labels.push({ ...label(vpcName(model.vpcCidrs, at.room), at, look), tooltip: all });
}

/** As many CIDRs as there is room for, and how many more there are. */
function vpcName(cidrs: readonly string[], room: number): SafeText {
  for (let shown = cidrs.length; shown > 0; shown--) {
    const more = cidrs.length - shown;
    const text = ["VPC", ...cidrs.slice(0, shown), ...(more > 0 ? [`+${more}`] : [])].join(" ");
    if (textWidth(text, 13, "bold") <= room) return xmlSafe(text);
  }
  return xmlSafe(cidrs.length === 0 ? "VPC" : `VPC, ${cidrs.length} CIDRs`);
}

function drawZone(drawn: Drawn, name: SafeText, frame: Rectangle): void {
  drawn.boxes.push({ ...container(`zone ${name}`, "zone", "zone", frame, 10), dashed: true });
  drawn.labels.push(
    label(
      name,
      { x: frame.x + 16, y: frame.y + 20, room: frame.width - 32 },
      { size: 12, style: "bold", on: "zone" },
    ),
  );
}

function drawNode(drawn: Drawn, cell: GridCell, frame: Rectangle, suffix: string): void {
  if (cell.node === null) return;
  const { name, detail, tooltip } = nodeText(cell.node, suffix);
  drawn.boxes.push({ ...container(`node ${cell.node.key}`, "node", "node", frame, 8), tooltip });
  const at = { x: frame.x + 12, room: frame.width - 24 };
  const single = detail === "";
  drawn.labels.push(
    label(
      name,
      { ...at, y: frame.y + (single ? 25 : 18) },
      { size: 12.5, style: "bold", on: "node", tooltip },
    ),
  );
  if (!single) {
    drawn.labels.push(
      label(
        detail,
        { ...at, y: frame.y + 32 },
        { size: 10, style: "mono", on: "node", colour: "muted" },
      ),
    );
  }
}

function drawGroup(drawn: Drawn, deviceIndex: number | null, id: string, frame: Rectangle): void {
  drawn.boxes.push({ ...container(id, "eni", "eni", frame, 6), stroke: null });
  if (deviceIndex === null) return;
  const text = ownText(deviceIndex === 0 ? "ENI 0 (primary)" : `ENI ${deviceIndex}`);
  drawn.labels.push(
    label(
      text,
      { x: frame.x + 8, y: frame.y + 14, room: frame.width - 16 },
      { size: 10, on: "eni", colour: "muted" },
    ),
  );
}

const FILLS: Readonly<Partial<Record<TopologyPlace["kind"], ColourName>>> = {
  internet: "outside",
  peer: "outside",
  "link-local": "outside",
  "load-balancer": "infrastructure",
  "control-plane": "infrastructure",
  "aws-interface": "infrastructure",
  "vpc-host": "infrastructure",
  service: "infrastructure",
};

function drawPlace(drawn: Drawn, place: TopologyPlace, box: Rectangle): void {
  const { name, detail, tooltip } = placeText(place);
  const fill = FILLS[place.kind] ?? "place";
  drawn.boxes.push({
    ...container(place.id, "place", fill, box, 5),
    stroke: "border",
    dashed: place.folded > 0 || place.kind === "host",
    tooltip,
  });
  const at = { x: box.x + 10, room: box.width - 20 };
  const middle = box.y + box.height / 2;
  const strong: TextStyle = place.area === "node" && place.kind !== "node" ? "regular" : "bold";
  const y = detail === "" ? middle + 4 : middle - 3;
  drawn.labels.push(label(name, { ...at, y }, { size: 12, style: strong, on: fill, tooltip }));
  if (detail !== "") {
    drawn.labels.push(
      label(
        detail,
        { ...at, y: middle + 12 },
        { size: 10, style: "mono", on: fill, colour: "muted", tooltip },
      ),
    );
  }
}

function container(
  id: string,
  role: SceneBox["role"],
  fill: ColourName,
  frame: Rectangle,
  radius: number,
): SceneBox {
  return {
    id: xmlSafe(id),
    role,
    ...frame,
    fill,
    stroke: "border",
    dashed: false,
    radius,
    tooltip: null,
  };
}
