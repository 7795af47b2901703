/**
 * `-o jsonl`: one JSON value a line, for streams and `jq`. The first line has type "report" and everything but the long
 * lists; then a line for each connection, finding and diagnostic, with the same fields as in the report.
 */
import type { Report } from "../report/report.ts";
import { terminalSafeJson } from "./json.ts";

export function* renderJsonLines(report: Report): Generator<string, void, undefined> {
  const { schema, connections, findings, diagnostics, ...rest } = report;
  yield line("report", { schema, ...rest });
  for (const connection of connections) yield line("connection", connection);
  for (const finding of findings) yield line("finding", finding);
  for (const diagnostic of diagnostics) yield line("diagnostic", diagnostic);
}

function line(type: string, value: object): string {
  return `${terminalSafeJson(JSON.stringify({ type, ...value }))}\n`;
}
