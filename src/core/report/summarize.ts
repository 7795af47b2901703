/** Sums over the connections and findings of a report: of a whole one, or of what a filter left. */
import { comparePathClasses } from "./path-class-title.ts";
import type { Report, ReportFinding } from "./report.ts";
import type { ReportColumns } from "./report-columns.ts";

export function summarize(
  columns: Pick<ReportColumns, "length" | "class" | "records" | "bytes">,
  findings: readonly Pick<ReportFinding, "level">[],
): Report["summary"] {
  const classes = new Map<string, { connections: number; records: number; bytes: number }>();
  for (let index = 0; index < columns.length; index++) {
    const id = columns.class(index);
    let sum = classes.get(id);
    if (sum === undefined) {
      sum = { connections: 0, records: 0, bytes: 0 };
      classes.set(id, sum);
    }
    sum.connections += 1;
    sum.records += columns.records(index);
    sum.bytes += columns.bytes(index);
  }
  const levels = { error: 0, warning: 0, note: 0 };
  for (const { level } of findings) levels[level] += 1;
  return {
    classes: Object.fromEntries([...classes].sort(([a], [b]) => comparePathClasses(a, b))),
    findings: levels,
  };
}
