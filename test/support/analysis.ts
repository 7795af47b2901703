/**
 * A hand-made Analysis with one of everything that a report must show: SNAT egress, a ClusterIP, an NLB with PROXY protocol, an
 * overlay with its tunnel, a protocol without ports, an open question, findings of three levels, damaged input.
 */

import type { Analysis } from "../../src/core/analysis.ts";
import { columnsOf } from "../../src/core/classify/connection-columns.ts";
import type { Classified } from "../../src/core/classify/rule.ts";
import type { Owner } from "../../src/core/cluster/owner.ts";
import type { ReportInput } from "../../src/core/report/report.ts";
import { richFindings } from "./analysis-findings.ts";
import {
  captureResult,
  connection,
  direction,
  evidence,
  observation,
  subject,
  tuple,
  vantagePoint,
  verdict,
} from "./analysis-parts.ts";
import { richSnapshot } from "./analysis-snapshot.ts";
import { richSpreads } from "./analysis-spreads.ts";

const N1 = "ip-192-168-1-5.ec2.internal";
const N2 = "ip-192-168-2-6.ec2.internal";

const web: Owner = {
  kind: "pod",
  namespace: "default",
  name: "web-6d4cf56db6-x2x7q",
  node: N1,
  workload: "Deployment/web",
};
const api: Owner = {
  kind: "pod",
  namespace: "shop",
  name: "api-0",
  node: N2,
  workload: "StatefulSet/api",
};
const apiService: Owner = { kind: "service", namespace: "shop", name: "api" };
const node1: Owner = { kind: "node", name: N1, node: N1, primary: true };
const node2: Owner = { kind: "node", name: N2, node: N2, primary: true };
const nlb: Owner = {
  kind: "load-balancer",
  name: "k8s-shop-api-1a2b3c",
  loadBalancerType: "network",
};
const internet: Owner = { kind: "external" };

const n1Pod = vantagePoint("n1/eni7b0c31aa112", 0, {
  node: N1,
  interface: "eni7b0c31aa112",
  pod: "default/web-6d4cf56db6-x2x7q",
  kind: "pod-veth",
  because: "The interface is the host side of the pod's veth pair: eni + sha1(default.web-…).",
});
const n1Eth0 = vantagePoint("n1/eth0", 1, {
  node: N1,
  interface: "eth0",
  kind: "node-eni",
  because: "The MAC address of its outgoing packets is that of the node's primary ENI.",
});
const n2Eth0 = vantagePoint("n2/eth0", 2, {
  node: N2,
  interface: "eth0",
  kind: "node-eni",
  because: "Named by hand: n2/eth0.",
});

type WithoutRules = Omit<Classified, "natRules">;

/** conn-1: pod to the internet, both sides of the rewrite seen, conntrack agrees. */
function snatEgress(): WithoutRules {
  const before = "192.168.1.145:52838 > 93.184.216.34:443";
  const after = "192.168.1.5:39483 > 93.184.216.34:443";
  const seen = connection(
    0,
    [before, after],
    [
      observation(n1Pod, before, [direction(14, 3, 0), direction(12, 4, 12)]),
      observation(n1Eth0, after, [direction(14, 5, 0), direction(12, 9, 12)]),
    ],
    {
      nat: [
        {
          kind: "snat",
          node: N1,
          before: tuple(before),
          after: tuple(after),
          matchedBy: "tcp-isn",
          confidence: "proven",
          conntrack: {
            text: "tcp 6 86399 ESTABLISHED src=192.168.1.145 dst=93.184.216.34 sport=52838 dport=443 src=93.184.216.34 dst=192.168.1.5 sport=443 dport=39483",
            file: "snapshot/n1.conntrack",
            line: 17,
          },
          packets: [
            { capture: 0, record: 3 },
            { capture: 1, record: 5 },
          ],
        },
      ],
    },
  );
  return {
    subject: subject(seen, web, internet, internet, node1),
    verdict: verdict({
      class: "snat-egress",
      evidence: [
        evidence(
          "The source is a pod's address.",
          [[0, 3]],
          [{ file: "pods.json", pointer: "/items/4/status/podIP" }],
        ),
        evidence(
          "eth0 shows the same SYN with the node's primary address.",
          [[1, 5]],
          [{ file: "snapshot/n1.iptables", line: 88 }],
        ),
        evidence(
          "conntrack on the node says the same.",
          [],
          [{ file: "snapshot/n1.conntrack", line: 17 }],
        ),
        evidence("The destination is outside every VPC CIDR."),
      ],
    }),
  };
}

/** conn-2: through a ClusterIP; the rewrite is a DNAT. */
function clusterIp(): WithoutRules {
  const before = "192.168.1.145:40112 > 10.100.7.20:80";
  const after = "192.168.1.145:40112 > 192.168.2.9:8080";
  const seen = connection(
    1,
    [before, after],
    [
      observation(n1Pod, before, [direction(6, 31, 900), direction(5, 32, 901)]),
      observation(n1Eth0, after, [direction(6, 40, 900), direction(5, 41, 901)]),
      observation(n2Eth0, after, [direction(6, 7, 902), direction(5, 8, 902)]),
    ],
    {
      nat: [
        {
          kind: "dnat",
          node: N1,
          before: tuple(before),
          after: tuple(after),
          matchedBy: "tcp-isn",
          confidence: "proven",
          conntrack: null,
          packets: [
            { capture: 0, record: 31 },
            { capture: 1, record: 40 },
          ],
        },
      ],
    },
  );
  return {
    subject: subject(seen, web, api, apiService),
    verdict: verdict({ class: "service-clusterip" }),
  };
}

/** conn-3: NLB to pod, the true client in a PROXY v2 header. */
function nlbIp(): WithoutRules {
  const leg = "192.168.2.77:61822 > 192.168.2.9:8080";
  const seen = connection(
    2,
    [leg],
    [observation(n2Eth0, leg, [direction(9, 60, 2000), direction(7, 61, 2001)])],
    {
      proxyHeader: {
        version: 2,
        command: "PROXY",
        source: { address: "203.0.113.9", port: 51544 },
        destination: { address: "192.168.2.77", port: 443 },
        length: 28,
        record: 63,
        capture: 2,
      },
    },
  );
  return {
    subject: subject(seen, nlb, api),
    verdict: verdict({
      class: "nlb-ip",
      confidence: "inferred",
      candidates: ["client-to-lb"],
      evidence: [evidence("The source is an address of the NLB's ENI.", [[2, 60]])],
      wouldDecide: "describe-target-health of the load balancer's target groups",
    }),
  };
}

/** conn-4 and conn-5: an overlay's inner connection and the tunnel that carries it. */
function overlay(): readonly WithoutRules[] {
  const inner = "10.244.1.3:33000 > 10.244.2.8:5432";
  const outer = "192.168.1.5:50123 > 192.168.2.6:8472";
  const innerSeen = connection(
    3,
    [inner],
    [
      observation(n1Eth0, inner, [direction(20, 101, 3000), direction(18, 102, 3001)], {
        encapsulation: { kind: "vxlan", vni: 1, depth: 1, outerConnection: 4 },
      }),
      observation(n2Eth0, inner, [direction(20, 90, 3000), direction(18, 91, 3001)], {
        encapsulation: { kind: "vxlan", vni: 1, depth: 1, outerConnection: 4 },
      }),
    ],
  );
  const outerSeen = connection(
    4,
    [outer],
    [
      observation(n1Eth0, outer, [direction(20, 101, 3000), direction(0, 0, 0, 0)]),
      observation(n2Eth0, outer, [direction(20, 90, 3000), direction(0, 0, 0, 0)]),
    ],
    { protocol: "udp", tcp: null, carries: { kind: "vxlan", connections: [3] } },
  );
  const client: Owner = { kind: "pod", namespace: "shop", name: "cart-5f9c", node: N1 };
  const database: Owner = { kind: "pod", namespace: "shop", name: "db-0", node: N2 };
  return [
    {
      subject: subject(innerSeen, client, database),
      verdict: verdict({
        class: "pod-to-pod-overlay",
        evidence: [
          evidence("The packets travel inside VXLAN, VNI 1.", [
            [1, 101],
            [2, 90],
          ]),
        ],
      }),
    },
    {
      subject: subject(outerSeen, node1, node2),
      verdict: verdict({
        class: "overlay-tunnel",
        evidence: [evidence("It carries VXLAN between two nodes.", [[1, 101]])],
      }),
    },
  ];
}

/** conn-6: GRE without ports; conn-7: a node address to the internet, seen on eth0 alone. */
function openQuestions(): readonly WithoutRules[] {
  const gre = connection(
    5,
    ["192.168.1.5 > 198.51.100.7"],
    [
      observation(n1Eth0, "192.168.1.5 > 198.51.100.7", [
        direction(3, 150, 5000),
        direction(0, 0, 0, 0),
      ]),
    ],
    { protocol: "ip47", tcp: null },
  );
  const leg = "192.168.1.5:44321 > 198.51.100.20:443";
  const egress = connection(
    6,
    [leg],
    [observation(n1Eth0, leg, [direction(8, 160, 6000), direction(6, 161, 6003)])],
  );
  return [
    {
      subject: subject(gre, node1, internet),
      verdict: verdict({
        class: "unclassified",
        confidence: "possible",
        candidates: ["node-egress", "external"],
        wouldDecide: "capture -i any on node ip-192-168-1-5.ec2.internal",
      }),
    },
    {
      subject: subject(egress, node1, internet),
      verdict: verdict({
        class: "snat-egress",
        confidence: "possible",
        candidates: ["node-egress"],
        evidence: [evidence("eth0 alone shows no address behind the node's.", [[1, 160]])],
        wouldDecide: "capture -i any on node ip-192-168-1-5.ec2.internal",
      }),
    },
  ];
}

/** conn-8: IPv6 ping, rewritten twice in a row; the rewrites are told by payload. */
function doubleNat(): WithoutRules {
  const legs = [
    "[2001:db8:1::a]:77 > [2001:db8:2::b]:77",
    "[2001:db8:1::1]:77 > [2001:db8:2::b]:77",
    "[2001:db8:1::1]:77 > [2001:db8:2::c]:77",
  ];
  const step = (from: number, kind: "snat" | "dnat", node: string | null) => ({
    kind,
    node,
    before: tuple(legs[from] ?? ""),
    after: tuple(legs[from + 1] ?? ""),
    matchedBy: "icmp-payload" as const,
    confidence: "inferred" as const,
    conntrack: null,
    packets: [{ capture: 0, record: 170 + from }],
  });
  const seen = connection(
    7,
    legs,
    legs.map((leg, i) =>
      observation([n1Pod, n1Eth0, n2Eth0][i] ?? n1Eth0, leg, [
        direction(3, 170 + i, 7000),
        direction(3, 180 + i, 7000),
      ]),
    ),
    { protocol: "icmpv6", tcp: null, nat: [step(0, "snat", N1), step(1, "dnat", null)] },
  );
  return {
    subject: subject(seen, web, { ...api, ambiguousWith: ["shop/api-1"] }),
    verdict: verdict({
      class: "pod-to-pod-nat",
      confidence: "inferred",
      wouldDecide: "iptables-save of node ip-192-168-2-6.ec2.internal",
    }),
  };
}

/** The iptables line that explains conn-1's SNAT; nothing explains the others'. */
const SNAT_RULE = {
  text: '-A AWS-SNAT-CHAIN-0 ! -o vlan+ -m comment --comment "AWS, SNAT" -m addrtype ! --dst-type LOCAL -j SNAT --to-source 192.168.1.5 --random-fully',
  ref: { file: "snapshot/n1.iptables", line: 88 },
};

export function richAnalysis(): Analysis & { readonly classified: readonly Classified[] } {
  const classified = [
    snatEgress(),
    clusterIp(),
    nlbIp(),
    ...overlay(),
    ...openQuestions(),
    doubleNat(),
  ].map((one, index) => ({
    ...one,
    natRules: index === 0 ? [SNAT_RULE] : one.subject.connection.nat.map(() => null),
  }));
  return {
    captures: [
      captureResult("captures/n1.eni7b0c31aa112.pcap", 88),
      captureResult("captures/n1.eth0.pcapng", 190, {
        format: "pcapng",
        interfaces: [{ index: 0, linkType: 1, snaplen: 96, name: "eth0", comments: [] }],
        drops: [{ interfaceIndex: 0, received: "9007199254740993", droppedByOs: "3" }],
        comments: [{ record: 5, text: "look here" }],
      }),
      captureResult("captures/n2.eth0.pcap", 120),
    ],
    vantagePoints: [n1Pod, n1Eth0, n2Eth0],
    snapshot: richSnapshot(),
    classified,
    columns: columnsOf(classified),
    findings: richFindings(),
    spreads: richSpreads(api, web),
    dnsNames: new Map([["93.184.216.34", ["example.com", "www.example.com"]]]),
    accounting: { records: 398, inConnections: 380, notClassified: { malformed: 2, arp: 16 } },
    diagnostics: [
      {
        code: "capture.file-truncated",
        severity: "warning",
        message: "The file ends inside record 121: 40 of 1514 bytes are there",
        count: 1,
        first: { file: "captures/n2.eth0.pcap", record: 121, offset: 13_824 },
        hint: "copy the file again, or stop tcpdump with Ctrl-C so that it writes what it has",
      },
      {
        code: "wire.ipv4-total-length",
        severity: "note",
        message: "Total length 20 is less than the header",
        count: 2,
        first: { file: "captures/n1.eth0.pcapng", record: 12, offset: 2_048 },
        hint: "a damaged or made-up packet; nothing to do",
      },
    ],
    limits: [],
  };
}

const INPUTS: readonly ReportInput[] = [
  { file: "captures/n1.eni7b0c31aa112.pcap", kind: "capture", format: "pcap", bytes: 9_856 },
  { file: "captures/n1.eth0.pcapng", kind: "capture", format: "pcapng", bytes: 20_320 },
  { file: "captures/n2.eth0.pcap", kind: "capture", format: "pcap", bytes: 13_864 },
];

export const META = { tool: { name: "podpath", version: "0.0.0-test" }, inputs: INPUTS };
