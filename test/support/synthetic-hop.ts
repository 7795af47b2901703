/** Where a packet of a synthetic flow passes: places, the addresses that it carries there, and how a path is put together. */
import type { SyntheticEni, SyntheticNode, SyntheticPod } from "./synthetic-cluster.ts";

export interface End {
  readonly address: string;
  readonly port: number;
}
export interface Tuple {
  readonly orig: End;
  readonly resp: End;
}
/** An interface of a node. A pod's own eth0 shows what its veth shows. */
export interface Place {
  readonly node: SyntheticNode;
  readonly interface: string;
  readonly ifindex: number;
  readonly pod: SyntheticPod | null;
  readonly eni: SyntheticEni | null;
}
export interface Wrap {
  readonly kind: "vxlan" | "ipip" | "geneve";
  readonly from: string;
  readonly to: string;
  readonly udpPort: number;
  readonly vni: number;
}
export interface Hop {
  readonly place: Place;
  readonly tuple: Tuple;
  /** The originator's packets come into the node here; false: they leave it. */
  readonly incoming: boolean;
  /** TTL of the originator's and of the responder's packets here. */
  readonly ttl: readonly [orig: number, resp: number];
  readonly wrap: Wrap | null;
}
export interface Rewrite {
  readonly node: SyntheticNode;
  readonly before: Tuple;
  readonly after: Tuple;
}
/** A hop before its TTL is known; `routed`: the packet was forwarded since the hop before. */
export interface Step {
  readonly place: Place;
  readonly tuple: Tuple;
  readonly incoming: boolean;
  readonly routed: boolean;
  readonly wrap?: Wrap;
}

export const end = (address: string, port: number): End => ({ address, port });
export const tuple = (orig: End, resp: End): Tuple => ({ orig, resp });
const vethOf = (pod: SyntheticPod): Place => ({
  node: pod.node,
  interface: pod.veth,
  ifindex: pod.ifindex,
  pod,
  eni: null,
});
export const eniOf = (node: SyntheticNode, eni: SyntheticEni): Place => ({
  node,
  interface: eni.name,
  ifindex: eni.ifindex,
  pod: null,
  eni,
});
export const primaryOf = (node: SyntheticNode): Place => eniOf(node, node.enis[0]);

export const sent = (pod: SyntheticPod, at: Tuple): Step => ({
  place: vethOf(pod),
  tuple: at,
  incoming: true,
  routed: false,
});
export const delivered = (pod: SyntheticPod, at: Tuple): Step => ({
  place: vethOf(pod),
  tuple: at,
  incoming: false,
  routed: true,
});
export const leaves = (place: Place, at: Tuple, wrap?: Wrap): Step => ({
  place,
  tuple: at,
  incoming: false,
  routed: true,
  ...(wrap && { wrap }),
});
/** The VPC's fabric takes no hop off (measured in the lab; the rule book says unverified of the real one). */
export const enters = (place: Place, at: Tuple, wrap?: Wrap): Step => ({
  place,
  tuple: at,
  incoming: true,
  routed: false,
  ...(wrap && { wrap }),
});

/** From the wire or straight across the node to a pod; `source` is the pod that sends. */
export function between(source: SyntheticPod, target: SyntheticPod, at: Tuple): Step[] {
  if (source.node === target.node) return [delivered(target, at)];
  return [
    leaves(eniOf(source.node, source.eni), at),
    enters(eniOf(target.node, target.eni), at),
    delivered(target, at),
  ];
}

export function tupleKey(protocol: string, { orig, resp }: Tuple): string {
  const ends = [`${orig.address} ${orig.port}`, `${resp.address} ${resp.port}`].sort();
  return `${protocol} ${ends.join(" ")}`;
}

export function withTtl(
  steps: readonly Step[],
  start: readonly [number, number] = [64, 64],
): Hop[] {
  const total = steps.filter((step, index) => index > 0 && step.routed).length;
  // A single hop that leaves a router, or the first one seen after forwarding, has lost that hop already.
  let lost = 0;
  return steps.map(({ place, tuple: at, incoming, routed, wrap }, index) => {
    if (index > 0 && routed) lost += 1;
    return {
      place,
      tuple: at,
      incoming,
      ttl: [start[0] - lost, start[1] - (total - lost)],
      wrap: wrap ?? null,
    };
  });
}
