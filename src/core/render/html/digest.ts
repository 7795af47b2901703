/**
 * What the page needs of all connections, from their columns (report-columns.ts): there may be millions, and only those that are
 * shown are made.
 */
import { MAX_PAGE_ROWS, MAX_THROUGHPUT_SERIES, THROUGHPUT_FROM_BYTES } from "../../limits.ts";
import { type OpenVerdicts, openVerdicts } from "../../report/open-verdicts.ts";
import type { Report, ReportConnection, ReportFinding } from "../../report/report.ts";
import { columnsOf, type ReportColumns } from "../../report/report-columns.ts";

export interface Digest {
  readonly open: OpenVerdicts;
  readonly provenByClass: ReadonlyMap<string, number>;
  /** At most MAX_PAGE_ROWS: worst finding first, then those that are not proven, then by first packet. */
  readonly rows: readonly ReportConnection[];
  /** Positions in `report.connections` of those that are large enough to have their bytes over time. */
  readonly large: readonly number[];
  readonly findings: ReadonlyMap<string, ReportFinding>;
  /** From 0 on, by id. */
  readonly findingPositions: ReadonlyMap<string, number>;
}

/** Worst level, then "not proven", then the rest. */
const RANKS = 5;
const LEVEL_RANK = { error: 0, warning: 1, note: 2 } as const;

export function digestConnections(report: Report): Digest {
  const columns = columnsOf(report);
  const provenByClass = new Map<string, number>();
  const large: number[] = [];
  for (let index = 0; index < columns.length; index++) {
    if (columns.confidence(index) === "proven") {
      const id = columns.class(index);
      provenByClass.set(id, (provenByClass.get(id) ?? 0) + 1);
    }
    if (columns.bytes(index) >= THROUGHPUT_FROM_BYTES && large.length < MAX_THROUGHPUT_SERIES)
      large.push(index);
  }
  return {
    open: openVerdicts(columns),
    provenByClass,
    rows: worstFirst(columns, MAX_PAGE_ROWS).flatMap((index) => report.connections.at(index) ?? []),
    large,
    findings: new Map(report.findings.map((finding) => [finding.id, finding])),
    findingPositions: new Map(report.findings.map(({ id }, position) => [id, position])),
  };
}

/** Positions of at most `limit` connections: worst finding first, then those that are not proven, then by first packet. */
export function worstFirst(columns: ReportColumns, limit: number): readonly number[] {
  const byRank: number[][] = Array.from({ length: RANKS }, () => []);
  for (let index = 0; index < columns.length; index++) {
    // Each rank alone may fill the list.
    const same = byRank[rankOf(columns, index)];
    if (same !== undefined && same.length < limit) same.push(index);
  }
  return byRank.flat().slice(0, limit);
}

function rankOf(columns: ReportColumns, index: number): number {
  const level = columns.worstFinding(index);
  if (level !== null) return LEVEL_RANK[level];
  return columns.confidence(index) === "proven" ? RANKS - 1 : RANKS - 2;
}
