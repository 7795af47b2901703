/** `podpath diagram`: what the captures show, as pictures. */
import { Argument, type Command, Option } from "commander";
import {
  DIAGRAMS,
  type DiagramId,
  type DiagramKind,
  type DiagramOptions,
  layOutDiagram,
} from "../core/diagram/diagram.ts";
import { findConnections } from "../core/explain/find-connections.ts";
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

interface DiagramCommandOptions extends InputOptions, OutputOptions {
  readonly format: "svg";
  readonly theme: "auto" | "light" | "dark";
  readonly by: "bytes" | "connections";
}

const KINDS: readonly DiagramKind[] = DIAGRAMS;

export function configure(command: Command, { io, finish }: CommandContext): void {
  command.addArgument(new Argument("<kind>", "which diagram").choices(KINDS.map(({ id }) => id)));
  addOutputOption(addInputOptions(command))
    .addOption(new Option("-o, --format <format>", "output format").choices(["svg"]).default("svg"))
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
  const line = ({ id, about, shows }: DiagramKind) =>
    `  ${`${id}${about === "connection" ? " <connection>" : ""}`.padEnd(24)}${shows}`;
  return `
Kinds:
${KINDS.map(line).join("\n")}

<connection> is ${CONNECTION_WORDS}.`;
}

async function runDiagram(
  kind: DiagramId,
  words: readonly string[],
  options: DiagramCommandOptions,
  filter: GivenFilter,
  io: CliIo,
): Promise<Outcome> {
  if (refusesFilter(io, "diagram", filter)) return { usageError: true };
  const about = KINDS.find(({ id }) => id === kind)?.about;
  const [first, ...rest] = words;
  const { what, inputs } =
    about === "connection" && first !== undefined
      ? wholeQuestion(first, rest)
      : { what: null, inputs: words };
  // A ladder is made of packets; no other picture needs them.
  const wanted = kind === "ladder" ? { ...options, keyPackets: true } : options;
  const read = await readReport(`diagram ${kind}`, inputs, wanted, askedPods(filter), io);
  if (read.report === null) return read.ends;
  const report = applyFilter(io, "diagram", read.report, filter);
  if (report === null) return { usageError: true };
  const asked = what === null ? {} : askedConnection(kind, what, report, io);
  if (asked === null) return { usageError: true };
  // d3 and its DOM take a quarter of a second to load; no other command pays for them.
  const { renderSceneSvg } = await import("../node/render-svg.ts");
  const scene = layOutDiagram(kind, report, {
    theme: options.theme,
    measure: options.by,
    ...asked,
  });
  await writeOutput([await renderSceneSvg(scene)], options, io);
  return { unreadableInputs: read.unreadableInputs };
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
