/** `podpath diagram`: what the captures show, as pictures. */
import { Argument, type Command, Option } from "commander";
import {
  DIAGRAMS,
  type DiagramId,
  type DiagramKind,
  type DiagramOptions,
} from "../core/diagram/diagram.ts";
import { findConnections } from "../core/explain/find-connections.ts";
import type { Report } from "../core/report/report.ts";
import type { CliIo } from "./cli-io.ts";
import type { CommandContext } from "./command-table.ts";
import { CONNECTION_WORDS, wholeQuestion } from "./connection-question.ts";
import {
  DIAGRAM_FORMATS,
  type DiagramFormat,
  formatProblem,
  renderDiagram,
} from "./diagram-output.ts";
import type { Outcome } from "./exit-code.ts";
import {
  addFilterOptions,
  applyFilter,
  askedPods,
  type GivenFilter,
  refusesFilter,
} from "./filter-options.ts";
import { addInputOptions, type InputOptions } from "./input-options.ts";
import { type Complaint, complain } from "./messages.ts";
import { addOutputOption, type OutputOptions, writeOutput } from "./output-options.ts";
import { readReport } from "./read-report.ts";

interface DiagramCommandOptions extends InputOptions, OutputOptions {
  readonly format: DiagramFormat;
  readonly theme: "auto" | "light" | "dark";
  readonly by: "bytes" | "connections";
}

const KINDS: readonly DiagramKind[] = DIAGRAMS;

export function configure(command: Command, { io, finish }: CommandContext): void {
  command.addArgument(new Argument("<kind>", "which diagram").choices(KINDS.map(({ id }) => id)));
  command.usage("[options] <kind> [connection] [inputs...]");
  addOutputOption(addInputOptions(command))
    .addOption(
      new Option("-o, --format <format>", "output format").choices(DIAGRAM_FORMATS).default("svg"),
    )
    .addOption(
      new Option("--theme <theme>", "colours; auto follows the viewer's light or dark mode")
        .choices(["auto", "light", "dark"])
        .default("auto"),
    )
    .addOption(
      new Option("--by <measure>", "what the widths of a sankey mean")
        .choices(["bytes", "connections"])
        .default("bytes"),
    )
    .addHelpText("after", kindsText());
  const givenFilter = addFilterOptions(command);
  command.action(async (kind: DiagramId, inputs: string[], options: DiagramCommandOptions) => {
    finish(await runDiagram(kind, inputs, options, givenFilter(), io));
  });
}

function kindsText(): string {
  const line = ({ id, about, shows }: DiagramKind) => {
    const name = `  ${id}${about === "connection" ? " <connection>" : ""}`;
    return name.padEnd(KIND_COLUMN) + foldWords(shows, KIND_COLUMN);
  };
  const asked = foldWords(`<connection> is ${CONNECTION_WORDS}.`, 0);
  return `\nKinds:\n${KINDS.map(line).join("\n")}\n\n${asked}`;
}

const KIND_COLUMN = 24;
const HELP_WIDTH = 100;

/** Lines as wide as commander's own, all but the first indented. */
function foldWords(text: string, indent: number): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && indent + line.length + 1 + word.length > HELP_WIDTH) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line].join(`\n${" ".repeat(indent)}`);
}

async function runDiagram(
  kind: DiagramId,
  words: readonly string[],
  options: DiagramCommandOptions,
  filter: GivenFilter,
  io: CliIo,
): Promise<Outcome> {
  if (refusesFilter(io, "diagram", filter)) return { usageError: true };
  const impossible = formatProblem(kind, options.format) ?? binaryOnTerminal(kind, options, io);
  if (impossible !== null) {
    complain(io, impossible);
    return { usageError: true };
  }
  const about = KINDS.find(({ id }) => id === kind)?.about;
  const [first, ...rest] = words;
  const { what, inputs } =
    about === "connection" && first !== undefined
      ? wholeQuestion(first, rest)
      : { what: null, inputs: words };
  if (what !== null && inputs.length + options.read.length === 0) {
    complain(io, {
      message: `diagram ${kind}: no input, or no connection named`,
      advice: `As in podpath diagram ${kind} conn-1 ${what}.`,
    });
    return { usageError: true };
  }
  // A ladder is made of packets; no other picture needs them.
  const wanted = kind === "ladder" ? { ...options, keyPackets: true } : options;
  const read = await readReport("diagram", inputs, wanted, askedPods(filter), io);
  if (read.report === null) return read.ends;
  const report = applyFilter(io, "diagram", read.report, filter);
  if (report === null) return { usageError: true };
  const asked = what === null ? {} : askedConnection(kind, what, report, io);
  if (asked === null) return { usageError: true };
  const { format, theme, by } = options;
  const made = await renderDiagram(report, {
    kind,
    format,
    options: { theme, measure: by, ...asked },
  });
  if ("problem" in made) {
    complain(io, made.problem);
    return { usageError: true };
  }
  await writeOutput([made.content], options, io);
  return { unreadableInputs: read.unreadableInputs };
}

function binaryOnTerminal(
  kind: DiagramId,
  { format, output }: DiagramCommandOptions,
  io: CliIo,
): Complaint | null {
  if (format !== "png" || output !== undefined || io.stdout.isTTY !== true) return null;
  return {
    message: `diagram ${kind}: a PNG is no text for a terminal`,
    advice: `Add --output ${kind}.png.`,
  };
}

/** The first connection that is meant, and a word about the others; null, and a complaint, when there is none. */
function askedConnection(
  kind: DiagramId,
  what: string,
  report: Report,
  io: CliIo,
): DiagramOptions | null {
  const { connections, problem } = findConnections(report, what);
  if (problem !== undefined) {
    complain(io, { message: `diagram ${kind}: ${problem.message}`, advice: problem.advice });
    return null;
  }
  const [connection, ...others] = connections;
  if (connection === undefined) return {};
  if (others.length === 0) return { connection };
  const shown = others.slice(0, OTHERS_NAMED).map(({ id }) => id);
  const more = others.length > shown.length ? ` and ${others.length - shown.length} more` : "";
  return {
    connection,
    notes: [
      `The first of ${connections.length} connections that fit ${what}; the others: ${shown.join(", ")}${more}.`,
    ],
  };
}

const OTHERS_NAMED = 12;
