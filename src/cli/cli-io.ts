/** What the command line has of the world, so that tests can run a command without a process of its own. */
import { basename } from "node:path";
import type { Readable, Writable } from "node:stream";
import { ExitCode, exitCode } from "./exit-code.ts";

export interface CliIo {
  readonly stdin: Readable;
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: Writable & { readonly isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** "podpath", or "kubectl podpath" when kubectl runs it as a plugin. */
  readonly programName: string;
  /** Who wants to hear of the first SIGINT or SIGTERM instead of ending by it; the second one ends the program at once. */
  readonly interruption?: Interruption;
  /**
   * No before work that gives the event loop no turn, in which no signal could be answered: then a signal ends the process by
   * itself, at once, as it ends any program (shells show 130 and 143 all the same). Yes behind it.
   */
  readonly answerSignals?: (answers: boolean) => void;
}

export type StopSignal = "SIGINT" | "SIGTERM";

export interface Interruption {
  handler: ((signal: StopSignal) => void) | null;
}

/** The process's own streams. Also makes sure that no way of ending gives a code that means something else. */
export function processIo(): CliIo {
  // Failures of a write arrive at its callback; without a listener they would end the process a second time.
  process.stdout.on("error", ignore);
  process.stderr.on("error", ignore);
  // Node would end with 1, which says "findings".
  process.once("uncaughtException", (error) => {
    process.stderr.write(bugMessage(error));
    process.exit(ExitCode.Bug);
  });
  // A file that is being written is cleared away by the listener that its writer has for "exit".
  const interruption: Interruption = { handler: null };
  const onInterrupt = (): void => interrupted("SIGINT", interruption);
  const onTerminate = (): void => interrupted("SIGTERM", interruption);
  const answerSignals = (answers: boolean): void => {
    process.off("SIGINT", onInterrupt);
    process.off("SIGTERM", onTerminate);
    if (!answers) return;
    process.on("SIGINT", onInterrupt);
    process.on("SIGTERM", onTerminate);
  };
  answerSignals(true);
  const script = basename(process.argv[1] ?? "");
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    programName: script.startsWith("kubectl-") ? "kubectl podpath" : "podpath",
    interruption,
    answerSignals,
  };
}

function interrupted(signal: StopSignal, interruption: Interruption): void {
  const { handler } = interruption;
  interruption.handler = null;
  if (handler === null) process.exit(exitCode({ signal }));
  else handler(signal);
}

function ignore(): void {}

/** A bug is told with what a report of it needs. */
export function bugMessage(error: unknown): string {
  const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return (
    `podpath: this is a bug of podpath, not of your input: ${what}\n` +
    "podpath: please report it with the command line, the lines above and, if you may share it, the input\n"
  );
}
