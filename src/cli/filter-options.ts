/** The filter flags, alike in every command that shows connections. */
import { type Command, Option } from "commander";
import { filterReport } from "../core/report/filter-report.ts";
import type { Report } from "../core/report/report.ts";
import {
  type FilterField,
  type FilterProblem,
  type FilterTerm,
  filterProblem,
} from "../core/report/report-filter.ts";
import type { CliIo } from "./cli-io.ts";
import { complain } from "./messages.ts";

const FLAGS: readonly (readonly [flags: string, field: FilterField, help: string])[] = [
  ["-n, --namespace <name>", "namespace", "connections with an end in this namespace"],
  ["--pod <[namespace/]name>", "pod", "with this pod as an end; a name's beginning finds all such"],
  ["--from-pod <[namespace/]name>", "from-pod", "started by this pod"],
  ["--to-pod <[namespace/]name>", "to-pod", "answered by this pod"],
  ["--node <name>", "node", "with an end on this node, rewritten by it or seen at it"],
  ["--ip <address|cidr>", "ip", "with this address on any leg, before or after a rewrite"],
  ["--port <number>", "port", "with this port on any leg (TCP, UDP, SCTP)"],
  ["--class <id>", "class", "of this path class"],
  ["--finding <id|level>", "finding", "with a finding of this rule or level"],
  ["--since <time>", "since", "alive at or after: RFC 3339, or 10s before the captures' end"],
  ["--until <time>", "until", "alive at or before, likewise"],
];

const HEADING = "Filters (a flag given twice: either; different flags: all of them):";

/** What was given, in its order; `problem` is about the order itself. */
export interface GivenFilter {
  readonly terms: readonly FilterTerm[];
  readonly problem: FilterProblem | null;
}

/** Adds the flags; the function tells what was given once the command line has been parsed. */
export function addFilterOptions(command: Command): () => GivenFilter {
  const terms: FilterTerm[] = [];
  let negated = false;
  let problem: FilterProblem | null = null;
  for (const [flags, field, help] of FLAGS) {
    command.addOption(
      new Option(flags, help).helpGroup(HEADING).argParser((value: string) => {
        terms.push({ field, value, negated });
        negated = false;
        return value;
      }),
    );
  }
  command.addOption(
    new Option("--not", "leave out what the next filter flag matches").helpGroup(HEADING),
  );
  command.on("option:not", () => {
    if (negated) problem = { message: "--not --not", advice: "Give one --not before each flag." };
    negated = true;
  });
  return () => ({
    terms,
    problem: negated
      ? (problem ?? {
          message: "--not: no filter flag follows",
          advice: "Put it before the flag it turns around, as in --not --port 53.",
        })
      : (problem ?? filterProblem(terms)),
  });
}

/** Tells what is wrong with the flags themselves, before anything is read. True when something is. */
export function refusesFilter(io: CliIo, command: string, { problem }: GivenFilter): boolean {
  if (problem === null) return false;
  complain(io, { message: `${command}: ${problem.message}`, advice: problem.advice });
  return true;
}

/** The part of the report that was asked for; null, and a complaint, when it knows nothing of what was asked. */
export function applyFilter(
  io: CliIo,
  command: string,
  report: Report,
  { terms }: GivenFilter,
): Report | null {
  const result = filterReport(report, terms);
  if (result.problem === undefined) return result.report;
  refusesFilter(io, command, { terms, problem: result.problem });
  return null;
}

/** The pods that the flags ask about, as `[namespace/]name`: a capture that cannot show them deserves a word. */
export function askedPods({ terms }: GivenFilter): readonly string[] {
  const wanted = terms.filter(({ negated }) => !negated);
  const namespaces = wanted.filter(({ field }) => field === "namespace");
  const [only] = namespaces;
  return wanted
    .filter(({ field }) => field === "pod" || field === "from-pod" || field === "to-pod")
    .map(({ value }) =>
      value.includes("/") || only === undefined || namespaces.length > 1
        ? value
        : `${only.value}/${value}`,
    );
}
