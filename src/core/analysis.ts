/** What goes into an analysis and what comes out of it, before a report is made of it. */

import type { ByteSource } from "./capture/byte-source.ts";
import type { CaptureInfo } from "./capture/capture-info.ts";
import type { CapturePart } from "./capture/joined-captures.ts";
import type { ConnectionColumns } from "./classify/connection-columns.ts";
import type { ProxiedLink } from "./classify/proxied.ts";
import type { Classified, FindingMatch, FindingRule } from "./classify/rule.ts";
import type { Spread } from "./classify/spread.ts";
import type { ClusterSnapshot } from "./cluster/snapshot.ts";
import type { ClockOffset } from "./correlate/clock-offset.ts";
import type { VantagePoint } from "./correlate/vantage-point.ts";
import type { Diagnostic } from "./diagnostics/diagnostic.ts";
import type { NotClassifiedReason } from "./flow/flow-observation.ts";
import type { Sequence } from "./sequence.ts";

export type { SnapshotText } from "./cluster/snapshot.ts";

/** A vantage point named by hand: NODE=…, NODE/IFACE=…, pod:NAMESPACE/NAME=…, or a podpath.yaml entry. */
export interface VantageLabel {
  readonly node?: string;
  readonly interface?: string;
  /** "namespace/name". */
  readonly pod?: string;
}

/** One capture to read. `file` is the name that the user gave (relative as given); it appears in the report. */
export interface CaptureJob {
  readonly file: string;
  readonly label: VantageLabel | null;
  readonly source: ByteSource;
  /** Files in which the same tool went on with the same capture, in order; left out: none. */
  readonly continuedIn?: readonly { readonly file: string; readonly source: ByteSource }[];
}

export interface AnalyzeOptions {
  readonly maxFlows?: number;
  /**
   * Any 32-bit number, a random one per run where captures are not trusted: it decides which flows share a slot of the flow table,
   * never a result. Left out: a fixed one.
   */
  readonly hashSeed?: number;
  /** `[namespace/]name` of pods that somebody asks about: a finding says when no capture can show them. */
  readonly askedPods?: readonly string[];
  /** Called now and then while captures are read; never per packet. */
  readonly onProgress?: (progress: Progress) => void;
}
export interface Progress {
  readonly stage: "read" | "correlate" | "classify";
  readonly file?: string;
  readonly records: number;
  readonly bytes: number;
}

/** One capture after reading. */
export interface CaptureResult {
  readonly file: string;
  readonly label: VantageLabel | null;
  /** null when the content is no capture that podpath knows. */
  readonly info: CaptureInfo | null;
  /** LINKTYPE_ values met, in order of first appearance. */
  readonly linkTypes: readonly number[];
  readonly firstSeenNs: bigint | null;
  readonly lastSeenNs: bigint | null;
  /** The files of a capture that has several; records are numbered on over them. */
  readonly parts?: readonly CapturePart[];
}

/** Every record is in a connection or counted under a reason: records === inConnections + Σ notClassified. */
export interface Accounting {
  readonly records: number;
  readonly inConnections: number;
  readonly notClassified: Readonly<Partial<Record<NotClassifiedReason, number>>>;
}

/** A bound of limits.ts that was reached. */
export interface LimitReached {
  readonly limit: string;
  readonly value: number;
  readonly count: number;
  readonly effect: string;
}

export interface Analysis {
  readonly captures: readonly CaptureResult[];
  readonly vantagePoints: readonly VantagePoint[];
  /** Clocks of capturing hosts against each other, where conversations tell; left out: not asked. */
  readonly clockOffsets?: readonly ClockOffset[];
  readonly snapshot: ClusterSnapshot;
  /** By first packet: `.at(i)` is the connection with the index i, made when it is asked for. */
  readonly classified: Sequence<Classified>;
  /** The same connections as numbers. */
  readonly columns: ConnectionColumns;
  readonly findings: readonly { readonly rule: FindingRule; readonly match: FindingMatch }[];
  /** How connections spread over the targets of load balancers and services; left out: not asked. */
  readonly spreads?: readonly Spread[];
  /** Names that DNS answers in the captures gave addresses, sorted, at most four each; left out: not asked. */
  readonly dnsNames?: ReadonlyMap<string, readonly string[]>;
  /** Pairs of connections that a proxy joins; left out: not asked. */
  readonly proxied?: readonly ProxiedLink[];
  readonly accounting: Accounting;
  readonly diagnostics: readonly Diagnostic[];
  readonly limits: readonly LimitReached[];
}
