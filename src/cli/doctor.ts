/** `podpath doctor`: whether the inputs are good enough, and what to capture next. */
import { type Command, Option } from "commander";
import { examine } from "../core/doctor/examine.ts";
import { renderCheckupText } from "../core/render/checkup-text.ts";
import { terminalSafeJson } from "../core/render/json-stream.ts";
import { incompleteBecause } from "../core/report/completeness.ts";
import { termProblem } from "../core/report/filter-report.ts";
import type { CliIo } from "./cli-io.ts";
import type { CommandContext } from "./command-table.ts";
import type { Outcome } from "./exit-code.ts";
import { addInputOptions, type InputOptions } from "./input-options.ts";
import { complain } from "./messages.ts";
import { addOutputOption, type OutputOptions, writeOutput } from "./output-options.ts";
import { readReport } from "./read-report.ts";
import { addColorOption, type TextCommandOptions, textOptions } from "./text-options.ts";

interface DoctorCommandOptions extends InputOptions, OutputOptions, TextCommandOptions {
  readonly format: "text" | "wide" | "json";
  readonly pod: readonly string[];
  readonly strict?: boolean;
}

export function configure(command: Command, { io, finish }: CommandContext): void {
  addOutputOption(addInputOptions(command))
    .addOption(
      new Option("-o, --format <format>", "text folds long lists, wide shows all")
        .choices(["text", "wide", "json"])
        .default("text"),
    )
    .addOption(
      new Option(
        "--pod <[namespace/]name>",
        "where this pod runs, and which captures can show it (repeatable)",
      )
        .default([], "none")
        .argParser((value: string, previous: readonly string[]) => [...previous, value]),
    )
    .option("--strict", "exit with 4 when something could hide an answer");
  addColorOption(command).action(async (inputs: string[], options: DoctorCommandOptions) => {
    finish(await runDoctor(inputs, options, io));
  });
}

async function runDoctor(
  inputs: readonly string[],
  options: DoctorCommandOptions,
  io: CliIo,
): Promise<Outcome> {
  const read = await readReport("doctor", inputs, options, options.pod, io);
  if (read.report === null) return read.ends;
  const { report } = read;
  for (const value of options.pod) {
    // The filter knows best whether a name means anything.
    const problem = termProblem(report, { field: "pod", value, negated: false });
    if (problem === null) continue;
    complain(io, { message: `doctor: ${problem.message}`, advice: problem.advice });
    return { usageError: true };
  }
  const checkup = examine(report, options.pod);
  const chunks =
    options.format === "json"
      ? [`${terminalSafeJson(JSON.stringify(checkup, null, 2))}\n`]
      : renderCheckupText(checkup, report, textOptions(options, io, options.format === "wide"));
  await writeOutput(chunks, options, io);
  return {
    unreadableInputs: read.unreadableInputs,
    inconclusive: checkup.verdict === "doubtful" || incompleteBecause(report).length > 0,
    ...(options.strict === undefined ? {} : { strict: options.strict }),
  };
}
