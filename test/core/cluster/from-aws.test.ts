import { describe, expect, it } from "vitest";
import { kubeList, kubeNode, load, loadText } from "./load-text.ts";

const NODE = kubeNode("node-a", "10.0.1.10", "i-0aaa");

interface EniOptions {
  readonly id: string;
  readonly ip: string;
  readonly [member: string]: unknown;
}

function eni({ id, ip, ...more }: EniOptions): object {
  return {
    NetworkInterfaceId: id,
    InterfaceType: "interface",
    Description: "",
    VpcId: "vpc-01",
    PrivateIpAddress: ip,
    PrivateIpAddresses: [{ Primary: true, PrivateIpAddress: ip }],
    ...more,
  };
}

describe("describe-network-interfaces", () => {
  it("reads addresses, prefixes, MAC, attachment and public addresses", () => {
    const { snapshot, codes } = load({
      nodes: kubeList(NODE),
      enis: JSON.stringify({
        NetworkInterfaces: [
          eni({
            id: "eni-0aa1",
            ip: "10.0.1.20",
            Description: "aws-K8S-i-0aaa",
            MacAddress: "02:00:00:00:00:20",
            SubnetId: "subnet-01",
            PrivateIpAddresses: [
              {
                Primary: true,
                PrivateIpAddress: "10.0.1.20",
                Association: { PublicIp: "203.0.113.20" },
              },
              { Primary: false, PrivateIpAddress: "10.0.1.21" },
            ],
            Ipv6Addresses: [{ Ipv6Address: "2001:DB8::20" }],
            Ipv4Prefixes: [{ Ipv4Prefix: "10.0.1.64/28" }],
            Ipv6Prefixes: [{ Ipv6Prefix: "2001:db8:0:0:1::/80" }],
            Attachment: { InstanceId: "i-0aaa", DeviceIndex: 1 },
            TagSet: [{ Key: "cluster.k8s.amazonaws.com/name", Value: "demo" }],
          }),
        ],
      }),
    });
    expect(codes).toEqual([]);
    expect(snapshot.cluster).toBe("demo");
    expect(snapshot.enis).toEqual([
      {
        id: "eni-0aa1",
        role: "node",
        interfaceType: "interface",
        description: "aws-K8S-i-0aaa",
        mac: "02:00:00:00:00:20",
        vpcId: "vpc-01",
        subnetId: "subnet-01",
        primaryAddress: "10.0.1.20",
        addresses: ["10.0.1.20", "10.0.1.21", "2001:db8::20"],
        prefixes: ["10.0.1.64/28", "2001:db8:0:0:1::/80"],
        publicAddresses: [{ privateAddress: "10.0.1.20", publicAddress: "203.0.113.20" }],
        instanceId: "i-0aaa",
        deviceIndex: 1,
        ref: { file: "enis", pointer: "/NetworkInterfaces/0" },
      },
    ]);
  });

  it.each([
    ["network_load_balancer", "ELB net/web/0123", undefined, "network-load-balancer", "web"],
    ["interface", "ELB app/shop/0123", "amazon-elb", "application-load-balancer", "shop"],
    ["interface", "ELB a0123456789", "amazon-elb", "classic-load-balancer", "a0123456789"],
    ["interface", "ELB notes", undefined, "other", undefined],
    ["gateway_load_balancer", "ELB gwy/fw/0123", "amazon-elb", "gateway-load-balancer", "fw"],
    ["interface", "Amazon EKS demo", undefined, "eks-control-plane", undefined],
    ["nat_gateway", "Interface for NAT Gateway nat-0a", undefined, "nat-gateway", undefined],
    ["vpc_endpoint", "VPC Endpoint Interface vpce-0a", undefined, "vpc-endpoint", undefined],
    ["trunk", "aws-k8s-trunk-eni", undefined, "trunk", undefined],
    ["branch", "aws-k8s-branch-eni", undefined, "branch", undefined],
    ["interface", "RDSNetworkInterface", "amazon-rds", "other", undefined],
  ])("takes type %s with description %s (requester %s) for %s", (type, text, by, role, name) => {
    const one = eni({ id: "eni-1", ip: "10.0.9.9", InterfaceType: type, Description: text });
    const { snapshot } = loadText(
      JSON.stringify({ NetworkInterfaces: [{ ...one, RequesterId: by }] }),
    );
    expect(snapshot.enis[0]?.role).toBe(role);
    expect(snapshot.enis[0]?.loadBalancer).toBe(name);
  });

  it("knows the primary ENI of a node by the node's instance or address alone", () => {
    const byAddress = eni({ id: "eni-0", ip: "10.0.1.10" });
    const attached = eni({ id: "eni-1", ip: "10.0.1.99", Attachment: { InstanceId: "i-0aaa" } });
    const bastion = eni({ id: "eni-2", ip: "10.0.7.7", Attachment: { InstanceId: "i-0bbb" } });
    const { snapshot } = load({
      nodes: kubeList(NODE),
      enis: JSON.stringify({ NetworkInterfaces: [byAddress, attached, bastion] }),
    });
    expect(snapshot.enis.map((one) => one.role)).toEqual(["node", "node", "other"]);
  });

  it("is preferred to the ENIs inside describe-instances, which fill in what it lacks", () => {
    const inside = { ...eni({ id: "eni-0", ip: "10.0.1.10" }), Description: "inside" };
    const second = eni({ id: "eni-9", ip: "10.0.1.90" });
    const instances = JSON.stringify({
      Reservations: [
        {
          Instances: [
            {
              InstanceId: "i-0aaa",
              PrivateIpAddress: "10.0.1.10",
              PublicIpAddress: "3.36.127.19",
              NetworkInterfaces: [inside, second],
              State: { Name: "running" },
              Tags: [{ Key: "Name", Value: "demo-ng1-Node" }],
            },
            { InstanceId: "i-0gone", PrivateIpAddress: "10.0.1.55", State: { Name: "terminated" } },
          ],
        },
      ],
    });
    const listed = JSON.stringify({ NetworkInterfaces: [eni({ id: "eni-0", ip: "10.0.1.10" })] });
    const { snapshot } = load({ instances, listed, nodes: kubeList(NODE) });
    expect(snapshot.enis.map((one) => [one.id, one.description, one.instanceId])).toEqual([
      ["eni-0", "", undefined],
      ["eni-9", "", "i-0aaa"],
    ]);
    expect(snapshot.instances.map((one) => [one.id, one.name])).toEqual([
      ["i-0aaa", "demo-ng1-Node"],
    ]);
  });
});

describe("VPC CIDRs", () => {
  const vpcs = JSON.stringify({
    Vpcs: [
      { VpcId: "vpc-default", CidrBlock: "172.31.0.0/16" },
      {
        VpcId: "vpc-01",
        CidrBlock: "10.0.0.0/16",
        CidrBlockAssociationSet: [
          { CidrBlock: "100.64.0.0/16", CidrBlockState: { State: "associated" } },
          { CidrBlock: "10.0.0.0/16", CidrBlockState: { State: "associated" } },
          { CidrBlock: "10.9.0.0/16", CidrBlockState: { State: "disassociated" } },
        ],
        Ipv6CidrBlockAssociationSet: [
          { Ipv6CidrBlock: "2001:db8::/56", Ipv6CidrBlockState: { State: "associated" } },
        ],
      },
    ],
  });
  const enis = JSON.stringify({ NetworkInterfaces: [eni({ id: "eni-0", ip: "10.0.1.10" })] });
  const nodes = kubeList(NODE);

  it("are the associated ones of the nodes' VPC, its primary first; other VPCs are peers", () => {
    const { snapshot } = load({ vpcs, enis, nodes });
    expect(snapshot.vpcCidrs.map((cidr) => cidr.text)).toEqual([
      "10.0.0.0/16",
      "100.64.0.0/16",
      "2001:db8::/56",
    ]);
    expect(snapshot.peerCidrs).toEqual([
      { text: "172.31.0.0/16", vpcId: "vpc-default", ref: { file: "vpcs", pointer: "/Vpcs/0" } },
    ]);
  });

  it("are left open when several VPCs are listed and nothing says which is the cluster's", () => {
    const { snapshot, codes } = load({ vpcs });
    expect(snapshot.vpcCidrs).toEqual([]);
    expect(codes).toEqual(["snapshot.vpc-not-told"]);
  });

  it("gain the far side of active peerings that the cluster's VPC has", () => {
    const side = (id: string, ...cidrs: string[]): object => ({
      VpcId: id,
      CidrBlock: cidrs[0],
      CidrBlockSet: cidrs.map((CidrBlock) => ({ CidrBlock })),
    });
    const peering = JSON.stringify({
      VpcPeeringConnections: [
        {
          RequesterVpcInfo: side("vpc-02", "10.20.0.0/16", "10.21.0.0/16"),
          AccepterVpcInfo: side("vpc-01", "10.0.0.0/16"),
          Status: { Code: "active" },
        },
        {
          RequesterVpcInfo: side("vpc-03", "10.30.0.0/16"),
          AccepterVpcInfo: side("vpc-01", "10.0.0.0/16"),
          Status: { Code: "deleted" },
        },
        {
          RequesterVpcInfo: side("vpc-04", "10.40.0.0/16"),
          AccepterVpcInfo: side("vpc-05", "10.50.0.0/16"),
          Status: { Code: "active" },
        },
      ],
    });
    const { snapshot } = load({ peering, enis, nodes });
    expect(snapshot.vpcCidrs.map((cidr) => cidr.text)).toEqual(["10.0.0.0/16"]);
    expect(snapshot.peerCidrs.map((cidr) => cidr.text)).toEqual(["10.20.0.0/16", "10.21.0.0/16"]);
  });

  it("come from the CNI's SNAT chain, without the excluded ones, when no VPC is described", () => {
    const { snapshot } = loadText(`*nat
-A AWS-SNAT-CHAIN-0 -d 10.0.0.0/16 -m comment --comment "AWS SNAT CHAIN" -j RETURN
-A AWS-SNAT-CHAIN-0 -d 10.20.0.0/16 -m comment --comment "AWS SNAT CHAIN EXCLUSION" -j RETURN
COMMIT
`);
    expect(snapshot.vpcCidrs).toEqual([{ text: "10.0.0.0/16", ref: { file: "f", line: 2 } }]);
  });

  it("come from the subnets as a last resort", () => {
    const subnets = JSON.stringify({
      Subnets: [
        { SubnetId: "subnet-01", CidrBlock: "10.0.1.0/24", VpcId: "vpc-01" },
        { SubnetId: "subnet-02", CidrBlock: "10.0.2.0/24", VpcId: "vpc-01" },
      ],
    });
    const { snapshot } = loadText(subnets);
    expect(snapshot.vpcCidrs.map((cidr) => cidr.text)).toEqual(["10.0.1.0/24", "10.0.2.0/24"]);
  });
});

describe("eks describe-cluster", () => {
  it("tells the cluster's name, its VPC and the service CIDR", () => {
    const { snapshot, codes } = loadText(
      JSON.stringify({
        cluster: {
          name: "demo",
          kubernetesNetworkConfig: { serviceIpv4Cidr: "172.20.0.0/16", ipFamily: "ipv4" },
          resourcesVpcConfig: { vpcId: "vpc-01" },
        },
      }),
    );
    expect(codes).toEqual([]);
    expect(snapshot.cluster).toBe("demo");
    expect(snapshot.serviceCidrs).toEqual([
      {
        text: "172.20.0.0/16",
        ref: { file: "f", pointer: "/cluster/kubernetesNetworkConfig/serviceIpv4Cidr" },
      },
    ]);
  });
});

describe("load balancers and their targets", () => {
  const arn = "arn:aws:elasticloadbalancing:ap-northeast-2:111122223333:loadbalancer/net/web/0123";
  const group = (name: string, port: number, type = "ip"): object => ({
    TargetGroupName: name,
    TargetGroupArn: `arn:${name}`,
    Protocol: "TCP",
    Port: port,
    TargetType: type,
    LoadBalancerArns: [arn],
  });
  const health = JSON.stringify({
    TargetHealthDescriptions: [
      { Target: { Id: "10.0.1.21", Port: 8080 }, TargetHealth: { State: "healthy" } },
      { Target: { Id: "i-0aaa", Port: 30080 }, TargetHealth: { State: "unhealthy" } },
      { Target: { Id: "arn:aws:lambda:x" } },
    ],
  });

  it("are read as elbv2 lists them", () => {
    const { snapshot } = loadText(
      JSON.stringify({
        LoadBalancers: [
          { LoadBalancerArn: arn, Type: "network", Scheme: "internal", DNSName: "d" },
        ],
      }),
    );
    expect(snapshot.loadBalancers).toMatchObject([
      { name: "web", type: "network", scheme: "internal", dnsName: "d" },
    ]);
  });

  it("are known from their ENIs alone", () => {
    const { snapshot } = loadText(
      JSON.stringify({
        NetworkInterfaces: [
          eni({ id: "eni-1", ip: "10.0.1.200", Description: "ELB app/shop/0123" }),
          eni({ id: "eni-2", ip: "10.0.2.200", Description: "ELB app/shop/0123" }),
        ],
      }),
    );
    expect(snapshot.loadBalancers).toMatchObject([{ name: "shop", type: "application" }]);
  });

  it("give a target its group where one group alone can have it", () => {
    const groups = JSON.stringify({
      TargetGroups: [group("a", 8080), group("b", 9090), group("c", 30080, "instance")],
    });
    const { snapshot, codes } = load({ groups, health });
    expect(snapshot.targets).toMatchObject([
      { address: "10.0.1.21", port: 8080, state: "healthy", targetGroup: "a" },
      { instanceId: "i-0aaa", port: 30080, state: "unhealthy", targetGroup: "c" },
    ]);
    expect(snapshot.targetGroups[0]?.loadBalancers).toEqual(["web"]);
    expect(codes).toEqual(["snapshot.entry-skipped"]);
    const both = JSON.stringify({ TargetGroups: [group("a", 8080), group("b", 8080)] });
    expect(load({ both, health }).snapshot.targets[0]).not.toHaveProperty("targetGroup");
  });

  it("have attributes, which belong to the only group or to none by name", () => {
    const attributes = JSON.stringify({
      Attributes: [{ Key: "preserve_client_ip.enabled", Value: "false" }],
    });
    const one = JSON.stringify({ TargetGroups: [group("a", 8080)] });
    const expected = { "preserve_client_ip.enabled": "false" };
    expect(load({ attributes, one }).snapshot.targetGroups).toMatchObject([
      { name: "a", attributes: expected },
    ]);
    const two = JSON.stringify({ TargetGroups: [group("a", 8080), group("b", 9090)] });
    expect(load({ attributes, two }).snapshot.targetGroups).toMatchObject([
      { name: "a", attributes: {} },
      { name: "b", attributes: {} },
      { name: "", attributes: expected },
    ]);
    const ofBalancer = JSON.stringify({
      Attributes: [{ Key: "access_logs.s3.enabled", Value: "x" }],
    });
    expect(loadText(ofBalancer).snapshot.targetGroups).toEqual([]);
  });

  it("may be classic ones with instances behind them", () => {
    const { snapshot } = loadText(
      JSON.stringify({
        LoadBalancerDescriptions: [
          {
            LoadBalancerName: "a0123",
            Scheme: "internet-facing",
            VPCId: "vpc-01",
            Instances: [{ InstanceId: "i-0aaa" }],
            ListenerDescriptions: [
              { Listener: { LoadBalancerPort: 80, InstancePort: 30080 } },
              { Listener: { LoadBalancerPort: 443, InstancePort: 30080 } },
            ],
          },
        ],
      }),
    );
    expect(snapshot.loadBalancers).toMatchObject([{ name: "a0123", type: "classic" }]);
    expect(snapshot.targets).toMatchObject([{ instanceId: "i-0aaa", port: 30080 }]);
  });
});
