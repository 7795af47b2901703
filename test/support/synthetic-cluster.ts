/**
 * Clusters that nobody has seen: addressing, nodes, ENIs, pods and services drawn from a plan. What stands here is the world
 * itself; snapshot texts and captures are made of it (synthetic-snapshot.ts, synthetic-captures.ts).
 */
import fc from "fast-check";
import { vethName } from "../../src/core/cluster/host-veth-name.ts";

export interface ClusterPlan {
  /** Seeds everything that has no meaning of its own: host parts, MACs, ISNs, payloads. */
  readonly salt: number;
  readonly ipv6: boolean;
  /** Index into VPC_BLOCKS. */
  readonly vpc: number;
  /** Pods live in a second VPC CIDR out of 100.64.0.0/10, never on the primary ENI (custom networking). */
  readonly customNetworking: boolean;
  /** Pods have addresses of /28 prefixes of the ENIs; with IPv6 always of a /80 (ENABLE_IPv6 needs prefix delegation). */
  readonly prefixDelegation: boolean;
  readonly externalSnat: boolean;
  readonly randomPorts: boolean;
  /** AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS names the peered network. */
  readonly excludePeer: boolean;
  readonly nodes: number;
  readonly podsPerNode: number;
  /** "eth0" (AL2) or "ens5" (AL2023), with the second interface's name. */
  readonly deviceNames: readonly [primary: string, secondary: string];
}

/** First two octets of the VPC: RFC 1918 in all three ranges, RFC 6598, and public ranges used as a VPC CIDR. */
const VPC_BLOCKS = [
  "10.0",
  "10.213",
  "172.16",
  "172.17",
  "172.31",
  "192.168",
  "100.64",
  "100.99",
  "52.94",
  "11.7",
] as const;

export const clusterPlan: fc.Arbitrary<ClusterPlan> = fc.record({
  salt: fc.nat(0xffffff),
  ipv6: fc.nat(4).map((n) => n === 4),
  vpc: fc.nat(VPC_BLOCKS.length - 1),
  customNetworking: fc.nat(3).map((n) => n === 3),
  prefixDelegation: fc.nat(2).map((n) => n === 2),
  externalSnat: fc.nat(3).map((n) => n === 3),
  randomPorts: fc.boolean(),
  excludePeer: fc.boolean(),
  nodes: fc.integer({ min: 2, max: 3 }),
  podsPerNode: fc.integer({ min: 2, max: 4 }),
  deviceNames: fc.constantFrom<readonly [string, string]>(["eth0", "eth1"], ["ens5", "ens6"]),
});

export interface SyntheticEni {
  readonly id: string;
  readonly name: string;
  readonly mac: string;
  readonly ifindex: number;
  readonly device: number;
  readonly primary: string;
  /** Pod addresses, one by one or as a prefix. */
  readonly secondary: string[];
  readonly prefix: string | null;
  readonly subnetBits: number;
}
export interface SyntheticNode {
  readonly index: number;
  readonly name: string;
  readonly instance: string;
  readonly address: string;
  readonly external: string;
  readonly enis: readonly [SyntheticEni, SyntheticEni];
}
export interface SyntheticPod {
  readonly namespace: string;
  readonly name: string;
  readonly app: string;
  readonly address: string;
  readonly node: SyntheticNode;
  readonly eni: SyntheticEni;
  readonly veth: string;
  readonly ifindex: number;
  readonly hostMac: string;
  readonly mac: string;
}
export interface SyntheticService {
  readonly name: string;
  readonly clusterIp: string;
  readonly protocol: "TCP" | "UDP";
  readonly port: number;
  readonly targetPort: number;
  readonly nodePort: number;
  readonly local: boolean;
  readonly endpoints: readonly SyntheticPod[];
}
export interface SyntheticCluster {
  readonly plan: ClusterPlan;
  readonly vpcCidrs: readonly string[];
  readonly serviceCidr: string;
  readonly peerCidr: string;
  readonly nodes: readonly SyntheticNode[];
  readonly pods: readonly SyntheticPod[];
  readonly services: readonly SyntheticService[];
  /** Addresses outside of the nodes. */
  readonly internet: readonly string[];
  readonly vpcHosts: readonly string[];
  readonly peerHosts: readonly string[];
  readonly nlb: string;
  readonly controlPlane: string;
  readonly routerMac: string;
}

/** A small generator (mulberry32): the same numbers for the same salt everywhere. */
export function numbers(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let word = Math.imul(state ^ (state >>> 15), 1 | state);
    word = (word + Math.imul(word ^ (word >>> 7), 61 | word)) ^ word;
    return (word ^ (word >>> 14)) >>> 0;
  };
}

function macOf(next: () => number): string {
  const tail = Array.from({ length: 5 }, () => (next() & 0xff).toString(16).padStart(2, "0"));
  return ["02", ...tail].join(":");
}

/** Where addresses of each role come from. */
interface Addressing {
  readonly vpcCidrs: readonly string[];
  readonly serviceCidr: string;
  readonly peerCidr: string;
  readonly subnetBits: number;
  /** `subnet` counts the node subnets; `host` is 4..250. */
  node(subnet: number, host: number): string;
  pod(subnet: number, host: number): string;
  podPrefix(subnet: number, host: number): string;
  service(host: number): string;
  peer(host: number): string;
  internet(host: number): string;
}

function addressing(plan: ClusterPlan): Addressing {
  return plan.ipv6 ? addressing6(plan) : addressing4(plan);
}

function addressing4(plan: ClusterPlan): Addressing {
  const vpc = VPC_BLOCKS[plan.vpc] ?? VPC_BLOCKS[0];
  const podBlock = !plan.customNetworking ? vpc : vpc === "100.64" ? "100.65" : "100.64";
  // kubeadm-like clusters of EKS take 172.20 when the VPC is in 10/8, else 10.100.
  const service = vpc.startsWith("10.") ? "172.20" : "10.100";
  const peer = vpc === "172.31" ? "10.31" : "172.31";
  return {
    vpcCidrs: [...new Set([`${vpc}.0.0/16`, `${podBlock}.0.0/16`])],
    serviceCidr: `${service}.0.0/16`,
    peerCidr: `${peer}.0.0/16`,
    subnetBits: 24,
    node: (subnet, host) => `${vpc}.${subnet}.${host}`,
    pod: (subnet, host) => `${podBlock}.${subnet}.${host}`,
    podPrefix: (subnet, host) => `${podBlock}.${subnet}.${host & 0xf0}/28`,
    service: (host) => `${service}.${(host * 7) & 0xff}.${host}`,
    peer: (host) => `${peer}.9.${host}`,
    internet: (host) => `${host % 2 === 0 ? "203.0.113" : "34.117.59"}.${host}`,
  };
}

function addressing6(plan: ClusterPlan): Addressing {
  const vpc = `2600:1f14:${(plan.vpc + 0x1a0).toString(16)}:ff`;
  const subnetOf = (subnet: number): string => `${vpc}${subnet.toString(16).padStart(2, "0")}`;
  const prefixOf = (subnet: number, host: number): string =>
    `${subnetOf(subnet)}:${(host & 0xf0).toString(16)}`;
  return {
    vpcCidrs: [`${vpc}00::/56`],
    serviceCidr: "fdb7:3f12:9a01::/108",
    peerCidr: "2600:1f18:77:aa00::/56",
    subnetBits: 64,
    node: (subnet, host) => `${subnetOf(subnet)}::${(host + 0x1000).toString(16)}`,
    pod: (subnet, host) => `${prefixOf(subnet, host)}::${host.toString(16)}`,
    podPrefix: (subnet, host) => `${prefixOf(subnet, host)}::/80`,
    service: (host) => `fdb7:3f12:9a01::${host.toString(16)}`,
    peer: (host) => `2600:1f18:77:aa09::${host.toString(16)}`,
    internet: (host) => `2a02:26f0:${host.toString(16)}::99`,
  };
}

export function buildCluster(plan: ClusterPlan): SyntheticCluster {
  const next = numbers(plan.salt);
  const space = addressing(plan);
  const nodes: SyntheticNode[] = [];
  const pods: SyntheticPod[] = [];
  const subnetBase = 1 + (next() % 60);
  for (let index = 0; index < plan.nodes; index++) {
    const node = buildNode(plan, space, index, subnetBase + index, next);
    nodes.push(node);
    pods.push(...buildPods(plan, space, node, subnetBase + index, next));
  }
  const hosts = (of: (host: number) => string): string[] => [
    of(11 + (next() % 90)),
    of(102),
    of(203),
  ];
  const outside = subnetBase + 100;
  return {
    plan,
    vpcCidrs: space.vpcCidrs,
    serviceCidr: space.serviceCidr,
    peerCidr: space.peerCidr,
    nodes,
    pods,
    services: buildServices(space, pods),
    internet: hosts(space.internet),
    vpcHosts: hosts((host) => space.node(outside, host)),
    peerHosts: hosts(space.peer),
    nlb: space.node(outside + 1, 77),
    controlPlane: space.node(outside + 1, 99),
    routerMac: macOf(next),
  };
}

function buildNode(
  plan: ClusterPlan,
  space: Addressing,
  index: number,
  subnet: number,
  next: () => number,
): SyntheticNode {
  const eni = (device: 0 | 1): SyntheticEni => ({
    id: `eni-0${index}${device}${(next() & 0xffff).toString(16)}`,
    name: plan.deviceNames[device],
    mac: macOf(next),
    ifindex: 2 + device,
    device,
    primary: space.node(subnet, 4 + 100 * device + (next() % 40)),
    secondary: [],
    prefix:
      plan.prefixDelegation || plan.ipv6
        ? space.podPrefix(subnet, device === 0 ? 0x40 + 0x10 : 0xb0)
        : null,
    subnetBits: space.subnetBits,
  });
  const enis = [eni(0), eni(1)] as const;
  const host = plan.ipv6 ? `i-0${index}beef` : `ip-${enis[0].primary.replaceAll(".", "-")}`;
  return {
    index,
    name: `${host}.eu-west-1.compute.internal`,
    instance: `i-0${index}${(next() & 0xffffff).toString(16)}`,
    address: enis[0].primary,
    external: `18.20${index}.3.${next() % 250}`,
    enis,
  };
}

/** Hosts 80..95 belong to the primary ENI's pods, 176..191 to the secondary's: the two /28 that prefix delegation uses. */
function buildPods(
  plan: ClusterPlan,
  space: Addressing,
  node: SyntheticNode,
  subnet: number,
  next: () => number,
): SyntheticPod[] {
  return Array.from({ length: plan.podsPerNode }, (_, n) => {
    // The first pod of the second node sits on the secondary ENI as well, so that every cluster has one there.
    const device = plan.customNetworking || (n + node.index) % 2 === 1 ? 1 : 0;
    const eni = plan.ipv6 ? node.enis[0] : node.enis[device];
    const address = space.pod(subnet, (eni.device === 0 ? 80 : 176) + 2 * n + (next() & 1));
    const app = ["web", "api", "db", "cart"][n] ?? "app";
    const name = `${app}-${(next() & 0xfffff).toString(16)}-${node.index}`;
    const namespace = n % 2 === 0 ? "default" : "shop";
    eni.secondary.push(address);
    return {
      namespace,
      name,
      app,
      address,
      node,
      eni,
      veth: vethName("eni", namespace, name),
      ifindex: 5 + n,
      hostMac: macOf(next),
      mac: macOf(next),
    };
  });
}

function buildServices(space: Addressing, pods: readonly SyntheticPod[]): SyntheticService[] {
  const endpoints = (app: string): SyntheticPod[] => pods.filter((pod) => pod.app === app);
  return [
    {
      name: "web",
      clusterIp: space.service(21),
      protocol: "TCP",
      port: 80,
      targetPort: 8080,
      nodePort: 30080,
      local: false,
      endpoints: endpoints("web"),
    },
    {
      name: "api",
      clusterIp: space.service(42),
      protocol: "TCP",
      port: 443,
      targetPort: 443,
      nodePort: 31443,
      local: true,
      endpoints: endpoints("api"),
    },
    {
      name: "dns",
      clusterIp: space.service(10),
      protocol: "UDP",
      port: 53,
      targetPort: 53,
      nodePort: 32053,
      local: false,
      endpoints: endpoints("api"),
    },
  ];
}
