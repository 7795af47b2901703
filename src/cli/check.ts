/** `podpath check`: expectations of a policy held against captures; the exit code is the gate of a pipeline. */
import { type Command, InvalidArgumentError, Option } from "commander";
import type { FindingLevel } from "../core/classify/rule.ts";
import { asList, type Policy } from "../core/policy/policy.ts";
import type { CliIo } from "./cli-io.ts";
import type { CommandContext } from "./command-table.ts";
import type { Outcome } from "./exit-code.ts";
import { addGateOutputOptions, type GateOutputOptions, writeGate } from "./gate-output.ts";
import { addInputOptions, type InputOptions } from "./input-options.ts";
import { loadBaseline, updateBaseline } from "./load-baseline.ts";
import { loadPolicy } from "./load-policy.ts";
import { type Complaint, complain } from "./messages.ts";
import { readSubject } from "./read-subject.ts";

interface CheckCommandOptions extends InputOptions, GateOutputOptions {
  readonly policy?: string;
  readonly baseline?: string;
  readonly update?: boolean;
  readonly today?: string;
  readonly failOn: FindingLevel;
}

export function configure(command: Command, { io, finish }: CommandContext): void {
  addInputOptions(command)
    .option("--policy <file>", "what is expected, forbidden and allowed (podpath schema policy)")
    .option("--baseline <file>", "the paths that are known; others, and missing ones, fail")
    .option("--update", "write the paths as they are now into the baseline")
    .option(
      "--today <date>",
      "the day by which exceptions end, YYYY-MM-DD; never the clock",
      parseDay,
    )
    .addOption(
      new Option("--fail-on <severity>", "rules of this severity or worse decide the exit code")
        .choices(["error", "warning", "note"])
        .default("error"),
    );
  addGateOutputOptions(command).action(async (inputs: string[], options: CheckCommandOptions) => {
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
  const wrong = wrongUse(options);
  if (wrong !== null) {
    complain(io, wrong);
    return { usageError: true };
  }
  const loaded = options.policy === undefined ? null : await loadPolicy(options.policy, io);
  const known = options.baseline === undefined ? null : await loadBaseline(options, io);
  if ((options.policy !== undefined && loaded === null) || known?.isUsable === false)
    return { usageError: true };
  const pods = loaded === null ? [] : namedPods(loaded.policy);
  const read = await readSubject("check", inputs, options, pods, io);
  if (read.report === null) return read.ends;
  const { evaluate, NO_POLICY } = await import("../core/policy/evaluate.ts");
  let baseline = known?.isUsable === true ? known.file : null;
  if (options.baseline !== undefined && options.update === true)
    baseline = await updateBaseline(options.baseline, read.report, baseline);
  const gate = evaluate(loaded?.policy ?? NO_POLICY, read.report, {
    today: options.today ?? null,
    failOn: options.failOn,
    ...(loaded === null ? {} : { policySha256: loaded.sha256 }),
    ...(baseline === null ? {} : { baseline: baseline.baseline, baselineSha256: baseline.sha256 }),
  });
  await writeGate(gate, options, io);
  return { unreadableInputs: read.unreadableInputs, verdict: gate.verdict };
}

function wrongUse({ policy, baseline, update }: CheckCommandOptions): Complaint | null {
  if (update === true && baseline === undefined)
    return { message: "check: --update without --baseline", advice: "Name the file to write." };
  if (policy === undefined && baseline === undefined)
    return {
      message: "check: neither policy nor baseline",
      advice: "Name one: --policy policy.yaml or --baseline baseline.yaml.",
    };
  return null;
}

/** Pods that rules name: a finding says when no capture can show them. */
function namedPods({ rules }: Policy): readonly string[] {
  const pods = new Set<string>();
  for (const { says } of rules)
    for (const party of [says.match?.from, says.match?.to, says.match?.either].flatMap(asList)) {
      const namespaces = asList(party?.namespace);
      for (const pod of asList(party?.pod))
        for (const name of namespaces.length === 0
          ? [pod]
          : namespaces.map((one) => `${one}/${pod}`))
          pods.add(name);
    }
  return [...pods];
}
