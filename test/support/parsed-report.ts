/** A report as another program has it that read its JSON: every list an array. */
import type { Report } from "../../src/core/report/report.ts";

export function parsedReport(report: Report): Report {
  return JSON.parse(JSON.stringify(report));
}
