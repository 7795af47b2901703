/** `podpath check`: expectations of a policy held against captures; the exit code is the gate of a pipeline. */
import { type Command, InvalidArgumentError, Option } from "commander";
import type { FindingLevel } from "../core/classify/rule.ts";
import type { GateResult } from "../core/policy/gate-result.ts";
import { renderGateText } from "../core/render/gate-text.ts";
import { terminalSafeJson } from "../core/render/json.ts";
import type { CliIo } from "./cli-io.ts";
import type { CommandContext } from "./command-table.ts";
import type { Outcome } from "./exit-code.ts";
import { addInputOptions, type InputOptions } from "./input-options.ts";
import { loadPolicy } from "./load-policy.ts";
import { complain } from "./messages.ts";
import { addOutputOption, type OutputOptions, writeOutput } from "./output-options.ts";
import { readSubject } from "./read-subject.ts";
import { addColorOption, type TextCommandOptions, textOptions } from "./text-options.ts";

const FORMATS = ["text", "wide", "json"] as const;
type Format = (typeof FORMATS)[number];

interface CheckCommandOptions extends InputOptions, OutputOptions, TextCommandOptions {
  readonly format: Format;
  readonly policy?: string;
  readonly today?: string;
  readonly failOn: FindingLevel;
}

export function configure(command: Command, { io, finish }: CommandContext): void {
  addOutputOption(addInputOptions(command))
    .option("--policy <file>", "what is expected, forbidden and allowed (podpath schema policy)")
    .option(
      "--today <date>",
      "the day by which exceptions end, YYYY-MM-DD; never the clock",
      parseDay,
    )
    .addOption(
      new Option("--fail-on <severity>", "rules of this severity or worse decide the exit code")
        .choices(["error", "warning", "note"])
        .default("error"),
    )
    .addOption(
      new Option("-o, --format <format>", "text folds long lists, wide shows all")
        .choices(FORMATS)
        .default("text"),
    );
  addColorOption(command).action(async (inputs: string[], options: CheckCommandOptions) => {
    finish(await runCheck(inputs, options, io));
  });
}

function parseDay(value: string): string {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(value) ? Date.parse(`${value}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== value)
    throw new InvalidArgumentError("It must be a day like 2026-11-20.");
  return value;
}

async function runCheck(
  inputs: readonly string[],
  options: CheckCommandOptions,
  io: CliIo,
): Promise<Outcome> {
  if (options.policy === undefined) {
    complain(io, { message: "check: no policy", advice: "Name one: --policy policy.yaml." });
    return { usageError: true };
  }
  const loaded = await loadPolicy(options.policy, io);
  if (loaded === null) return { usageError: true };
  const read = await readSubject("check", inputs, options, [], io);
  if (read.report === null) return read.ends;
  const { evaluate } = await import("../core/policy/evaluate.ts");
  const gate = evaluate(loaded.policy, read.report, {
    today: options.today ?? null,
    failOn: options.failOn,
    policySha256: loaded.sha256,
  });
  await writeOutput(renderAs(options.format, gate, options, io), options, io);
  return { unreadableInputs: read.unreadableInputs, verdict: gate.verdict };
}

function renderAs(
  format: Format,
  gate: GateResult,
  options: CheckCommandOptions,
  io: CliIo,
): Iterable<string> {
  switch (format) {
    case "json":
      return [`${terminalSafeJson(JSON.stringify(gate, null, 2))}\n`];
    case "wide":
    case "text":
      return renderGateText(gate, textOptions(options, io, format === "wide"));
  }
}
