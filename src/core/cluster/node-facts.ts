/** What is known of the nodes before the output of their commands is: by which a file is recognised as one node's. */
import { vethName } from "./host-veth-name.ts";
import type { EniEntry, NodeEntry, PodEntry } from "./snapshot.ts";

export interface NodeFacts {
  readonly nodeOfHostname: (hostname: string) => string | null;
  readonly nodeOfMac: (mac: string | undefined) => string | null;
  readonly nodeOfAddress: (address: string) => string | null;
  readonly nodeOfPodAddress: (address: string) => string | null;
  /** Node of the pod whose host interface has this name. */
  readonly nodeOfVeth: (device: string) => string | null;
  /** Nodes whose name, or its first label, a word begins with. */
  readonly nodesNamedIn: (word: string) => string[];
}

/** A map whose keys belong to one node each; a key of two nodes tells nothing. */
class NodeByKey {
  readonly #nodes = new Map<string, string | null>();

  add(key: string, node: string): void {
    const known = this.#nodes.get(key);
    this.#nodes.set(key, known === undefined || known === node ? node : null);
  }

  readonly find = (key: string): string | null => this.#nodes.get(key) ?? null;
}

export function nodeFacts(
  nodes: readonly NodeEntry[],
  pods: readonly PodEntry[],
  enis: readonly EniEntry[],
  vethPrefix: string,
): NodeFacts {
  const hostnames = new NodeByKey();
  const addresses = new NodeByKey();
  const macs = new NodeByKey();
  const podAddresses = new NodeByKey();
  for (const node of nodes) {
    hostnames.add(node.name.toLowerCase(), node.name);
    hostnames.add(firstLabel(node.name), node.name);
    if (node.instanceId !== undefined) hostnames.add(node.instanceId, node.name);
    for (const address of node.internalAddresses) addresses.add(address, node.name);
  }
  for (const { node, eni } of nodeEnis(nodes, enis)) {
    if (eni.mac !== undefined) macs.add(eni.mac, node);
    if (eni.primaryAddress !== undefined) addresses.add(eni.primaryAddress, node);
  }
  for (const pod of pods) {
    if (pod.node === undefined || pod.hostNetwork) continue;
    for (const address of pod.addresses) podAddresses.add(address, pod.node);
  }
  let veths: NodeByKey | null = null;
  return {
    nodeOfHostname: (hostname) =>
      hostnames.find(hostname.toLowerCase()) ?? hostnames.find(firstLabel(hostname)),
    nodeOfMac: (mac) => (mac === undefined ? null : macs.find(mac)),
    nodeOfAddress: addresses.find,
    nodeOfPodAddress: podAddresses.find,
    nodeOfVeth: (device) => {
      veths ??= nodesByVeth(pods, vethPrefix);
      return veths.find(device);
    },
    nodesNamedIn: (word) => nodes.map(({ name }) => name).filter((name) => namedIn(word, name)),
  };
}

/** A hash for every pod, so that it is made only when a file names interfaces. */
function nodesByVeth(pods: readonly PodEntry[], prefix: string): NodeByKey {
  const veths = new NodeByKey();
  for (const { node, hostNetwork, namespace, name } of pods) {
    if (node === undefined || hostNetwork || namespace === "") continue;
    veths.add(vethName(prefix, namespace, name), node);
  }
  return veths;
}

function firstLabel(name: string): string {
  return name.toLowerCase().split(".", 1)[0] ?? "";
}

/** "ip-10-0-1-1" is not named in "ip-10-0-1-10.txt": a name ends where no letter or digit follows. */
function namedIn(word: string, name: string): boolean {
  const lower = word.toLowerCase();
  const label = firstLabel(name);
  const next = lower[label.length];
  return lower.startsWith(label) && (next === undefined || !/[a-z0-9-]/.test(next));
}

/** The ENIs that are attached to nodes: by instance id, else by the primary address. */
export function nodeEnis(
  nodes: readonly NodeEntry[],
  enis: readonly EniEntry[],
): { readonly node: string; readonly eni: EniEntry }[] {
  const byInstance = new Map<string, string>();
  const byAddress = new Map<string, string>();
  for (const node of nodes) {
    if (node.instanceId !== undefined) byInstance.set(node.instanceId, node.name);
    for (const address of node.internalAddresses) byAddress.set(address, node.name);
  }
  // A node table in text form has no instance ids: its ENI with the node's address tells them.
  for (const eni of enis) {
    const node = byAddress.get(eni.primaryAddress ?? "");
    if (node !== undefined && eni.instanceId !== undefined) byInstance.set(eni.instanceId, node);
  }
  const found: { node: string; eni: EniEntry }[] = [];
  for (const eni of enis) {
    const node = byInstance.get(eni.instanceId ?? "") ?? byAddress.get(eni.primaryAddress ?? "");
    // A Fargate pod's ENI and a load balancer's are listed under no node's instance.
    if (node !== undefined && isNodeRole(eni)) found.push({ node, eni });
  }
  return found;
}

function isNodeRole({ role }: EniEntry): boolean {
  return role === "node" || role === "trunk" || role === "other";
}
