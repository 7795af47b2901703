/** The exact commands behind a wish: those of docs/capture-on-eks.md with the names filled in. */
import { podKey } from "../report/known-names.ts";
import type { Report } from "../report/report.ts";
import { shellWord } from "../report/shell-word.ts";
import type { Command } from "./checkup.ts";
import type { Survey } from "./survey.ts";

const AT_HAND = "where kubectl and aws work";
const TCPDUMP = "-n --immediate-mode -U -s 256";

/** Every interface of a node: what is rewritten between two of them is then in one file. */
export function captureNode(node: string): Command {
  const file = shellWord(`/tmp/${fileStem(node)}.any.pcap`);
  return {
    where: `on node ${node}`,
    command: `sudo tcpdump -i any ${TCPDUMP} -B 8192 -w ${file}`,
  };
}

function capturePod(pod: string): readonly Command[] {
  const slash = pod.indexOf("/");
  const name = shellWord(pod.slice(slash + 1));
  const namespace = slash > 0 ? `-n ${shellWord(pod.slice(0, slash))} ` : "";
  const file = shellWord(`pod.${fileStem(pod.slice(slash + 1))}.eth0.pcap`);
  return [
    {
      where: AT_HAND,
      command: `kubectl debug ${namespace}${name} -c capture --image=nicolaka/netshoot --profile=netadmin -- sleep 3600`,
    },
    {
      where: AT_HAND,
      command: `kubectl exec ${namespace}${name} -c capture -- tcpdump -i eth0 ${TCPDUMP} -w - > ${file}`,
    },
  ];
}

const NODE_OUTPUTS: Readonly<Record<string, readonly [command: string, file: string]>> = {
  conntrack: ["sudo conntrack -L -o extended", "conntrack.txt"],
  iptables: ["sudo iptables-save", "iptables.txt"],
  "ip-addr": ["ip -j addr", "addr.json"],
  "ip-rule": ["ip rule", "rule.txt"],
  "ip-route": ["ip route show table all", "route.txt"],
};

/** How verdicts name those outputs. */
const NODE_WORDS: Readonly<Record<string, string>> = {
  conntrack: "conntrack -L",
  iptables: "iptables-save",
  "ip-rule": "ip rule",
  "ip-route": "ip route",
};

/** Kinds of snapshot files that only a node can give. */
export const NODE_KINDS: readonly string[] = Object.keys(NODE_OUTPUTS);

export function nodeOutput(kind: string, node: string): Command | null {
  const output = NODE_OUTPUTS[kind];
  if (output === undefined) return null;
  const [command, ending] = output;
  return {
    where: `on node ${node}`,
    command: `${command} > ${shellWord(`${fileStem(node)}.${ending}`)}`,
  };
}

/** A node's name becomes part of a file's name; nothing in it may lead elsewhere. */
function fileStem(name: string): string {
  return name.replace(/[^\w.-]/g, "_").replace(/^[.-]+/, "_");
}

/** Names that a sentence of a verdict may hold. */
export interface NamesInWords {
  readonly nodes: readonly string[];
  /** "namespace/name". */
  readonly pods: readonly string[];
}

export function namesInWords({ snapshot, vantagePoints }: Report, seen: Survey): NamesInWords {
  const nodes = new Set((snapshot.nodes ?? []).map(({ name }) => name));
  for (const node of seen.nodes) nodes.add(node);
  for (const { node } of vantagePoints) if (node !== undefined) nodes.add(node);
  const pods = new Set((snapshot.pods ?? []).map(podKey));
  for (const pod of seen.pods) pods.add(pod);
  return { nodes: [...nodes], pods: [...pods] };
}

/** What to run for a "what would decide" of a verdict; empty when its words name no command, node or pod. */
export function commandsFor(decides: string, names: NamesInWords): readonly Command[] {
  const commands: Command[] = [];
  const nodes = mentioned(decides, names.nodes);
  const pods = mentioned(decides, names.pods);
  if (/\bcaptures?\b/.test(decides)) {
    for (const pod of pods) commands.push(...capturePod(pod));
    if (pods.length === 0) commands.push(...nodes.map(captureNode));
  }
  for (const [kind, words] of Object.entries(NODE_WORDS))
    if (decides.includes(words))
      for (const node of nodes) commands.push(...optional(nodeOutput(kind, node)));
  commands.push(...kubectlCommands(decides), ...awsCommands(decides));
  return [...new Map(commands.map((one) => [`${one.where}\n${one.command}`, one])).values()];
}

function optional(command: Command | null): readonly Command[] {
  return command === null ? [] : [command];
}

/** Whole names only: n1 is not in n10, nor web in web-2. */
function mentioned(words: string, names: readonly string[]): readonly string[] {
  const found = new Set(
    words.split(/[\s,;:()`]+/).flatMap((word) => [word, word.replace(/\.$/, "")]),
  );
  return names.filter((name) => found.has(name));
}

function kubectlCommands(decides: string): readonly Command[] {
  return [...decides.matchAll(/kubectl get ([a-z,]+)(?: -A)?(?: -o json)?/g)].map(
    ([, what = ""]): Command => ({
      where: AT_HAND,
      command: `kubectl get ${what} -A -o json > ${what.replaceAll(",", "-")}.json`,
    }),
  );
}

/** Lists that one call gives; describe-target-health wants an ARN each, so it is asked for in a loop. */
function awsCommands(decides: string): readonly Command[] {
  const commands: Command[] = [];
  for (const [call] of decides.matchAll(/\bdescribe-[a-z-]+/g)) {
    if (call === "describe-target-health" || call === "describe-target-group-attributes") {
      commands.push({
        where: AT_HAND,
        command:
          `for arn in $(aws elbv2 describe-target-groups --query 'TargetGroups[].TargetGroupArn' --output text); do ` +
          `aws elbv2 ${call} --target-group-arn "$arn" > "${call}-\${arn##*/}.json"; done`,
      });
      continue;
    }
    const service = /^describe-(?:target|load)/.test(call) ? "elbv2" : "ec2";
    commands.push({ where: AT_HAND, command: `aws ${service} ${call} > ${call}.json` });
  }
  return commands;
}
