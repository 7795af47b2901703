/** `podpath.explanation/1`: what is known of one connection, as sentences a person can check one by one. */
import type { Report, ReportConnection, ReportEvidence } from "../report/report.ts";
import type { Sequence } from "../sequence.ts";

export interface Explanation {
  readonly schema: "podpath.explanation/1";
  readonly tool: Report["tool"];
  /** What was asked, as it was asked. */
  readonly query: string;
  /** Connections that fit; more than are explained when there are too many. */
  readonly matched: number;
  /** The filter that the connections had to pass as well. */
  readonly filter?: NonNullable<Report["filter"]>;
  /** By first packet. */
  readonly explained: readonly ExplainedConnection[];
  /** Ids of those that fit and are not explained. */
  readonly notExplained: Sequence<string>;
}

/** One sentence with the packets and snapshot entries that show it. */
export type Sentence = ReportEvidence;

export interface ExplainedConnection {
  readonly id: string;
  readonly class: string;
  readonly confidence: ReportConnection["confidence"];
  /** "default/web-0 → 203.0.113.9:443, tcp". */
  readonly title: string;
  /** Who started it, what was dialled, who answered, how it went. */
  readonly ends: readonly Sentence[];
  /** The path as one line of ASCII. */
  readonly line: string;
  /** From the originator's side to the responder's: sightings and rewrites in their order. */
  readonly path: readonly PathStep[];
  /** The class, how sure it is, and what the snapshot's rules predict. */
  readonly verdict: readonly Sentence[];
  /** What shows it: packets and snapshot entries. */
  readonly proof: readonly Sentence[];
  /** What that does not prove, what else it could be, and what would decide. */
  readonly open: readonly Sentence[];
  readonly findings: readonly ExplainedFinding[];
  /** How to see each leg in each capture with other programs. */
  readonly filters: readonly LegFilter[];
}

export interface PathStep {
  readonly kind: "seen" | "rewritten";
  readonly sentence: Sentence;
  /** Of a rewrite: what ties the two sides, the rule, the conntrack entry. */
  readonly details: readonly Sentence[];
}

export interface ExplainedFinding {
  readonly id: string;
  readonly rule: string;
  readonly level: "error" | "warning" | "note";
  readonly title: string;
  readonly message: string;
  readonly doesNotProve: string;
  readonly advice: string;
}

export interface LegFilter {
  /** Id of the capture. */
  readonly capture: string;
  readonly file: string;
  /** "10.0.1.11:40000 → 203.0.113.9:443". */
  readonly leg: string;
  /** Ids of the vantage points of this capture at which the leg was seen. */
  readonly vantagePoints: readonly string[];
  /** Wireshark display filter. */
  readonly displayFilter: string;
  /** The whole command, quoted for a POSIX shell. */
  readonly tshark: string;
  /** pcap-filter(7) expression; of a leg inside a tunnel it finds the outer packets. */
  readonly captureFilter: string;
  readonly tcpdump: string;
  /** What to know before running them. */
  readonly note?: string;
}

export function sentence(
  statement: string,
  packets: ReportEvidence["packets"] = [],
  snapshot: ReportEvidence["snapshot"] = [],
): Sentence {
  return { statement, packets, snapshot };
}
