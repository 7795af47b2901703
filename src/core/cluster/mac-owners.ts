/** Whose MAC address: ENIs of nodes, interfaces on nodes, the pods behind veths, branch ENIs. */
import { buildInterfaceOwners, podsByAddress } from "./interface-owners.ts";
import { podKey } from "./merge-entries.ts";
import { nodeEnis } from "./node-facts.ts";
import type { MacOwner } from "./owner.ts";
import type { ClusterSnapshot } from "./snapshot.ts";

export function buildMacOwners(snapshot: ClusterSnapshot): Map<string, MacOwner> {
  const found = new Map<string, MacOwner | null>();
  addInterfaces(snapshot, found);
  addPodMacs(snapshot, found);
  addEnis(snapshot, found);
  const owners = new Map<string, MacOwner>();
  for (const [mac, owner] of found) if (owner !== null) owners.set(mac, owner);
  return owners;
}

/** null: two nodes have it (Calico gives every veth ee:ee:ee:ee:ee:ee), so it tells nothing. */
type Found = Map<string, MacOwner | null>;

function addInterfaces({ nodeStates }: ClusterSnapshot, found: Found): void {
  for (const { node, interfaces } of nodeStates) {
    if (node === null) continue;
    for (const { mac, name, ref } of interfaces) {
      if (mac === undefined) continue;
      const known = found.get(mac);
      if (known === undefined) found.set(mac, { node, interface: name, ref });
      else if (known === null || known.node !== node) found.set(mac, null);
      // A bridge and its port, a bond and its members: the node is sure, the interface is not.
      else found.set(mac, { node, ref: known.ref });
    }
  }
}

/** `ip neigh` shows the MAC of a pod's eth0: on the pod's own veth, or on the bridge that the node's pods share. */
function addPodMacs(snapshot: ClusterSnapshot, found: Found): void {
  const interfaces = buildInterfaceOwners(snapshot);
  const podOfAddress = podsByAddress(snapshot.pods);
  for (const { node, neighbours } of snapshot.nodeStates) {
    if (node === null) continue;
    for (const { address, mac, device, ref } of neighbours) {
      const local = podOfAddress.get(address);
      // A pod of another node has the MAC of that node's ENI (or of a tunnel device) as seen from here.
      const pod = interfaces.podOf(node, device)?.pod ?? (local?.node === node ? local : undefined);
      if (mac === undefined || pod === undefined) continue;
      found.set(mac, { node, interface: device, pod: podKey(pod), ref });
    }
  }
  for (const pod of snapshot.pods) {
    if (pod.branchEni === undefined || pod.node === undefined) continue;
    const { mac, eniId } = pod.branchEni;
    found.set(mac, { node: pod.node, pod: podKey(pod), eni: eniId, ref: pod.ref });
  }
}

/** AWS's own word on a MAC goes before the node's, but only `ip addr` knows the interface's name. */
function addEnis(snapshot: ClusterSnapshot, found: Found): void {
  for (const { node, eni } of nodeEnis(snapshot.nodes, snapshot.enis)) {
    if (eni.mac === undefined) continue;
    const known = found.get(eni.mac);
    const name = known?.node === node ? known.interface : undefined;
    const device = name === undefined ? {} : { interface: name };
    found.set(eni.mac, { node, ...device, eni: eni.id, ref: eni.ref });
  }
}
