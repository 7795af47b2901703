/** Rules and routes of the example cluster's nodes, as their commands print them, read by the real readers. */
import { loadSnapshot } from "../../src/core/cluster/load-snapshot.ts";
import type { NodeState, PolicyRule, RouteEntry } from "../../src/core/cluster/snapshot.ts";
import { DiagnosticLog } from "../../src/core/diagnostics/diagnostic.ts";
import { natRules, STATES, VETH } from "./snapshot.ts";

const read = (file: string, lines: readonly string[]): NodeState | undefined =>
  loadSnapshot([{ file, text: `${lines.join("\n")}\n` }], new DiagnosticLog()).nodeStates[0];

/** Lines of `ip rule`. */
export function policyRules(...lines: readonly string[]): readonly PolicyRule[] {
  return read("ip-rule.txt", lines)?.rules ?? [];
}

/** Lines of `ip route show table all`. */
export function routes(...lines: readonly string[]): readonly RouteEntry[] {
  return read("ip-route.txt", lines)?.routes ?? [];
}

export const N1_POLICY = [
  "0:\tfrom all lookup local",
  "512:\tfrom all to 10.0.1.11 lookup main",
  "512:\tfrom all to 10.0.1.21 lookup main",
  "1024:\tfrom all fwmark 0x80/0x80 lookup main",
  "1536:\tfrom 10.0.1.21 lookup 2",
  "32766:\tfrom all lookup main",
  "32767:\tfrom all lookup default",
];
export const N1_ROUTES = [
  "default via 10.0.1.1 dev eth1 table 2",
  "10.0.1.1 dev eth1 table 2 scope link",
  "default via 10.0.1.1 dev eth0",
  "169.254.169.254 dev eth0 scope link",
  "10.0.1.0/24 dev eth0 proto kernel scope link src 10.0.1.10",
  `10.0.1.11 dev ${VETH.webA} scope link`,
  `10.0.1.21 dev ${VETH.webB} scope link`,
  "local 10.0.1.10 dev eth0 table local proto kernel scope host src 10.0.1.10",
  "local 10.0.1.20 dev eth1 table local proto kernel scope host src 10.0.1.20",
];
const N2_POLICY = [
  "0:\tfrom all lookup local",
  "512:\tfrom all to 10.0.2.51 lookup main",
  "1024:\tfrom all fwmark 0x80/0x80 lookup main",
  "32766:\tfrom all lookup main",
];
const N2_ROUTES = [
  "default via 10.0.2.1 dev eth0",
  "10.0.2.0/24 dev eth0 proto kernel scope link src 10.0.2.10",
  `10.0.2.51 dev ${VETH.apiC} scope link`,
  "local 10.0.2.10 dev eth0 table local proto kernel scope host src 10.0.2.10",
];

/** kube-proxy's rules for default/web (two endpoints, NodePort 30080 with policy Cluster). */
export const KUBE_PROXY = [
  '-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
  '-A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
  '-A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING',
  "-A KUBE-EXT-WEB -j KUBE-MARK-MASQ",
  "-A KUBE-EXT-WEB -j KUBE-SVC-WEB",
  "-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000",
  "-A KUBE-NODEPORTS -p tcp -m tcp --dport 30080 -j KUBE-EXT-WEB",
  "-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN",
  "-A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0",
  '-A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully',
  "-A KUBE-SEP-B -s 10.0.1.21/32 -j KUBE-MARK-MASQ",
  "-A KUBE-SEP-B -p tcp -m tcp -j DNAT --to-destination 10.0.1.21:8080",
  "-A KUBE-SEP-C -s 10.0.2.51/32 -j KUBE-MARK-MASQ",
  "-A KUBE-SEP-C -p tcp -m tcp -j DNAT --to-destination 10.0.2.51:8080",
  "-A KUBE-SERVICES -d 10.100.0.50/32 -p tcp -m tcp --dport 80 -j KUBE-SVC-WEB",
  "-A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS",
  "-A KUBE-SVC-WEB -m statistic --mode random --probability 0.50000000000 -j KUBE-SEP-B",
  "-A KUBE-SVC-WEB -j KUBE-SEP-C",
];

const CONNMARK = [
  '-A PREROUTING -i eni+ -m comment --comment "AWS, outbound connections" -j AWS-CONNMARK-CHAIN-0',
  '-A PREROUTING -m comment --comment "AWS, CONNMARK" -j CONNMARK --restore-mark --nfmask 0x80 --ctmask 0x80',
];

/** VPC CNI since v1.16.2: one chain that returns for every CIDR left alone. */
export function returningCni(address: string, ...excluded: readonly string[]): string[] {
  const spared = ["10.0.0.0/16", ...excluded];
  return [
    ...CONNMARK,
    '-A POSTROUTING -m comment --comment "AWS SNAT CHAIN" -j AWS-SNAT-CHAIN-0',
    ...spared.map((cidr) => `-A AWS-CONNMARK-CHAIN-0 -d ${cidr} -j RETURN`),
    "-A AWS-CONNMARK-CHAIN-0 -j CONNMARK --set-xmark 0x80/0x80",
    ...spared.map((cidr) => `-A AWS-SNAT-CHAIN-0 -d ${cidr} -j RETURN`),
    snatRule("AWS-SNAT-CHAIN-0", address),
  ];
}

/** VPC CNI up to v1.16.0: one chain a CIDR, each leading to the next. */
export function chainedCni(address: string, ...excluded: readonly string[]): string[] {
  const spared = ["10.0.0.0/16", ...excluded];
  const last = spared.length;
  return [
    ...CONNMARK,
    '-A POSTROUTING -m comment --comment "AWS SNAT CHAIN" -j AWS-SNAT-CHAIN-0',
    ...spared.flatMap((cidr, i) => [
      `-A AWS-CONNMARK-CHAIN-${i} ! -d ${cidr} -j AWS-CONNMARK-CHAIN-${i + 1}`,
      `-A AWS-SNAT-CHAIN-${i} ! -d ${cidr} -j AWS-SNAT-CHAIN-${i + 1}`,
    ]),
    `-A AWS-CONNMARK-CHAIN-${last} -j CONNMARK --set-xmark 0x80/0x80`,
    snatRule(`AWS-SNAT-CHAIN-${last}`, address),
  ];
}

function snatRule(chain: string, address: string): string {
  return `-A ${chain} ! -o vlan+ -m comment --comment "AWS, SNAT" -m addrtype ! --dst-type LOCAL -j SNAT --to-source ${address} --random-fully`;
}

/** Both nodes with rules and routes; `fields` replaces parts of n1. */
export function nodesWithRules(
  n1: readonly string[] = [...KUBE_PROXY, ...returningCni("10.0.1.10")],
  fields: Partial<NodeState> = {},
): readonly NodeState[] {
  return [
    {
      ...STATES.n1,
      rules: policyRules(...N1_POLICY),
      routes: routes(...N1_ROUTES),
      iptables: n1.length === 0 ? [] : natRules(...n1),
      ...fields,
    },
    {
      ...STATES.n2,
      rules: policyRules(...N2_POLICY),
      routes: routes(...N2_ROUTES),
      iptables: natRules(...KUBE_PROXY, ...returningCni("10.0.2.10")),
    },
  ];
}
