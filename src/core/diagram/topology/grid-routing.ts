/**
 * Finds the way of every line through a grid of boxes, before there are coordinates. Lines leave a box sideways, run up and
 * down in the channels between columns and across in the corridors between rows, so none can pass through a box. Lines of
 * one class that share an end share their tracks (a net, as on a circuit board); lines of different nets never do.
 */

import { groupBy } from "../group-by.ts";
import { assignTracks, extend, type Span, spanKey } from "./track-packing.ts";

export type Side = "left" | "right";

export interface RoutedPlace {
  readonly id: string;
  readonly row: number;
  readonly column: number;
  /** Position from the top inside its cell. */
  readonly order: number;
  /** Stands outside the nodes: many lines meet here. */
  readonly hub: boolean;
}

export interface RoutedEdge {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  /** Edges of one group may share tracks; null = a track of its own. */
  readonly group: string | null;
  /** Room of its label beside the box. */
  readonly labelWidth: number;
}

/** Where a line meets a box. Ports of one side are numbered from the top. */
export interface Port {
  readonly place: string;
  readonly side: Side;
  readonly index: number;
}

export interface Route {
  readonly edge: string;
  readonly net: string;
  readonly hub: Port;
  readonly leaf: Port;
  readonly hubIsTarget: boolean;
  readonly hubTrack: Track;
  /** Both null when one channel is enough. */
  readonly corridor: Track | null;
  readonly leafTrack: Track | null;
}

/** A line of a channel or corridor: its number and its place among the channel's tracks. */
export interface Track {
  readonly lane: number;
  readonly index: number;
}

export interface Routing {
  readonly routes: readonly Route[];
  readonly ports: PortPlan;
  /** Widest label beside any box of a column, per side. */
  readonly labels: readonly Readonly<Record<Side, number>>[];
  /** Number of tracks of each channel (columns + 1) and corridor (rows + 1). */
  readonly channelTracks: readonly number[];
  readonly corridorTracks: readonly number[];
}

interface Link {
  readonly edge: RoutedEdge;
  readonly net: string;
  readonly hub: RoutedPlace;
  readonly leaf: RoutedPlace;
  readonly hubSide: Side;
  readonly leafSide: Side;
  readonly hubChannel: number;
  readonly leafChannel: number;
}

/** How much room a port needs: a finding's line is thick and carries a badge. */
export type PortRoom = "normal" | "tall";
/** The ports of each place and side, from the top. */
export type PortPlan = ReadonlyMap<string, Readonly<Record<Side, readonly PortRoom[]>>>;

export interface GridSize {
  readonly columns: number;
  readonly rows: number;
  /** Vertical position of a port below the top of its row, once the ports of each box are known. */
  portOffset(plan: PortPlan): (port: Port) => number;
}

export function routeGrid(
  size: GridSize,
  places: ReadonlyMap<string, RoutedPlace>,
  edges: readonly RoutedEdge[],
): Routing {
  const links = linkEdges(size.columns, places, edges);
  const nets = groupBy(links, ({ net }) => net);
  const corridors = new Map([...nets].map(([net, members]) => [net, corridorOf(members)]));
  const ports = assignPorts(links, corridors);
  const offset = size.portOffset(ports.plan);
  const level = (port: Port) => (places.get(port.place)?.row ?? 0) * ROW + offset(port);
  const channels = assignTracks(channelSpans(links, corridors, ports, level), TRACK_GAP);
  const across = assignTracks(corridorSpans(links, corridors), 0);
  const trackOf = (tracks: typeof channels, lane: number, net: string): Track => ({
    lane,
    index: tracks.index.get(spanKey(lane, net)) ?? 0,
  });
  return {
    routes: links.map((link) => {
      const corridor = corridors.get(link.net) ?? 0;
      const straight = link.hubChannel === link.leafChannel;
      return {
        edge: link.edge.id,
        net: link.net,
        hub: ports.of(link.hub.id, link.hubSide, link.net),
        leaf: ports.of(link.leaf.id, link.leafSide, leafKey(link)),
        hubIsTarget: link.hub.id === link.edge.to,
        hubTrack: trackOf(channels, link.hubChannel, link.net),
        corridor: straight ? null : trackOf(across, corridor, link.net),
        leafTrack: straight ? null : trackOf(channels, link.leafChannel, link.net),
      };
    }),
    ports: ports.plan,
    labels: widestLabels(size.columns, links),
    channelTracks: Array.from({ length: size.columns + 1 }, (_, i) => channels.count.get(i) ?? 0),
    corridorTracks: Array.from({ length: size.rows + 1 }, (_, i) => across.count.get(i) ?? 0),
  };
}

/** Chooses for every edge the end where its net is gathered, the sides of both boxes and so the channels. */
function linkEdges(
  columns: number,
  places: ReadonlyMap<string, RoutedPlace>,
  edges: readonly RoutedEdge[],
): Link[] {
  const degrees = new Map<string, number>();
  for (const { group, from, to } of edges) {
    for (const key of [`${group}>${to}`, `${group}<${from}`]) {
      degrees.set(key, (degrees.get(key) ?? 0) + 1);
    }
  }
  return edges.flatMap((edge) => {
    const from = places.get(edge.from);
    const to = places.get(edge.to);
    if (from === undefined || to === undefined) return [];
    const incoming = degrees.get(`${edge.group}>${edge.to}`) ?? 0;
    const outgoing = degrees.get(`${edge.group}<${edge.from}`) ?? 0;
    const gatherAtTarget = to.hub === from.hub ? incoming >= outgoing : to.hub;
    const [hub, leaf] = gatherAtTarget ? [to, from] : [from, to];
    // One column has an outer side, away from the other columns' lines.
    const outer: Side = hub.column < (columns - 1) / 2 ? "left" : "right";
    const direction = Math.sign(leaf.column - hub.column);
    const hubSide: Side = direction === 0 ? outer : direction > 0 ? "right" : "left";
    const leafSide: Side = direction === 0 ? outer : direction > 0 ? "left" : "right";
    const end = gatherAtTarget ? "to" : "from";
    const net =
      edge.group === null ? `edge ${edge.id}` : `net ${edge.group} ${end} ${hubSide} ${hub.id}`;
    return {
      edge,
      net,
      hub,
      leaf,
      hubSide,
      leafSide,
      hubChannel: channel(hub, hubSide),
      leafChannel: channel(leaf, leafSide),
    };
  });
}

/** Channel c lies left of column c. */
function channel(place: RoutedPlace, side: Side): number {
  return side === "left" ? place.column : place.column + 1;
}

/** Corridor r lies above row r. One for the whole net, on the side of the hub where most of its other ends are. */
function corridorOf(links: readonly Link[]): number {
  const hub = links[0]?.hub;
  if (hub === undefined) return 0;
  const balance = links.reduce((sum, { leaf }) => sum + Math.sign(leaf.row - hub.row), 0);
  return balance < 0 ? hub.row : hub.row + 1;
}

/** Least distance of two lines, one below the other, on one track. */
const TRACK_GAP = 12;
/** Vertical order of places and corridors: larger is lower. No row is higher than this. */
const ROW = 1e6;
const PLACE = 1e3;
function placeLevel(place: RoutedPlace): number {
  return place.row * ROW + place.order * PLACE;
}
function corridorLevel(corridor: number): number {
  return corridor * ROW - ROW / 2;
}

interface Ports {
  readonly plan: PortPlan;
  of(place: string, side: Side, key: string): Port;
}

function leafKey({ edge }: Link): string {
  return `leaf ${edge.id}`;
}

/** One port per net at its hub, one per edge at the other end; from the top in the order of where the lines go. */
function assignPorts(links: readonly Link[], corridors: ReadonlyMap<string, number>): Ports {
  interface Request {
    readonly place: string;
    readonly side: Side;
    readonly room: PortRoom;
    readonly targets: number[];
  }
  const requests = new Map<string, Request>();
  const request = (link: Link, place: string, side: Side, key: string, target: number) => {
    const id = `${side} ${key} ${place}`;
    const found = requests.get(id);
    const room = link.edge.group === null ? "tall" : "normal";
    if (found === undefined) requests.set(id, { place, side, room, targets: [target] });
    else found.targets.push(target);
  };
  for (const link of links) {
    const direct = link.hubChannel === link.leafChannel;
    const level = corridorLevel(corridors.get(link.net) ?? 0);
    request(link, link.hub.id, link.hubSide, link.net, direct ? placeLevel(link.leaf) : level);
    request(
      link,
      link.leaf.id,
      link.leafSide,
      leafKey(link),
      direct ? placeLevel(link.hub) : level,
    );
  }
  const mean = ({ targets }: Request) => targets.reduce((a, b) => a + b, 0) / targets.length;
  const plan = new Map<string, Record<Side, PortRoom[]>>();
  const ports = new Map<string, Port>();
  const ordered = [...requests].sort(
    ([a, x], [b, y]) => mean(x) - mean(y) || (a < b ? -1 : a > b ? 1 : 0),
  );
  for (const [id, { place, side, room }] of ordered) {
    const sides = plan.get(place) ?? { left: [], right: [] };
    plan.set(place, sides);
    ports.set(id, { place, side, index: sides[side].length });
    sides[side].push(room);
  }
  return {
    plan,
    of: (place, side, key) => ports.get(`${side} ${key} ${place}`) ?? { place, side, index: 0 },
  };
}

function channelSpans(
  links: readonly Link[],
  corridors: ReadonlyMap<string, number>,
  ports: Ports,
  levelOf: (port: Port) => number,
): Span[] {
  const spans = new Map<string, Span>();
  const attach = (lane: number, net: string, port: Port) => {
    const at = levelOf(port);
    const span = extend(spans, lane, net, at);
    // A box's right side is the left bank of the channel.
    if (port.side === "right") {
      span.left += 1;
      span.leftLevel = at;
    } else {
      span.right += 1;
    }
  };
  for (const link of links) {
    const { net, hub, leaf } = link;
    attach(link.hubChannel, net, ports.of(hub.id, link.hubSide, net));
    attach(link.leafChannel, net, ports.of(leaf.id, link.leafSide, leafKey(link)));
    if (link.hubChannel === link.leafChannel) continue;
    const level = corridorLevel(corridors.get(net) ?? 0);
    extend(spans, link.hubChannel, net, level);
    extend(spans, link.leafChannel, net, level);
  }
  return [...spans.values()];
}

function corridorSpans(links: readonly Link[], corridors: ReadonlyMap<string, number>): Span[] {
  const spans = new Map<string, Span>();
  for (const { net, hubChannel, leafChannel } of links) {
    if (hubChannel === leafChannel) continue;
    extend(spans, corridors.get(net) ?? 0, net, hubChannel);
    extend(spans, corridors.get(net) ?? 0, net, leafChannel);
  }
  return [...spans.values()];
}

function widestLabels(columns: number, links: readonly Link[]): Record<Side, number>[] {
  const widest = Array.from({ length: columns }, () => ({ left: 0, right: 0 }));
  for (const { leaf, leafSide, edge } of links) {
    const column = widest[leaf.column];
    if (column !== undefined) column[leafSide] = Math.max(column[leafSide], edge.labelWidth);
  }
  return widest;
}
