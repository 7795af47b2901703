/** `podpath rules`: what each path class and finding means, from the same texts as docs/rules.md. */
import type { Command } from "commander";
import type { RuleMeta } from "../core/classify/rule.ts";
import { FINDING_RULES, PATH_RULES } from "../core/classify/rule-list.ts";
import { renderTable } from "../core/render/table.ts";
import { heading, labelled, type TextLayout, textLayout } from "../core/render/text-layout.ts";
import type { CliIo } from "./cli-io.ts";
import type { CommandContext } from "./command-table.ts";
import type { Outcome } from "./exit-code.ts";
import { complain } from "./messages.ts";
import { addOutputOption, type OutputOptions, writeOutput } from "./output-options.ts";

export function configure(command: Command, { io, finish }: CommandContext): void {
  addOutputOption(command)
    .argument("[id]", "a path class or finding; all in short when left out")
    .action(async (id: string | undefined, options: OutputOptions) => {
      finish(await runRules(id, options, io));
    });
}

interface ShownRule {
  readonly meta: RuleMeta;
  /** Level of a finding, "path" for a path class. */
  readonly level: string;
}

async function runRules(
  id: string | undefined,
  options: OutputOptions,
  io: CliIo,
): Promise<Outcome> {
  const pathRules = PATH_RULES.filter(({ meta }) => id === undefined || meta.id === id);
  const findingRules = FINDING_RULES.filter(({ meta }) => id === undefined || meta.id === id);
  const shown: readonly ShownRule[] = [
    ...pathRules.map(({ meta }) => ({ meta, level: "path" })),
    ...findingRules.map(({ meta, level }) => ({ meta, level })),
  ];
  if (shown.length === 0) {
    const advice = `\`${io.programName} rules\` lists them.`;
    complain(io, { message: `rules: no path class or finding is called ${id}`, advice });
    return { usageError: true };
  }
  const layout = textLayout({ color: false, width: 100, wide: id === undefined });
  const chunks = id === undefined ? renderList(layout, shown) : renderRules(layout, shown);
  await writeOutput(chunks, options, io);
  return {};
}

function renderList(layout: TextLayout, rules: readonly ShownRule[]): Iterable<string> {
  return renderTable(
    layout,
    [
      { title: "id", align: "left" },
      { title: "level", align: "left" },
      { title: "title", align: "left" },
    ],
    rules.map(({ meta, level }) => ({ cells: [meta.id, level, meta.title] })),
  );
}

function* renderRules(
  layout: TextLayout,
  rules: readonly ShownRule[],
): Generator<string, void, undefined> {
  for (const { meta, level } of rules) {
    yield* heading(layout, `${meta.id} (${level}): ${meta.title}`);
    for (const [label, text] of [
      ["why", meta.why],
      ["proves", meta.proves],
      ["but not", meta.doesNotProve],
      ["confirm", meta.confirm],
      ["sources", meta.sources.join("; ")],
    ] as const) {
      yield* labelled(layout, { label, text, indent: 2, labelWidth: 9 });
    }
  }
}
