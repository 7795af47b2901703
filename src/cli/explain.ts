/** `podpath explain`: connections in plain sentences, with the packets that prove them and the filters that show them. */
import { type Command, InvalidArgumentError, Option } from "commander";
import { explain } from "../core/explain/explain.ts";
import type { Explanation } from "../core/explain/explanation.ts";
import { renderExplanationMarkdown } from "../core/render/explanation-markdown.ts";
import { renderExplanationText } from "../core/render/explanation-text.ts";
import { terminalSafeJson } from "../core/render/json-stream.ts";
import { incompleteBecause } from "../core/report/completeness.ts";
import type { Report } from "../core/report/report.ts";
import type { CliIo } from "./cli-io.ts";
import type { CommandContext } from "./command-table.ts";
import { CONNECTION_WORDS, wholeQuestion } from "./connection-question.ts";
import type { Outcome } from "./exit-code.ts";
import {
  addFilterOptions,
  applyFilter,
  askedPods,
  type GivenFilter,
  refusesFilter,
} from "./filter-options.ts";
import { addInputOptions, type InputOptions } from "./input-options.ts";
import { complain } from "./messages.ts";
import { addOutputOption, type OutputOptions, writeOutput } from "./output-options.ts";
import { readReport } from "./read-report.ts";
import { tellWhyInconclusive } from "./strictness.ts";
import { addColorOption, type TextCommandOptions, textOptions } from "./text-options.ts";

interface ExplainCommandOptions extends InputOptions, OutputOptions, TextCommandOptions {
  readonly format: "text" | "json" | "markdown";
  readonly limit: number;
  readonly strict?: boolean;
}

const DEFAULT_LIMIT = 5;

export function configure(command: Command, { io, finish }: CommandContext): void {
  command.argument("<what>", CONNECTION_WORDS);
  addOutputOption(addInputOptions(command))
    .addOption(
      new Option("-o, --format <format>", "output format")
        .choices(["text", "json", "markdown"])
        .default("text"),
    )
    .option("--limit <n>", "explain at most this many connections", parseLimit, DEFAULT_LIMIT)
    .option("--strict", "exit with 4 when something cut or undecodable could hide the answer");
  const givenFilter = addFilterOptions(command);
  addColorOption(command).action(
    async (what: string, inputs: string[], options: ExplainCommandOptions) => {
      finish(await runExplain(wholeQuestion(what, inputs), options, givenFilter(), io));
    },
  );
}

function parseLimit(value: string): number {
  if (!/^[1-9]\d{0,5}$/.test(value))
    throw new InvalidArgumentError("It must be a whole number from 1 on.");
  return Number(value);
}

async function runExplain(
  { what, inputs }: ReturnType<typeof wholeQuestion>,
  options: ExplainCommandOptions,
  filter: GivenFilter,
  io: CliIo,
): Promise<Outcome> {
  if (refusesFilter(io, "explain", filter)) return { usageError: true };
  const read = await readReport("explain", inputs, options, askedPods(filter), io);
  if (read.report === null) return read.ends;
  const report = applyFilter(io, "explain", read.report, filter);
  if (report === null) return { usageError: true };
  const { explanation, problem } = explain(report, what, options.limit);
  if (problem !== undefined) {
    complain(io, { message: `explain: ${problem.message}`, advice: problem.advice });
    return { usageError: true };
  }
  const reasons = incompleteBecause(report);
  if (options.strict === true) tellWhyInconclusive(io, reasons);
  await writeOutput(renderAs(explanation, report, options, io), options, io);
  return {
    unreadableInputs: read.unreadableInputs,
    inconclusive: reasons.length > 0,
    ...(options.strict === undefined ? {} : { strict: options.strict }),
  };
}

function renderAs(
  explanation: Explanation,
  report: Report,
  options: ExplainCommandOptions,
  io: CliIo,
): Iterable<string> {
  switch (options.format) {
    case "json":
      return [`${terminalSafeJson(JSON.stringify(explanation, null, 2))}\n`];
    case "markdown":
      return renderExplanationMarkdown(explanation, report);
    case "text":
      return renderExplanationText(explanation, report, textOptions(options, io, false));
  }
}
