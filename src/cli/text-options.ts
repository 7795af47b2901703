/** How text looks that a person reads: colours and width. */
import { type Command, Option } from "commander";
import type { TextOptions } from "../core/render/text-layout.ts";
import type { CliIo } from "./cli-io.ts";

export interface TextCommandOptions {
  readonly color: "auto" | "always" | "never";
  readonly output?: string;
}

export function addColorOption(command: Command): Command {
  return command.addOption(
    new Option("--color <when>", "colour the text report (NO_COLOR is honoured)")
      .choices(["auto", "always", "never"])
      .default("auto"),
  );
}

export function textOptions(options: TextCommandOptions, io: CliIo, wide: boolean): TextOptions {
  return {
    color: wantsColor(options, io),
    width: wide ? Number.POSITIVE_INFINITY : textWidth(options, io),
    wide,
  };
}

/** An explicit choice wins; then NO_COLOR (no-color.org: set and not empty); then whether a person is looking. */
function wantsColor({ color, output }: TextCommandOptions, io: CliIo): boolean {
  if (color !== "auto") return color === "always";
  if ((io.env["NO_COLOR"] ?? "") !== "" || io.env["TERM"] === "dumb") return false;
  return output === undefined && io.stdout.isTTY === true;
}

const DEFAULT_WIDTH = 100;
/** Longer lines are hard to read, however wide the terminal is. */
const WIDEST = 120;

/** Files and pipes get the same width everywhere: reports of the same input are the same bytes. */
function textWidth({ output }: TextCommandOptions, io: CliIo): number {
  const { isTTY, columns } = io.stdout;
  if (output !== undefined || isTTY !== true || columns === undefined) return DEFAULT_WIDTH;
  return Math.min(columns, WIDEST);
}
