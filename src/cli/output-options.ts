/** Where a command's data goes: stdout, or a file that is old or new and never half. */
import type { Command } from "commander";
import { writeFileAtomically } from "../node/atomic-output.ts";
import { writeChunks } from "../node/write-chunks.ts";
import type { CliIo } from "./cli-io.ts";

export interface OutputOptions {
  readonly output?: string;
}

export function addOutputOption(command: Command): Command {
  return command.option("--output <file>", "write to this file, in one step, instead of stdout");
}

/** Throws OutputError. A reader that went away is no failure: the verdict's code stands. */
export async function writeOutput(
  chunks: Iterable<string | Uint8Array>,
  { output }: OutputOptions,
  io: CliIo,
): Promise<void> {
  if (output === undefined || output === "-") {
    await writeChunks(io.stdout, "standard output", chunks);
  } else {
    await writeFileAtomically(output, chunks);
  }
}
