/** `podpath schema`: the JSON Schema of the report, as published in docs/report.schema.json. */
import type { Command } from "commander";
import type { CommandContext } from "./command-table.ts";
import { addOutputOption, type OutputOptions, writeOutput } from "./output-options.ts";

export function configure(command: Command, { io, finish }: CommandContext): void {
  addOutputOption(command).action(async (options: OutputOptions) => {
    // zod takes 40 ms to load, and an analysis never needs it.
    const { reportJsonSchema } = await import("../core/report/report-json-schema.ts");
    await writeOutput([`${JSON.stringify(reportJsonSchema(), null, 2)}\n`], options, io);
    finish({});
  });
}
