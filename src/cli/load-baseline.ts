/** Reads and writes baseline files for a command. */
import { existsSync } from "node:fs";
import type { Baseline } from "../core/policy/baseline.ts";
import type { Report } from "../core/report/report.ts";
import { writeFileAtomically } from "../node/atomic-output.ts";
import { readTextFile } from "../node/text-file.ts";
import type { CliIo } from "./cli-io.ts";
import { MAX_WRITTEN_BYTES, readWritten, tellProblems } from "./load-policy.ts";

export interface LoadedBaseline {
  readonly baseline: Baseline;
  readonly sha256: string;
}

/** Unusable: the complaints are on stderr. A file that is yet to be written is usable, and null. */
type BaselineFile =
  | { readonly isUsable: true; readonly file: LoadedBaseline | null }
  | { readonly isUsable: false };

export async function loadBaseline(
  options: { readonly baseline?: string; readonly update?: boolean },
  io: CliIo,
): Promise<BaselineFile> {
  const path = options.baseline ?? "";
  if (options.update === true && !existsSync(path)) return { isUsable: true, file: null };
  const file = readWritten(path, io);
  if (file === null) return { isUsable: false };
  const { readBaseline } = await import("../core/policy/baseline.ts");
  const { baseline, problems } = readBaseline(file.text, path);
  if (problems === undefined) return { isUsable: true, file: { baseline, sha256: file.sha256 } };
  tellProblems(path, file.text, problems, io);
  return { isUsable: false };
}

/** Writes the paths of the report, and gives the file as it is then. Throws OutputError. */
export async function updateBaseline(
  path: string,
  report: Report,
  known: LoadedBaseline | null,
): Promise<LoadedBaseline> {
  const { readBaseline, writeBaseline } = await import("../core/policy/baseline.ts");
  const { collectPaths } = await import("../core/policy/path-set.ts");
  const text = writeBaseline(collectPaths(report).list(), known?.baseline.paths ?? [], path);
  await writeFileAtomically(path, [text]);
  const { sha256 } = readTextFile(path, MAX_WRITTEN_BYTES);
  const { baseline } = readBaseline(text, path);
  if (baseline === undefined) throw new Error(`the baseline written to ${path} cannot be read`);
  return { baseline, sha256 };
}
