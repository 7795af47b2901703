/** The exit codes of podpath and the one place that decides which one a run ends with (DESIGN: stable). */
import type { FindingLevel } from "../core/classify/rule.ts";

export const ExitCode = {
  /** Nothing to object to. */
  Clean: 0,
  /** Findings at or above --fail-on; a policy violated; differences. */
  Found: 1,
  /** The command line itself is wrong. */
  Usage: 2,
  /** A named input cannot be read at all. */
  Unreadable: 3,
  /** Something cut, capped or undecodable could hide the answer (`check` always, others with --strict). */
  Inconclusive: 4,
  /** A bug of podpath (EX_SOFTWARE). */
  Bug: 70,
  /** Output cannot be written (EX_IOERR). */
  OutputFailed: 74,
  /** 128 + SIGINT. */
  Interrupted: 130,
  /** 128 + SIGTERM. */
  Terminated: 143,
} as const;
export type ExitCodeValue = (typeof ExitCode)[keyof typeof ExitCode];

/** What happened in a run, as far as its exit code depends on it. */
export interface Outcome {
  readonly usageError?: boolean;
  readonly bug?: boolean;
  readonly outputFailed?: boolean;
  /** Inputs that could not be read at all. */
  readonly unreadableInputs?: number;
  /** Findings of the report by level. */
  readonly findings?: Readonly<Record<string, number>>;
  /** From which level on findings fail the run; absent: never. */
  readonly failOn?: FindingLevel;
  readonly strict?: boolean;
  readonly inconclusive?: boolean;
  /** Two things that were compared are not the same. */
  readonly different?: boolean;
  /** What ended the run, or told it to come to its end (`--follow`). */
  readonly signal?: "SIGINT" | "SIGTERM";
  /** Of the gate. */
  readonly verdict?: "pass" | "fail" | "inconclusive";
}

const LEVELS_AT_OR_ABOVE: Readonly<Record<FindingLevel, readonly FindingLevel[]>> = {
  error: ["error"],
  warning: ["error", "warning"],
  note: ["error", "warning", "note"],
};

/** What says most about whether the answer can be trusted comes first; a definite finding outweighs a doubt. */
export function exitCode(outcome: Outcome): ExitCodeValue {
  if (outcome.bug === true) return ExitCode.Bug;
  if (outcome.outputFailed === true) return ExitCode.OutputFailed;
  if (outcome.usageError === true) return ExitCode.Usage;
  if ((outcome.unreadableInputs ?? 0) > 0) return ExitCode.Unreadable;
  if (outcome.failOn !== undefined) {
    const failing = LEVELS_AT_OR_ABOVE[outcome.failOn];
    if (failing.some((level) => (outcome.findings?.[level] ?? 0) > 0)) return ExitCode.Found;
  }
  if (outcome.different === true || outcome.verdict === "fail") return ExitCode.Found;
  if (outcome.verdict === "inconclusive") return ExitCode.Inconclusive;
  if (outcome.strict === true && outcome.inconclusive === true) return ExitCode.Inconclusive;
  // What was asked for outranks how the run came to its end.
  if (outcome.signal === "SIGINT") return ExitCode.Interrupted;
  if (outcome.signal === "SIGTERM") return ExitCode.Terminated;
  return ExitCode.Clean;
}
