/** From snapshot files to what they say together: recognise each, read each, merge, find the nodes of the node files. */
import type { DiagnosticLog } from "../diagnostics/diagnostic.ts";
import { assignNodes, type NodeAssignment } from "./assign-nodes.ts";
import { reportConflicts } from "./conflicts.ts";
import { DEFAULT_VETH_PREFIX } from "./host-veth-name.ts";
import {
  groupsWithAttributes,
  mergeByKey,
  mergeEnis,
  mergeInstances,
  mergeLoadBalancers,
  mergePods,
  podKey,
  targetsWithGroups,
} from "./merge-entries.ts";
import { mergeNodeState } from "./merge-node-state.ts";
import { mergeNodes, withHostNetwork } from "./merge-nodes.ts";
import { missingInputs } from "./missing-inputs.ts";
import { nodeEnis, nodeFacts } from "./node-facts.ts";
import { nodeFileStem } from "./node-file-stem.ts";
import { withAssignedPods } from "./pod-assignments.ts";
import { type FileEntries, readFiles } from "./read-files.ts";
import type {
  ClusterSnapshot,
  CniSettings,
  EndpointEntry,
  EniEntry,
  NodeEntry,
  NodeState,
  SnapshotSource,
  SnapshotText,
} from "./snapshot.ts";
import { NODE_NOT_KNOWN } from "./snapshot-diagnostics.ts";
import type { ClusterNameHint, NodeFile } from "./snapshot-parts.ts";
import { vpcCidrs } from "./vpc-cidrs.ts";

/** Never throws: what cannot be read is named in `log` and the rest is used. */
export function loadSnapshot(files: readonly SnapshotText[], log: DiagnosticLog): ClusterSnapshot {
  const { parts, entries } = readFiles(files, log);
  const listedPods = mergePods(parts.pods, log);
  const nodes = mergeNodes(parts, listedPods);
  const pods = withAssignedPods(withHostNetwork(listedPods, nodes), parts.assignments);
  const enis = withNodeRoles(mergeEnis(parts), nodes);
  const cni = parts.cni.find(({ ref }) => ref?.pointer !== undefined) ?? parts.cni[0];
  const settings: CniSettings = cni ?? { excludeSnatCidrs: [] };
  const facts = nodeFacts(nodes, pods, enis, settings.vethPrefix ?? DEFAULT_VETH_PREFIX);
  const nodeFiles = [...parts.nodeFiles.values()];
  const assigned = assignNodes(nodeFiles, facts);
  const nodeStates = buildNodeStates(nodeFiles, assigned, log);
  const targetGroups = groupsWithAttributes(parts.targetGroups, parts.targetGroupAttributes);
  const cluster = clusterName(parts.clusterNames);
  const takenAt = parts.times.toSorted().at(-1);
  const snapshot = {
    ...(cluster !== undefined && { cluster }),
    ...(takenAt !== undefined && { takenAt }),
    sources: entries.map((one) => sourceOf(one, assigned)),
    ...vpcCidrs(parts, nodes, enis, nodeStates, log),
    serviceCidrs: mergeByKey(parts.serviceCidrs, (cidr) => cidr.text),
    pods,
    nodes,
    services: mergeByKey(parts.services, podKey),
    endpoints: mergeByKey(parts.endpoints, endpointKey),
    enis,
    subnets: mergeByKey(parts.subnets, (subnet) => subnet.id),
    instances: mergeInstances(parts.instances),
    loadBalancers: mergeLoadBalancers(parts.loadBalancers, enis),
    targets: targetsWithGroups(parts.targets, targetGroups),
    targetGroups,
    nodeStates,
    cni: settings,
  };
  reportConflicts(snapshot, log);
  return { ...snapshot, missing: missingInputs(snapshot) };
}

function endpointKey({ namespace, service, address, port, protocol }: EndpointEntry): string {
  return [namespace, service, address, port, protocol].join("|");
}

/** An ENI without a telling description is a node's when it is attached to one. */
function withNodeRoles(enis: readonly EniEntry[], nodes: readonly NodeEntry[]): EniEntry[] {
  const ofNodes = new Set(nodeEnis(nodes, enis).map(({ eni }) => eni.id));
  return enis.map((eni) =>
    eni.role === "other" && ofNodes.has(eni.id) ? { ...eni, role: "node" } : eni,
  );
}

function clusterName(hints: readonly ClusterNameHint[]): string | undefined {
  const best = hints.reduce((rank, hint) => Math.max(rank, hint.rank), 0);
  const names = new Set(hints.filter(({ rank }) => rank === best).map(({ name }) => name));
  const [name] = names;
  // The ENIs of an account may be of several clusters.
  return names.size === 1 ? name : undefined;
}

function sourceOf(
  { file, kind, entries, isNodeOutput }: FileEntries,
  assigned: ReadonlyMap<string, NodeAssignment>,
): SnapshotSource {
  const found = isNodeOutput ? assigned.get(file) : undefined;
  const node = found && { node: found.node, nodeBecause: found.because };
  return { file, kind, entries, ...node };
}

/** One state per node, in order of the files; files of no known node keep together by their stem. */
function buildNodeStates(
  files: readonly NodeFile[],
  assigned: ReadonlyMap<string, NodeAssignment>,
  log: DiagnosticLog,
): NodeState[] {
  const groups = new Map<string, { node: string | null; files: NodeFile[] }>();
  for (const file of files) {
    const node = assigned.get(file.file)?.node ?? null;
    if (node === null) {
      log.add(NODE_NOT_KNOWN, { file: file.file }, `Nothing tells which node ${file.file} is of`);
    }
    const key = node === null ? `stem ${nodeFileStem(file.file)}` : `node ${node}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { node, files: [file] });
    else group.files.push(file);
  }
  return [...groups.values()].map(({ node, files: own }) => mergeNodeState(node, own));
}
