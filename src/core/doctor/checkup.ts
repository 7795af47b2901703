/** `podpath.checkup/1`: whether the inputs are good enough for the answer that is wanted, and what would make them so. */
import type { Report } from "../report/report.ts";
import type { Sequence } from "../sequence.ts";

/** "note": worth knowing; "warning" and "error": something could hide an answer. */
export type CheckStatus = "good" | "note" | "warning" | "error";

export interface Check {
  /** Stable id: what was looked at. */
  readonly id: string;
  readonly status: CheckStatus;
  readonly message: string;
  /** One sentence; left out when there is nothing to do. */
  readonly advice?: string;
}

export interface Checkup {
  readonly schema: "podpath.checkup/1";
  readonly tool: Report["tool"];
  /** Whether any check is a warning or an error. */
  readonly verdict: "good" | "doubtful";
  /** Connections whose path class is proven, and those of which it is not. */
  readonly verdicts: { readonly proven: number; readonly open: number };
  /** As given. */
  readonly captures: readonly CaptureCheckup[];
  /** About the captures together and the records in them. */
  readonly together: readonly Check[];
  readonly snapshot: SnapshotCheckup;
  /** The pods that were asked about, by namespace and name. */
  readonly pods: readonly PodCheckup[];
  /** What settles most verdicts first. */
  readonly next: readonly NextStep[];
}

export interface CaptureCheckup {
  readonly id: string;
  readonly file: string;
  readonly records: number;
  readonly firstSeen: string | null;
  readonly lastSeen: string | null;
  readonly checks: readonly Check[];
}

export interface SnapshotCheckup {
  readonly takenAt?: string;
  readonly checks: readonly Check[];
  /** By name. */
  readonly nodes: readonly {
    readonly name: string;
    /** A capture was taken on it or in one of its pods. */
    readonly captured: boolean;
    /** Outputs of its own that are missing, as commands. */
    readonly missing: readonly string[];
  }[];
}

export interface PodCheckup {
  /** "namespace/name". */
  readonly pod: string;
  readonly node?: string;
  readonly address?: string;
  readonly connections: number;
  /** In the order of the captures. */
  readonly captures: readonly {
    readonly capture: string;
    readonly file: string;
    readonly shows: "all" | "part" | "elsewhere" | "unknown";
    readonly because: string;
  }[];
  /** Whether some capture shows its packets at the pod or on its node. */
  readonly verdict: "shown" | "not-shown" | "unknown";
  readonly commands: readonly Command[];
}

export interface NextStep {
  /** As the verdicts say it. */
  readonly decides: string;
  /** Connections whose class it would settle. */
  readonly connections: Sequence<string>;
  /** Empty when the words do not tell which command it takes. */
  readonly commands: readonly Command[];
}

export interface Command {
  /** "on node ip-10-0-1-10" or "where kubectl and aws work". */
  readonly where: string;
  readonly command: string;
}

export function check(id: string, status: CheckStatus, message: string, advice?: string): Check {
  return { id, status, message, ...(advice === undefined ? {} : { advice }) };
}
