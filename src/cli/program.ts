/** The command line as commander knows it. docs/cli.md is made from the same definitions. */
import { Command } from "commander";
import { COMMANDS, type CommandContext, type CommandEntry } from "./command-table.ts";
import { toolVersion } from "./version.ts";

const EXIT_CODES = `
Exit codes: 0 clean, 1 findings at or above --fail-on, a policy violated, differences, 2 usage,
3 an input cannot be read, 4 inconclusive (check; others with --strict), 70 a bug,
74 output cannot be written, 130/143 signals.`;

const EXAMPLES = `
Examples:
  podpath samples/tour                           a folder of captures and a snapshot
  podpath n1.pcap n2.pcap -s snapshot/           captures of two nodes, cluster snapshot beside
  podpath n1=a.pcap n2/eth0=b.pcap -o json       say where a capture was taken
  kubectl exec … -- tcpdump -w - | podpath -     from a pipe
  podpath explain conn-1 samples/tour            one connection, hop by hop, in plain sentences
  podpath doctor samples/tour --pod default/web  is this enough, and what to capture next
  podpath --pod web --not --port 53 samples/tour only what was asked about
  podpath check --policy samples/policy.yaml samples/tour   the gate of a pipeline
  podpath diff samples/pod-to-pod samples/tour   what changed, by workload
  podpath diagram topology samples/tour --output map.svg`;

/** The program with all its commands; those that \`needed\` picks are loaded with their options. */
export async function buildProgram(
  context: CommandContext,
  needed: (entry: CommandEntry) => boolean,
): Promise<Command> {
  const { name, version } = toolVersion();
  const program = new Command(context.io.programName);
  program
    .description(
      "Which way did the packets go? Reads packet captures of a Kubernetes cluster and a snapshot of its " +
        "addresses, says which path every connection took, and proves it with packet numbers.",
    )
    .usage("<command> [inputs…]   or   podpath [inputs…]")
    .version(`${name} ${version}`, "-V, --version", "show the version")
    .helpOption("-h, --help", "show help")
    .addHelpText("after", `${EXAMPLES}\n${EXIT_CODES}`);
  for (const entry of COMMANDS) {
    const command = program.command(entry.name).summary(entry.summary).description(entry.summary);
    if (needed(entry)) (await entry.load()).configure(command, context);
  }
  return program;
}
