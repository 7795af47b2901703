/** Nodes: as listed, and as the pods, the instances and the nodes' own commands tell of them. */
import { mergeByKey } from "./merge-entries.ts";
import type { EniEntry, InstanceEntry, NodeEntry, PodEntry } from "./snapshot.ts";
import type { SnapshotParts } from "./snapshot-parts.ts";
import { canonicalAddress } from "./snapshot-parts.ts";

export function mergeNodes(parts: SnapshotParts, pods: readonly PodEntry[]): NodeEntry[] {
  const listed = mergeByKey(parts.nodes, (node) => node.name);
  const known = new Set(listed.map((node) => node.name));
  const found = new Map<string, NodeEntry>();
  for (const { name, address, ref } of parts.nodeHints) {
    if (known.has(name)) continue;
    const node = found.get(name) ?? emptyNode(name, ref);
    if (node.internalAddresses.includes(address)) continue;
    found.set(name, { ...node, internalAddresses: [...node.internalAddresses, address] });
  }
  for (const { node, ref } of pods) {
    if (node === undefined || known.has(node) || found.has(node)) continue;
    const address = addressInName(node);
    const internalAddresses = address === undefined ? [] : [address];
    found.set(node, { ...emptyNode(node, ref), internalAddresses });
  }
  return [...listed, ...found.values()].map((node) => withInstance(node, parts.instances, parts));
}

function emptyNode(name: string, ref: NodeEntry["ref"]): NodeEntry {
  return {
    name,
    internalAddresses: [],
    externalAddresses: [],
    fargate: name.startsWith("fargate-"),
    labels: {},
    ref,
  };
}

/** EC2's IP-based names hold the primary private address: "ip-10-0-1-10.ap-northeast-2.compute.internal". */
function addressInName(name: string): string | undefined {
  const octets = /^(?:fargate-)?ip-(\d+)-(\d+)-(\d+)-(\d+)(?:\.|$)/.exec(name)?.slice(1);
  return canonicalAddress(octets?.join("."));
}

/** A node table has no instance ids; an instance or ENI with the node's address tells it. */
function withInstance(
  node: NodeEntry,
  instances: readonly InstanceEntry[],
  { enis, instanceEnis }: { enis: readonly EniEntry[]; instanceEnis: readonly EniEntry[] },
): NodeEntry {
  if (node.instanceId !== undefined || node.fargate) return node;
  const isNode = (address: string | undefined): boolean =>
    address !== undefined && node.internalAddresses.includes(address);
  const instanceId =
    instances.find((one) => one.id !== "" && isNode(one.privateAddress))?.id ??
    [...enis, ...instanceEnis].find((eni) => isNode(eni.primaryAddress))?.instanceId;
  return instanceId === undefined ? node : { ...node, instanceId };
}

/** The tables do not show hostNetwork: such a pod has its node's address, which only a Fargate pod has for its own. */
export function withHostNetwork(
  pods: readonly PodEntry[],
  nodes: readonly NodeEntry[],
): PodEntry[] {
  const addresses = new Map<string, readonly string[]>();
  for (const node of nodes) if (!node.fargate) addresses.set(node.name, node.internalAddresses);
  return pods.map((pod) => {
    if (pod.ref.pointer !== undefined || pod.addresses.length === 0) return pod;
    const ofNode = addresses.get(pod.node ?? "") ?? [];
    return pod.addresses.every((address) => ofNode.includes(address))
      ? { ...pod, hostNetwork: true }
      : pod;
  });
}
