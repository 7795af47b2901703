/**
 * Puts the boxes of the traffic map into a grid: rows of what lies outside the VPC, rows of what lies in it beside the nodes,
 * rows of nodes with each zone in its own columns. Lines then run between the columns and rows and never through a box.
 */
import { groupBy } from "../group-by.ts";
import { compareNatural } from "../natural-order.ts";
import type { TopologyNode } from "./topology-fold.ts";
import type { TopologyModel, TopologyPlace } from "./topology-model.ts";
import type { PlaceKind } from "./topology-place.ts";

/** Boxes of one ENI of a node, one below the other; null = the report does not tell the ENI. */
export interface EniGroup {
  readonly deviceIndex: number | null;
  readonly places: readonly TopologyPlace[];
}

export interface GridCell {
  readonly row: number;
  readonly column: number;
  /** null for a box of its own above the nodes. */
  readonly node: TopologyNode | null;
  readonly groups: readonly EniGroup[];
}

export interface GridZone {
  /** null when no input tells the zone. */
  readonly name: string | null;
  readonly firstColumn: number;
  readonly lastColumn: number;
}

export interface TopologyGrid {
  readonly columns: number;
  readonly rows: number;
  /** First row inside the VPC, and first row of nodes. */
  readonly vpcRow: number;
  readonly nodeRow: number;
  readonly cells: readonly GridCell[];
  readonly zones: readonly GridZone[];
}

/** Columns that the rows above the nodes may use even over a single node. */
const STRIP_COLUMNS = 3;
const MAX_COLUMNS = 6;
/** Wanted width : height of the whole picture; a screen's. */
const ASPECT = 1.5;
/** For the choice of columns only. */
const ESTIMATE = { column: 330, place: 52, node: 72, strip: 320 } as const;

const STRIP_ORDER: readonly PlaceKind[] = [
  "internet",
  "peer",
  "link-local",
  "load-balancer",
  "control-plane",
  "aws-interface",
  "vpc-host",
  "service",
];

export function buildTopologyGrid(model: TopologyModel): TopologyGrid {
  const byNode = groupBy(
    model.places.filter(({ area }) => area === "node"),
    ({ node }) => node,
  );
  const nodes = model.nodes.filter(({ key }) => byNode.has(key));
  const zoned = groupBy(nodes, ({ zone }) => zone);
  // Nodes whose zone is unknown come last.
  const zones = [...zoned.keys()].sort(
    (a, b) => Number(a === null) - Number(b === null) || compareNatural(a ?? "", b ?? ""),
  );
  const nodeRows = chooseRows(
    zones.map((zone) =>
      (zoned.get(zone) ?? []).map(({ key }) => estimateHeight(byNode.get(key) ?? [])),
    ),
  );
  const outside = strip(model, "outside");
  const inside = strip(model, "vpc");
  const nodeColumns = zones.reduce(
    (sum, zone) => sum + Math.ceil((zoned.get(zone)?.length ?? 0) / nodeRows),
    0,
  );
  const wanted = Math.max(outside.length, inside.length, 1);
  const columns = Math.max(nodeColumns, Math.min(wanted, STRIP_COLUMNS));
  const vpcRow = Math.ceil(outside.length / columns);
  // One row stays even when it is empty: its upper side is the VPC's edge, its lower one a corridor inside.
  const nodeRow = vpcRow + Math.max(1, Math.ceil(inside.length / columns));
  const cells = [...stripCells(outside, columns, 0), ...stripCells(inside, columns, vpcRow)];
  const gridZones: GridZone[] = [];
  let column = Math.floor((columns - nodeColumns) / 2);
  for (const zone of zones) {
    const members = zoned.get(zone) ?? [];
    const width = Math.ceil(members.length / nodeRows);
    // Columns of one zone are filled evenly, not the last one with what is left.
    const height = Math.ceil(members.length / width);
    members.forEach((node, i) => {
      cells.push({
        row: nodeRow + (i % height),
        column: column + Math.floor(i / height),
        node,
        groups: eniGroups(byNode.get(node.key) ?? [], node.address),
      });
    });
    gridZones.push({ name: zone, firstColumn: column, lastColumn: column + width - 1 });
    column += width;
  }
  const rows = nodes.length === 0 ? nodeRow : nodeRow + nodeRows;
  return { columns, rows, vpcRow, nodeRow, cells, zones: gridZones };
}

function strip(model: TopologyModel, area: "outside" | "vpc"): TopologyPlace[] {
  return model.places
    .filter((place) => place.area === area)
    .sort(
      (a, b) =>
        STRIP_ORDER.indexOf(a.kind) - STRIP_ORDER.indexOf(b.kind) ||
        Number(a.folded > 0) - Number(b.folded > 0) ||
        compareNatural(a.name, b.name) ||
        compareNatural(a.id, b.id),
    );
}

/** Rows of boxes, each row centred over the columns. */
function stripCells(places: readonly TopologyPlace[], columns: number, row: number): GridCell[] {
  return places.map((place, i) => {
    const line = Math.floor(i / columns);
    const inLine = Math.min(columns, places.length - line * columns);
    return {
      row: row + line,
      column: Math.floor((columns - inLine) / 2) + (i % columns),
      node: null,
      groups: [{ deviceIndex: null, places: [place] }],
    };
  });
}

/** By device index; what belongs to no known ENI first when it is the host, else last. */
function eniGroups(places: readonly TopologyPlace[], primaryAddress: string | null): EniGroup[] {
  const numbered = places.some(({ deviceIndex }) => deviceIndex !== null);
  const groups = groupBy(places, (place) => {
    if (place.kind !== "pod" && place.kind !== "host") return null;
    // A node's primary address is that of device 0 by definition (EC2 DescribeInstances, PrivateIpAddress).
    const primary = primaryAddress !== null && place.addresses.includes(primaryAddress);
    return place.deviceIndex ?? (numbered && place.kind === "host" && primary ? 0 : null);
  });
  const rank = (group: EniGroup) => {
    if (group.deviceIndex !== null) return group.deviceIndex;
    return group.places.some(({ kind }) => kind === "host") ? -1 : Number.MAX_SAFE_INTEGER;
  };
  return [...groups]
    .map(([deviceIndex, members]) => ({ deviceIndex, places: members }))
    .sort((a, b) => rank(a) - rank(b));
}

function estimateHeight(places: readonly TopologyPlace[]): number {
  return ESTIMATE.node + places.length * ESTIMATE.place;
}

/** Rows of nodes so that the picture is about as wide as a screen. `zones` holds the heights of each zone's nodes. */
function chooseRows(zones: readonly (readonly number[])[]): number {
  const most = Math.max(1, ...zones.map((heights) => heights.length));
  let best = most;
  let least = Number.POSITIVE_INFINITY;
  for (let rows = 1; rows <= most; rows++) {
    const columns = zones.reduce((sum, heights) => sum + Math.ceil(heights.length / rows), 0);
    if (columns > MAX_COLUMNS && rows < most) continue;
    let height = ESTIMATE.strip;
    for (let row = 0; row < rows; row++) {
      const inRow = zones.flatMap((heights) => heights.filter((_, i) => i % rows === row));
      height += Math.max(0, ...inRow);
    }
    const miss = Math.abs(Math.log((columns * ESTIMATE.column) / height / ASPECT));
    if (miss < least - 1e-9) {
      least = miss;
      best = rows;
    }
  }
  return best;
}
