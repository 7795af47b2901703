/** Reads a policy for a command; what is wrong with it is told with line and caret. */
import type { Policy } from "../core/policy/policy.ts";
import { type PolicyProblem, problemLines } from "../core/policy/policy-problem.ts";
import { safeText } from "../core/render/safe-text.ts";
import { InputError } from "../node/input-error.ts";
import { readTextFile, type TextFile } from "../node/text-file.ts";
import type { CliIo } from "./cli-io.ts";
import { complain } from "./messages.ts";

export interface LoadedPolicy {
  readonly policy: Policy;
  readonly sha256: string;
}

/** Bytes of UTF-8 that the longest allowed text can have. */
export const MAX_WRITTEN_BYTES = 64 * 1024 * 1024;
const PROBLEMS_TOLD = 20;

/** Null, and complaints on stderr, when there is no usable policy: the command line is wrong then. */
export async function loadPolicy(path: string, io: CliIo): Promise<LoadedPolicy | null> {
  const file = readWritten(path, io);
  if (file === null) return null;
  // Loaded here: zod and yaml take longer than help and a mistyped option may.
  const { readPolicy } = await import("../core/policy/read-policy.ts");
  const { policy, problems } = readPolicy(file.text, path);
  if (problems === undefined) return { policy, sha256: file.sha256 };
  tellProblems(path, file.text, problems, io);
  return null;
}

export function readWritten(path: string, io: CliIo): TextFile | null {
  try {
    return readTextFile(path, MAX_WRITTEN_BYTES);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    complain(io, error);
    return null;
  }
}

export function tellProblems(
  path: string,
  source: string,
  problems: readonly PolicyProblem[],
  io: CliIo,
): void {
  for (const problem of problems.slice(0, PROBLEMS_TOLD)) {
    const [first = "", ...picture] = problemLines(path, source, problem);
    complain(io, { message: first, advice: "" });
    for (const line of picture) io.stderr.write(`${safeText(line)}\n`);
  }
  const more = problems.length - PROBLEMS_TOLD;
  if (more > 0) complain(io, { message: `${path}: ${more} more problems`, advice: "" });
}
