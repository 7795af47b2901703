/** The forms in which the gate's result is written, to stdout or to several files at once. */
import { type Command, InvalidArgumentError, Option } from "commander";
import type { GateResult } from "../core/policy/gate-result.ts";
import { renderGateGithub } from "../core/render/gate-github.ts";
import { renderGateJunit } from "../core/render/gate-junit.ts";
import { renderGateMarkdown } from "../core/render/gate-markdown.ts";
import { renderGateSarif } from "../core/render/gate-sarif.ts";
import { renderGateText, verdictText } from "../core/render/gate-text.ts";
import { terminalSafeJson } from "../core/render/json-stream.ts";
import { writeFileAtomically } from "../node/atomic-output.ts";
import type { CliIo } from "./cli-io.ts";
import { complain } from "./messages.ts";
import { addOutputOption, type OutputOptions, writeOutput } from "./output-options.ts";
import { addColorOption, type TextCommandOptions, textOptions } from "./text-options.ts";

const FORMATS = ["text", "wide", "json", "junit", "sarif", "github", "markdown"] as const;
type GateFormat = (typeof FORMATS)[number];

interface FurtherFile {
  readonly format: GateFormat;
  readonly file: string;
}

export interface GateOutputOptions extends OutputOptions, TextCommandOptions {
  readonly format: GateFormat;
  readonly write: readonly FurtherFile[];
}

export function addGateOutputOptions(command: Command): Command {
  addOutputOption(command)
    .addOption(
      new Option("-o, --format <format>", "text folds long lists, wide shows all")
        .choices(FORMATS)
        .default("text"),
    )
    .addOption(
      new Option("--write <format=file>", "write this form as well (repeatable): junit=junit.xml")
        .default([], "none")
        .argParser(parseFurtherFile),
    );
  return addColorOption(command);
}

function parseFurtherFile(value: string, previous: readonly FurtherFile[]): FurtherFile[] {
  const at = value.indexOf("=");
  const format = FORMATS.find((one) => one === value.slice(0, at));
  const file = value.slice(at + 1);
  if (at < 0 || format === undefined || file === "" || file === "-")
    throw new InvalidArgumentError(`It must be FORMAT=FILE; formats are ${FORMATS.join(", ")}.`);
  return [...previous, { format, file }];
}

/** Files first: whoever sees the verdict on stdout finds them complete. Throws OutputError. */
export async function writeGate(
  gate: GateResult,
  options: GateOutputOptions,
  io: CliIo,
): Promise<void> {
  for (const { format, file } of options.write)
    await writeFileAtomically(file, renderAs(format, gate, { ...options, output: file }, io));
  await writeOutput(renderAs(options.format, gate, options, io), options, io);
  const isSeen = options.output === undefined && TOLD.has(options.format);
  if (gate.verdict !== "pass" && !isSeen) tellVerdict(gate, io);
}

/** Forms in which a person sees on stdout what went wrong. */
const TOLD: ReadonlySet<GateFormat> = new Set(["text", "wide", "github"]);
const RULES_TOLD = 5;

/** The log of a pipeline must say why its step went red, wherever the result was written. */
function tellVerdict(gate: GateResult, io: CliIo): void {
  complain(io, { message: `check: ${verdictText(gate)}`, advice: "" });
  const wrong = gate.rules.filter(({ verdict, counts }) => counts && verdict !== "pass");
  for (const { id, file, line, verdict, message } of wrong.slice(0, RULES_TOLD))
    complain(io, { message: `${file}:${line}: ${verdict}: ${id}: ${message}`, advice: "" });
  if (wrong.length > RULES_TOLD)
    complain(io, { message: `check: ${wrong.length - RULES_TOLD} more rules`, advice: "" });
}

function renderAs(
  format: GateFormat,
  gate: GateResult,
  options: TextCommandOptions,
  io: CliIo,
): Iterable<string> {
  switch (format) {
    case "json":
      return [`${terminalSafeJson(JSON.stringify(gate, null, 2))}\n`];
    case "junit":
      return renderGateJunit(gate);
    case "sarif":
      return renderGateSarif(gate);
    case "github":
      return renderGateGithub(gate);
    case "markdown":
      return renderGateMarkdown(gate);
    case "wide":
    case "text":
      return renderGateText(gate, textOptions(options, io, format === "wide"));
  }
}
