/** `-o json`: the report itself, for programs. Written piece by piece, so that no report needs one huge string. */
import type { Report } from "../report/report.ts";

/** The order of the report's own keys, whatever object the report came from. */
const KEYS = [
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

/** Chunks of one JSON document, indented by two, ended by a newline. Same report, same bytes. */
export function* renderJson(report: Report): Generator<string, void, undefined> {
  let separator = "{\n";
  for (const key of KEYS) {
    const value = report[key];
    if (value === undefined) continue;
    yield `${separator}  ${JSON.stringify(key)}: `;
    separator = ",\n";
    if (!Array.isArray(value)) yield indented(value, "  ");
    else if (value.length === 0) yield "[]";
    else yield* renderList(value);
  }
  yield "\n}\n";
}

function* renderList(list: readonly unknown[]): Generator<string, void, undefined> {
  let separator = "[\n    ";
  for (const item of list) {
    yield separator + indented(item, "    ");
    separator = ",\n    ";
  }
  yield "\n  ]";
}

function indented(value: unknown, margin: string): string {
  // A newline in the text of JSON is never part of a string, so that shifting lines changes no value.
  return terminalSafeJson(JSON.stringify(value, null, 2)).replaceAll("\n", `\n${margin}`);
}

/**
 * JSON.stringify escapes C0 and lone surrogates; this escapes what else may steer a terminal or hide text. All of it can
 * stand only inside strings, where \u means the same character.
 */
export function terminalSafeJson(json: string): string {
  return json.replace(UNSAFE, (character) =>
    Array.from(
      { length: character.length },
      (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`,
    ).join(""),
  );
}

/** DEL and C1; format characters (bidirectional controls among them); line and paragraph separators. */
const UNSAFE = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu;
