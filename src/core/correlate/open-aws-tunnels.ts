/**
 * Finds the tunnels that AWS itself makes and takes what they carry out of them: packets that VPC Traffic Mirroring copied were
 * seen at the mirrored ENI, and packets that a Gateway Load Balancer hands to an appliance are on their ordinary way. What is
 * inside is laid on a tap of its own, as if a capture had been taken there; a tunnel inside (an overlay that was mirrored) stays
 * one.
 *
 * Nothing in a VXLAN header says who made it. A mirror session differs from an overlay in this: its target never answers, so
 * both directions of a conversation come by one direction of the tunnel, and its target is no node of the cluster
 * (docs.aws.amazon.com/vpc/latest/mirroring, "How Traffic Mirroring works").
 */
import type { OwnerIndex } from "../cluster/owner.ts";
import type { ClusterSnapshot } from "../cluster/snapshot.ts";
import type { FlowEndpoint, FlowObservation, Tap } from "../flow/flow-observation.ts";
import type { AwsTunnel } from "./aws-tunnel.ts";

/** UDP ports by RFC 7348 section 5 and RFC 8926 section 3.3; AWS uses no other. */
const VXLAN_PORT = 4789;
const GENEVE_PORT = 6081;
const ETHERNET = 1;

/** By FlowObservation.id of a row that was inside. */
export interface InsideAwsTunnel {
  readonly tunnel: AwsTunnel;
  readonly vni: number | null;
  /** Row of the outer flow. */
  readonly outer: number;
}

export interface OpenedAwsTunnels {
  readonly taps: readonly Tap[];
  readonly rows: readonly FlowObservation[];
  /** By index of the taps that were made here. */
  readonly byTap: ReadonlyMap<number, AwsTunnel>;
  /** By row: what was inside (first layer only), and the outer flows. */
  readonly inside: ReadonlyMap<number, InsideAwsTunnel>;
  readonly outer: ReadonlyMap<number, AwsTunnel>;
}

export interface AwsTunnelInput {
  readonly taps: readonly Tap[];
  readonly rows: readonly FlowObservation[];
  readonly snapshot: ClusterSnapshot;
  readonly owners: OwnerIndex;
}

export function openAwsTunnels(input: AwsTunnelInput): OpenedAwsTunnels {
  const found = findTunnels(input);
  if (found.length === 0)
    return {
      taps: input.taps,
      rows: input.rows,
      byTap: new Map(),
      inside: new Map(),
      outer: new Map(),
    };
  const outer = new Map<number, AwsTunnel>();
  const inside = new Map<number, InsideAwsTunnel>();
  const shared = sharedVnis(found);
  for (const { pair, tunnel } of found) {
    for (const row of pair.outer) outer.set(row.id, tunnel);
    for (const row of pair.inner) {
      const vni = row.encapsulation?.vni ?? null;
      const own = shared.get(`${placeOf(pair)} ${vni}`) ?? tunnel;
      inside.set(row.id, { tunnel: own, vni, outer: row.encapsulation?.outer ?? -1 });
    }
  }
  return layOnTaps(input, inside, outer);
}

/** Outer flows from one address to another in one capture, and the first layer of what they carry. */
interface Pair {
  readonly capture: number;
  readonly source: string;
  readonly target: string;
  readonly outer: FlowObservation[];
  readonly inner: FlowObservation[];
}
interface Found {
  readonly pair: Pair;
  readonly tunnel: AwsTunnel;
}

function findTunnels(input: AwsTunnelInput): Found[] {
  const { vxlan, geneve, sent } = gatherPairs(input.rows);
  const receivers = new Set(vxlan.map(({ capture, target }) => `${capture} ${target}`));
  const unanswered = vxlan.filter(
    ({ capture, source, target }) =>
      !sent.has(`${target} ${source}`) && !receivers.has(`${capture} ${source}`),
  );
  const sessions = sessionsOf(unanswered, (pair) => mirrorSession(pair, input));
  const balanced = sessionsOf(geneve, (pair) => gatewayLoadBalancer(pair, input.owners));
  return [...sessions, ...withoutRowsOfTheirOwn(unanswered, sessions), ...balanced];
}

/** `sent`: who sends tunnelled packets to whom in any capture, at any port. */
function gatherPairs(rows: readonly FlowObservation[]): {
  readonly vxlan: readonly Pair[];
  readonly geneve: readonly Pair[];
  readonly sent: ReadonlySet<string>;
} {
  const pairs = { vxlan: new Map<string, Pair>(), geneve: new Map<string, Pair>() };
  const pairOf = new Map<number, Pair>();
  const sent = new Set<string>();
  for (const row of rows) {
    const kind = row.carries;
    if (row.protocol !== "udp" || row.encapsulation !== null) continue;
    if (kind !== "vxlan" && kind !== "geneve") continue;
    for (const [from, to] of waysOf(row)) {
      sent.add(`${from.address} ${to.address}`);
      if (to.port !== (kind === "vxlan" ? VXLAN_PORT : GENEVE_PORT)) continue;
      const key = `${row.tap.capture} ${from.address} ${to.address}`;
      const pair = pairs[kind].get(key) ?? newPair(row.tap.capture, from.address, to.address);
      pairs[kind].set(key, pair);
      pair.outer.push(row);
      // A row with both directions is one of a tunnel that answers: the first packet's way stands for it.
      if (!pairOf.has(row.id)) pairOf.set(row.id, pair);
    }
  }
  for (const row of rows) {
    if (row.encapsulation?.depth === 1) pairOf.get(row.encapsulation.outer)?.inner.push(row);
  }
  return { vxlan: [...pairs.vxlan.values()], geneve: [...pairs.geneve.values()], sent };
}

function sessionsOf(pairs: readonly Pair[], judge: (pair: Pair) => AwsTunnel | null): Found[] {
  return pairs.flatMap((pair) => {
    const tunnel = judge(pair);
    return tunnel === null ? [] : [{ pair, tunnel }];
  });
}

/** What they carry was first seen as the copies of another ENI, of which they share target and VNI. */
function withoutRowsOfTheirOwn(pairs: readonly Pair[], sessions: readonly Found[]): Found[] {
  const byPlace = new Map(sessions.map(({ pair, tunnel }) => [placeOf(pair), tunnel]));
  return pairs.flatMap((pair) => {
    const beside = pair.inner.length > 0 ? undefined : byPlace.get(placeOf(pair));
    if (beside === undefined) return [];
    return [{ pair, tunnel: { ...beside, source: pair.source, vnis: [], certainty: "inferred" } }];
  });
}

function placeOf({ capture, target }: Pair): string {
  return `${capture} ${target}`;
}

function waysOf({ a, b, forward, backward }: FlowObservation): [FlowEndpoint, FlowEndpoint][] {
  return [
    ...(forward.records > 0 ? [[a, b] as [FlowEndpoint, FlowEndpoint]] : []),
    ...(backward.records > 0 ? [[b, a] as [FlowEndpoint, FlowEndpoint]] : []),
  ];
}

function newPair(capture: number, source: string, target: string): Pair {
  return { capture, source, target, outer: [], inner: [] };
}

/** Null: it may as well be an overlay of which one direction was captured. */
function mirrorSession(pair: Pair, { owners, snapshot }: AwsTunnelInput): AwsTunnel | null {
  const target = owners.resolve(pair.target);
  if (pair.inner.length === 0 || target.kind === "special" || target.kind === "loopback")
    return null;
  const isTwoWay = pair.inner.some(
    ({ forward, backward }) => forward.records > 0 && backward.records > 0,
  );
  const ofVpc = pair.inner.some(({ a, b }) => isOnVpc(a, owners) || isOnVpc(b, owners));
  const nodesKnown = snapshot.nodes.length > 0;
  const isNode = target.kind === "node";
  if (nodesKnown ? !ofVpc || (isNode && !isTwoWay) : !isTwoWay) return null;
  const why = [
    isTwoWay
      ? "both directions of a conversation come by one direction of the tunnel"
      : "only one direction of the conversations was copied",
    ...(nodesKnown && !isNode ? [`${pair.target} is no node of the cluster`] : []),
    ...(ofVpc ? ["what is inside has addresses of the VPC"] : []),
  ];
  return {
    service: "traffic-mirroring",
    kind: "vxlan",
    source: pair.source,
    target: pair.target,
    vnis: vnisOf(pair),
    certainty: nodesKnown && !isNode && isTwoWay ? "proven" : "inferred",
    because: `${pair.target} never answers: ${why.join(", ")}`,
  };
}

/** An overlay carries addresses of its own; an ENI those of the VPC, its node's among them. */
function isOnVpc({ address }: FlowEndpoint, owners: OwnerIndex): boolean {
  return owners.inVpc(address) || owners.resolve(address).kind === "node";
}

/** The load balancer's ENI has an address that describe-network-interfaces lists; AWS leaves the VNI at 0. */
function gatewayLoadBalancer(pair: Pair, owners: OwnerIndex): AwsTunnel | null {
  const isGateway = (address: string) => {
    const owner = owners.resolve(address);
    return owner.kind === "load-balancer" && owner.loadBalancerType === "gateway";
  };
  const isSent = isGateway(pair.source);
  if (!isSent && !isGateway(pair.target)) return null;
  const [source, target] = isSent ? [pair.source, pair.target] : [pair.target, pair.source];
  return {
    service: "gateway-load-balancer",
    kind: "geneve",
    source,
    target,
    vnis: vnisOf(pair),
    certainty: "proven",
    because: `${source} is an interface of a Gateway Load Balancer`,
  };
}

function vnisOf({ inner }: Pair): number[] {
  const all = new Set(inner.flatMap(({ encapsulation }) => encapsulation?.vni ?? []));
  return [...all].sort((x, y) => x - y);
}

/**
 * Rows are told apart by VNI, not by who sent the copies: those of two ENIs under one VNI are one row, and whose it is cannot be
 * told. By place and VNI.
 */
function sharedVnis(found: readonly Found[]): Map<string, AwsTunnel> {
  const sources = new Map<string, Set<string>>();
  const untold = new Map<string, Set<string>>();
  for (const { pair, tunnel } of found) {
    if (tunnel.service !== "traffic-mirroring") continue;
    const place = placeOf(pair);
    if (tunnel.vnis.length === 0)
      untold.set(place, (untold.get(place) ?? new Set()).add(pair.source));
    for (const vni of tunnel.vnis) {
      const key = `${place} ${vni}`;
      sources.set(key, (sources.get(key) ?? new Set()).add(pair.source));
    }
  }
  const shared = new Map<string, AwsTunnel>();
  for (const { pair, tunnel } of found) {
    for (const vni of tunnel.vnis) {
      const key = `${placeOf(pair)} ${vni}`;
      const count = (sources.get(key)?.size ?? 0) + (untold.get(placeOf(pair))?.size ?? 0);
      if (count < 2 || shared.has(key)) continue;
      const because = `${tunnel.because}; ${count} ENIs may use VNI ${vni}, so whose copy a packet is cannot be told`;
      shared.set(key, { ...tunnel, source: null, certainty: "inferred", because });
    }
  }
  return shared;
}

function layOnTaps(
  { taps, rows }: AwsTunnelInput,
  inside: ReadonlyMap<number, InsideAwsTunnel>,
  outer: ReadonlyMap<number, AwsTunnel>,
): OpenedAwsTunnels {
  const made = new Map<string, Tap>();
  const byTap = new Map<number, AwsTunnel>();
  const moved = new Map<number, Tap>();
  const all = [...taps];
  const tapFor = (tunnel: AwsTunnel, { capture, interfaceIndex }: Tap): Tap => {
    const key = `${capture} ${tunnel.service} ${tunnel.source} ${tunnel.target}`;
    let tap = made.get(key);
    if (tap === undefined) {
      const place = { index: all.length, capture, interfaceIndex, linkType: ETHERNET };
      const untold = { sllInterface: 0, sll: null, vlan: null, innerVlan: null };
      tap = { ...place, ...untold, records: 0, firstRecord: 0 };
      made.set(key, tap);
      byTap.set(tap.index, tunnel);
      all.push(tap);
    }
    return tap;
  };
  const laid = rows.map((row) => {
    if (row.encapsulation === null) return row;
    const own = inside.get(row.id);
    // Rows are in order of first appearance: an outer row comes before what it carries.
    const tap =
      own === undefined ? moved.get(row.encapsulation.outer) : tapFor(own.tunnel, row.tap);
    if (tap === undefined) return row;
    moved.set(row.id, tap);
    return { ...row, tap, encapsulation: own === undefined ? row.encapsulation : null };
  });
  return { taps: all, rows: laid, byTap, inside, outer };
}
