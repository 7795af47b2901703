/**
 * Everything known about the cluster's addresses, merged from all snapshot files. Plain readonly values; every entry says
 * in which file and where it stands, because a verdict that uses it must be able to show it.
 */

/** Where a fact was read: file plus line (text) or JSON pointer (RFC 6901). */
export interface SnapshotRef {
  readonly file: string;
  readonly line?: number;
  readonly pointer?: string;
}

/** One snapshot file, decoded as text (UTF-8 or UTF-16 with BOM; the rim does that). */
export interface SnapshotText {
  readonly file: string;
  readonly text: string;
}

/** What a snapshot file was recognised as. */
export type SnapshotKind =
  | "kubectl-json"
  | "kubectl-pods-text"
  | "kubectl-nodes-text"
  | "kubectl-services-text"
  | "kubectl-describe-daemonset"
  | "aws-network-interfaces"
  | "aws-vpcs"
  | "aws-subnets"
  | "aws-instances"
  | "aws-load-balancers"
  | "aws-target-health"
  | "aws-target-groups"
  | "aws-target-group-attributes"
  | "aws-vpc-peering"
  | "aws-eks-cluster"
  | "ip-addr"
  | "ip-rule"
  | "ip-route"
  | "ip-neigh"
  | "iptables"
  | "conntrack"
  | "cni-log"
  | "cni-checkpoint"
  | "cni-enis"
  | "hostname";

/**
 * One file that was read: what it is, how many entries it gave, which node it belongs to (node command output only). A file
 * that holds the output of several commands is listed once per kind.
 */
export interface SnapshotSource {
  readonly file: string;
  readonly kind: SnapshotKind;
  readonly entries: number;
  readonly node?: string;
  /** How the node was found out: one phrase, e.g. "its addresses are those of ip-10-0-1-10". */
  readonly nodeBecause?: string;
}

export interface PodEntry {
  /** Empty when the table was printed without `-A` and nothing says which namespace it shows. */
  readonly namespace: string;
  readonly name: string;
  /** Canonical text, all families; empty while the pod has none. */
  readonly addresses: readonly string[];
  /** Name of the node, when scheduled. */
  readonly node?: string;
  readonly hostNetwork: boolean;
  /** Running, Pending, Succeeded (shown as Completed), Failed, Unknown. */
  readonly phase: string;
  /** "Deployment/web", "DaemonSet/aws-node", "Job/migrate" ...; the ReplicaSet's hash is cut off. */
  readonly workload?: string;
  readonly labels: Readonly<Record<string, string>>;
  /** RFC 3339; the pod owns its address from here ... */
  readonly startTime?: string;
  /** ... to here: its deletion, or the end of the last container of a pod that has finished. */
  readonly deletionTime?: string;
  /** Branch ENI (security groups for pods), annotation vpc.amazonaws.com/pod-eni. */
  readonly branchEni?: {
    readonly eniId: string;
    readonly mac: string;
    readonly vlanId: number;
    readonly privateIp: string;
  };
  /** Container ports with a name, for showing. */
  readonly ports: readonly {
    readonly port: number;
    readonly protocol: string;
    readonly name?: string;
  }[];
  readonly ref: SnapshotRef;
}

export interface NodeEntry {
  readonly name: string;
  /** InternalIP addresses, canonical text, the primary first. */
  readonly internalAddresses: readonly string[];
  readonly externalAddresses: readonly string[];
  /** EC2 instance id from spec.providerID. */
  readonly instanceId?: string;
  readonly zone?: string;
  readonly fargate: boolean;
  readonly labels: Readonly<Record<string, string>>;
  readonly ref: SnapshotRef;
}

export interface ServicePort {
  readonly name?: string;
  readonly protocol: string;
  readonly port: number;
  readonly targetPort?: number | string;
  readonly nodePort?: number;
}
export interface ServiceEntry {
  readonly namespace: string;
  readonly name: string;
  readonly type: string;
  /** Canonical addresses; empty for headless services. */
  readonly clusterIps: readonly string[];
  readonly externalIps: readonly string[];
  /** status.loadBalancer.ingress hostnames and addresses. */
  readonly ingress: readonly string[];
  readonly ports: readonly ServicePort[];
  readonly externalTrafficPolicy?: string;
  readonly healthCheckNodePort?: number;
  readonly annotations: Readonly<Record<string, string>>;
  readonly ref: SnapshotRef;
}

/** One address:port behind a service (EndpointSlice endpoint x port). */
export interface EndpointEntry {
  readonly namespace: string;
  readonly service: string;
  readonly address: string;
  readonly port: number | null;
  readonly protocol: string;
  readonly portName?: string;
  readonly ready: boolean;
  /** "namespace/name". */
  readonly pod?: string;
  readonly ref: SnapshotRef;
}

/** What an ENI is for, by InterfaceType and Description (eks-traffic.md 6.5). */
export type EniRole =
  | "node"
  | "trunk"
  | "branch"
  | "network-load-balancer"
  | "application-load-balancer"
  | "classic-load-balancer"
  | "gateway-load-balancer"
  | "eks-control-plane"
  | "nat-gateway"
  | "vpc-endpoint"
  | "other";

export interface EniEntry {
  readonly id: string;
  readonly role: EniRole;
  readonly interfaceType: string;
  readonly description: string;
  /** "aa:bb:cc:dd:ee:ff", lower case. */
  readonly mac?: string;
  readonly subnetId?: string;
  readonly vpcId?: string;
  readonly zone?: string;
  readonly primaryAddress?: string;
  /** All private addresses, canonical, primary first; IPv6 too. */
  readonly addresses: readonly string[];
  /** Delegated prefixes, CIDR text. */
  readonly prefixes: readonly string[];
  /** Private address -> public address. */
  readonly publicAddresses: readonly {
    readonly privateAddress: string;
    readonly publicAddress: string;
  }[];
  readonly instanceId?: string;
  readonly deviceIndex?: number;
  /** Load balancer's name when the description tells it ("ELB net/NAME/ID", "ELB app/NAME/ID", "ELB NAME"). */
  readonly loadBalancer?: string;
  readonly ref: SnapshotRef;
}

export interface SubnetEntry {
  readonly id: string;
  readonly cidrs: readonly string[];
  readonly vpcId?: string;
  readonly zone?: string;
  readonly ref: SnapshotRef;
}
export interface InstanceEntry {
  /** Empty when a table was printed without it. */
  readonly id: string;
  readonly name?: string;
  readonly privateAddress?: string;
  readonly publicAddress?: string;
  readonly vpcId?: string;
  readonly ref: SnapshotRef;
}
export interface LoadBalancerEntry {
  readonly name: string;
  readonly type: "network" | "application" | "classic" | "gateway";
  readonly arn?: string;
  readonly dnsName?: string;
  readonly scheme?: string;
  readonly vpcId?: string;
  readonly ref: SnapshotRef;
}
/** A registered target; `address` for IP mode, `instanceId` for instance mode. */
export interface TargetEntry {
  readonly targetGroup?: string;
  readonly address?: string;
  readonly instanceId?: string;
  readonly port: number;
  readonly state?: string;
  readonly ref: SnapshotRef;
}

/** A target group with its attributes ("preserve_client_ip.enabled", "proxy_protocol_v2.enabled" ...). */
export interface TargetGroupEntry {
  /** Empty when only attributes were given and several groups could have them. */
  readonly name: string;
  readonly arn?: string;
  readonly protocol?: string;
  readonly port?: number;
  /** instance, ip, lambda or alb. */
  readonly targetType?: string;
  /** Names of the load balancers that forward to it. */
  readonly loadBalancers: readonly string[];
  readonly attributes: Readonly<Record<string, string>>;
  readonly ref: SnapshotRef;
}

/** A CIDR with its origin. `text` is canonical ("10.0.0.0/16"). */
export interface CidrEntry {
  readonly text: string;
  readonly vpcId?: string;
  readonly ref: SnapshotRef;
}

/** Interface of a node (`ip addr`). `index` is the ifindex that LINUX_SLL2 shows; 0 when not told (`ip -br addr`). */
export interface NodeInterface {
  readonly index: number;
  readonly name: string;
  readonly mac?: string;
  readonly mtu?: number;
  /** With prefix lengths cut off, canonical. */
  readonly addresses: readonly string[];
  /** `ip -d link`: kind (vxlan, ipip, geneve ...) and its UDP port, when shown. */
  readonly kind?: string;
  readonly tunnelPort?: number;
  readonly ref: SnapshotRef;
}
/** One `ip rule` line. */
export interface PolicyRule {
  readonly priority: number;
  /** "not from …", "not to …": VPC CNI up to 1.7 wrote `not to <VPC CIDR> lookup main`. */
  readonly negated?: boolean;
  readonly from?: string;
  readonly to?: string;
  readonly fwmark?: string;
  readonly iif?: string;
  readonly table: string;
  readonly text: string;
  readonly ref: SnapshotRef;
}
export interface RouteEntry {
  /** Canonical CIDR or address; "default" becomes 0.0.0.0/0 or ::/0. */
  readonly destination: string;
  /** unicast, local, broadcast, multicast, blackhole ... */
  readonly type: string;
  readonly via?: string;
  readonly device?: string;
  readonly source?: string;
  readonly table: string;
  readonly text: string;
  readonly ref: SnapshotRef;
}
/** `ip neigh`: address -> MAC on an interface. */
export interface NeighbourEntry {
  readonly address: string;
  readonly mac?: string;
  readonly device: string;
  readonly ref: SnapshotRef;
}
/** One rule of `iptables-save` / `iptables -t nat -S`, with the matches that podpath evaluates. */
export interface IptablesRule {
  /** "nat" when `-S` output does not say. */
  readonly table: string;
  /** 6 when the rule is ip6tables'. */
  readonly family?: 4 | 6;
  readonly chain: string;
  /** 0-based position in its chain. */
  readonly position: number;
  /** "-j" target (or "-g"). */
  readonly target?: string;
  readonly source?: { readonly negated: boolean; readonly cidr: string };
  readonly destination?: { readonly negated: boolean; readonly cidr: string };
  readonly protocol?: { readonly negated: boolean; readonly name: string };
  readonly inInterface?: { readonly negated: boolean; readonly name: string };
  readonly outInterface?: { readonly negated: boolean; readonly name: string };
  readonly destinationPort?: {
    readonly negated: boolean;
    readonly first: number;
    readonly last: number;
  };
  readonly sourcePort?: {
    readonly negated: boolean;
    readonly first: number;
    readonly last: number;
  };
  readonly destinationType?: { readonly negated: boolean; readonly type: string };
  readonly sourceType?: { readonly negated: boolean; readonly type: string };
  readonly mark?: { readonly negated: boolean; readonly value: number; readonly mask: number };
  /** Bits of the packet's mark that the target MARK or CONNMARK --restore-mark can set. */
  readonly setsMark?: number;
  readonly toSource?: string;
  readonly toDestination?: string;
  readonly random: boolean;
  readonly comment?: string;
  /** True when the rule has a match that podpath does not evaluate (statistic, set, ...). */
  readonly otherMatches: readonly string[];
  readonly text: string;
  readonly ref: SnapshotRef;
}
/**
 * One conntrack entry: the tuple as the originator sent it and as replies come back. The listing and the events of one entry
 * are merged: `text`, `ref`, `time` and `event` are those of its first event, `state`, `mark` and `unreplied` the last known.
 */
export interface ConntrackEntry {
  readonly protocol: string;
  readonly original: ConntrackTuple;
  readonly reply: ConntrackTuple;
  readonly state?: string;
  readonly unreplied: boolean;
  readonly mark?: number;
  /** Event log (`conntrack -E -o timestamp`): seconds since 1970 with fraction, as text; and NEW / UPDATE / DESTROY. */
  readonly time?: string;
  readonly event?: string;
  readonly text: string;
  readonly ref: SnapshotRef;
}
export interface ConntrackTuple {
  readonly source: string;
  readonly destination: string;
  /** ICMP: the identifier at both ends; null for protocols without ports. */
  readonly sourcePort: number | null;
  readonly destinationPort: number | null;
}

/** What the commands of one node told. */
export interface NodeState {
  /** Node name, or null when no file told which node it is (entries are then used only where unambiguous). */
  readonly node: string | null;
  readonly interfaces: readonly NodeInterface[];
  readonly rules: readonly PolicyRule[];
  readonly routes: readonly RouteEntry[];
  readonly neighbours: readonly NeighbourEntry[];
  readonly iptables: readonly IptablesRule[];
  readonly conntrack: readonly ConntrackEntry[];
}

/** AWS VPC CNI settings (aws-node DaemonSet environment); absent = not told, defaults apply. */
export interface CniSettings {
  readonly image?: string;
  readonly externalSnat?: boolean;
  readonly excludeSnatCidrs: readonly string[];
  readonly randomizeSnat?: string;
  readonly vethPrefix?: string;
  readonly customNetworking?: boolean;
  readonly prefixDelegation?: boolean;
  readonly podEni?: boolean;
  readonly enforcingMode?: string;
  readonly nodePortSupport?: boolean;
  readonly ref?: SnapshotRef;
}

export interface ClusterSnapshot {
  readonly cluster?: string;
  /** RFC 3339; the newest time any file tells about itself. */
  readonly takenAt?: string;
  readonly sources: readonly SnapshotSource[];
  /** CIDRs of the cluster's own VPC (associated state only), from describe-vpcs. */
  readonly vpcCidrs: readonly CidrEntry[];
  /** CIDRs of peered VPCs, from describe-vpc-peering-connections and other VPCs listed. */
  readonly peerCidrs: readonly CidrEntry[];
  /** Service CIDR when something tells it; otherwise services are known one by one. */
  readonly serviceCidrs: readonly CidrEntry[];
  readonly pods: readonly PodEntry[];
  readonly nodes: readonly NodeEntry[];
  readonly services: readonly ServiceEntry[];
  readonly endpoints: readonly EndpointEntry[];
  readonly enis: readonly EniEntry[];
  readonly subnets: readonly SubnetEntry[];
  readonly instances: readonly InstanceEntry[];
  readonly loadBalancers: readonly LoadBalancerEntry[];
  readonly targets: readonly TargetEntry[];
  readonly targetGroups: readonly TargetGroupEntry[];
  readonly nodeStates: readonly NodeState[];
  readonly cni: CniSettings;
  /** What is not there and would help, in words ("iptables-save of node ip-10-0-2-10"). */
  readonly missing: readonly string[];
}

/** What is known when no snapshot file was given: nothing. */
export function emptySnapshot(): ClusterSnapshot {
  return {
    sources: [],
    vpcCidrs: [],
    peerCidrs: [],
    serviceCidrs: [],
    pods: [],
    nodes: [],
    services: [],
    endpoints: [],
    enis: [],
    subnets: [],
    instances: [],
    loadBalancers: [],
    targets: [],
    targetGroups: [],
    nodeStates: [],
    cni: { excludeSnatCidrs: [] },
    missing: [],
  };
}
