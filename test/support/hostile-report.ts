/** Reports in which every text that a capture or a snapshot can bring is the same hostile one. */
import type { Report } from "../../src/core/report/report.ts";
import { parsedReport } from "./parsed-report.ts";

/** One of each family: terminal control, forged lines, markup, illegal in XML, invisible, prototype keys, size. */
export const HOSTILE_TEXTS: readonly string[] = [
  "\x1b[2J\x1b]0;owned\x07",
  "\x9b31mred\x7f",
  "a\n::error::forged\r\nb",
  "]]><script>alert(1)</script>",
  "</script><!-- \u2028 \u2029",
  "nul\0byte",
  "lone \ud800 and \udc00",
  "\u202Egnp.exe\u2066",
  "__proto__",
  '=cmd|"/c calc"!A1',
  "../../etc/passwd",
  "x".repeat(5_000),
];

/** Fields with a fixed vocabulary: their values come from podpath, never from an input. */
const VOCABULARY: ReadonlySet<string> = new Set([
  "schema",
  "id",
  "capture",
  "clientFrom",
  "vantagePoint",
  "class",
  "confidence",
  "level",
  "severity",
  "kind",
  "firstSeen",
  "lastSeen",
  "matchedBy",
]);

export function hostileReport(report: Report, hostile: string): Report {
  return replaceTexts(parsedReport(report), hostile) as Report;
}

function replaceTexts(value: unknown, hostile: string): unknown {
  if (typeof value === "string") return hostile;
  if (Array.isArray(value)) {
    return value.map((item) => (isId(item) ? item : replaceTexts(item, hostile)));
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [
      key,
      VOCABULARY.has(key) && typeof field === "string" ? field : replaceTexts(field, hostile),
    ]),
  );
}

/** Ids of findings and connections tie the report together. */
function isId(value: unknown): boolean {
  return typeof value === "string" && /^(conn-|f|c)\d+$/.test(value);
}
