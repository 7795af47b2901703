/** Findings of three levels about the connections of analysis.ts. */
import type { Analysis } from "../../src/core/analysis.ts";
import { evidence, findingMatch, findingRule } from "./analysis-parts.ts";

export function richFindings(): Analysis["findings"] {
  return [
    {
      rule: findingRule("client-ip-lost", "note", "The server does not see the client's address"),
      match: findingMatch({
        level: "note",
        connections: [2],
        message:
          "shop/api-0 sees 192.168.2.77 of load balancer k8s-shop-api-1a2b3c instead of the client; the client's address is in the PROXY header only.",
        identity: "shop/StatefulSet/api k8s-shop-api-1a2b3c",
      }),
    },
    {
      rule: findingRule("double-nat", "warning", "A connection is rewritten twice"),
      match: findingMatch({
        level: "warning",
        connections: [7],
        message: "default/web-6d4cf56db6-x2x7q to shop/api-0 is rewritten on two hops.",
        advice: "Remove one of the two rules; iptables-save of both nodes shows them.",
        evidence: [
          evidence("Three tuples, one payload.", [
            [0, 170],
            [1, 171],
            [2, 172],
          ]),
        ],
        identity: "default/Deployment/web shop/StatefulSet/api",
      }),
    },
    {
      rule: findingRule(
        "overlay-encapsulation",
        "error",
        "Pod traffic is wrapped in a tunnel between nodes",
      ),
      match: findingMatch({
        level: "error",
        connections: [3, 4],
        message:
          "VXLAN (VNI 1, port 8472) between ip-192-168-1-5.ec2.internal and ip-192-168-2-6.ec2.internal carries pod traffic; with the VPC CNI pods talk directly.",
        advice:
          "Look for a second CNI: kubectl get daemonset -A; ip -d link show type vxlan on both nodes.",
        evidence: [
          evidence(
            "Outer and inner packet in one record.",
            [
              [1, 101],
              [1, 103],
              [1, 105],
              [1, 107],
              [1, 109],
              [1, 111],
              [1, 113],
              [2, 90],
            ],
            [{ file: "snapshot/n1.ip-link", line: 9 }],
          ),
        ],
        identity: "vxlan 1",
      }),
    },
  ];
}
