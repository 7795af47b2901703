/** `kubectl describe daemonset aws-node -n kube-system` (or one of its pods, or the container's block alone). */
import { cniSettings } from "./cni-settings.ts";
import type { ReadContext } from "./snapshot-parts.ts";
import type { TextLine } from "./text-lines.ts";

export function readDescribeDaemonSet(context: ReadContext, lines: readonly TextLine[]): void {
  const start = containerStart(lines);
  const image = lines[start];
  if (image === undefined) return;
  const environment = new Map<string, string>();
  const depth = indentOf(image.text);
  let environmentDepth = -1;
  for (const line of lines.slice(start)) {
    const indent = indentOf(line.text);
    if (line.text.trim() === "") continue;
    // A shallower line begins the next container (the init container and the network policy agent have an Environment, too).
    if (indent < depth) break;
    if (indent <= environmentDepth) environmentDepth = -1;
    if (/^\s*Environment:\s*$/.test(line.text)) environmentDepth = indent;
    else if (environmentDepth >= 0) addVariable(environment, line.text);
  }
  const name = /Image:\s+(\S+)/.exec(image.text)?.[1];
  const cluster = environment.get("CLUSTER_NAME");
  if (cluster) context.parts.clusterNames.push({ name: cluster, rank: 4 });
  const ref = { file: context.file, line: image.number };
  context.parts.cni.push(cniSettings(name, environment, ref));
}

/** Index of the line with the CNI's own image: not of aws-vpc-cni-init, whose image is amazon-k8s-cni-init. */
function containerStart(lines: readonly TextLine[]): number {
  const found = lines.findIndex((line) => /^\s*Image:\s+\S*amazon-k8s-cni[:@]/.test(line.text));
  return found < 0 ? lines.length : found;
}

function indentOf(text: string): number {
  return text.search(/\S|$/);
}

function addVariable(environment: Map<string, string>, text: string): void {
  const match = /^([A-Za-z_][A-Za-z0-9_]*):\s*(.*)$/.exec(text.trim());
  const [, name, value] = match ?? [];
  if (name === undefined || value === undefined) return;
  // "(v1:spec.nodeName)", "<set to the key …>": what it resolves to is not told.
  if (value === "" || /^[(<]/.test(value)) return;
  environment.set(name, value.replace(/ {2}Optional: .*$/, ""));
}
