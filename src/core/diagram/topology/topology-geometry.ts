/**
 * Coordinates of the traffic map: how wide each channel and column is, how high each row, and where every box and port lies.
 * Everything rests on a grid of 8 units. Ports on right sides lie on it and ports on left sides halfway between, so that two
 * lines that meet in a channel from opposite boxes never run on top of each other.
 */

import { MARGIN } from "../caption.ts";
import type { Rectangle } from "../scene.ts";
import type { Port, PortPlan, PortRoom, Routing, Side, Track } from "./grid-routing.ts";
import type { GridCell, TopologyGrid } from "./topology-grid.ts";

export const GRID = 8;
/** Height of a port of its box, and how far below its top the line runs: its label stands above it. */
const PORT = { normal: { height: 16, line: 8 }, tall: { height: 24, line: 16 } } as const;
const PLACE_HEIGHT = 40;
const PLACE_GAP = 8;
/** Space between the VPC's edge and what it holds; between a zone's edge and its nodes. */
const VPC_BAND = 32;
const ZONE_BAND = 32;
const ZONE_PADDING = 8;
const NODE_HEADER = 40;
const NODE_PADDING = 8;
const ENI_HEADER = 16;
const ENI_PADDING = 8;
const CHANNEL_PADDING = 16;
const CORRIDOR_PADDING = 8;
const TRACK = 8;
/** Between a box and the edge of its node when no label stands there, and around a label when one does. */
const LANE = 16;
const LABEL_ROOM = 24;

export interface Geometry {
  readonly width: number;
  /** Below the last row and corridor. */
  readonly bottom: number;
  readonly vpc: Rectangle;
  /** No line runs up or down within it. */
  readonly firstColumn: { readonly x: number; readonly width: number };
  readonly zones: readonly Rectangle[];
  /** Per cell of the grid, in its order; the box of the place for a cell without a node. */
  readonly cells: readonly Rectangle[];
  /** Per cell: its groups of boxes, with their lanes. */
  readonly groups: readonly (readonly Rectangle[])[];
  readonly places: ReadonlyMap<string, Rectangle>;
  channelX(track: Track): number;
  corridorY(track: Track): number;
  portY(port: Port): number;
  /** How many ports there are on that side of that box. */
  portCount(port: Port): number;
}

export interface Measures {
  /** Width of the boxes that lines end at. */
  readonly placeWidth: number;
  /** First free y below the picture's title. */
  readonly top: number;
  readonly zonesNamed: boolean;
}

export function layOutGrid(grid: TopologyGrid, routing: Routing, measures: Measures): Geometry {
  const columns = columnPositions(routing, measures.placeWidth);
  const rows = rowPositions(grid, routing, measures);
  const places = new Map<string, Rectangle>();
  const cells: Rectangle[] = [];
  const groups: Rectangle[][] = [];
  for (const cell of grid.cells) {
    const column = columns.columns[cell.column] ?? { x: 0, width: 0, left: 0 };
    const y = rows.rows[cell.row]?.y ?? 0;
    const size = cellHeight(cell, routing.ports);
    const x = cell.node === null ? column.x + column.left : column.x;
    const width = cell.node === null ? measures.placeWidth : column.width;
    cells.push({ x, y, width, height: size });
    groups.push(
      placeGroups(cell, routing.ports, { column, y, width: measures.placeWidth }, places),
    );
  }
  return {
    width: columns.right + MARGIN,
    bottom: rows.bottom,
    vpc: {
      x: MARGIN,
      y: rows.vpcTop,
      width: columns.right - MARGIN,
      height: rows.bottom - rows.vpcTop,
    },
    firstColumn: { x: columns.columns[0]?.x ?? 0, width: columns.columns[0]?.width ?? 0 },
    zones: grid.zones.map(({ firstColumn, lastColumn }) => {
      const left = (columns.columns[firstColumn]?.x ?? 0) - ZONE_PADDING;
      const last = columns.columns[lastColumn];
      const right = (last?.x ?? 0) + (last?.width ?? 0) + ZONE_PADDING;
      const y = rows.zoneTop;
      return { x: left, y, width: right - left, height: rows.zoneBottom - y };
    }),
    cells,
    groups,
    places,
    channelX: ({ lane, index }) =>
      (columns.channels[lane] ?? 0) + CHANNEL_PADDING + index * TRACK + TRACK / 2,
    corridorY: ({ lane, index }) =>
      (rows.corridors[lane] ?? 0) + CORRIDOR_PADDING + index * TRACK + TRACK / 2,
    portY: (port) => portY(port, routing.ports, places),
    portCount: ({ place, side }) => routing.ports.get(place)?.[side].length ?? 0,
  };
}

/** Where ports lie below the top of their row: known before any track is, since only ports make boxes higher. */
export function portOffsets(grid: TopologyGrid): (plan: PortPlan) => (port: Port) => number {
  return (plan) => {
    const places = new Map<string, Rectangle>();
    const at = { column: { x: 0, width: 0, left: 0 }, y: 0, width: 0 };
    for (const cell of grid.cells) placeGroups(cell, plan, at, places);
    return (port) => portY(port, plan, places);
  };
}

interface Column {
  readonly x: number;
  readonly width: number;
  /** From x to the boxes. */
  readonly left: number;
}

function columnPositions(
  routing: Routing,
  placeWidth: number,
): { columns: Column[]; channels: number[]; right: number } {
  const columns: Column[] = [];
  const channels: number[] = [];
  let x = MARGIN;
  routing.channelTracks.forEach((tracks, i) => {
    channels.push(x);
    x += 2 * CHANNEL_PADDING + tracks * TRACK;
    const labels = routing.labels[i];
    if (labels === undefined) return;
    const left = NODE_PADDING + laneWidth(labels.left);
    const width = left + placeWidth + laneWidth(labels.right) + NODE_PADDING;
    columns.push({ x, width, left });
    x += width;
  });
  return { columns, channels, right: x };
}

function laneWidth(label: number): number {
  return label === 0 ? LANE : Math.ceil((label + LABEL_ROOM) / GRID) * GRID;
}

interface Rows {
  readonly rows: readonly { readonly y: number; readonly height: number }[];
  readonly corridors: readonly number[];
  readonly vpcTop: number;
  readonly zoneTop: number;
  readonly zoneBottom: number;
  readonly bottom: number;
}

function rowPositions(grid: TopologyGrid, routing: Routing, measures: Measures): Rows {
  const rows: { y: number; height: number }[] = [];
  const corridors: number[] = [];
  let y = measures.top;
  let vpcTop = y;
  let zoneTop = y;
  let zoneBottom = y;
  for (let row = 0; row <= grid.rows; row++) {
    corridors.push(y);
    const tracks = routing.corridorTracks[row] ?? 0;
    y += tracks === 0 ? CORRIDOR_PADDING : 2 * CORRIDOR_PADDING + tracks * TRACK;
    if (row === grid.rows) break;
    if (row === grid.vpcRow) {
      vpcTop = y;
      y += VPC_BAND;
    }
    if (row === grid.nodeRow) {
      zoneTop = y;
      y += measures.zonesNamed ? ZONE_BAND : ZONE_PADDING;
    }
    const height = grid.cells
      .filter((cell) => cell.row === row)
      .reduce((most, cell) => Math.max(most, cellHeight(cell, routing.ports)), 0);
    rows.push({ y, height });
    y += height;
    if (row >= grid.nodeRow) {
      zoneBottom = y + ZONE_PADDING;
      y += ZONE_PADDING;
    }
  }
  return { rows, corridors, vpcTop, zoneTop, zoneBottom, bottom: y + GRID };
}

function placeHeight(id: string, plan: PortPlan): number {
  const ports = plan.get(id);
  const most = Math.max(portsHeight(ports?.left ?? []), portsHeight(ports?.right ?? []));
  return Math.max(PLACE_HEIGHT, most + GRID);
}

function portsHeight(rooms: readonly PortRoom[]): number {
  return rooms.reduce((sum, room) => sum + PORT[room].height, 0);
}

function cellHeight(cell: GridCell, plan: PortPlan): number {
  const ids = cell.groups.map(({ places }) => places.map(({ id }) => id));
  if (cell.node === null) return placeHeight(ids[0]?.[0] ?? "", plan);
  return cell.groups.reduce(
    (sum, group) => sum + groupHeight(group, plan) + PLACE_GAP,
    NODE_HEADER,
  );
}

function groupHeight(group: GridCell["groups"][number], plan: PortPlan): number {
  const header = group.deviceIndex === null ? ENI_PADDING : ENI_HEADER + ENI_PADDING;
  return group.places.reduce(
    (sum, { id }, i) => sum + placeHeight(id, plan) + (i === 0 ? 0 : PLACE_GAP),
    header + ENI_PADDING,
  );
}

/** Fills in the boxes of one cell; the answer is the frame of each group. */
function placeGroups(
  cell: GridCell,
  plan: PortPlan,
  at: { readonly column: Column; readonly y: number; readonly width: number },
  places: Map<string, Rectangle>,
): Rectangle[] {
  const { column, width } = at;
  const x = column.x + column.left;
  let y = cell.node === null ? at.y : at.y + NODE_HEADER;
  return cell.groups.map((group) => {
    const top = y;
    if (cell.node !== null) y += ENI_PADDING + (group.deviceIndex === null ? 0 : ENI_HEADER);
    group.places.forEach(({ id }, i) => {
      if (i > 0) y += PLACE_GAP;
      const height = placeHeight(id, plan);
      places.set(id, { x, y, width, height });
      y += height;
    });
    if (cell.node !== null) y += ENI_PADDING;
    const frame = {
      x: column.x + NODE_PADDING,
      y: top,
      width: column.width - 2 * NODE_PADDING,
      height: y - top,
    };
    y += PLACE_GAP;
    return frame;
  });
}

function portY(
  { place, side, index }: Port,
  plan: PortPlan,
  places: ReadonlyMap<string, Rectangle>,
): number {
  const box = places.get(place);
  if (box === undefined) return 0;
  const rooms = plan.get(place)?.[side] ?? [];
  const top = box.y + (box.height - portsHeight(rooms)) / 2;
  const line = PORT[rooms[index] ?? "normal"].line;
  return snap(top + portsHeight(rooms.slice(0, index)) + line, side);
}

function snap(y: number, side: Side): number {
  const offset = side === "left" ? GRID / 2 : 0;
  return Math.round((y - offset) / GRID) * GRID + offset;
}
