/** Which CIDRs are the cluster's own VPC and which are networks behind a peering. */
import { parseCidr } from "../address/cidr.ts";
import type { DiagnosticLog } from "../diagnostics/diagnostic.ts";
import { nodeEnis } from "./node-facts.ts";
import type { CidrEntry, EniEntry, IptablesRule, NodeEntry, NodeState } from "./snapshot.ts";
import { VPC_NOT_TOLD } from "./snapshot-diagnostics.ts";
import type { SnapshotParts, VpcRecord } from "./snapshot-parts.ts";

export interface VpcCidrs {
  readonly vpcCidrs: readonly CidrEntry[];
  readonly peerCidrs: readonly CidrEntry[];
}

export function vpcCidrs(
  parts: SnapshotParts,
  nodes: readonly NodeEntry[],
  enis: readonly EniEntry[],
  nodeStates: readonly NodeState[],
  log: DiagnosticLog,
): VpcCidrs {
  const vpcId = clusterVpc(parts, nodes, enis);
  if (vpcId === null && parts.vpcs.length > 1) {
    const message = `${parts.vpcs.length} VPCs are listed and nothing tells which one is the cluster's`;
    log.add(VPC_NOT_TOLD, parts.vpcs[0]?.ref ?? { file: "" }, message);
  }
  const sides = parts.peerings.flatMap((peering) => peering.sides);
  const own =
    vpcId === null ? [] : cidrEntries([...parts.vpcs, ...sides].filter(({ id }) => id === vpcId));
  const vpc =
    [own, cidrsOfSnatChain(nodeStates), subnetCidrs(parts, vpcId)].find(
      (cidrs) => cidrs.length > 0,
    ) ?? [];
  const known = new Set(vpc.map((cidr) => cidr.text));
  const peers = cidrEntries(vpcId === null ? [] : peerRecords(parts, vpcId));
  return { vpcCidrs: vpc, peerCidrs: peers.filter((cidr) => !known.has(cidr.text)) };
}

/** The VPC of the nodes' ENIs or instances; else the one that other facts leave. */
function clusterVpc(
  parts: SnapshotParts,
  nodes: readonly NodeEntry[],
  enis: readonly EniEntry[],
): string | null {
  if (parts.clusterVpcId !== null) return parts.clusterVpcId;
  const instanceIds = new Set(nodes.map((node) => node.instanceId));
  const evidence = [
    nodeEnis(nodes, enis).map(({ eni }) => eni.vpcId),
    parts.instances.filter(({ id }) => instanceIds.has(id)).map(({ vpcId }) => vpcId),
    enis
      .filter(({ role }) => role === "node" || role === "eks-control-plane")
      .map(({ vpcId }) => vpcId),
    parts.vpcs.map(({ id }) => id),
    parts.subnets.map(({ vpcId }) => vpcId),
  ];
  for (const told of evidence) {
    const ids = new Set(told.filter((id) => id !== undefined));
    const [id] = ids;
    if (ids.size === 1 && id !== undefined) return id;
  }
  return null;
}

/** The far sides of the VPC's peerings, and the other VPCs of the account, which a transit gateway may join. */
function peerRecords(parts: SnapshotParts, vpcId: string): VpcRecord[] {
  const peered = parts.peerings
    .filter(({ sides }) => sides.some(({ id }) => id === vpcId))
    .flatMap(({ sides }) => sides);
  return [...peered, ...parts.vpcs].filter(({ id }) => id !== vpcId);
}

function cidrEntries(records: readonly VpcRecord[]): CidrEntry[] {
  const found = new Map<string, CidrEntry>();
  for (const { id, cidrs, ref } of records) {
    for (const text of cidrs) if (!found.has(text)) found.set(text, { text, vpcId: id, ref });
  }
  return [...found.values()];
}

/** The last resort: each subnet is a part of the VPC, though not all of it may be listed. */
function subnetCidrs(parts: SnapshotParts, vpcId: string | null): CidrEntry[] {
  const own = parts.subnets.filter((subnet) => vpcId !== null && subnet.vpcId === vpcId);
  return cidrEntries(own.map(({ cidrs, ref }) => ({ id: vpcId ?? "", cidrs, ref })));
}

/**
 * Without describe-vpcs: the CNI's own list. Each VPC CIDR is a rule of AWS-SNAT-CHAIN-N with the comment "AWS SNAT CHAIN"
 * (excluded CIDRs say "AWS SNAT CHAIN EXCLUSION"): RETURN since v1.16.2, a negated jump before.
 */
function cidrsOfSnatChain(nodeStates: readonly NodeState[]): CidrEntry[] {
  const found = new Map<string, CidrEntry>();
  for (const rule of nodeStates.flatMap((state) => state.iptables)) {
    const text = snatChainCidr(rule);
    if (text !== null && !found.has(text)) found.set(text, { text, ref: rule.ref });
  }
  return [...found.values()];
}

function snatChainCidr({ table, chain, comment, destination }: IptablesRule): string | null {
  if (table !== "nat" || !chain.startsWith("AWS-SNAT-CHAIN-")) return null;
  if (comment !== "AWS SNAT CHAIN" || destination === undefined) return null;
  return parseCidr(destination.cidr)?.text ?? null;
}
