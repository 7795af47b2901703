/** The order of the report's own keys, whatever object the report came from. */
import type { Report } from "../report/report.ts";

export const REPORT_KEYS = [
  "schema",
  "tool",
  "inputs",
  "captures",
  "vantagePoints",
  "snapshot",
  "accounting",
  "filter",
  "summary",
  "connections",
  "distribution",
  "findings",
  "diagnostics",
  "limits",
] as const satisfies readonly (keyof Report)[];
