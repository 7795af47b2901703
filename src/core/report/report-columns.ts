/**
 * What may be asked of every connection of a report at little cost. Making a connection means making all its sentences; who
 * counts, sorts or picks among millions asks the columns and makes the few that it shows.
 */
import type { Sequence } from "../sequence.ts";
import type { Report, ReportConnection, ReportFinding } from "./report.ts";

type FindingLevel = ReportFinding["level"];

/** By position in `report.connections`, from 0; a position outside of it is a bug of the caller and throws RangeError. */
export interface ReportColumns {
  readonly length: number;
  id(index: number): string;
  class(index: number): string;
  confidence(index: number): ReportConnection["confidence"];
  /** At all vantage points. */
  records(index: number): number;
  /** Wire lengths of both directions, each packet once. */
  bytes(index: number): number;
  /** Ids of its findings, worst first. */
  findings(index: number): readonly string[];
  /** Null: it has no finding. */
  worstFinding(index: number): FindingLevel | null;
  /** Undefined where nothing is left open. */
  wouldDecide(index: number): string | undefined;
}

/** Those that the report came with, or, of a report that was read from JSON or made by hand, its connections themselves. */
export function columnsOf({ connections, findings }: Report): ReportColumns {
  return connections.columns ?? columnsOver(connections, findings);
}

function columnsOver(
  connections: Sequence<ReportConnection>,
  findings: readonly ReportFinding[],
): ReportColumns {
  const levels = new Map(findings.map(({ id, level }) => [id, level]));
  const at = (index: number): ReportConnection => {
    const one = connections.at(index);
    if (one === undefined) throw new RangeError(`no connection at ${index}`);
    return one;
  };
  return {
    length: connections.length,
    id: (index) => at(index).id,
    class: (index) => at(index).class,
    confidence: (index) => at(index).confidence,
    records: (index) =>
      at(index).observations.reduce((sum, { records }) => sum + records.orig + records.resp, 0),
    bytes: (index) => {
      const { bytes } = at(index);
      return bytes.orig + bytes.resp;
    },
    findings: (index) => at(index).findings,
    worstFinding: (index) => worst(at(index).findings.map((id) => levels.get(id))),
    wouldDecide: (index) => at(index).wouldDecide,
  };
}

const WORST_FIRST: readonly FindingLevel[] = ["error", "warning", "note"];

function worst(levels: readonly (FindingLevel | undefined)[]): FindingLevel | null {
  return WORST_FIRST.find((level) => levels.includes(level)) ?? null;
}

/** The columns of some of the connections, by their positions. */
export function pickColumns(columns: ReportColumns, positions: Sequence<number>): ReportColumns {
  const from = (index: number): number => {
    const position = positions.at(index);
    if (position === undefined) throw new RangeError(`no connection at ${index}`);
    return position;
  };
  return {
    length: positions.length,
    id: (index) => columns.id(from(index)),
    class: (index) => columns.class(from(index)),
    confidence: (index) => columns.confidence(from(index)),
    records: (index) => columns.records(from(index)),
    bytes: (index) => columns.bytes(from(index)),
    findings: (index) => columns.findings(from(index)),
    worstFinding: (index) => columns.worstFinding(from(index)),
    wouldDecide: (index) => columns.wouldDecide(from(index)),
  };
}
