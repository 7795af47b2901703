/** The program: which command, its outcome, its exit code. Loads nothing that the command does not need. */
import { lstatSync } from "node:fs";
import type { Command } from "commander";
import { safeText } from "../core/render/safe-text.ts";
import { OutputError } from "../node/output-error.ts";
import { writeChunks } from "../node/write-chunks.ts";
import { bugMessage, type CliIo, processIo } from "./cli-io.ts";
import { COMMANDS, DEFAULT_COMMAND } from "./command-table.ts";
import { exitCode, type Outcome } from "./exit-code.ts";
import { complain } from "./messages.ts";

/**
 * Runs one command line (without the interpreter and the script) and resolves with the exit code. Never rejects.
 * With the process's own streams as default, so that a bin needs one line.
 */
export async function main(argv: readonly string[], io: CliIo = processIo()): Promise<number> {
  try {
    const outcome = await runCommand(withDefaultCommand(argv), io);
    if ((outcome.unreadableInputs ?? 0) > 0) tellMistypedCommand(argv, io);
    return exitCode(outcome);
  } catch (error) {
    if (error instanceof OutputError) {
      complain(io, error);
      return exitCode({ outputFailed: true });
    }
    io.stderr.write(bugMessage(error));
    return exitCode({ bug: true });
  }
}

const PROGRAM_OPTIONS: ReadonlySet<string> = new Set(["-h", "--help", "-V", "--version", "help"]);

/** `podpath a.pcap` and `podpath -o json a.pcap` mean `podpath analyze …`. */
function withDefaultCommand(argv: readonly string[]): readonly string[] {
  const [first] = argv;
  if (first === undefined) return ["--help"];
  if (PROGRAM_OPTIONS.has(first) || COMMANDS.some(({ name }) => name === first)) return argv;
  return [DEFAULT_COMMAND, ...argv];
}

/** `podpath analize a.pcap`: the word was taken for a file, because commands may be left out. */
function tellMistypedCommand([first = ""]: readonly string[], io: CliIo): void {
  if (!/^[a-z][a-z-]*$/.test(first) || isThere(first)) return;
  if (COMMANDS.some(({ name }) => name === first)) return;
  const advice = `\`${io.programName} --help\` lists them.`;
  complain(io, { message: `${first}: is no command either`, advice });
}

/** Also a symbolic link that leads nowhere: whoever names it means a file. */
function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

async function runCommand(argv: readonly string[], io: CliIo): Promise<Outcome> {
  const { buildProgram } = await import("./program.ts");
  let outcome: Outcome = {};
  const finish = (value: Outcome): void => {
    outcome = value;
  };
  const [first, second] = argv;
  const program = await buildProgram(
    { io, finish },
    ({ name }) => name === first || (first === "help" && name === second),
  );
  const output: string[] = [];
  capture(program, output, io);
  try {
    await program.parseAsync([...argv], { from: "user" });
  } catch (error) {
    if (!isCommanderError(error)) throw error;
    // Commander ends `--help` and `--version` this way as well; only then is its own code 0.
    outcome = error.exitCode === 0 ? {} : { usageError: true };
  }
  await writeChunks(io.stdout, "standard output", output);
  return outcome;
}

const HELP_WIDTH = 100;

/** Commander neither writes nor exits by itself; its commands take these settings over only when they are made. */
function capture(command: Command, output: string[], io: CliIo): void {
  command.exitOverride().configureOutput({
    writeOut: (text) => output.push(text),
    writeErr: (text) => io.stderr.write(text),
    getOutHelpWidth: () => Math.min(io.stdout.columns ?? HELP_WIDTH, HELP_WIDTH),
    // Commander would ask the process, which may have other streams than \`io\`.
    getOutHasColors: () => false,
    getErrHasColors: () => false,
    outputError: (text, write) => {
      const what = text
        .replace(/^error: /, "")
        .trimEnd()
        .replaceAll("\n", " ");
      write(`podpath: ${safeText(what)}; try ${usage(command, io)} --help\n`);
    },
  });
  for (const child of command.commands) capture(child, output, io);
}

function usage(command: Command, io: CliIo): string {
  return command.parent === null ? io.programName : `${io.programName} ${command.name()}`;
}

/** Commander is loaded late, so its class cannot be named here. */
function isCommanderError(error: unknown): error is Error & { readonly exitCode: number } {
  return (
    error instanceof Error &&
    "code" in error &&
    typeof error.code === "string" &&
    error.code.startsWith("commander.") &&
    "exitCode" in error &&
    typeof error.exitCode === "number"
  );
}
