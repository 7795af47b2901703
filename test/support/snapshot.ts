/**
 * Snapshots for tests, entry by entry. `cluster()` is the cluster of the rule book's examples: node n1 (10.0.1.10, second ENI
 * 10.0.1.20) with pods web-a and web-b, node n2 (10.0.2.10) with pod api-c, services, load balancers, a peered network.
 */
import { parseConntrackLine } from "../../src/core/cluster/from-conntrack.ts";
import { loadSnapshot } from "../../src/core/cluster/load-snapshot.ts";
import {
  type ClusterSnapshot,
  type ConntrackEntry,
  type EniEntry,
  type EniRole,
  emptySnapshot,
  type IptablesRule,
  type NodeEntry,
  type NodeInterface,
  type NodeState,
  type PodEntry,
  type ServiceEntry,
  type SnapshotRef,
} from "../../src/core/cluster/snapshot.ts";
import { DiagnosticLog } from "../../src/core/diagnostics/diagnostic.ts";

export const ref = (file: string, line = 1): SnapshotRef => ({ file, line });

function node(name: string, address: string, fields: Partial<NodeEntry> = {}): NodeEntry {
  return {
    name,
    internalAddresses: [address],
    externalAddresses: [],
    instanceId: `i-${name}`,
    fargate: false,
    labels: {},
    ref: ref("nodes.json"),
    ...fields,
  };
}

/** `name` is "namespace/name". */
export function pod(
  name: string,
  address: string,
  onNode: string,
  fields: Partial<PodEntry> = {},
): PodEntry {
  const [namespace = "", own = ""] = name.split("/");
  return {
    namespace,
    name: own,
    addresses: [address],
    node: onNode,
    hostNetwork: false,
    phase: "Running",
    workload: `Deployment/${own}`,
    labels: {},
    ports: [],
    ref: ref("pods.json"),
    ...fields,
  };
}

export function service(
  name: string,
  clusterIp: string,
  ports: ServiceEntry["ports"],
  fields: Partial<ServiceEntry> = {},
): ServiceEntry {
  const [namespace = "", own = ""] = name.split("/");
  return {
    namespace,
    name: own,
    type: "ClusterIP",
    clusterIps: [clusterIp],
    externalIps: [],
    ingress: [],
    ports,
    annotations: {},
    ref: ref("services.json"),
    ...fields,
  };
}

/** The first address is the primary one. */
function eni(
  id: string,
  role: EniRole,
  addresses: readonly [string, ...string[]],
  fields: Partial<EniEntry> = {},
): EniEntry {
  return {
    id,
    role,
    interfaceType: "interface",
    description: "",
    primaryAddress: addresses[0],
    addresses,
    prefixes: [],
    publicAddresses: [],
    ref: ref("describe-network-interfaces.json"),
    ...fields,
  };
}

function nodeState(onNode: string | null, fields: Partial<NodeState> = {}): NodeState {
  return {
    node: onNode,
    interfaces: [],
    rules: [],
    routes: [],
    neighbours: [],
    iptables: [],
    conntrack: [],
    ...fields,
  };
}

export function nodeInterface(
  index: number,
  name: string,
  mac: string,
  addresses: readonly string[] = [],
  fields: Partial<NodeInterface> = {},
): NodeInterface {
  return { index, name, mac, addresses, ref: ref("ip-addr.txt"), ...fields };
}

/** Rules of the nat table as iptables-save prints them, read by the real reader. */
export function natRules(...lines: readonly string[]): readonly IptablesRule[] {
  const text = ["*nat", ":PREROUTING ACCEPT [0:0]", ...lines, "COMMIT", ""].join("\n");
  const log = new DiagnosticLog();
  const rules = loadSnapshot([{ file: "iptables-save.txt", text }], log).nodeStates[0]?.iptables;
  if (rules?.length !== lines.length)
    throw new Error(
      `${rules?.length ?? 0} of ${lines.length} rules: ${JSON.stringify(log.list())}`,
    );
  return rules;
}

/** Lines of `conntrack -L` or of its event log. */
export function conntrack(...lines: readonly string[]): readonly ConntrackEntry[] {
  return lines.map((line, index) => {
    const entry = parseConntrackLine(line, ref("conntrack.txt", index + 1));
    if (entry === null) throw new Error(`no conntrack entry: ${line}`);
    return entry;
  });
}

export const MAC = {
  n1Eth0: "02:00:00:00:01:10",
  n1Eth1: "02:00:00:00:01:20",
  n2Eth0: "02:00:00:00:02:10",
  router: "02:00:00:00:00:01",
  webAHost: "ea:00:00:00:01:11",
  webA: "ee:00:00:00:01:11",
  webBHost: "ea:00:00:00:01:21",
  webB: "ee:00:00:00:01:21",
} as const;

/** Host veth names: eni + sha1("default.web-a"), eni + sha1("default.web-b"), eni + sha1("default.api-c"). */
export const VETH = {
  webA: "enia150d993dd4",
  webB: "eniddeaa362342",
  apiC: "eni7f740b63bfc",
} as const;

const NODES = [node("n1", "10.0.1.10"), node("n2", "10.0.2.10")];
const PODS = [
  pod("default/web-a", "10.0.1.11", "n1"),
  pod("default/web-b", "10.0.1.21", "n1"),
  pod("default/api-c", "10.0.2.51", "n2"),
];
const SERVICES = [
  service("default/web", "10.100.0.50", [
    { protocol: "TCP", port: 80, targetPort: 8080, nodePort: 30080 },
  ]),
  service("kube-system/kube-dns", "10.100.0.10", [{ protocol: "UDP", port: 53 }]),
];
const ENIS = [
  eni("eni-n1-0", "node", ["10.0.1.10", "10.0.1.11"], {
    mac: MAC.n1Eth0,
    instanceId: "i-n1",
    deviceIndex: 0,
  }),
  eni("eni-n1-1", "node", ["10.0.1.20", "10.0.1.21"], {
    mac: MAC.n1Eth1,
    instanceId: "i-n1",
    deviceIndex: 1,
  }),
  eni("eni-n2-0", "node", ["10.0.2.10", "10.0.2.51"], {
    mac: MAC.n2Eth0,
    instanceId: "i-n2",
    deviceIndex: 0,
  }),
  eni("eni-nlb", "network-load-balancer", ["10.0.1.200"], {
    interfaceType: "network_load_balancer",
    loadBalancer: "web-nlb",
  }),
  eni("eni-alb", "application-load-balancer", ["10.0.1.201"], { loadBalancer: "web-alb" }),
  eni("eni-clb", "classic-load-balancer", ["10.0.1.202"], { loadBalancer: "web-clb" }),
  eni("eni-eks", "eks-control-plane", ["10.0.5.17"], { description: "Amazon EKS demo" }),
];

/** `ip addr` of both nodes; eth0 is interface 2, eth1 interface 3, veths from 10 on. */
export const STATES: Readonly<Record<"n1" | "n2", NodeState>> = {
  n1: nodeState("n1", {
    interfaces: [
      nodeInterface(2, "eth0", MAC.n1Eth0, ["10.0.1.10"]),
      nodeInterface(3, "eth1", MAC.n1Eth1, ["10.0.1.20"]),
      nodeInterface(10, VETH.webA, MAC.webAHost),
      nodeInterface(11, VETH.webB, MAC.webBHost),
    ],
    neighbours: [
      { address: "10.0.1.11", mac: MAC.webA, device: VETH.webA, ref: ref("ip-neigh.txt") },
      { address: "10.0.1.21", mac: MAC.webB, device: VETH.webB, ref: ref("ip-neigh.txt") },
      { address: "10.0.1.1", mac: MAC.router, device: "eth0", ref: ref("ip-neigh.txt") },
    ],
  }),
  n2: nodeState("n2", {
    interfaces: [
      nodeInterface(2, "eth0", MAC.n2Eth0, ["10.0.2.10"]),
      nodeInterface(10, VETH.apiC, "ea:00:00:00:02:51"),
    ],
  }),
};

/** The whole example cluster; `fields` replaces what a test wants otherwise. */
export function cluster(fields: Partial<ClusterSnapshot> = {}): ClusterSnapshot {
  return {
    ...emptySnapshot(),
    sources: [{ file: "pods.json", kind: "kubectl-json", entries: PODS.length }],
    vpcCidrs: [{ text: "10.0.0.0/16", ref: ref("describe-vpcs.json") }],
    peerCidrs: [{ text: "10.20.0.0/16", ref: ref("describe-vpc-peering-connections.json") }],
    nodes: NODES,
    pods: PODS,
    services: SERVICES,
    enis: ENIS,
    endpoints: [
      {
        namespace: "default",
        service: "web",
        address: "10.0.1.21",
        port: 8080,
        protocol: "TCP",
        ready: true,
        pod: "default/web-b",
        ref: ref("endpointslices.json"),
      },
    ],
    nodeStates: [STATES.n1, STATES.n2],
    ...fields,
  };
}

/** The states of both nodes with more told of one of them. */
export function statesWith(name: "n1" | "n2", fields: Partial<NodeState>): readonly NodeState[] {
  const other = name === "n1" ? STATES.n2 : STATES.n1;
  return [{ ...STATES[name], ...fields }, other];
}
