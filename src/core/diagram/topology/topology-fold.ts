/**
 * Keeps big clusters readable: nodes with little traffic become one box per zone, endpoints with little traffic one box per
 * kind. What carries a finding is folded last.
 */
import { MAX_DRAWN_ENDPOINTS, MAX_DRAWN_NODES } from "../../limits.ts";
import { compareNatural, compareText } from "../natural-order.ts";
import type { Flow } from "./topology-flows.ts";
import type { PlaceKey, PlaceKind } from "./topology-place.ts";

export interface TopologyNode {
  readonly key: string;
  readonly name: string;
  readonly address: string | null;
  readonly zone: string | null;
  /** Nodes folded into this one; 0 for a real node. */
  readonly folded: number;
}

export interface Fold {
  /** Real nodes first, by address; then the folded ones, by zone. */
  readonly nodes: readonly TopologyNode[];
  readonly nodesSeen: number;
  /** The box that stands for a place; the place itself when it is not folded. */
  place(original: PlaceKey): PlaceKey;
  idOf(original: PlaceKey): string;
}

/** A flow and the boxes of its ends, before any is folded. */
export interface Located {
  readonly flow: Flow;
  readonly from: PlaceKey;
  readonly to: PlaceKey;
}
interface NodeFacts {
  readonly address: string | null;
  readonly zone: string | null;
}
interface Weight {
  findings: number;
  bytes: number;
}

export function foldedPlaces(
  located: readonly Located[],
  facts: ReadonlyMap<string, NodeFacts>,
): Fold {
  const nodeWeights = new Map<string, Weight>();
  const endpointWeights = new Map<PlaceKind, Map<string, Weight>>();
  for (const { flow, from, to } of located) {
    for (const place of [from, to]) {
      if (place.area === "node") {
        add(nodeWeights, place.node, flow);
      } else {
        const weights = endpointWeights.get(place.kind) ?? new Map<string, Weight>();
        endpointWeights.set(place.kind, weights);
        add(weights, place.id, flow);
      }
    }
  }
  const kept = heaviest(nodeWeights, MAX_DRAWN_NODES);
  const foldedKinds = new Map<PlaceKind, Set<string>>();
  for (const [kind, weights] of endpointWeights) {
    foldedKinds.set(kind, heaviest(weights, MAX_DRAWN_ENDPOINTS));
  }
  const place = (original: PlaceKey): PlaceKey => {
    if (original.area === "node") {
      return kept.has(original.node) ? original : otherNodes(zoneOf(original.node, facts));
    }
    return foldedKinds.get(original.kind)?.has(original.id) === false
      ? otherEndpoints(original.kind, original.area)
      : original;
  };
  return {
    nodes: buildNodes(nodeWeights, kept, facts),
    nodesSeen: nodeWeights.size,
    place,
    idOf: (original) => place(original).id,
  };
}

function add(weights: Map<string, Weight>, id: string, { found, connections, bytes }: Flow): void {
  const weight = weights.get(id) ?? { findings: 0, bytes: 0 };
  if (found) weight.findings += connections;
  weight.bytes += bytes;
  weights.set(id, weight);
}

/** All when they fit; otherwise one less than fit, because the box for the rest takes a place too. */
function heaviest(weights: ReadonlyMap<string, Weight>, limit: number): Set<string> {
  if (weights.size <= limit) return new Set(weights.keys());
  const ranked = [...weights].sort(
    ([a, x], [b, y]) => y.findings - x.findings || y.bytes - x.bytes || compareText(a, b),
  );
  return new Set(ranked.slice(0, limit - 1).map(([id]) => id));
}

function zoneOf(node: string, facts: ReadonlyMap<string, NodeFacts>): string | null {
  return facts.get(node)?.zone ?? null;
}

function otherNodes(zone: string | null): PlaceKey {
  const node = otherNodesKey(zone);
  return { id: node, kind: "node", area: "node", name: "other nodes", node, namespace: "" };
}

function otherNodesKey(zone: string | null): string {
  return `other nodes/${zone ?? ""}`;
}

function otherEndpoints(kind: PlaceKind, area: PlaceKey["area"]): PlaceKey {
  return { id: `others/${kind}`, kind, area, name: `other ${kind}s`, node: "", namespace: "" };
}

function buildNodes(
  weights: ReadonlyMap<string, Weight>,
  kept: ReadonlySet<string>,
  facts: ReadonlyMap<string, NodeFacts>,
): TopologyNode[] {
  const nodes = [...weights.keys()]
    .filter((key) => kept.has(key))
    .map((key) => ({
      key,
      name: key,
      address: facts.get(key)?.address ?? null,
      zone: zoneOf(key, facts),
      folded: 0,
    }));
  const others = new Map<string | null, number>();
  for (const key of weights.keys()) {
    if (kept.has(key)) continue;
    const zone = zoneOf(key, facts);
    others.set(zone, (others.get(zone) ?? 0) + 1);
  }
  return [
    ...nodes.sort((a, b) => compareAddresses(a, b) || compareNatural(a.name, b.name)),
    ...[...others]
      .map(([zone, folded]) => ({
        key: otherNodesKey(zone),
        name: "other nodes",
        address: null,
        zone,
        folded,
      }))
      .sort((a, b) => compareNatural(a.zone ?? "", b.zone ?? "")),
  ];
}

/** Nodes whose address is not known come after those that have one. */
function compareAddresses(a: TopologyNode, b: TopologyNode): number {
  if (a.address === null || b.address === null) {
    return Number(a.address === null) - Number(b.address === null);
  }
  return compareNatural(a.address, b.address);
}
