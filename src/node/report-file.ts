/** A report that an earlier run wrote with `-o json`, as an input in place of captures. */

import { constants } from "node:buffer";
import { closeSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import type { Report } from "../core/report/report.ts";
import { fromSystemError, InputError } from "./input-error.ts";

const BEGINNING = /^\uFEFF?\s*\{\s*"schema"\s*:\s*"podpath\.report\/1"/;
const HEAD_BYTES = 256;

/** By its first bytes, never by its name; false for what is no regular file or cannot be read. */
export function isReportFile(path: string): boolean {
  try {
    if (!statSync(path).isFile()) return false;
    const descriptor = openSync(path, "r");
    try {
      const head = Buffer.alloc(HEAD_BYTES);
      const length = readSync(descriptor, head, 0, HEAD_BYTES, 0);
      return BEGINNING.test(head.toString("utf8", 0, length));
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return false;
  }
}

/** Anybody may have edited it, so it must have the published shape. Throws an InputError. */
export async function readReportFile(path: string): Promise<Report> {
  let value: unknown;
  try {
    if (statSync(path).size > constants.MAX_STRING_LENGTH)
      throw notThat(path, "is larger than a text can be", "Give the captures themselves.");
    value = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    if (error instanceof SyntaxError)
      throw notThat(path, "begins like a report and is no JSON", "Write it again, in one piece.");
    throw fromSystemError(path, error);
  }
  const { report } = await import("../core/report/report-schema.ts");
  const parsed = report.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue === undefined ? "" : ` at ${issue.path.map(String).join(".")}`;
  throw notThat(path, `is no report of this version${where}`, "Write it again with this podpath.");
}

function notThat(path: string, what: string, advice: string): InputError {
  return new InputError("not-recognised", path, what, advice);
}
