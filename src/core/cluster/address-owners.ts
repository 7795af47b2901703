/** Owners of single addresses, except pods: ENIs, nodes, load balancers, services, the control plane. */
import { parseCidr } from "../address/cidr.ts";
import { formatAddress, parseAddress } from "../address/ip-text.ts";
import { PrefixTable } from "../address/prefix-table.ts";
import { isOver } from "./conflicts.ts";
import { loadBalancerType, podKey } from "./merge-entries.ts";
import { nodeEnis } from "./node-facts.ts";
import type { Owner } from "./owner.ts";
import type { ClusterSnapshot, EniEntry, NodeEntry, SnapshotRef } from "./snapshot.ts";
import { insertWellKnown } from "./well-known-addresses.ts";

type Owners = Map<string, Owner>;

/** From the weakest claim to the strongest: what comes later replaces what came before. */
export function addFixedOwners(snapshot: ClusterSnapshot, owners: Owners): void {
  addVpcResolver(snapshot, owners);
  addVpcHosts(snapshot, owners);
  addNodeInterfaces(snapshot, owners);
  addServices(snapshot, owners);
  addControlPlaneEndpoints(snapshot, owners);
  addAwsInterfaces(snapshot, owners);
  addNodes(snapshot, owners);
}

/** AWS's resolver answers at the second address of the VPC's primary CIDR (VPC user guide, "DNS attributes"). */
function addVpcResolver({ vpcCidrs }: ClusterSnapshot, owners: Owners): void {
  const [primary] = vpcCidrs;
  const cidr = primary === undefined ? null : parseCidr(primary.text);
  if (primary === undefined || cidr === null || cidr.family !== 4 || cidr.prefixLength > 28) return;
  // A VPC is at least a /28, so adding 2 never carries.
  const address = formatAddress(4, [cidr.words[0] + 2, 0, 0, 0]);
  owners.set(address, { kind: "vpc", name: "VPC resolver", ref: primary.ref });
}

function eniFacts(eni: EniEntry): Pick<Owner, "eni" | "deviceIndex" | "ref"> {
  const { id, deviceIndex, ref } = eni;
  return { eni: id, ...(deviceIndex !== undefined && { deviceIndex }), ref };
}

/** Addresses in the VPC that belong to no part of the cluster, or to a node without a pod that claims them. */
function addVpcHosts(snapshot: ClusterSnapshot, owners: Owners): void {
  const named = snapshot.instances.filter(({ id }) => id !== "");
  const names = new Map(named.map(({ id, name }) => [id, name]));
  for (const { privateAddress, publicAddress, name, id, ref } of snapshot.instances) {
    const called = name ?? (id === "" ? undefined : id);
    const owner: Owner = { kind: "vpc", ...(called !== undefined && { name: called }), ref };
    for (const address of [privateAddress, publicAddress]) {
      if (address !== undefined) owners.set(address, owner);
    }
  }
  for (const eni of snapshot.enis) {
    if (eni.role !== "other" && eni.role !== "branch") continue;
    const description = eni.description === "" ? undefined : eni.description;
    const name = names.get(eni.instanceId ?? "") ?? description;
    const owner: Owner = { kind: "vpc", ...(name !== undefined && { name }), ...eniFacts(eni) };
    for (const address of eni.addresses) owners.set(address, owner);
  }
  for (const { node, eni } of nodeEnis(snapshot.nodes, snapshot.enis)) {
    const owner: Owner = { kind: "vpc", node, ...eniFacts(eni) };
    for (const address of eni.addresses) owners.set(address, owner);
  }
}

/** Delegated prefixes: an address inside is most likely a pod's that is not listed. */
export function prefixOwners(snapshot: ClusterSnapshot): { text: string; owner: Owner }[] {
  return nodeEnis(snapshot.nodes, snapshot.enis).flatMap(({ node, eni }) =>
    eni.prefixes.map((text) => ({ text, owner: { kind: "vpc" as const, node, ...eniFacts(eni) } })),
  );
}

/** Carry addresses of others: every ClusterIP, and NodeLocal DNS. */
const SHARED_INTERFACES: ReadonlySet<string> = new Set(["kube-ipvs0", "nodelocaldns"]);

/** What `ip addr` shows beyond the ENIs (bridges, tunnels), unless every node has it (docker0). */
function addNodeInterfaces(snapshot: ClusterSnapshot, owners: Owners): void {
  const wellKnown = new PrefixTable<Owner>();
  insertWellKnown(wellKnown);
  const found = new Map<string, { node: string; ref: SnapshotRef } | null>();
  for (const { node, interfaces } of snapshot.nodeStates) {
    if (node === null) continue;
    for (const { name, addresses, ref } of interfaces) {
      if (SHARED_INTERFACES.has(name)) continue;
      for (const address of addresses) {
        const parsed = parseAddress(address);
        if (parsed === null || wellKnown.lookup(parsed) !== null) continue;
        const known = found.get(address);
        const isOther = known === null || (known !== undefined && known.node !== node);
        found.set(address, isOther ? null : { node, ref });
      }
    }
  }
  const pods = hostNetworkPods(snapshot);
  for (const [address, one] of found) {
    if (one !== null) owners.set(address, nodeOwner(one.node, pods, { ref: one.ref }));
  }
}

function addServices({ services }: ClusterSnapshot, owners: Owners): void {
  for (const { namespace, name, clusterIps, externalIps, ingress, ref } of services) {
    const names = { ...(namespace !== "" && { namespace }), name };
    for (const text of ingress) {
      const address = parseAddress(text)?.text;
      if (address !== undefined) owners.set(address, { kind: "load-balancer", ...names, ref });
    }
    for (const address of [...clusterIps, ...externalIps]) {
      owners.set(address, { kind: "service", ...names, ref });
    }
  }
}

/** The endpoints of default/kubernetes are the API servers: on EKS, the control plane's ENIs. */
function addControlPlaneEndpoints({ endpoints }: ClusterSnapshot, owners: Owners): void {
  for (const { namespace, service, address, ref } of endpoints) {
    if (namespace !== "default" || service !== "kubernetes") continue;
    owners.set(address, { kind: "control-plane", name: "kubernetes", ref });
  }
}

function addAwsInterfaces({ enis }: ClusterSnapshot, owners: Owners): void {
  for (const eni of enis) {
    const owner = awsOwner(eni);
    if (owner === null) continue;
    for (const address of eni.addresses) owners.set(address, owner);
  }
}

function awsOwner(eni: EniEntry): Owner | null {
  const type = loadBalancerType(eni);
  if (type !== undefined) {
    const name = eni.loadBalancer ?? eni.description;
    return { kind: "load-balancer", name, loadBalancerType: type, ...eniFacts(eni) };
  }
  if (eni.role === "eks-control-plane") {
    return { kind: "control-plane", name: eni.description, ...eniFacts(eni) };
  }
  if (eni.role === "nat-gateway" || eni.role === "vpc-endpoint") {
    return { kind: "aws-interface", name: eni.description, ...eniFacts(eni) };
  }
  return null;
}

function addNodes(snapshot: ClusterSnapshot, owners: Owners): void {
  const pods = hostNetworkPods(snapshot);
  const enis = nodeEnis(snapshot.nodes, snapshot.enis);
  const eniOfAddress = new Map(enis.map(({ eni }) => [eni.primaryAddress ?? "", eni]));
  for (const { node, eni } of enis) {
    // IPv6 addresses of a node's ENI are the node's; only IPv6 prefixes are handed to pods.
    const own = eni.addresses.filter((one) => one === eni.primaryAddress || one.includes(":"));
    const primary = eni.deviceIndex === 0 ? { primary: true } : {};
    const owner = nodeOwner(node, pods, { ...eniFacts(eni), ...primary });
    for (const address of own) owners.set(address, owner);
  }
  for (const node of snapshot.nodes) {
    for (const address of node.externalAddresses) {
      owners.set(address, nodeOwner(node.name, pods, { ref: node.ref }));
    }
    for (const address of node.internalAddresses) {
      const eni = eniOfAddress.get(address);
      const primary = isPrimary(node, address, eni) ? { primary: true } : {};
      const facts = eni === undefined ? {} : eniFacts(eni);
      owners.set(address, nodeOwner(node.name, pods, { ...facts, ...primary, ref: node.ref }));
    }
  }
}

/** A node may list several internal addresses; the first of each family is its InternalIP for Kubernetes. */
function isPrimary(node: NodeEntry, address: string, eni: EniEntry | undefined): boolean {
  if (eni?.deviceIndex !== undefined) return eni.deviceIndex === 0;
  const isIpv6 = address.includes(":");
  return node.internalAddresses.find((one) => one.includes(":") === isIpv6) === address;
}

function nodeOwner(
  node: string,
  pods: ReadonlyMap<string, readonly string[]>,
  facts: Partial<Owner>,
): Owner {
  const shared = pods.get(node);
  return {
    kind: "node",
    name: node,
    node,
    ...facts,
    ...(shared !== undefined && { hostNetworkPods: shared }),
  };
}

function hostNetworkPods({ pods }: ClusterSnapshot): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const pod of pods) {
    if (!pod.hostNetwork || pod.node === undefined || isOver(pod)) continue;
    const names = found.get(pod.node);
    if (names === undefined) found.set(pod.node, [podKey(pod)]);
    else names.push(podKey(pod));
  }
  return found;
}

/** A public address is its private one's owner's; it is nobody's primary address. */
export function addPublicAddresses({ enis }: ClusterSnapshot, owners: Owners): void {
  for (const eni of enis) {
    for (const { privateAddress, publicAddress } of eni.publicAddresses) {
      const owner = owners.get(privateAddress);
      if (owner === undefined || owners.get(publicAddress)?.kind === "node") continue;
      const { primary: _primary, ...rest } = owner;
      owners.set(publicAddress, rest);
    }
  }
}

/** The ENI that holds an address, as its own or inside a delegated prefix. */
export function eniLookup(snapshot: ClusterSnapshot): (address: string) => EniEntry | null {
  const exact = new Map<string, EniEntry>();
  const prefixes = new PrefixTable<EniEntry>();
  for (const eni of snapshot.enis) {
    for (const address of eni.addresses) exact.set(address, eni);
    for (const text of eni.prefixes) {
      const cidr = parseCidr(text);
      if (cidr !== null) prefixes.insert(cidr, eni);
    }
  }
  return (address) => {
    const known = exact.get(address);
    if (known !== undefined) return known;
    const parsed = parseAddress(address);
    return parsed === null ? null : prefixes.lookup(parsed);
  };
}
