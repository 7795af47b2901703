/**
 * The commands there are. `podpath --help` needs only this table; a command's own file, and with it what the command needs,
 * is loaded when it is asked for.
 */
import type { Command } from "commander";
import type { CliIo } from "./cli-io.ts";
import type { Outcome } from "./exit-code.ts";

/** What a command may use of the run. */
export interface CommandContext {
  readonly io: CliIo;
  /** Says how the command ended; main makes the exit code of it. */
  finish(outcome: Outcome): void;
}

export interface CommandModule {
  /** Adds arguments, options, help texts and the action. */
  configure(command: Command, context: CommandContext): void;
}

export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<CommandModule>;
}

export const DEFAULT_COMMAND = "analyze";

export const COMMANDS: readonly CommandEntry[] = [
  {
    name: DEFAULT_COMMAND,
    summary: "say which path every connection took, and prove it (also when only files are given)",
    load: () => import("./analyze.ts"),
  },
  {
    name: "explain",
    summary: "tell one connection in plain sentences: each hop, each rewrite, what proves it",
    load: () => import("./explain.ts"),
  },
  {
    name: "check",
    summary: "hold captures against a policy: the gate of a pipeline",
    load: () => import("./check.ts"),
  },
  {
    name: "diff",
    summary: "compare two reports or two sets of captures by workloads and ways",
    load: () => import("./diff.ts"),
  },
  {
    name: "diagram",
    summary: "draw what the captures show: SVG, PNG, Mermaid, Graphviz, D2, draw.io",
    load: () => import("./diagram.ts"),
  },
  {
    name: "doctor",
    summary: "are these inputs good enough, and what to capture next",
    load: () => import("./doctor.ts"),
  },
  {
    name: "rules",
    summary: "what each path class and finding means, proves and does not prove",
    load: () => import("./rules.ts"),
  },
  {
    name: "schema",
    summary: "the JSON Schemas of the report, of policies and of results",
    load: () => import("./schema.ts"),
  },
];
