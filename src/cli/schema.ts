/** `podpath schema`: the JSON Schemas of what podpath reads and writes, as published in docs/. */
import { Argument, type Command } from "commander";
import type { CommandContext } from "./command-table.ts";
import { addOutputOption, type OutputOptions, writeOutput } from "./output-options.ts";

/** Of the report, and of the gate: policy-json-schemas.ts has the same names, loaded with its schemas. */
const NAMES = ["report", "policy", "baseline", "check", "diff"] as const;
type SchemaName = (typeof NAMES)[number];

export function configure(command: Command, { io, finish }: CommandContext): void {
  addOutputOption(command)
    .addArgument(
      new Argument("[of]", "what analyze, check or diff write, or what check reads")
        .choices(NAMES)
        .default("report"),
    )
    .action(async (of: SchemaName, options: OutputOptions) => {
      const schema = await jsonSchema(of);
      await writeOutput([`${JSON.stringify(schema, null, 2)}\n`], options, io);
      finish({});
    });
}

/** zod takes 40 ms to load, and an analysis never needs it. */
async function jsonSchema(of: SchemaName): Promise<Record<string, unknown>> {
  if (of === "report")
    return (await import("../core/report/report-json-schema.ts")).reportJsonSchema();
  return (await import("../core/policy/policy-json-schemas.ts")).policyJsonSchema(of);
}
