/** `-o yaml`: the JSON report with one fact a line and few quotes, for people who read it. Written piece by piece, as JSON is. */
import type { Report, ReportFinding } from "../report/report.ts";
import { writeYaml } from "../yaml/write-yaml.ts";
import { REPORT_KEYS } from "./report-keys.ts";

type YamlPieces = Generator<string, void, undefined>;

/** Chunks of one YAML 1.2 document with the value of the JSON report. */
export function* renderYaml(report: Report): YamlPieces {
  for (const key of REPORT_KEYS) {
    const value = report[key];
    if (value === undefined) continue;
    if (key === "connections") yield* yamlList(key, report.connections, yamlItem);
    else if (key === "findings") yield* yamlList(key, report.findings, yamlFinding);
    else yield safeYaml({ [key]: value });
  }
}

function* yamlList<T>(key: string, items: Iterable<T>, each: (item: T) => YamlPieces): YamlPieces {
  let isEmpty = true;
  for (const item of items) {
    if (isEmpty) yield `${key}:\n`;
    isEmpty = false;
    yield* each(item);
  }
  if (isEmpty) yield `${key}: []\n`;
}

/** An item of a list of the report, with its margin: what stands before it in a document of its own is cut off. */
function itemText(item: unknown): string {
  return safeYaml({ list: [item] }).slice("list:\n".length);
}

function* yamlItem(item: unknown): YamlPieces {
  yield itemText(item);
}

/** Member by member: its connections may be all that there are, and are written one by one. */
function* yamlFinding(finding: ReportFinding): YamlPieces {
  let before = "  - ";
  for (const [key, value] of Object.entries(finding)) {
    if (key === "connections") yield* yamlList(`${before}${key}`, finding.connections, yamlId);
    else yield before + itemText({ [key]: value }).slice(before.length);
    before = "    ";
  }
}

function* yamlId(id: string): YamlPieces {
  yield `    ${itemText(id)}`;
}

/**
 * YAML in which nothing steers a terminal or hides text. Where there is such a character, all strings of the piece are written in
 * double quotes, the only style in which YAML has escapes (YAML 1.2.2 section 5.7).
 */
function safeYaml(value: unknown): string {
  const text = writeYaml(value);
  if (!UNUSUAL.test(text) || text.search(UNSAFE) < 0) return text;
  return writeYaml(value, { quoteStrings: true }).replace(UNSAFE, escapeCharacter);
}

function escapeCharacter(character: string): string {
  const hex = (character.codePointAt(0) ?? 0).toString(16);
  return hex.length > 4 ? `\\U${hex.padStart(8, "0")}` : `\\u${hex.padStart(4, "0")}`;
}

/** Most pieces have none, and looking for it is many times faster than looking for what is unsafe. */
const UNUSUAL = /[^\n -~]/;
/** C0 but the line feeds of the format itself, DEL and C1; format characters; halves of surrogate pairs; line and paragraph separators. */
const UNSAFE = /[^\P{Cc}\n]|[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
