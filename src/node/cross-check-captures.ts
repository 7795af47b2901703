/** `--cross-check` for all captures of a run: what the second reader says, and a diagnostic where it disagrees. */
import type { CaptureJob } from "../core/analysis.ts";
import type { ByteSource } from "../core/capture/byte-source.ts";
import type { DiagnosticKind, DiagnosticLog } from "../core/diagnostics/diagnostic.ts";
import { type CrossCheckResult, crossCheck } from "./cross-check.ts";

const CROSS_CHECK_DIFFERS: DiagnosticKind = {
  code: "input.cross-check-differs",
  severity: "error",
  hint: "Two independent readers disagree about this capture: do not rely on its numbers, and please report it.",
};

/** `reopen` gives a capture's bytes from the start, or null when they came through a stream. */
export async function crossCheckCaptures(
  jobs: readonly CaptureJob[],
  reopen: (file: string) => ByteSource | null,
  log: DiagnosticLog,
): Promise<CrossCheckResult[]> {
  const results: CrossCheckResult[] = [];
  for (const { file } of jobs) {
    const result = await checkOne(file, reopen);
    results.push(result);
    if (result.verdict === "differs") {
      log.add(CROSS_CHECK_DIFFERS, { file }, `the second reader differs in ${result.reason}`);
    }
  }
  return results;
}

async function checkOne(
  file: string,
  reopen: (file: string) => ByteSource | null,
): Promise<CrossCheckResult> {
  const nothing = { file, verdict: "not-checked", ours: null, theirs: null } as const;
  const open = (): ByteSource => {
    const source = reopen(file);
    if (source === null) throw new Error("it came through a stream and cannot be read again");
    return source;
  };
  try {
    return await crossCheck(file, open);
  } catch (error) {
    return { ...nothing, reason: error instanceof Error ? error.message : String(error) };
  }
}
