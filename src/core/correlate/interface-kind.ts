/** What an interface of a node is, by what the snapshot says of it, else by the names that its makers give. */
import type { OwnerIndex } from "../cluster/owner.ts";
import type { ClusterSnapshot, NodeInterface, NodeState } from "../cluster/snapshot.ts";
import type { VantageKind } from "./vantage-point.ts";

const TUNNEL_KINDS: ReadonlySet<string> = new Set([
  "vxlan",
  "geneve",
  "gre",
  "gretap",
  "ip6gre",
  "ipip",
  "sit",
  "ip6tnl",
  "wireguard",
  "tun",
]);
/** flannel.1, vxlan.calico, tunl0, cilium_vxlan, genev_sys_6081, antrea-tun0, wireguard.cali, wg0, sit0, gre1 ... */
const TUNNEL_NAME =
  /^(flannel|vxlan|tunl|tun|cilium_(vxlan|geneve|wg)|genev|geneve|antrea-tun|wireguard|wg|sit|gre|gretap|ip6tnl)/;
const BRIDGE_NAME = /^(cni\d|docker\d|br-|virbr|kube-bridge|cbr\d)/;
/** Host ends of pod veth pairs: VPC CNI "eni"+11 hex, Calico "cali", Cilium "lxc", plain "veth". */
const VETH_NAME = /^(eni[0-9a-f]{11}|cali[0-9a-z]+|lxc[0-9a-z_]+|veth[0-9a-z]+)$/;
/** Names of host ends only: inside the pod the other end is eth0, whatever the CNI. */
export function isHostVeth(name: string | null): boolean {
  return name !== null && (VETH_NAME.test(name) || /^vlan[0-9a-f]{11}$/.test(name));
}

/** Security groups for pods: vlan.eth.N and, in strict mode, host veths "vlan"+11 hex. */
const BRANCH_NAME = /^vlan(\.|[0-9a-f]{11}$)/;

export function interfaceKind(
  name: string | null,
  mac: string | null,
  state: NodeState | null,
  snapshot: ClusterSnapshot,
  owners: OwnerIndex,
): VantageKind {
  const device = deviceIndex(name, mac, state, snapshot, owners);
  if (device !== null) return device === 0 ? "node-eni" : "secondary-eni";
  if (name === null) return "unknown";
  if (name === "lo") return "loopback";
  const kind = state?.interfaces.find((one) => one.name === name)?.kind;
  if (kind !== undefined && TUNNEL_KINDS.has(kind)) return "tunnel";
  if (kind === "bridge" || BRIDGE_NAME.test(name)) return "bridge";
  if (BRANCH_NAME.test(name)) return name.includes(".") ? "branch-eni" : "pod-veth";
  if (VETH_NAME.test(name)) return "pod-veth";
  if (TUNNEL_NAME.test(name)) return "tunnel";
  return holdsNodeAddress(name, state, snapshot, owners) ? "node-eni" : "unknown";
}

/** Names that udev and the Nitro drivers give to ENIs, for where no list tells what the VPC's addresses are. */
const ENI_NAME = /^(eth|ens|enp)\d/;

/**
 * The node's own addresses are on its ENIs, also where no list of ENIs says so. But a tunnel device or a bridge has an address
 * too: the VPC's, the InternalIP, or where neither is known the name must speak for an ENI.
 */
function holdsNodeAddress(
  name: string,
  state: NodeState | null,
  { nodes, vpcCidrs }: ClusterSnapshot,
  owners: OwnerIndex,
): boolean {
  if (state === null || state.node === null) return false;
  const internal = nodes.find((node) => node.name === state.node)?.internalAddresses ?? [];
  const addresses = state.interfaces.find((one) => one.name === name)?.addresses ?? [];
  return addresses.some((address) => {
    if (internal.includes(address)) return true;
    if (vpcCidrs.length > 0 ? !owners.inVpc(address) : !ENI_NAME.test(name)) return false;
    const owner = owners.resolve(address);
    return owner.kind === "node" && owner.node === state.node;
  });
}

/** EC2 device index of the ENI behind an interface, by MAC (as the CNI itself finds its primary, eks-traffic 0). */
function deviceIndex(
  name: string | null,
  mac: string | null,
  state: NodeState | null,
  snapshot: ClusterSnapshot,
  owners: OwnerIndex,
): number | null {
  const own = mac ?? macOf(name, state);
  if (own === null) return null;
  const owner = owners.ownerOfMac(own);
  if (owner?.eni === undefined) return null;
  return snapshot.enis.find((eni) => eni.id === owner.eni)?.deviceIndex ?? null;
}

function macOf(name: string | null, state: NodeState | null): string | null {
  const found: NodeInterface | undefined = state?.interfaces.find((one) => one.name === name);
  return found?.mac ?? null;
}
