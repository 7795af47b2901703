/**
 * The paths that packets take in a synthetic cluster, one function for each kind of traffic, as the rule book has them
 * (amazon-vpc-cni-k8s, kube-proxy in iptables mode). Each says what the truth about its flow is.
 */
import type { PathClass } from "../../src/core/classify/rule.ts";
import type { SyntheticCluster, SyntheticPod, SyntheticService } from "./synthetic-cluster.ts";
import {
  between,
  delivered,
  type End,
  end,
  eniOf,
  enters,
  leaves,
  primaryOf,
  type Rewrite,
  type Step,
  sent,
  type Tuple,
  tuple,
  type Wrap,
} from "./synthetic-hop.ts";

export type Protocol = "tcp" | "udp" | "icmp";
/** What is drawn for a flow besides its kind; numbers pick from lists modulo their length. */
export interface FlowChoices {
  readonly protocol: Protocol;
  readonly from: number;
  readonly to: number;
  readonly port: number;
  readonly overlay: number;
}

/** One flow being planned in its cluster. */
export interface Draw {
  readonly cluster: SyntheticCluster;
  readonly plan: FlowChoices;
  readonly from: SyntheticPod;
  /** Another pod than `from`. */
  readonly to: SyntheticPod;
  readonly protocol: Protocol;
  /** Client port, or ICMP identifier; not used by another flow. */
  readonly port: number;
  /** Another free port: of a source NAT that draws at random. */
  readonly randomPort: number;
}

export interface Planned {
  readonly class: PathClass;
  readonly hops: readonly Step[];
  /** Rewrites that conntrack of the nodes holds. `before` may be visible nowhere (a host's own socket). */
  readonly rewrites: readonly Rewrite[];
  /** Finding rules that must speak when everything is captured. */
  readonly findings: readonly string[];
  /** TTL at the first hop of the originator's and of the responder's packets; 64 by default. */
  readonly start?: readonly [orig: number, resp: number];
}
function serverPort({ protocol, plan, port }: Draw): number {
  return protocol === "icmp" ? port : ([80, 8080, 5432, 443, 9999][plan.port % 5] ?? 80);
}

/** The client's end, and the same source seen after a masquerade that may draw another port. */
function snatPort({ cluster, port, randomPort }: Draw): number {
  return cluster.plan.randomPorts ? randomPort : port;
}
/** An echo's identifier stands at both ends. */
function after(draw: Draw, address: string, resp: End): Tuple {
  const port = snatPort(draw);
  return tuple(end(address, port), draw.protocol === "icmp" ? end(resp.address, port) : resp);
}

export function direct(draw: Draw): Planned {
  const { from, to, port } = draw;
  const at = tuple(end(from.address, port), end(to.address, serverPort(draw)));
  return {
    class: "pod-to-pod-direct",
    hops: [sent(from, at), ...between(from, to, at)],
    rewrites: [],
    findings: [],
  };
}

/** The AWS SNAT decision for a destination outside the VPC. */
function isSnatted({ cluster: { plan } }: Draw, peer: boolean): boolean {
  return !plan.ipv6 && !plan.externalSnat && !(peer && plan.excludePeer);
}

export function egress(draw: Draw, host: string, peer: boolean): Planned {
  const { from, port } = draw;
  const before = tuple(end(from.address, port), end(host, serverPort(draw)));
  if (!isSnatted(draw, peer)) {
    return {
      class: peer ? "pod-to-peer" : "direct-egress",
      hops: [sent(from, before), leaves(eniOf(from.node, from.eni), before)],
      rewrites: [],
      findings: [],
      start: [64, 52],
    };
  }
  const masked = after(draw, from.node.address, before.resp);
  return {
    class: "snat-egress",
    hops: [sent(from, before), leaves(primaryOf(from.node), masked)],
    rewrites: [{ node: from.node, before, after: masked }],
    findings: peer ? ["peered-cidr-snat"] : [],
    start: [64, 52],
  };
}

export function pick<T>(list: readonly T[], index: number): T {
  const value = list[index % list.length];
  if (value === undefined) throw new Error("nothing to pick from");
  return value;
}

export function service(draw: Draw, dns: boolean): Planned {
  const { cluster, from, plan, port } = draw;
  const chosen: SyntheticService = pick(cluster.services, dns ? 2 : plan.port % 2);
  const target = pick(
    chosen.endpoints.filter((pod) => pod !== from),
    plan.to,
  );
  const client = end(from.address, port);
  const before = tuple(client, end(chosen.clusterIp, chosen.port));
  const done = tuple(client, end(target.address, chosen.targetPort));
  return {
    class: "service-clusterip",
    hops: [sent(from, before), ...between(from, target, done)],
    rewrites: [{ node: from.node, before, after: done }],
    findings: [],
  };
}

/** A pod that reaches itself through its service: DNAT and masquerade, both legs on one veth. */
export function hairpin(draw: Draw): Planned {
  const { cluster, plan, port, randomPort } = draw;
  const chosen = pick(cluster.services, 0);
  const pod = pick(chosen.endpoints, plan.from);
  const before = tuple(end(pod.address, port), end(chosen.clusterIp, chosen.port));
  const done = tuple(end(pod.node.address, randomPort), end(pod.address, chosen.targetPort));
  return {
    class: "service-clusterip",
    hops: [sent(pod, before), delivered(pod, done)],
    rewrites: [{ node: pod.node, before, after: done }],
    findings: [],
  };
}

/** `preserve`: the target sees the client's own address. */
export function nlbIp(draw: Draw, preserve: boolean): Planned {
  const { cluster, plan, port } = draw;
  const target = pick(pick(cluster.services, 0).endpoints, plan.to);
  const source = preserve ? pick(cluster.internet, plan.from) : cluster.nlb;
  const at = tuple(end(source, port), end(target.address, 8080));
  return {
    class: "nlb-ip",
    hops: [enters(eniOf(target.node, target.eni), at), delivered(target, at)],
    rewrites: [],
    findings: [],
    start: [preserve ? 49 : 64, 64],
  };
}

export function probe(draw: Draw): Planned {
  const { to, port } = draw;
  const at = tuple(end(to.node.address, port), end(to.address, serverPort(draw)));
  return {
    class: "node-to-pod",
    hops: [{ ...delivered(to, at), routed: false }],
    rewrites: [],
    findings: [],
  };
}

export function overlay(draw: Draw): Planned {
  const { from, plan, port } = draw;
  const to = remotePod(draw);
  const at = tuple(end(from.address, port), end(to.address, serverPort(draw)));
  const choice = (
    [
      ["vxlan", 4789],
      ["vxlan", 8472],
      ["ipip", 0],
      ["geneve", 6081],
    ] as const
  )[plan.overlay % 4] ?? ["ipip", 0];
  const wrap: Wrap = {
    kind: choice[0],
    udpPort: choice[1],
    vni: choice[0] === "ipip" ? 0 : 1 + (plan.overlay % 4096),
    from: from.node.address,
    to: to.node.address,
  };
  return {
    class: "pod-to-pod-overlay",
    hops: [
      sent(from, at),
      leaves(primaryOf(from.node), at, wrap),
      enters(primaryOf(to.node), at, wrap),
      delivered(to, at),
    ],
    rewrites: [],
    findings: ["overlay-encapsulation"],
  };
}

/** A pod on another node than `from`. */
function remotePod({ cluster, from, plan }: Draw): SyntheticPod {
  return pick(
    cluster.pods.filter((pod) => pod.node !== from.node),
    plan.to,
  );
}

/** Pod to pod with the source rewritten by the sending node, and by the receiving one as well when `twice`. */
export function masquerade(draw: Draw, twice: boolean): Planned {
  const { from, port } = draw;
  const to = remotePod(draw);
  const before = tuple(end(from.address, port), end(to.address, serverPort(draw)));
  const once = after(draw, from.node.address, before.resp);
  const wire = [leaves(primaryOf(from.node), once), enters(eniOf(to.node, to.eni), once)];
  const first: Rewrite = { node: from.node, before, after: once };
  if (!twice) {
    return {
      class: "pod-to-pod-nat",
      hops: [sent(from, before), ...wire, delivered(to, once)],
      rewrites: [first],
      findings: ["unexpected-snat"],
    };
  }
  const again = tuple(end(to.node.address, once.orig.port), once.resp);
  return {
    class: "pod-to-pod-nat",
    hops: [sent(from, before), ...wire, delivered(to, again)],
    rewrites: [first, { node: to.node, before: once, after: again }],
    findings: ["unexpected-snat", "double-nat"],
  };
}

export function strayDnat(draw: Draw): Planned {
  const { cluster, from, to, plan, port } = draw;
  const target = pick(
    cluster.pods.filter((pod) => pod !== from && pod !== to),
    plan.overlay,
  );
  const client = end(from.address, port);
  const before = tuple(client, end(to.address, serverPort(draw)));
  const done = tuple(client, end(target.address, draw.protocol === "icmp" ? port : 18_080));
  return {
    class: "pod-to-pod-nat",
    hops: [sent(from, before), ...between(from, target, done)],
    rewrites: [{ node: from.node, before, after: done }],
    findings: ["unexpected-dnat"],
  };
}

export function imds(draw: Draw): Planned {
  const { from, port } = draw;
  const before = tuple(end(from.address, port), end("169.254.169.254", 80));
  if (!isSnatted(draw, false)) {
    const hops = [sent(from, before), leaves(eniOf(from.node, from.eni), before)];
    return { class: "link-local", hops, rewrites: [], findings: [] };
  }
  const masked = after(draw, from.node.address, before.resp);
  return {
    class: "link-local",
    hops: [sent(from, before), leaves(primaryOf(from.node), masked)],
    rewrites: [{ node: from.node, before, after: masked }],
    findings: [],
  };
}

/** The AWS SNAT rule has no source match: the socket's port changes on the way out, which only conntrack knows. */
export function nodeEgress(draw: Draw): Planned {
  const { cluster, from, plan, port } = draw;
  const { node } = from;
  const host = pick(cluster.internet, plan.to);
  const before = tuple(end(node.address, port), end(host, 443));
  const wire = isSnatted(draw, false) ? after(draw, node.address, before.resp) : before;
  return {
    class: "node-egress",
    hops: [{ ...leaves(primaryOf(node), wire), routed: false }],
    rewrites: [{ node, before, after: wire }],
    findings: [],
    start: [64, 52],
  };
}

export function podToVpc(draw: Draw): Planned {
  const { cluster, from, plan, port } = draw;
  const at = tuple(end(from.address, port), end(pick(cluster.vpcHosts, plan.to), serverPort(draw)));
  return {
    class: "pod-to-vpc",
    hops: [sent(from, at), leaves(eniOf(from.node, from.eni), at)],
    rewrites: [],
    findings: [],
  };
}

export function vpcToPod(draw: Draw): Planned {
  const { cluster, to, plan, port } = draw;
  const at = tuple(end(pick(cluster.vpcHosts, plan.from), port), end(to.address, serverPort(draw)));
  return {
    class: "vpc-to-pod",
    hops: [enters(eniOf(to.node, to.eni), at), delivered(to, at)],
    rewrites: [],
    findings: [],
  };
}

/** Node port of a service from a VPC host, externalTrafficPolicy Cluster: masqueraded to a pod of the same node. */
export function nodePort(draw: Draw, local: boolean): Planned {
  const { cluster, plan, port, randomPort } = draw;
  const chosen = pick(cluster.services, local ? 1 : 0);
  const target = pick(chosen.endpoints, plan.to);
  const { node } = target;
  const client = end(pick(cluster.vpcHosts, plan.from), port);
  const before = tuple(client, end(node.address, chosen.nodePort));
  const source = local ? client : end(node.address, randomPort);
  const done = tuple(source, end(target.address, chosen.targetPort));
  return {
    class: "nodeport",
    hops: [enters(primaryOf(node), before), delivered(target, done)],
    rewrites: [{ node, before, after: done }],
    findings: [],
  };
}

export function controlPlane(draw: Draw): Planned {
  const { cluster, from, port } = draw;
  const at = tuple(end(cluster.controlPlane, port), end(from.node.address, 10_250));
  return {
    class: "control-plane",
    hops: [enters(primaryOf(from.node), at)],
    rewrites: [],
    findings: [],
  };
}

export function podToNode(draw: Draw): Planned {
  const { from, port } = draw;
  const at = tuple(end(from.address, port), end(from.node.address, serverPort(draw)));
  return { class: "pod-to-node", hops: [sent(from, at)], rewrites: [], findings: [] };
}

export function nodeToNode(draw: Draw): Planned {
  const { from, port } = draw;
  const to = remotePod(draw);
  const at = tuple(end(from.node.address, port), end(to.node.address, 10_250));
  return {
    class: "node-to-node",
    hops: [{ ...leaves(primaryOf(from.node), at), routed: false }, enters(primaryOf(to.node), at)],
    rewrites: [],
    findings: [],
  };
}
