/** What a path rule and a finding rule are. One rule a file under rules/; rules do not import each other. */

import type { Owner, OwnerIndex } from "../cluster/owner.ts";
import type { ClusterSnapshot, SnapshotRef } from "../cluster/snapshot.ts";
import type { ClockOffset } from "../correlate/clock-offset.ts";
import type { Connection, PacketRef } from "../correlate/connection.ts";
import type { VantagePoint } from "../correlate/vantage-point.ts";
import type { Sequence } from "../sequence.ts";
import type { Members } from "./members.ts";
import type { Concern } from "./traits.ts";

/** Stable ids of DESIGN.md section 1. */
export type PathClass =
  | "pod-to-pod-direct"
  | "pod-to-pod-overlay"
  | "pod-to-pod-nat"
  | "service-clusterip"
  | "snat-egress"
  | "direct-egress"
  | "pod-to-vpc"
  | "pod-to-peer"
  | "nlb-ip"
  | "nlb-instance"
  | "alb-ip"
  | "alb-instance"
  | "clb"
  | "nodeport"
  | "client-to-lb"
  | "node-to-pod"
  | "pod-to-node"
  | "node-to-node"
  | "node-egress"
  | "node-to-vpc"
  | "vpc-to-node"
  | "vpc-to-pod"
  | "control-plane"
  | "link-local"
  | "overlay-tunnel"
  | "external"
  | "unclassified";

export type Confidence = "proven" | "inferred" | "possible";
export type FindingLevel = "error" | "warning" | "note";

/** One sentence with the packets or snapshot entries that show it. */
export interface Evidence {
  readonly statement: string;
  readonly packets: readonly PacketRef[];
  readonly snapshot: readonly SnapshotRef[];
}

/** Texts of a rule: the source of docs/rules.md and of `podpath rules`. */
export interface RuleMeta {
  /** Path class or finding rule id; also the file name. */
  readonly id: string;
  readonly title: string;
  /** Why a person should care. */
  readonly why: string;
  readonly proves: string;
  readonly doesNotProve: string;
  /** One command that confirms it. */
  readonly confirm: string;
  /** Documents, kernel or CNI files. */
  readonly sources: readonly string[];
}

/** A connection with its ends resolved: what rules look at. */
export interface Subject {
  readonly connection: Connection;
  /** Owner of the originator's address in the first leg, and of the responder's in the last leg. */
  readonly orig: Owner;
  readonly resp: Owner;
  /** Owner of what the originator addressed (the first leg's responder). */
  readonly dialled: Owner;
  /** Owner of the source address as the responder sees it (the last leg's originator). */
  readonly finalOrig: Owner;
}

export interface RuleContext {
  readonly snapshot: ClusterSnapshot;
  readonly owners: OwnerIndex;
  readonly hasSnapshot: boolean;
  /** All connections, by index: for the outer connections of tunnels. */
  readonly connections: Sequence<Connection>;
  /** Clocks of capturing hosts, where conversations tell. */
  readonly clockOffsets?: readonly ClockOffset[];
  readonly question: Question;
  /** By the capture index of vantage points and packets; empty when nothing is known of the files. */
  readonly captures: readonly CaptureFacts[];
  /** Finding rules: other connections than those that they were given. */
  having(concern: Concern): Members;
}

/** What somebody wants to see, and where the captures were taken. */
export interface Question {
  /** `[namespace/]name` of pods. */
  readonly pods: readonly string[];
  readonly vantagePoints: readonly VantagePoint[];
  /** Every capture has a vantage point; one without a packet has none, and nobody knows what it could have shown. */
  readonly everyCapturePlaced: boolean;
}

/** What rules ask of a capture file: how long it went on, and what it left out. */
export interface CaptureFacts {
  readonly file: string;
  readonly firstSeenNs: bigint | null;
  readonly lastSeenNs: bigint | null;
  /** null when the file could not be read at all. */
  readonly info: {
    readonly wireBytes: number;
    readonly capturedBytes: number;
    readonly interfaces: readonly {
      readonly snaplen: number;
      /** LINKTYPE_ value. */
      readonly linkType?: number;
      /** Capture filter, when the file tells it. */
      readonly filter?: string;
    }[];
    readonly drops: readonly {
      /** 64-bit counters as decimal text. */
      readonly droppedByInterface?: string;
      readonly droppedByOs?: string;
      readonly droppedBetweenRecords?: string;
    }[];
  } | null;
}

/** A path rule's answer: the class it supports and why. */
export interface PathMatch {
  readonly class: PathClass;
  readonly confidence: Confidence;
  /** Other classes that the same evidence allows; empty when proven. */
  readonly candidates: readonly PathClass[];
  readonly evidence: readonly Evidence[];
  /** What would decide, when confidence is not proven: "capture eth0 of node ip-10-0-1-10". */
  readonly wouldDecide?: string;
}

export interface PathRule {
  readonly meta: RuleMeta;
  match(subject: Subject, context: RuleContext): PathMatch | null;
}

/** The rule of a node that did a rewrite, found by walking its iptables (null: unknown or no such file). */
export interface NatRule {
  readonly text: string;
  readonly ref: SnapshotRef;
}

/** What the snapshot's rules, routes and CNI settings do to the first packet, and whether that is what was seen. */
export interface ExpectedPath {
  /** Null when the ends and the rewrites do not tell a class. */
  readonly class: PathClass | null;
  /** `assumed`: from CNI settings, because the node's own rules are not in the snapshot. */
  readonly certainty: "certain" | "assumed";
  /** The lines that decide, in the order in which the packet meets them. */
  readonly steps: readonly Evidence[];
  /** What the rules rewrite, in words: "no rewrite", "SNAT to 10.0.1.10". */
  readonly rewrites: string;
  /** Null: too little was seen to compare. */
  readonly agrees: boolean | null;
  /** Interface of the first node by which the packet must leave, with the routing line; null when not told. */
  readonly device: {
    readonly node: string;
    readonly name: string;
    readonly because: Evidence | null;
  } | null;
}

export interface Classified {
  readonly subject: Subject;
  readonly verdict: PathMatch;
  /** Null (or left out): nothing can be expected from this snapshot. */
  readonly expected?: ExpectedPath | null;
  /** Parallel to connection.nat. */
  readonly natRules: readonly (NatRule | null)[];
}

export interface FindingMatch {
  /** Indexes of the connections it is about. */
  readonly connections: Sequence<number>;
  readonly level: FindingLevel;
  readonly message: string;
  readonly advice: string;
  readonly evidence: readonly Evidence[];
  /** What makes two findings of one rule the same over runs (workloads and addresses, never ports or times). */
  readonly identity: string;
}

export interface FindingRule {
  readonly meta: RuleMeta;
  readonly level: FindingLevel;
  /** Which connections it asks for: no other can be among those that it finds. */
  readonly concerns: Concern;
  /** @param members those that it asks for, by index */
  find(members: Members, context: RuleContext): readonly FindingMatch[];
}
