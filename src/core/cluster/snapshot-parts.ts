/** What the readers of the single formats gather, before it is merged into one snapshot. */
import { parseAddress } from "../address/ip-text.ts";
import type { DiagnosticLog } from "../diagnostics/diagnostic.ts";
import type { JsonDocument } from "./json-documents.ts";
import type { JsonValue } from "./json-value.ts";
import type { AssignmentEvent } from "./pod-assignments.ts";
import type {
  CidrEntry,
  CniSettings,
  ConntrackEntry,
  EndpointEntry,
  EniEntry,
  InstanceEntry,
  IptablesRule,
  LoadBalancerEntry,
  NeighbourEntry,
  NodeEntry,
  NodeInterface,
  PodEntry,
  PolicyRule,
  RouteEntry,
  ServiceEntry,
  SnapshotRef,
  SubnetEntry,
  TargetEntry,
  TargetGroupEntry,
} from "./snapshot.ts";
import { ENTRY_SKIPPED } from "./snapshot-diagnostics.ts";

export interface VpcRecord {
  readonly id: string;
  /** In the order told, the primary first; associated ones only. */
  readonly cidrs: readonly string[];
  readonly ref: SnapshotRef;
}
export interface PeeringRecord {
  readonly sides: readonly VpcRecord[];
  readonly ref: SnapshotRef;
}
/** A name that something gives the cluster; higher rank is better evidence. */
export interface ClusterNameHint {
  readonly name: string;
  readonly rank: number;
}
/** A pod's status names its node's address: a node list in disguise. */
export interface NodeHint {
  readonly name: string;
  readonly address: string;
  readonly ref: SnapshotRef;
}
/** Attributes of one target group; the command's output does not name the group. */
export interface TargetGroupAttributes {
  readonly attributes: Readonly<Record<string, string>>;
  readonly ref: SnapshotRef;
}

/** The output of node commands found in one file, before it is known which node it is. */
export interface NodeFile {
  readonly file: string;
  readonly interfaces: NodeInterface[];
  readonly rules: PolicyRule[];
  readonly routes: RouteEntry[];
  readonly neighbours: NeighbourEntry[];
  readonly iptables: IptablesRule[];
  readonly conntrack: ConntrackEntry[];
  hostname: { readonly name: string; readonly ref: SnapshotRef } | null;
}

export class SnapshotParts {
  readonly pods: PodEntry[] = [];
  readonly nodes: NodeEntry[] = [];
  readonly nodeHints: NodeHint[] = [];
  readonly services: ServiceEntry[] = [];
  readonly endpoints: EndpointEntry[] = [];
  readonly enis: EniEntry[] = [];
  /** ENIs as describe-instances lists them: used where describe-network-interfaces does not. */
  readonly instanceEnis: EniEntry[] = [];
  /** ENIs as the VPC CNI tells of them: its log, its introspection. */
  readonly cniEnis: EniEntry[] = [];
  readonly assignments: AssignmentEvent[] = [];
  readonly subnets: SubnetEntry[] = [];
  readonly instances: InstanceEntry[] = [];
  readonly loadBalancers: LoadBalancerEntry[] = [];
  readonly targets: TargetEntry[] = [];
  readonly targetGroups: TargetGroupEntry[] = [];
  readonly targetGroupAttributes: TargetGroupAttributes[] = [];
  readonly vpcs: VpcRecord[] = [];
  readonly peerings: PeeringRecord[] = [];
  readonly serviceCidrs: CidrEntry[] = [];
  readonly clusterNames: ClusterNameHint[] = [];
  /** VPC that `aws eks describe-cluster` names. */
  clusterVpcId: string | null = null;
  readonly cni: CniSettings[] = [];
  /** RFC 3339. */
  readonly times: string[] = [];
  readonly nodeFiles = new Map<string, NodeFile>();

  /** Number of entries read so far, of node output only those of this file. */
  entriesRead(file: string): number {
    const lists: (readonly unknown[])[] = [
      this.pods,
      this.nodes,
      this.services,
      this.endpoints,
      this.enis,
      this.cniEnis,
      this.assignments,
      this.subnets,
      this.instances,
      this.loadBalancers,
      this.targets,
      this.targetGroups,
      this.targetGroupAttributes,
      this.vpcs,
      this.peerings,
      this.serviceCidrs,
      this.cni,
    ];
    const own = this.nodeFiles.get(file);
    if (own !== undefined) {
      lists.push(own.interfaces, own.rules, own.routes, own.neighbours, own.iptables);
      lists.push(own.conntrack, own.hostname === null ? [] : [own.hostname]);
    }
    return lists.reduce((sum, list) => sum + list.length, 0);
  }

  nodeFile(file: string): NodeFile {
    let found = this.nodeFiles.get(file);
    if (found === undefined) {
      found = {
        file,
        interfaces: [],
        rules: [],
        routes: [],
        neighbours: [],
        iptables: [],
        conntrack: [],
        hostname: null,
      };
      this.nodeFiles.set(file, found);
    }
    return found;
  }
}

/** What a reader of one file works with. */
export interface ReadContext {
  readonly file: string;
  readonly log: DiagnosticLog;
  readonly parts: SnapshotParts;
}

/** An entry cannot be used; the others of the file are. */
export function skipEntry(context: ReadContext, ref: SnapshotRef, message: string): void {
  context.log.add(ENTRY_SKIPPED, ref, message);
}

export function jsonRef(file: string, document: JsonDocument, value: JsonValue): SnapshotRef {
  const pointer = value.pointer;
  // Where several documents share a file, the line says in which one the pointer holds.
  return document.oneOfSeveral ? { file, line: document.line, pointer } : { file, pointer };
}

const OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
const CANONICAL_IPV4 = new RegExp(`^(?:${OCTET}\\.){3}${OCTET}$`);

/** Canonical text of an address, or undefined. */
export function canonicalAddress(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  // Nearly all addresses in conntrack listings are IPv4 as it should be: seeing that costs a tenth of parsing them.
  return CANONICAL_IPV4.test(text) ? text : parseAddress(text)?.text;
}

/** Canonical addresses among `texts`, each once, in their order. */
export function canonicalAddresses(texts: Iterable<string | undefined>): string[] {
  const found = new Set<string>();
  for (const text of texts) {
    const address = canonicalAddress(text);
    if (address !== undefined) found.add(address);
  }
  return [...found];
}
