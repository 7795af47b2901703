import { describe, expect, it } from "vitest";
import type { OwnerIndex } from "../../../src/core/cluster/owner.ts";
import { buildOwnerIndex } from "../../../src/core/cluster/owner-index.ts";
import { emptySnapshot } from "../../../src/core/cluster/snapshot.ts";
import { kubeList, kubeNode, kubePod, load } from "./load-text.ts";

const A = "ip-10-0-1-10.ec2.internal";
const NODES = kubeList(kubeNode(A, "10.0.1.10", "i-0aaa"));
const VPCS = JSON.stringify({
  Vpcs: [
    { VpcId: "vpc-01", CidrBlock: "10.0.0.0/16" },
    { VpcId: "vpc-02", CidrBlock: "10.20.0.0/16" },
  ],
});

function index(files: Record<string, string>): OwnerIndex {
  return buildOwnerIndex(load(files).snapshot);
}

const ENIS = JSON.stringify({
  NetworkInterfaces: [
    {
      NetworkInterfaceId: "eni-0",
      VpcId: "vpc-01",
      MacAddress: "02:00:00:00:00:10",
      PrivateIpAddress: "10.0.1.10",
      PrivateIpAddresses: [
        { PrivateIpAddress: "10.0.1.10", Association: { PublicIp: "203.0.113.10" } },
        { PrivateIpAddress: "10.0.1.11" },
        { PrivateIpAddress: "10.0.1.12" },
      ],
      Attachment: { InstanceId: "i-0aaa", DeviceIndex: 0 },
    },
    {
      NetworkInterfaceId: "eni-1",
      VpcId: "vpc-01",
      MacAddress: "02:00:00:00:00:20",
      PrivateIpAddress: "10.0.1.20",
      PrivateIpAddresses: [{ PrivateIpAddress: "10.0.1.20" }],
      Ipv4Prefixes: [{ Ipv4Prefix: "10.0.1.64/28" }],
      Attachment: { InstanceId: "i-0aaa", DeviceIndex: 1 },
    },
    {
      NetworkInterfaceId: "eni-lb",
      InterfaceType: "network_load_balancer",
      Description: "ELB net/web/0123",
      PrivateIpAddress: "10.0.1.200",
      Association: { PublicIp: "203.0.113.200" },
    },
    { NetworkInterfaceId: "eni-x", Description: "Amazon EKS demo", PrivateIpAddress: "10.0.5.17" },
    {
      NetworkInterfaceId: "eni-nat",
      InterfaceType: "nat_gateway",
      Description: "Interface for NAT Gateway nat-01",
      PrivateIpAddress: "10.0.6.6",
    },
    {
      NetworkInterfaceId: "eni-db",
      Description: "RDSNetworkInterface",
      PrivateIpAddress: "10.0.7.7",
    },
  ],
});

describe("resolve", () => {
  const pods = kubeList(
    kubePod({ name: "web", ip: "10.0.1.11", node: A }),
    kubePod({ name: "api", ip: "10.0.1.70", node: A }),
    kubePod({
      name: "aws-node-x",
      namespace: "kube-system",
      ip: "10.0.1.10",
      node: A,
      hostNetwork: true,
    }),
  );
  const services = kubeList({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "web", namespace: "shop" },
    spec: { clusterIP: "10.100.0.50", externalIPs: ["198.51.100.9"] },
  });
  const cluster = JSON.stringify({
    cluster: {
      resourcesVpcConfig: { vpcId: "vpc-01" },
      kubernetesNetworkConfig: { serviceIpv4Cidr: "10.100.0.0/16" },
    },
  });
  const owners = index({ NODES, VPCS, ENIS, pods, services, cluster });

  it("gives a pod with its node and the ENI that holds its address or prefix", () => {
    expect(owners.resolve("10.0.1.11")).toEqual({
      kind: "pod",
      namespace: "default",
      name: "web",
      node: A,
      eni: "eni-0",
      deviceIndex: 0,
      ref: { file: "pods", pointer: "/items/0" },
    });
    expect(owners.resolve("10.0.1.70")).toMatchObject({ kind: "pod", name: "api", eni: "eni-1" });
  });

  it("never gives a node's address to a hostNetwork pod but lists it", () => {
    expect(owners.resolve("10.0.1.10")).toMatchObject({
      kind: "node",
      name: A,
      node: A,
      primary: true,
      eni: "eni-0",
      hostNetworkPods: ["kube-system/aws-node-x"],
    });
    expect(owners.resolve("10.0.1.20")).toMatchObject({ kind: "node", name: A, deviceIndex: 1 });
    expect(owners.resolve("10.0.1.20").primary).toBeUndefined();
  });

  it.each([
    ["10.0.1.12", { kind: "vpc", node: A, eni: "eni-0", deviceIndex: 0 }],
    ["10.0.1.65", { kind: "vpc", node: A, eni: "eni-1", deviceIndex: 1 }],
    ["203.0.113.10", { kind: "node", name: A }],
    ["10.0.1.200", { kind: "load-balancer", name: "web", loadBalancerType: "network" }],
    ["203.0.113.200", { kind: "load-balancer", name: "web" }],
    ["10.0.5.17", { kind: "control-plane", name: "Amazon EKS demo" }],
    ["10.0.6.6", { kind: "aws-interface", name: "Interface for NAT Gateway nat-01" }],
    ["10.0.7.7", { kind: "vpc", name: "RDSNetworkInterface", eni: "eni-db" }],
    ["10.0.0.2", { kind: "vpc", name: "VPC resolver" }],
    ["10.0.99.99", { kind: "vpc" }],
    ["10.20.1.1", { kind: "peer" }],
    ["10.100.0.50", { kind: "service", namespace: "shop", name: "web" }],
    ["198.51.100.9", { kind: "service", namespace: "shop", name: "web" }],
    ["10.100.7.7", { kind: "service" }],
    ["8.8.8.8", { kind: "external" }],
    ["not an address", { kind: "external" }],
  ])("knows %s", (address, expected) => {
    expect(owners.resolve(address)).toMatchObject(expected);
  });

  it("takes an address of a service CIDR for no service by name", () => {
    expect(owners.resolve("10.100.7.7").name).toBeUndefined();
    expect(owners.resolve("10.0.99.99").node).toBeUndefined();
  });

  it("tells VPC membership with the CIDR that says so", () => {
    expect(owners.inVpc("10.0.1.11")).toBe(true);
    expect(owners.inVpc("10.20.1.1")).toBe(false);
    expect(owners.inVpc("nonsense")).toBe(false);
    expect(owners.vpcCidrOf("10.0.1.11")).toMatchObject({
      text: "10.0.0.0/16",
      ref: { file: "VPCS", pointer: "/Vpcs/0" },
    });
  });

  it.each([
    ["169.254.169.254", "link-local", "IMDS"],
    ["fd00:ec2::254", "link-local", "IMDS"],
    ["FD00:EC2:0:0:0:0:0:254", "link-local", "IMDS"],
    ["169.254.169.123", "link-local", "Time Sync"],
    ["fd00:ec2::123", "link-local", "Time Sync"],
    ["169.254.170.23", "link-local", "Pod Identity"],
    ["fd00:ec2::23", "link-local", "Pod Identity"],
    ["169.254.169.253", "link-local", "VPC resolver"],
    ["fd00:ec2::253", "link-local", "VPC resolver"],
    ["169.254.20.10", "link-local", "NodeLocal DNS"],
    ["169.254.77.1", "link-local", undefined],
    ["fe80::1", "link-local", undefined],
    ["127.0.0.1", "loopback", undefined],
    ["::1", "loopback", undefined],
    ["0.0.0.0", "special", undefined],
    ["::", "special", undefined],
    ["224.0.0.251", "special", undefined],
    ["255.255.255.255", "special", undefined],
    ["ff02::1", "special", undefined],
    ["10.0.0.1", "external", undefined],
  ])("knows %s without any snapshot", (address, kind, name) => {
    const owner = buildOwnerIndex(emptySnapshot()).resolve(address);
    expect(owner.kind).toBe(kind);
    expect(owner.name).toBe(name);
  });

  it("finds an address however it is spelled", () => {
    const six = index({ pods: kubeList(kubePod({ name: "six", ip: "2001:DB8:0:0::5" })) });
    for (const text of ["2001:db8::5", "2001:DB8:0:0:0:0:0:5"]) {
      expect(six.resolve(text)).toMatchObject({ kind: "pod", name: "six" });
    }
  });

  it("takes the pod and not the Fargate node that stands for it", () => {
    const node = `fargate-ip-10-0-4-9.ec2.internal`;
    const fargate = index({
      nodes: kubeList(kubeNode(node, "10.0.4.9", "i-0")),
      pods: kubeList(kubePod({ name: "f", ip: "10.0.4.9", node })),
    });
    expect(fargate.resolve("10.0.4.9")).toMatchObject({ kind: "pod", name: "f", node });
  });

  it("keeps a node's address the node's when a pod claims it, and says so", () => {
    const odd = index({
      NODES,
      pods: kubeList(kubePod({ name: "odd", ip: "10.0.1.10", node: A })),
    });
    expect(odd.resolve("10.0.1.10")).toMatchObject({
      kind: "node",
      ambiguousWith: ["default/odd"],
    });
  });

  it("takes the endpoints of default/kubernetes for the control plane", () => {
    const slice = {
      apiVersion: "discovery.k8s.io/v1",
      kind: "EndpointSlice",
      metadata: {
        name: "kubernetes",
        namespace: "default",
        labels: { "kubernetes.io/service-name": "kubernetes" },
      },
      endpoints: [{ addresses: ["10.0.5.17"] }],
      ports: [{ port: 443 }],
    };
    expect(index({ slice: kubeList(slice) }).resolve("10.0.5.17").kind).toBe("control-plane");
  });

  it("knows a node's bridges, but not an address that every node has, nor a ClusterIP of IPVS", () => {
    const addr = (bridge: string): string =>
      `2: eth0: <UP> mtu 9001\n    inet ${bridge.endsWith("0.1") ? "10.0.1.10" : "10.0.2.10"}/24 scope global eth0
3: cni0: <UP> mtu 9001\n    inet ${bridge}/24 scope global cni0
4: docker0: <UP> mtu 1500\n    inet 172.17.0.1/16 scope global docker0
5: kube-ipvs0: <NOARP> mtu 1500\n    inet 10.100.0.10/32 scope global kube-ipvs0\n`;
    const nodes = kubeList(kubeNode("a", "10.0.1.10", "i-0a"), kubeNode("b", "10.0.2.10", "i-0b"));
    const owners = index({ nodes, x: addr("10.244.0.1"), y: addr("10.244.1.1") });
    expect(owners.resolve("10.244.0.1")).toMatchObject({ kind: "node", name: "a" });
    expect(owners.resolve("10.244.1.1")).toMatchObject({ kind: "node", name: "b" });
    expect(owners.resolve("172.17.0.1").kind).toBe("external");
    expect(owners.resolve("10.100.0.10").kind).toBe("external");
  });
});

const ns = (time: string): bigint => BigInt(Date.parse(time)) * 1_000_000n;

describe("addresses that changed hands", () => {
  const job = kubePod({
    name: "job",
    ip: "10.0.1.11",
    phase: "Succeeded",
    start: "2026-08-20T01:00:00Z",
    finished: "2026-08-20T01:10:00Z",
  });
  const web = kubePod({ name: "web", ip: "10.0.1.11", start: "2026-08-20T02:00:00Z" });

  it("belong to the running pod, unless the traffic is of the finished one's time", () => {
    const owners = index({ pods: kubeList(job, web) });
    expect(owners.resolve("10.0.1.11").name).toBe("web");
    expect(owners.resolve("10.0.1.11", ns("2026-08-20T01:05:00Z")).name).toBe("job");
    expect(owners.resolve("10.0.1.11", ns("2026-08-20T01:10:20Z")).name).toBe("job");
    expect(owners.resolve("10.0.1.11", ns("2026-08-20T03:00:00Z")).name).toBe("web");
    expect(owners.resolve("10.0.1.11", ns("2026-08-20T01:30:00Z")).name).toBe("web");
  });

  it("belong to nobody after the only pod that had them has finished", () => {
    const owners = index({ pods: kubeList(job), NODES, VPCS, ENIS });
    expect(owners.resolve("10.0.1.11")).toMatchObject({ kind: "vpc", node: A });
    expect(owners.resolve("10.0.1.11", ns("2026-08-20T01:05:00Z"))).toMatchObject({
      kind: "pod",
      name: "job",
    });
    expect(owners.resolve("10.0.1.11", ns("2026-08-20T05:00:00Z")).kind).toBe("vpc");
  });

  it("are never a finished pod's whose time is not told", () => {
    const owners = index({
      pods: kubeList(kubePod({ name: "old", ip: "10.0.1.11", phase: "Failed" })),
    });
    expect(owners.resolve("10.0.1.11", ns("2026-08-20T01:05:00Z")).kind).toBe("external");
  });

  it("are a sole running pod's whatever the capture's clock says", () => {
    const owners = index({ pods: kubeList(web) });
    expect(owners.resolve("10.0.1.11", 0n).name).toBe("web");
  });

  it("are ambiguous between two running pods, unless the time tells them apart", () => {
    const late = kubePod({ name: "late", ip: "10.0.1.11", start: "2026-08-20T04:00:00Z" });
    const owners = index({ pods: kubeList(web, late) });
    expect(owners.resolve("10.0.1.11")).toMatchObject({
      name: "late",
      ambiguousWith: ["default/web"],
    });
    expect(owners.resolve("10.0.1.11", ns("2026-08-20T02:30:00Z"))).toMatchObject({ name: "web" });
    expect(owners.resolve("10.0.1.11", ns("2026-08-20T02:30:00Z")).ambiguousWith).toBeUndefined();
    expect(index({ pods: kubeList(late, web) }).resolve("10.0.1.11").name).toBe("late");
  });
});

describe("ownerOfMac", () => {
  const veth = "eni3c33fcc5853";
  const files = {
    NODES,
    ENIS,
    pods: kubeList(kubePod({ name: "web", ip: "10.0.1.11", node: A })),
    "n.ip-addr.txt": `2: eth0: <UP> mtu 9001
    link/ether 02:00:00:00:00:10 brd ff:ff:ff:ff:ff:ff
    inet 10.0.1.10/24 scope global eth0
3: eth1: <UP> mtu 9001
    link/ether 02:00:00:00:00:20 brd ff:ff:ff:ff:ff:ff
5: ${veth}@if3: <UP> mtu 9001
    link/ether 9a:8f:5c:39:32:06 brd ff:ff:ff:ff:ff:ff
6: br0: <UP> mtu 9001
    link/ether 9a:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff
7: port0: <UP> mtu 9001
    link/ether 9a:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff
`,
    "n.ip-route.txt": `10.0.1.11 dev ${veth} scope link\n`,
    "n.ip-neigh.txt": `fe80::9 dev ${veth} lladdr 0a:00:00:00:00:01 STALE\nfe80::1 dev eth0 lladdr 0a:00:00:00:00:02 STALE\n`,
  };
  const owners = index(files);

  it("knows ENIs with their device, host veths, and the pod behind one", () => {
    expect(owners.ownerOfMac("02:00:00:00:00:20")).toMatchObject({
      node: A,
      interface: "eth1",
      eni: "eni-1",
    });
    expect(owners.ownerOfMac("9A-8F-5C-39-32-06")).toMatchObject({ node: A, interface: veth });
    expect(owners.ownerOfMac("0a:00:00:00:00:01")).toMatchObject({
      node: A,
      interface: veth,
      pod: "default/web",
    });
  });

  it("does not take the router's MAC for the node's, nor guess between a bridge and its port", () => {
    expect(owners.ownerOfMac("0a:00:00:00:00:02")).toBeNull();
    expect(owners.ownerOfMac("9a:00:00:00:00:01")).toMatchObject({ node: A });
    expect(owners.ownerOfMac("9a:00:00:00:00:01")?.interface).toBeUndefined();
    expect(owners.ownerOfMac("nonsense")).toBeNull();
  });

  it("tells nothing of a MAC that two nodes have", () => {
    const veths = (ip: string): string =>
      `2: eth0: <UP> mtu 9\n    inet ${ip}/24 scope global eth0\n3: cali1: <UP> mtu 9\n    link/ether ee:ee:ee:ee:ee:ee brd x\n`;
    const nodes = kubeList(kubeNode("a", "10.0.1.10", "i-0a"), kubeNode("b", "10.0.2.10", "i-0b"));
    const both = index({ nodes, x: veths("10.0.1.10"), y: veths("10.0.2.10") });
    expect(both.ownerOfMac("ee:ee:ee:ee:ee:ee")).toBeNull();
  });

  it("knows a pod by its branch ENI", () => {
    const pod = kubePod({ name: "sgp", ip: "10.0.3.5", node: A }) as { metadata: object };
    const annotation =
      '[{"eniId":"eni-0cc0","ifAddress":"02:11:22:33:44:55","privateIp":"10.0.3.5","vlanId":7}]';
    pod.metadata = { name: "sgp", annotations: { "vpc.amazonaws.com/pod-eni": annotation } };
    expect(index({ NODES, pods: kubeList(pod) }).ownerOfMac("02:11:22:33:44:55")).toMatchObject({
      node: A,
      pod: "default/sgp",
      eni: "eni-0cc0",
    });
  });
});
