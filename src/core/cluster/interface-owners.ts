/** Which pod is behind a host interface: by the node's route to the pod, or by the name that the CNI made of the pod's. */
import { DEFAULT_VETH_PREFIX, vethName } from "./host-veth-name.ts";
import type { ClusterSnapshot, PodEntry, SnapshotRef } from "./snapshot.ts";

export interface InterfaceOwner {
  readonly pod: PodEntry;
  /** One phrase: "its route leads to 10.0.1.11", "eni3c33fcc5853 is made of default/web". */
  readonly because: string;
  readonly ref: SnapshotRef;
}

export interface InterfaceOwners {
  /** `node` null: whichever node; then only the name can tell, as routes are a node's own. */
  podOf(node: string | null, interfaceName: string): InterfaceOwner | null;
}

/** Prefix of the veths of branch ENI pods in strict mode (amazon-vpc-cni-k8s pkg/sgpp). */
const BRANCH_PREFIX = "vlan";

export function buildInterfaceOwners(snapshot: ClusterSnapshot): InterfaceOwners {
  const byRoute = ownersByRoute(snapshot);
  // A hash for every pod: made when a name is asked for that no route tells.
  let byName: ReadonlyMap<string, InterfaceOwner> | null = null;
  return {
    podOf(node, interfaceName) {
      const routed = node === null ? undefined : byRoute.get(routeKey(node, interfaceName));
      if (routed !== undefined && routed !== null) return routed;
      byName ??= ownersByName(snapshot);
      const named = byName.get(interfaceName) ?? null;
      const elsewhere = node !== null && named?.pod.node !== undefined && named.pod.node !== node;
      return elsewhere ? null : named;
    },
  };
}

function routeKey(node: string, interfaceName: string): string {
  return `${node}\0${interfaceName}`;
}

/** null where one interface leads to several pods: a bridge. */
function ownersByRoute(snapshot: ClusterSnapshot): Map<string, InterfaceOwner | null> {
  const podOfAddress = podsByAddress(snapshot.pods);
  const found = new Map<string, InterfaceOwner | null>();
  for (const { node, routes } of snapshot.nodeStates) {
    if (node === null) continue;
    for (const { destination, type, via, device, ref } of routes) {
      const pod = podOfAddress.get(destination);
      if (pod === undefined || device === undefined || via !== undefined) continue;
      // A pod that runs elsewhere is reached through an ENI of this node, not through its veth.
      if (type !== "unicast" || (pod.node ?? node) !== node) continue;
      const key = routeKey(node, device);
      const known = found.get(key);
      if (known === undefined) {
        found.set(key, { pod, because: `its route leads to ${destination}`, ref });
      } else if (known?.pod !== pod) found.set(key, null);
    }
  }
  return found;
}

/** Pods with an address of their own, by address. */
export function podsByAddress(pods: readonly PodEntry[]): Map<string, PodEntry> {
  const found = new Map<string, PodEntry>();
  for (const pod of pods.filter((one) => !one.hostNetwork)) {
    for (const address of pod.addresses) {
      // Of a finished and a running pod with one address the route leads to the running one.
      if (!found.has(address) || pod.phase === "Running") found.set(address, pod);
    }
  }
  return found;
}

function ownersByName(snapshot: ClusterSnapshot): Map<string, InterfaceOwner> {
  const prefix = snapshot.cni.vethPrefix ?? DEFAULT_VETH_PREFIX;
  const found = new Map<string, InterfaceOwner>();
  for (const pod of snapshot.pods) {
    if (pod.hostNetwork || pod.namespace === "") continue;
    const prefixes = pod.branchEni === undefined ? [prefix] : [prefix, BRANCH_PREFIX];
    for (const one of prefixes) {
      const name = vethName(one, pod.namespace, pod.name);
      const because = `${name} is the interface name of ${pod.namespace}/${pod.name}`;
      found.set(name, { pod, because, ref: pod.ref });
    }
  }
  return found;
}
