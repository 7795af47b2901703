/** What the rules of the nodes do to the first packet of a conversation: the values that prediction hands out. */
import type { SnapshotRef } from "../cluster/snapshot.ts";
import type { PacketEnd } from "./rule-match.ts";

/** The first packet of a conversation, as it enters a node or as a process of the node sends it. */
export interface PredictPacket {
  /** "tcp", "udp", "icmp" ... */
  readonly protocol: string;
  readonly source: PacketEnd;
  readonly destination: PacketEnd;
  /** Node whose rules see it first. */
  readonly node: string;
}

/** Path classes that the ends and the rewrites alone tell (DESIGN: the ids are those of the report). */
export type PredictedClass =
  | "pod-to-pod-direct"
  | "pod-to-pod-nat"
  | "service-clusterip"
  | "snat-egress"
  | "direct-egress"
  | "pod-to-vpc"
  | "pod-to-peer"
  | "pod-to-node"
  | "node-to-pod"
  | "node-to-node"
  | "node-to-vpc"
  | "node-egress"
  | "link-local"
  | "nodeport";

/** One sentence with the lines that say so. */
export interface PredictedStep {
  readonly text: string;
  readonly refs: readonly SnapshotRef[];
}

export interface PredictedRewrite {
  readonly kind: "snat" | "dnat";
  /** The rule as iptables-save prints it. */
  readonly rule: string;
  readonly ref: SnapshotRef;
}

/** The source as a node sends it on. The port may be any once it was rewritten. */
export interface PredictedSource {
  readonly address: string;
  readonly rewritten: boolean;
}

/** What one node does. */
export interface PredictedStage {
  readonly node: string;
  readonly before: { readonly source: PredictedSource; readonly destination: PacketEnd };
  readonly after: { readonly source: PredictedSource; readonly destination: PacketEnd };
  readonly nat: readonly PredictedRewrite[];
  /** Interface that the packet leaves by; null when the snapshot's routes do not tell or the node keeps it. */
  readonly device: string | null;
  /** The node itself is the destination. */
  readonly delivered: boolean;
  readonly because: readonly PredictedStep[];
}

/** One way that the packet may go, node by node. */
export interface PredictedOutcome {
  readonly class: PredictedClass | null;
  readonly stages: readonly PredictedStage[];
}

/**
 * `certain`: the nodes' own rules were read, and what happens is one of the outcomes (kube-proxy picks endpoints at random).
 * `assumed`: CNI settings or the CNI's documented behaviour stand in for rules that the snapshot does not have.
 * `unknown`: nothing can be said; `because` says why.
 */
export type Certainty = "certain" | "assumed" | "unknown";

export interface PredictedPath {
  readonly certainty: Certainty;
  /** The class that all outcomes share; null when they differ or it cannot be told. */
  readonly class: PredictedClass | null;
  readonly outcomes: readonly PredictedOutcome[];
  /** Why nothing can be said, or the steps of the first outcome. */
  readonly because: readonly PredictedStep[];
}
