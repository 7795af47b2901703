/** `podpath diagram`: what the captures show, as pictures. */
import { Argument, type Command, Option } from "commander";
import { DIAGRAMS, type DiagramId, layOutDiagram } from "../core/diagram/diagram.ts";
import type { CliIo } from "./cli-io.ts";
import type { CommandContext } from "./command-table.ts";
import type { Outcome } from "./exit-code.ts";
import {
  addFilterOptions,
  applyFilter,
  askedPods,
  type GivenFilter,
  refusesFilter,
} from "./filter-options.ts";
import { addInputOptions, type InputOptions } from "./input-options.ts";
import { addOutputOption, type OutputOptions, writeOutput } from "./output-options.ts";
import { readReport } from "./read-report.ts";

interface DiagramCommandOptions extends InputOptions, OutputOptions {}

export function configure(command: Command, { io, finish }: CommandContext): void {
  command.addArgument(
    new Argument("<kind>", "which diagram").choices(DIAGRAMS.map(({ id }) => id)),
  );
  addOutputOption(addInputOptions(command)).addOption(
    new Option("-o, --format <format>", "output format").choices(["svg"]).default("svg"),
  );
  const givenFilter = addFilterOptions(command);
  command.action(async (kind: DiagramId, inputs: string[], options: DiagramCommandOptions) => {
    finish(await runDiagram(kind, inputs, options, givenFilter(), io));
  });
}

async function runDiagram(
  kind: DiagramId,
  inputs: readonly string[],
  options: DiagramCommandOptions,
  filter: GivenFilter,
  io: CliIo,
): Promise<Outcome> {
  if (refusesFilter(io, "diagram", filter)) return { usageError: true };
  const read = await readReport("diagram", inputs, options, askedPods(filter), io);
  if (read.report === null) return read.ends;
  const report = applyFilter(io, "diagram", read.report, filter);
  if (report === null) return { usageError: true };
  // d3 and its DOM take a quarter of a second to load; no other command pays for them.
  const { renderSceneSvg } = await import("../node/render-svg.ts");
  await writeOutput([await renderSceneSvg(layOutDiagram(kind, report))], options, io);
  return { unreadableInputs: read.unreadableInputs };
}
