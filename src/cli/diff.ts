/** `podpath diff`: two reports or two sets of captures, compared by workloads and ways. */
import { type Command, Option } from "commander";
import type { DiffResult } from "../core/policy/diff-result.ts";
import { renderDiffMarkdown } from "../core/render/diff-markdown.ts";
import { renderDiffText } from "../core/render/diff-text.ts";
import { terminalSafeJson } from "../core/render/json-stream.ts";
import type { CliIo } from "./cli-io.ts";
import type { CommandContext } from "./command-table.ts";
import type { Outcome } from "./exit-code.ts";
import { addReadOptions, type InputOptions } from "./input-options.ts";
import { complain } from "./messages.ts";
import { addOutputOption, type OutputOptions, writeOutput } from "./output-options.ts";
import { readSubject } from "./read-subject.ts";
import { addColorOption, type TextCommandOptions, textOptions } from "./text-options.ts";

interface DiffCommandOptions extends InputOptions, OutputOptions, TextCommandOptions {
  readonly format: "text" | "wide" | "json" | "markdown" | "svg";
  readonly strict?: boolean;
}

const SIDE = "a report (-o json), a capture, or a folder or bundle of captures and their snapshot";

export function configure(command: Command, { io, finish }: CommandContext): void {
  command.argument("<base>", SIDE).argument("<new>", "likewise");
  addOutputOption(addReadOptions(command))
    .addOption(
      new Option("-o, --format <format>", "text folds long lists, wide shows all")
        .choices(["text", "wide", "json", "markdown", "svg"])
        .default("text"),
    )
    .option("--strict", "exit with 4 when something could hide a difference and none was seen");
  addColorOption(command).action(
    async (base: string, next: string, options: DiffCommandOptions) => {
      finish(await runDiff(base, next, options, io));
    },
  );
}

async function runDiff(
  base: string,
  next: string,
  options: DiffCommandOptions,
  io: CliIo,
): Promise<Outcome> {
  if (base === "-" && next === "-") {
    const advice = "Name a file for one of them.";
    complain(io, { message: "diff: standard input can be read once", advice });
    return { usageError: true };
  }
  const before = await readSubject("diff", [base], { ...options, read: [] }, [], io);
  if (before.report === null) return before.ends;
  const after = await readSubject("diff", [next], { ...options, read: [] }, [], io);
  if (after.report === null) return after.ends;
  const { diffReports } = await import("../core/policy/diff-reports.ts");
  const diff = diffReports(before.report, after.report);
  await writeOutput(await renderAs(diff, options, io), options, io);
  return {
    unreadableInputs: before.unreadableInputs + after.unreadableInputs,
    different: diff.verdict === "different",
    inconclusive: diff.verdict === "inconclusive",
    ...(options.strict === undefined ? {} : { strict: options.strict }),
  };
}

async function renderAs(
  diff: DiffResult,
  options: DiffCommandOptions,
  io: CliIo,
): Promise<Iterable<string>> {
  switch (options.format) {
    case "json":
      return [`${terminalSafeJson(JSON.stringify(diff, null, 2))}\n`];
    case "markdown":
      return renderDiffMarkdown(diff);
    case "svg":
      return [await renderDiffSvg(diff)];
    case "wide":
    case "text":
      return renderDiffText(diff, textOptions(options, io, options.format === "wide"));
  }
}

/** d3 and its DOM take a quarter of a second to load; no other form pays for them. */
async function renderDiffSvg(diff: DiffResult): Promise<string> {
  const { renderSceneSvg } = await import("../node/render-svg.ts");
  const { layOutDiff } = await import("../core/render/diff-scene.ts");
  return renderSceneSvg(layOutDiff(diff));
}
