/** `-o json`: the report itself, for programs. Written piece by piece, so that no report needs one huge string. */
import type { Report } from "../report/report.ts";
import { INDENTED, jsonList, jsonObject } from "./json-stream.ts";
import { REPORT_KEYS } from "./report-keys.ts";

/**
 * Chunks of one JSON document, indented by two, ended by a newline. Same report, same bytes. One connection is made at a time,
 * and none is kept.
 */
export function* renderJson(report: Report): Generator<string, void, undefined> {
  let separator = "{\n";
  for (const key of REPORT_KEYS) {
    const value = report[key];
    if (value === undefined) continue;
    yield `${separator}  ${JSON.stringify(key)}: `;
    separator = ",\n";
    if (key === "connections") yield* jsonList(report.connections, 1, INDENTED);
    else if (key === "findings") yield* jsonList(report.findings, 1, INDENTED, jsonObject);
    else yield INDENTED.text(value, 1);
  }
  yield "\n}\n";
}
