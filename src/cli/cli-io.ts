/** What the command line has of the world, so that tests can run a command without a process of its own. */
import { basename } from "node:path";
import type { Readable, Writable } from "node:stream";
import { ExitCode } from "./exit-code.ts";

export interface CliIo {
  readonly stdin: Readable;
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: Writable & { readonly isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** "podpath", or "kubectl podpath" when kubectl runs it as a plugin. */
  readonly programName: string;
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
  process.once("SIGINT", () => process.exit(ExitCode.Interrupted));
  process.once("SIGTERM", () => process.exit(ExitCode.Terminated));
  const script = basename(process.argv[1] ?? "");
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    programName: script.startsWith("kubectl-") ? "kubectl podpath" : "podpath",
  };
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
