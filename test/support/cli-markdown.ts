/** docs/cli.md, made from the same commander definitions that parse the command line. */
import { PassThrough } from "node:stream";
import type { Command } from "commander";
import type { CliIo } from "../../src/cli/cli-io.ts";
import { buildProgram } from "../../src/cli/program.ts";

const HELP_WIDTH = 100;

const IO: CliIo = {
  stdin: new PassThrough(),
  stdout: new PassThrough(),
  stderr: new PassThrough(),
  env: {},
  programName: "podpath",
};

/** What `--help` prints, with a fixed width and without colours. */
function helpOf(command: Command): string {
  let text = "";
  command
    .configureOutput({
      writeOut: (part) => {
        text += part;
      },
      getOutHelpWidth: () => HELP_WIDTH,
      getOutHasColors: () => false,
    })
    .outputHelp();
  return text.trim();
}

export async function cliMarkdown(): Promise<string> {
  const program = await buildProgram({ io: IO, finish: () => {} }, () => true);
  const sections = program.commands.map(
    (command) => `## podpath ${command.name()}\n\n\`\`\`text\n${helpOf(command)}\n\`\`\`\n`,
  );
  return [
    "# Command line\n",
    "What `--help` says, in one place. Made from the code by `npm run docs`.\n",
    `\`\`\`text\n${helpOf(program)}\n\`\`\`\n`,
    ...sections,
  ].join("\n");
}
