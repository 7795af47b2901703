/** Hands each recognised part of each file to the reader of its format. */
import type { DiagnosticLog } from "../diagnostics/diagnostic.ts";
import {
  readLoadBalancers,
  readTargetGroupAttributes,
  readTargetGroups,
  readTargetHealth,
} from "./from-aws-elb.ts";
import {
  readEksCluster,
  readInstances,
  readNetworkInterfaces,
  readSubnets,
  readVpcPeering,
  readVpcs,
} from "./from-aws-network.ts";
import { readInstancesText } from "./from-aws-text.ts";
import { readConntrack } from "./from-conntrack.ts";
import { readIpAddrJson, readIpAddrText } from "./from-ip-addr.ts";
import {
  readIpNeighJson,
  readIpNeighText,
  readIpRouteJson,
  readIpRouteText,
  readIpRuleJson,
  readIpRuleText,
} from "./from-ip-route.ts";
import { readIptables } from "./from-iptables.ts";
import { readDescribeDaemonSet } from "./from-kubectl-describe.ts";
import { readKubectlJson } from "./from-kubectl-json.ts";
import { readNodesText, readPodsText, readServicesText } from "./from-kubectl-text.ts";
import { readCniCheckpoint, readCniEnis, readCniLog } from "./from-vpc-cni.ts";
import type { JsonDocument } from "./json-documents.ts";
import { type Recognition, recognise } from "./recognise.ts";
import type { SnapshotKind, SnapshotText } from "./snapshot.ts";
import { type ReadContext, SnapshotParts } from "./snapshot-parts.ts";
import type { TextLine } from "./text-lines.ts";

type JsonReader = (context: ReadContext, document: JsonDocument) => void;
type TextReader = (context: ReadContext, lines: readonly TextLine[]) => void;

const JSON_READERS: Partial<Record<SnapshotKind, JsonReader>> = {
  "kubectl-json": readKubectlJson,
  "aws-network-interfaces": readNetworkInterfaces,
  "aws-vpcs": readVpcs,
  "aws-subnets": readSubnets,
  "aws-instances": readInstances,
  "aws-load-balancers": readLoadBalancers,
  "aws-target-health": readTargetHealth,
  "aws-target-groups": readTargetGroups,
  "aws-target-group-attributes": readTargetGroupAttributes,
  "aws-vpc-peering": readVpcPeering,
  "aws-eks-cluster": readEksCluster,
  "cni-checkpoint": readCniCheckpoint,
  "cni-enis": readCniEnis,
  "ip-addr": readIpAddrJson,
  "ip-rule": readIpRuleJson,
  "ip-route": readIpRouteJson,
  "ip-neigh": readIpNeighJson,
};

const TEXT_READERS: Partial<Record<SnapshotKind, TextReader>> = {
  "kubectl-pods-text": readPodsText,
  "kubectl-nodes-text": readNodesText,
  "kubectl-services-text": readServicesText,
  "kubectl-describe-daemonset": readDescribeDaemonSet,
  "aws-instances": readInstancesText,
  "cni-log": readCniLog,
  "ip-addr": readIpAddrText,
  "ip-rule": readIpRuleText,
  "ip-route": readIpRouteText,
  "ip-neigh": readIpNeighText,
  iptables: readIptables,
  conntrack: readConntrack,
  hostname: readHostname,
};

const NODE_OUTPUT: ReadonlySet<SnapshotKind> = new Set<SnapshotKind>([
  "ip-addr",
  "ip-rule",
  "ip-route",
  "ip-neigh",
  "iptables",
  "conntrack",
  "hostname",
]);

/** One kind in one file and how many entries it gave. */
export interface FileEntries {
  readonly file: string;
  readonly kind: SnapshotKind;
  readonly entries: number;
  readonly isNodeOutput: boolean;
}

export function readFiles(
  files: readonly SnapshotText[],
  log: DiagnosticLog,
): { parts: SnapshotParts; entries: FileEntries[] } {
  const parts = new SnapshotParts();
  const entries: FileEntries[] = [];
  for (const { file, text } of files) {
    const context: ReadContext = { file, log, parts };
    const recognition = recognise(file, text);
    for (const { kind, line, message } of recognition.problems) {
      log.add(kind, { file, ...(line !== undefined && { line }) }, message);
    }
    entries.push(...readParts(context, recognition));
  }
  return { parts, entries };
}

function readParts(context: ReadContext, { json, text }: Recognition): FileEntries[] {
  const counts = new Map<SnapshotKind, number>();
  const count = (kind: SnapshotKind, read: () => void): void => {
    const before = context.parts.entriesRead(context.file);
    read();
    counts.set(kind, (counts.get(kind) ?? 0) + context.parts.entriesRead(context.file) - before);
  };
  for (const { kind, document } of json) {
    count(kind, () => JSON_READERS[kind]?.(context, document));
  }
  for (const { kind, lines } of text) {
    count(kind, () => TEXT_READERS[kind]?.(context, lines));
  }
  return [...counts].map(([kind, entries]) => ({
    file: context.file,
    kind,
    entries,
    isNodeOutput: NODE_OUTPUT.has(kind),
  }));
}

function readHostname(context: ReadContext, lines: readonly TextLine[]): void {
  const line = lines[0];
  if (line === undefined) return;
  const ref = { file: context.file, line: line.number };
  context.parts.nodeFile(context.file).hostname = { name: line.text.trim(), ref };
}
