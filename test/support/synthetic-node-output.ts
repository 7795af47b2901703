/** What `ip`, `iptables-save` and `conntrack -L` print on a node of a synthetic cluster. */
import type { SnapshotText } from "../../src/core/cluster/snapshot.ts";
import type { SyntheticCluster, SyntheticNode } from "./synthetic-cluster.ts";
import type { SyntheticFlow } from "./synthetic-flows.ts";
import type { Rewrite, Tuple } from "./synthetic-hop.ts";

const lines = (file: string, text: readonly string[]): SnapshotText => ({
  file,
  text: `${text.join("\n")}\n`,
});

export function nodeTexts(
  cluster: SyntheticCluster,
  node: SyntheticNode,
  flows: readonly SyntheticFlow[],
): SnapshotText[] {
  const stem = `node-n${node.index}`;
  return [
    lines(`${stem}.hostname.txt`, [node.name]),
    lines(`${stem}.ip-addr.txt`, ipAddr(cluster, node)),
    lines(`${stem}.ip-route.txt`, ipRoutes(cluster, node)),
    lines(`${stem}.iptables-save.txt`, iptables(cluster, node, flows)),
    lines(`${stem}.conntrack.txt`, conntrack(node, flows)),
  ];
}

function ipAddr({ pods }: SyntheticCluster, node: SyntheticNode): string[] {
  const device = (index: number, name: string, mac: string, address?: string): string[] => [
    `${index}: ${name}: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 9001 qdisc mq state UP group default qlen 1000`,
    `    link/ether ${mac} brd ff:ff:ff:ff:ff:ff`,
    ...(address === undefined
      ? []
      : [
          `    ${address.includes(":") ? "inet6" : "inet"} ${address} scope global`,
          "       valid_lft forever preferred_lft forever",
        ]),
  ];
  return [
    "1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000",
    "    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00",
    ...node.enis.flatMap((eni) =>
      device(eni.ifindex, eni.name, eni.mac, `${eni.primary}/${eni.subnetBits}`),
    ),
    ...pods
      .filter((pod) => pod.node === node)
      .flatMap((pod) => device(pod.ifindex, `${pod.veth}@if3`, pod.hostMac)),
  ];
}

function ipRoutes({ pods }: SyntheticCluster, node: SyntheticNode): string[] {
  return [
    ...pods
      .filter((pod) => pod.node === node)
      .map((pod) => `${pod.address} dev ${pod.veth} scope link`),
    ...node.enis.map(
      (eni) =>
        `local ${eni.primary} dev ${eni.name} table local proto kernel scope host src ${eni.primary}`,
    ),
  ];
}

function iptables(
  cluster: SyntheticCluster,
  node: SyntheticNode,
  flows: readonly SyntheticFlow[],
): string[] {
  const { plan, vpcCidrs, peerCidr, services } = cluster;
  const snat = !plan.ipv6 && !plan.externalSnat;
  const returns = [
    ...vpcCidrs.map((cidr) => `-d ${cidr} -m comment --comment "AWS SNAT CHAIN"`),
    ...(plan.excludePeer ? [`-d ${peerCidr} -m comment --comment "AWS SNAT CHAIN EXCLUSION"`] : []),
  ];
  const strays = flows.flatMap((flow) =>
    ["masquerade", "double masquerade", "stray dnat"].includes(flow.kind)
      ? flow.rewrites.filter((one) => one.node === node).map((one) => stray(flow, one))
      : [],
  );
  return [
    "*nat",
    ":PREROUTING ACCEPT [0:0]",
    ":POSTROUTING ACCEPT [0:0]",
    ":KUBE-SERVICES - [0:0]",
    ":AWS-SNAT-CHAIN-0 - [0:0]",
    ...strays,
    '-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
    ...services.flatMap((service) => {
      const protocol = service.protocol.toLowerCase();
      const at = `${service.clusterIp}/${plan.ipv6 ? 128 : 32}`;
      const chain = `KUBE-SVC-${service.name.toUpperCase()}`;
      return [
        `-A KUBE-SERVICES -d ${at} -p ${protocol} -m comment --comment "default/${service.name}:main cluster IP" -m ${protocol} --dport ${service.port} -j ${chain}`,
        ...service.endpoints.flatMap((pod, index) => {
          const endpoint = `KUBE-SEP-${service.name.toUpperCase()}${index}`;
          const target = plan.ipv6 ? `[${pod.address}]` : pod.address;
          return [
            `-A ${chain} -j ${endpoint}`,
            `-A ${endpoint} -p ${protocol} -m ${protocol} -j DNAT --to-destination ${target}:${service.targetPort}`,
          ];
        }),
      ];
    }),
    ...(snat
      ? [
          '-A POSTROUTING -m comment --comment "AWS SNAT CHAIN" -j AWS-SNAT-CHAIN-0',
          ...returns.map((match) => `-A AWS-SNAT-CHAIN-0 ${match} -j RETURN`),
          `-A AWS-SNAT-CHAIN-0 ! -o vlan+ -m comment --comment "AWS, SNAT" -m addrtype ! --dst-type LOCAL -j SNAT --to-source ${node.address}${plan.randomPorts ? " --random-fully" : ""}`,
        ]
      : []),
    "COMMIT",
  ];
}

function stray({ kind, protocol }: SyntheticFlow, { before, after }: Rewrite): string {
  const bits = before.orig.address.includes(":") ? 128 : 32;
  const match = `-s ${before.orig.address}/${bits} -d ${before.resp.address}/${bits}`;
  if (kind !== "stray dnat") return `-A POSTROUTING ${match} -j MASQUERADE`;
  return `-A PREROUTING ${match} -p ${protocol} -m ${protocol} --dport ${before.resp.port} -j DNAT --to-destination ${after.resp.address}:${after.resp.port}`;
}

/** An entry per conversation that passed the node: what came in first, and what the answer to what went out looks like. */
function conntrack(node: SyntheticNode, flows: readonly SyntheticFlow[]): string[] {
  const entries: string[] = [];
  for (const { protocol, hops, rewrites } of flows) {
    const here = hops.filter((hop) => hop.place.node === node);
    const [first] = here;
    if (first === undefined) continue;
    const rewrite = rewrites.find((one) => one.node === node);
    const before = rewrite?.before ?? first.tuple;
    const after = rewrite?.after ?? first.tuple;
    entries.push(conntrackLine(protocol, before, after));
  }
  return entries;
}

function conntrackLine(protocol: string, before: Tuple, after: Tuple): string {
  const isV6 = before.orig.address.includes(":");
  const said = ({ orig, resp }: Tuple): string =>
    `src=${orig.address} dst=${resp.address} sport=${orig.port} dport=${resp.port}`;
  const reply: Tuple = { orig: after.resp, resp: after.orig };
  if (protocol === "tcp")
    return `tcp      6 86399 ESTABLISHED ${said(before)} ${said(reply)} [ASSURED] mark=0 use=1`;
  if (protocol === "udp")
    return `udp      17 170 ${said(before)} ${said(reply)} [ASSURED] mark=0 use=1`;
  const echo = ({ orig, resp }: Tuple, type: number): string =>
    `src=${orig.address} dst=${resp.address} type=${type} code=0 id=${orig.port}`;
  const types = isV6 ? [128, 129] : [8, 0];
  const head = isV6 ? "icmpv6   58 29" : "icmp     1 29";
  return `${head} ${echo(before, types[0] ?? 8)} ${echo(reply, types[1] ?? 0)} mark=0 use=1`;
}
