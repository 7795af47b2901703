/**
 * `-o jsonl`: one JSON value a line, for streams and `jq`. The first line has type "report" and everything but the long
 * lists; then a line for each connection, finding and diagnostic, with the same fields as in the report.
 */
import type { Report } from "../report/report.ts";
import { COMPACT, jsonObject } from "./json-stream.ts";

/** Chunks of text; a finding about many connections is a line of many chunks. */
export function* renderJsonLines(report: Report): Generator<string, void, undefined> {
  const { schema, connections, findings, diagnostics, ...rest } = report;
  yield line("report", { schema, ...rest });
  for (const connection of connections) yield line("connection", connection);
  for (const finding of findings) {
    yield* jsonObject({ type: "finding", ...finding }, 0, COMPACT);
    yield "\n";
  }
  for (const diagnostic of diagnostics) yield line("diagnostic", diagnostic);
}

function line(type: string, value: object): string {
  return `${COMPACT.text({ type, ...value }, 0)}\n`;
}
