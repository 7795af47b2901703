/** `podpath analyze`: captures and a snapshot in, the report out. */
import { type Command, Option } from "commander";
import type { FindingLevel } from "../core/classify/rule.ts";
import { renderCsv } from "../core/render/csv.ts";
import { renderJson } from "../core/render/json.ts";
import { renderJsonLines } from "../core/render/jsonl.ts";
import { renderText } from "../core/render/text.ts";
import { incompleteBecause } from "../core/report/completeness.ts";
import type { Report } from "../core/report/report.ts";
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
import { addFollowOptions, type FollowOptions, startFollowing } from "./following.ts";
import { addInputOptions, type InputOptions } from "./input-options.ts";
import { addOutputOption, type OutputOptions, writeOutput } from "./output-options.ts";
import { readReport } from "./read-report.ts";
import { tellWhyInconclusive } from "./strictness.ts";
import { addColorOption, type TextCommandOptions, textOptions } from "./text-options.ts";

const FORMATS = ["text", "wide", "json", "jsonl", "yaml", "csv", "html"] as const;
type Format = (typeof FORMATS)[number];

interface AnalyzeCommandOptions
  extends InputOptions,
    FollowOptions,
    OutputOptions,
    TextCommandOptions {
  readonly format: Format;
  readonly strict?: boolean;
  readonly failOn?: FindingLevel;
}

export function configure(command: Command, { io, finish }: CommandContext): void {
  addOutputOption(addInputOptions(command)).addOption(
    new Option(
      "-o, --format <format>",
      "text folds long lists, wide shows all; csv is a table of the connections; html is one file for a browser",
    )
      .choices(FORMATS)
      .default("text"),
  );
  const givenFilter = addFilterOptions(command);
  addColorOption(addFollowOptions(command))
    .option("--cross-check", "let a second reader go over classic pcap files and compare")
    .option("--strict", "exit with 4 when something cut or undecodable could hide the answer")
    .addOption(
      new Option("--fail-on <level>", "exit with 1 on findings of this level or worse").choices([
        "error",
        "warning",
        "note",
      ]),
    )
    .action(async (inputs: string[], options: AnalyzeCommandOptions) => {
      finish(await runAnalyze(inputs, options, givenFilter(), io));
    });
}

async function runAnalyze(
  inputs: readonly string[],
  options: AnalyzeCommandOptions,
  filter: GivenFilter,
  io: CliIo,
): Promise<Outcome> {
  if (refusesFilter(io, "analyze", filter)) return { usageError: true };
  const { following, endedBy } = startFollowing(options, io);
  const read = await readReport("analyze", inputs, options, askedPods(filter), io, following);
  const signal = endedBy();
  if (read.report === null) return read.ends;
  const report = applyFilter(io, "analyze", read.report, filter);
  if (report === null) return { usageError: true };
  const reasons = incompleteBecause(report);
  if (options.strict === true) tellWhyInconclusive(io, reasons);
  await writeOutput(await renderAs(options.format, report, options, io), options, io);
  return {
    unreadableInputs: read.unreadableInputs,
    findings: report.summary.findings,
    inconclusive: reasons.length > 0,
    ...(signal === null ? {} : { signal }),
    ...(options.failOn === undefined ? {} : { failOn: options.failOn }),
    ...(options.strict === undefined ? {} : { strict: options.strict }),
  };
}

async function renderAs(
  format: Format,
  report: Report,
  options: AnalyzeCommandOptions,
  io: CliIo,
): Promise<Iterable<string>> {
  switch (format) {
    case "json":
      return renderJson(report);
    case "jsonl":
      return renderJsonLines(report);
    case "yaml": {
      // Its library takes 30 ms to load.
      const { renderYaml } = await import("../core/render/yaml.ts");
      return renderYaml(report);
    }
    case "csv":
      return renderCsv(report);
    case "html": {
      // With the drawing behind it, it takes longer to load than most analyses.
      const { renderHtmlPage } = await import("../node/render-html.ts");
      return renderHtmlPage(report);
    }
    case "wide":
      return renderText(report, textOptions(options, io, true));
    case "text":
      return renderText(report, textOptions(options, io, false));
  }
}
