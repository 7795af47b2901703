/** Random traffic for a synthetic cluster: which kinds there are, and flows whose tuples are distinct. */
import fc from "fast-check";
import type { SyntheticCluster } from "./synthetic-cluster.ts";
import { type Hop, tupleKey, withTtl } from "./synthetic-hop.ts";
import type { Draw, FlowChoices, Planned, Protocol } from "./synthetic-path.ts";
import * as path from "./synthetic-path.ts";

export interface SyntheticFlow extends Omit<Planned, "hops" | "start"> {
  readonly kind: FlowKind;
  readonly protocol: Protocol;
  readonly hops: readonly Hop[];
}
export interface FlowPlan extends FlowChoices {
  readonly kind: FlowKind;
}

interface KindRule {
  readonly make: (draw: Draw) => Planned;
  readonly protocols: readonly Protocol[];
  readonly ipv4Only?: true;
}
const ANY: readonly Protocol[] = ["tcp", "udp", "icmp"];
const TCP: readonly Protocol[] = ["tcp"];
const KINDS = {
  direct: { make: path.direct, protocols: ANY },
  egress: {
    make: (draw) => path.egress(draw, path.pick(draw.cluster.internet, draw.plan.to), false),
    protocols: ANY,
  },
  "peer egress": {
    make: (draw) => path.egress(draw, path.pick(draw.cluster.peerHosts, draw.plan.to), true),
    protocols: ANY,
  },
  "cluster ip": { make: (draw) => path.service(draw, false), protocols: TCP },
  dns: { make: (draw) => path.service(draw, true), protocols: ["udp"] },
  hairpin: { make: path.hairpin, protocols: TCP },
  "nlb ip": { make: (draw) => path.nlbIp(draw, false), protocols: TCP },
  "nlb ip preserve": { make: (draw) => path.nlbIp(draw, true), protocols: TCP, ipv4Only: true },
  probe: { make: path.probe, protocols: TCP },
  overlay: { make: path.overlay, protocols: ANY, ipv4Only: true },
  masquerade: { make: (draw) => path.masquerade(draw, false), protocols: ANY },
  "double masquerade": { make: (draw) => path.masquerade(draw, true), protocols: TCP },
  "stray dnat": { make: path.strayDnat, protocols: ["tcp", "udp"] },
  imds: { make: path.imds, protocols: TCP, ipv4Only: true },
  "node egress": { make: path.nodeEgress, protocols: TCP },
  "pod to vpc": { make: path.podToVpc, protocols: ANY },
  "vpc to pod": { make: path.vpcToPod, protocols: ["tcp", "udp"] },
  "node port": { make: (draw) => path.nodePort(draw, false), protocols: TCP },
  "node port local": { make: (draw) => path.nodePort(draw, true), protocols: TCP },
  "control plane": { make: path.controlPlane, protocols: TCP },
  "pod to node": { make: path.podToNode, protocols: TCP },
  "node to node": { make: path.nodeToNode, protocols: TCP },
} as const satisfies Record<string, KindRule>;
export type FlowKind = keyof typeof KINDS;
const FLOW_KINDS = Object.keys(KINDS) as FlowKind[];

export const flowPlan: fc.Arbitrary<FlowPlan> = fc.constantFrom(...FLOW_KINDS).chain((kind) =>
  fc.record({
    kind: fc.constant(kind),
    protocol: fc.constantFrom<Protocol>(...KINDS[kind].protocols),
    from: fc.nat(11),
    to: fc.nat(11),
    port: fc.nat(9),
    overlay: fc.nat(4095),
  }),
);

/** Flows whose tuples differ at every place; kinds that the address family does not have are left out. */
export function buildFlows(cluster: SyntheticCluster, plans: readonly FlowPlan[]): SyntheticFlow[] {
  const flows: SyntheticFlow[] = [];
  const used = new Set<string>();
  for (const [index, plan] of plans.entries()) {
    const kind: KindRule = KINDS[plan.kind];
    if (cluster.plan.ipv6 && kind.ipv4Only) continue;
    const from = path.pick(cluster.pods, plan.from);
    const to = path.pick(
      cluster.pods.filter((pod) => pod !== from),
      plan.to,
    );
    // Clients of different pods share ports now and then, as they do in a real cluster; tuples are never shared.
    for (let attempt = 0; ; attempt++) {
      const port = 33_000 + plan.port + attempt * 10;
      const randomPort = (index % 2 === 0 ? 1_100 : 41_000) + index * 131 + port - 33_000;
      const draw: Draw = { cluster, plan, from, to, protocol: plan.protocol, port, randomPort };
      const { hops, start, ...planned } = kind.make(draw);
      const keys = new Set(hops.map((hop) => tupleKey(plan.protocol, hop.tuple)));
      if ([...keys].some((key) => used.has(key))) continue;
      for (const key of keys) used.add(key);
      const shown = withTtl(hops, start);
      flows.push({ ...planned, kind: plan.kind, protocol: plan.protocol, hops: shown });
      break;
    }
  }
  return flows;
}
