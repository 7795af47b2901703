/** A few words for each path class, in the order in which lists of classes are shown. */
import type { PathClass } from "../classify/rule.ts";

/** Every class of DESIGN.md section 1; the compiler says when one is missing here. */
const TITLES: Readonly<Record<PathClass, string>> = {
  "pod-to-pod-direct": "pod to pod, addresses unchanged",
  "pod-to-pod-overlay": "pod to pod, inside a tunnel between nodes",
  "pod-to-pod-nat": "pod to pod, rewritten where it must not be",
  "service-clusterip": "pod to ClusterIP, DNAT to an endpoint",
  "snat-egress": "pod to outside, SNAT to the node's address",
  "direct-egress": "pod to outside the VPC with its own address",
  "pod-to-vpc": "pod to a host in the VPC",
  "pod-to-peer": "pod to a peered or on-premises network",
  "nlb-ip": "through an NLB with IP targets",
  "nlb-instance": "through an NLB with instance targets",
  "alb-ip": "through an ALB with IP targets",
  "alb-instance": "through an ALB with instance targets",
  clb: "through a Classic Load Balancer",
  nodeport: "to a NodePort, no load balancer known",
  "client-to-lb": "client's leg towards a load balancer",
  "node-to-pod": "node to pod (kubelet probes and other)",
  "pod-to-node": "pod to node",
  "node-to-node": "node to node",
  "node-egress": "host process or hostNetwork pod to outside",
  "node-to-vpc": "node to a host in the VPC",
  "vpc-to-node": "host in the VPC to node",
  "vpc-to-pod": "host in the VPC to pod",
  "control-plane": "with the EKS control plane",
  "link-local": "IMDS, DNS, time, Pod Identity and the like",
  "overlay-tunnel": "outer leg of a tunnel between nodes",
  external: "neither end is in the cluster",
  unclassified: "cannot be told from these inputs",
};

export const PATH_CLASS_ORDER: readonly string[] = Object.keys(TITLES);

const POSITIONS: ReadonlyMap<string, number> = new Map(PATH_CLASS_ORDER.map((id, i) => [id, i]));
const TITLES_BY_ID: ReadonlyMap<string, string> = new Map(Object.entries(TITLES));

/** Words for a class id; the id itself when it comes from a newer report. */
export function pathClassTitle(id: string): string {
  return TITLES_BY_ID.get(id) ?? id;
}

/** Sorts class ids into PATH_CLASS_ORDER; unknown ids come last, by name. */
export function comparePathClasses(a: string, b: string): number {
  const unknown = PATH_CLASS_ORDER.length;
  const difference = (POSITIONS.get(a) ?? unknown) - (POSITIONS.get(b) ?? unknown);
  return difference !== 0 ? difference : a < b ? -1 : a > b ? 1 : 0;
}
