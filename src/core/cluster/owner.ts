/** Who an address belongs to: the answer of the owner index. */
import type { SnapshotRef } from "./snapshot.ts";

export type OwnerKind =
  /** Address of a pod (never of a hostNetwork pod: that is the node's). */
  | "pod"
  /** Any address of a node: primary, of a secondary ENI, public. */
  | "node"
  /** ClusterIP of a service, or an address inside the known service CIDR. */
  | "service"
  /** ENI address of an NLB, ALB, CLB or GWLB. */
  | "load-balancer"
  /** EKS-owned ENI of the control plane. */
  | "control-plane"
  /** 169.254.0.0/16, fe80::/10, fd00:ec2::/32: IMDS, time, Pod Identity, resolver, NodeLocal DNS. */
  | "link-local"
  /** NAT gateway, VPC endpoint: an AWS ENI that is none of the above. */
  | "aws-interface"
  /** Inside a VPC CIDR, but nothing in the snapshot owns it (RDS, EC2 instance outside the cluster ...). */
  | "vpc"
  /** Inside the CIDR of a peered VPC or an on-premises network that the snapshot names. */
  | "peer"
  /** 127.0.0.0/8, ::1. */
  | "loopback"
  /** Multicast, broadcast, 0.0.0.0. */
  | "special"
  /** None of these: the internet, or anything when the snapshot is thin. */
  | "external";

export interface Owner {
  readonly kind: OwnerKind;
  readonly namespace?: string;
  /** Pod, node, service, load balancer or ENI name; link-local service name ("IMDS"). */
  readonly name?: string;
  /** Node that a pod runs on, or the node itself. */
  readonly node?: string;
  /** "Deployment/web". */
  readonly workload?: string;
  /** ENI that holds the address, when known: id and device index of its attachment. */
  readonly eni?: string;
  readonly deviceIndex?: number;
  /** Load balancers: what they are. */
  readonly loadBalancerType?: "network" | "application" | "classic" | "gateway";
  /** True for a node's primary address (InternalIP / primary address of device 0). */
  readonly primary?: boolean;
  /** hostNetwork pods that share a node's address; never more than candidates. */
  readonly hostNetworkPods?: readonly string[];
  /** Set when more than one Running pod claims the address; the others' "namespace/name". */
  readonly ambiguousWith?: readonly string[];
  /** Where the snapshot says so; absent for answers that need no snapshot (link-local, loopback, external). */
  readonly ref?: SnapshotRef;
}

export interface OwnerIndex {
  /** `atNs`: time of the traffic (nanoseconds since 1970) for addresses that changed hands; omitted = any time. */
  resolve(address: string, atNs?: bigint): Owner;
  /** Whether `resolve` gives another answer at another time: pods of different times have had the address. */
  changesHands(address: string): boolean;
  /** True when the address lies inside a CIDR of the cluster's VPC(s). */
  inVpc(address: string): boolean;
  /** VPC CIDR entry that covers the address. */
  vpcCidrOf(address: string): { readonly text: string; readonly ref: SnapshotRef } | null;
  /** Name of the node whose interface, ENI or pod has this MAC, with the interface's name when known. */
  ownerOfMac(mac: string): MacOwner | null;
}

export interface MacOwner {
  readonly node: string;
  /** Interface name on the node when `ip addr` tells it. */
  readonly interface?: string;
  /** Set when the MAC is a pod's own eth0 (from `ip neigh`); "namespace/name". */
  readonly pod?: string;
  readonly eni?: string;
  readonly ref: SnapshotRef;
}
