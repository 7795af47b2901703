/** What `kubectl`, `aws` and the node commands print about a synthetic cluster, as files. */
import type { SnapshotText } from "../../src/core/cluster/snapshot.ts";
import type { SyntheticCluster, SyntheticEni, SyntheticNode } from "./synthetic-cluster.ts";
import type { SyntheticFlow } from "./synthetic-flows.ts";
import { nodeTexts } from "./synthetic-node-output.ts";

const json = (file: string, value: unknown): SnapshotText => ({
  file,
  text: `${JSON.stringify(value, null, 1)}\n`,
});
const list = (items: readonly unknown[]): unknown => ({ apiVersion: "v1", kind: "List", items });

export function snapshotTexts(
  cluster: SyntheticCluster,
  flows: readonly SyntheticFlow[],
): SnapshotText[] {
  return [
    json("pods.json", list(cluster.pods.map(podJson))),
    json("nodes.json", list(cluster.nodes.map(nodeJson))),
    json("services.json", list(servicesJson(cluster))),
    json("endpointslices.json", list(endpointsJson(cluster))),
    json("daemonset-aws-node.json", daemonSet(cluster)),
    json("describe-network-interfaces.json", { NetworkInterfaces: enisJson(cluster) }),
    json("describe-vpcs.json", vpcs(cluster)),
    json("describe-vpc-peering-connections.json", peering(cluster)),
    ...loadBalancerTexts(cluster),
    ...cluster.nodes.flatMap((node) => nodeTexts(cluster, node, flows)),
  ];
}

function podJson({
  namespace,
  name,
  app,
  address,
  node,
}: SyntheticCluster["pods"][number]): unknown {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name,
      namespace,
      creationTimestamp: "2025-12-30T01:02:03Z",
      labels: { app },
      ownerReferences: [{ kind: "ReplicaSet", name: `${app}-7c9d8b6f5`, controller: true }],
    },
    spec: { nodeName: node.name, containers: [{ name: app }] },
    status: {
      phase: "Running",
      podIP: address,
      podIPs: [{ ip: address }],
      hostIP: node.address,
      startTime: "2025-12-30T01:02:04Z",
    },
  };
}

function nodeJson(node: SyntheticNode): unknown {
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name: node.name, labels: {} },
    spec: { providerID: `aws:///eu-west-1a/${node.instance}` },
    status: {
      addresses: [
        { type: "InternalIP", address: node.address },
        { type: "ExternalIP", address: node.external },
        { type: "Hostname", address: node.name },
      ],
    },
  };
}

function servicesJson({ services }: SyntheticCluster): unknown[] {
  return services.map((service) => ({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: service.name, namespace: "default" },
    spec: {
      type: "NodePort",
      clusterIP: service.clusterIp,
      clusterIPs: [service.clusterIp],
      externalTrafficPolicy: service.local ? "Local" : "Cluster",
      selector: { app: service.name },
      ports: [
        {
          name: "main",
          protocol: service.protocol,
          port: service.port,
          targetPort: service.targetPort,
          nodePort: service.nodePort,
        },
      ],
    },
  }));
}

function endpointsJson({ services }: SyntheticCluster): unknown[] {
  return services.map((service) => ({
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: {
      name: `${service.name}-x1`,
      namespace: "default",
      labels: { "kubernetes.io/service-name": service.name },
    },
    addressType: service.clusterIp.includes(":") ? "IPv6" : "IPv4",
    ports: [{ name: "main", protocol: service.protocol, port: service.targetPort }],
    endpoints: service.endpoints.map((pod) => ({
      addresses: [pod.address],
      conditions: { ready: true, serving: true, terminating: false },
      nodeName: pod.node.name,
      targetRef: { kind: "Pod", namespace: pod.namespace, name: pod.name },
    })),
  }));
}

function daemonSet({ plan, peerCidr }: SyntheticCluster): unknown {
  const env = {
    AWS_VPC_K8S_CNI_EXTERNALSNAT: String(plan.externalSnat),
    AWS_VPC_K8S_CNI_RANDOMIZESNAT: plan.randomPorts ? "prng" : "none",
    AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: String(plan.customNetworking),
    ENABLE_PREFIX_DELEGATION: String(plan.prefixDelegation),
    ...(plan.excludePeer && { AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS: peerCidr }),
    AWS_VPC_K8S_CNI_VETHPREFIX: "eni",
  };
  return {
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: { name: "aws-node", namespace: "kube-system" },
    spec: {
      template: {
        spec: {
          containers: [
            {
              name: "aws-node",
              image: "602401143452.dkr.ecr.eu-west-1.amazonaws.com/amazon-k8s-cni:v1.19.2",
              env: Object.entries(env).map(([name, value]) => ({ name, value })),
            },
          ],
        },
      },
    },
  };
}

function addressesJson(primary: string, others: readonly string[]): Record<string, unknown> {
  if (primary.includes(":"))
    return { Ipv6Addresses: [primary, ...others].map((Ipv6Address) => ({ Ipv6Address })) };
  return {
    PrivateIpAddress: primary,
    PrivateIpAddresses: [primary, ...others].map((PrivateIpAddress, index) => ({
      Primary: index === 0,
      PrivateIpAddress,
    })),
  };
}

function enisJson(cluster: SyntheticCluster): unknown[] {
  const ofNode = (node: SyntheticNode, eni: SyntheticEni): unknown => {
    const prefixes = eni.prefix === null ? [] : [eni.prefix];
    const isV6 = eni.primary.includes(":");
    return {
      NetworkInterfaceId: eni.id,
      InterfaceType: "interface",
      Description: eni.device === 0 ? "" : `aws-K8S-${node.instance}`,
      MacAddress: eni.mac,
      Status: "in-use",
      ...addressesJson(eni.primary, eni.prefix === null ? eni.secondary : []),
      Ipv4Prefixes: isV6 ? [] : prefixes.map((Ipv4Prefix) => ({ Ipv4Prefix })),
      Ipv6Prefixes: isV6 ? prefixes.map((Ipv6Prefix) => ({ Ipv6Prefix })) : [],
      Attachment: { InstanceId: node.instance, DeviceIndex: eni.device, NetworkCardIndex: 0 },
    };
  };
  return [
    ...cluster.nodes.flatMap((node) => node.enis.map((eni) => ofNode(node, eni))),
    {
      NetworkInterfaceId: "eni-0nlb",
      InterfaceType: "network_load_balancer",
      Description: "ELB net/k8s-default-web-0a1b2c3d4e/0123456789abcdef",
      RequesterId: "amazon-elb",
      RequesterManaged: true,
      MacAddress: "02:00:00:00:0b:b2",
      ...addressesJson(cluster.nlb, []),
    },
    {
      NetworkInterfaceId: "eni-0eks",
      InterfaceType: "interface",
      Description: "Amazon EKS demo",
      RequesterManaged: true,
      MacAddress: "02:00:00:00:0c:c3",
      ...addressesJson(cluster.controlPlane, []),
    },
  ];
}

function vpcs({ vpcCidrs, plan }: SyntheticCluster): unknown {
  // A VPC always has an IPv4 CIDR; that of an IPv6 cluster plays no part.
  const v4 = plan.ipv6 ? ["10.77.0.0/16"] : vpcCidrs;
  const v6 = plan.ipv6 ? vpcCidrs : [];
  return {
    Vpcs: [
      {
        VpcId: "vpc-01",
        CidrBlock: v4[0],
        CidrBlockAssociationSet: v4.map((CidrBlock) => ({
          CidrBlock,
          CidrBlockState: { State: "associated" },
        })),
        Ipv6CidrBlockAssociationSet: v6.map((Ipv6CidrBlock) => ({
          Ipv6CidrBlock,
          Ipv6CidrBlockState: { State: "associated" },
        })),
      },
    ],
  };
}

function peering({ vpcCidrs, peerCidr, plan }: SyntheticCluster): unknown {
  const side = (VpcId: string, cidrs: readonly string[]): unknown => ({
    VpcId,
    ...(plan.ipv6
      ? { Ipv6CidrBlockSet: cidrs.map((Ipv6CidrBlock) => ({ Ipv6CidrBlock })) }
      : {
          CidrBlock: cidrs[0],
          CidrBlockSet: cidrs.map((CidrBlock) => ({ CidrBlock })),
        }),
  });
  return {
    VpcPeeringConnections: [
      {
        AccepterVpcInfo: side("vpc-02", [peerCidr]),
        RequesterVpcInfo: side("vpc-01", vpcCidrs),
        Status: { Code: "active" },
        VpcPeeringConnectionId: "pcx-01",
      },
    ],
  };
}

function loadBalancerTexts({ services }: SyntheticCluster): SnapshotText[] {
  const arn =
    "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/net/k8s-default-web-0a1b2c3d4e/0123456789abcdef";
  const [web] = services;
  const targets = (web?.endpoints ?? []).map((pod) => ({
    Target: { Id: pod.address, Port: web?.targetPort },
    TargetHealth: { State: "healthy" },
  }));
  return [
    json("describe-load-balancers.json", {
      LoadBalancers: [
        {
          LoadBalancerArn: arn,
          LoadBalancerName: "k8s-default-web-0a1b2c3d4e",
          Scheme: "internet-facing",
          Type: "network",
          VpcId: "vpc-01",
        },
      ],
    }),
    json("describe-target-groups.json", {
      TargetGroups: [
        {
          TargetGroupName: "k8s-default-web-1",
          Protocol: "TCP",
          Port: 8080,
          TargetType: "ip",
          LoadBalancerArns: [arn],
        },
      ],
    }),
    json("describe-target-health.json", { TargetHealthDescriptions: targets }),
  ];
}
