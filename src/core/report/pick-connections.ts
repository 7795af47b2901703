/** A report of some of its connections: the findings that concern one of them or the whole run, and the sums of those. */
import type { Sequence } from "../sequence.ts";
import { IndexList } from "./index-list.ts";
import { itemsAt, lazySequence } from "./lazy-sequence.ts";
import type { Report, ReportConnections, ReportFinding } from "./report.ts";
import { columnsOf, pickColumns, type ReportColumns } from "./report-columns.ts";
import { summarize } from "./summarize.ts";

/**
 * @param positions in `report.connections`, ascending
 * @param expression what was asked, as it could be typed again
 */
export function pickConnections(
  report: Report,
  positions: Sequence<number>,
  expression: string,
): Report {
  const columns = pickColumns(columnsOf(report), positions);
  const findings = findingsLeft(report.findings, columns);
  const before = report.filter;
  return {
    ...report,
    filter: {
      expression: before === undefined ? expression : `${before.expression} ${expression}`,
      shown: positions.length,
      of: before === undefined ? report.connections.length : before.of,
    },
    summary: summarize(columns, findings),
    connections: picked(report.connections, positions, columns),
    findings,
  };
}

function picked(
  connections: ReportConnections,
  positions: Sequence<number>,
  columns: ReportColumns,
): ReportConnections {
  return Object.assign(itemsAt(connections, positions), { columns });
}

function findingsLeft(findings: readonly ReportFinding[], columns: ReportColumns): ReportFinding[] {
  const left = new Map<string, IndexList>();
  for (let index = 0; index < columns.length; index++) {
    for (const id of columns.findings(index)) {
      const list = left.get(id) ?? new IndexList();
      if (list.length === 0) left.set(id, list);
      list.push(index);
    }
  }
  return findings.flatMap((finding) => {
    if (finding.connections.length === 0) return [finding];
    const list = left.get(finding.id);
    if (list === undefined) return [];
    const ids = lazySequence(list.length, (position) => columns.id(list.at(position) ?? -1));
    return [{ ...finding, connections: ids }];
  });
}
