import { byWorkloadPair, counted } from "../finding-group.ts";
import { namedRules, rewriteEvidence, rewritesBy } from "../rewrite.ts";
import type { Classified, FindingRule } from "../rule.ts";
import { isPod, rewritesSource } from "../subject.ts";
import { NOT_ALONE } from "../traits.ts";

export const unexpectedSnat: FindingRule = {
  level: "error",
  concerns: NOT_ALONE,
  meta: {
    id: "unexpected-snat",
    title: "A pod's source address was rewritten on the way to another pod",
    why: "The receiver sees a node instead of the pod: network policies, security groups and access logs judge the wrong address.",
    proves: "The source that the first pod sent is not the source that the second pod received.",
    doesNotProve: "Which agent added the rule, unless the snapshot's iptables name it.",
    confirm: "iptables -t nat -S POSTROUTING",
    sources: ["aws/amazon-vpc-cni-k8s#1387", "aws/amazon-vpc-cni-k8s pkg/networkutils/network.go"],
  },
  find(classified) {
    return byWorkloadPair(classified.filter(isRewritten)).map(({ identity, members }) => {
      const rewrites = members.flatMap(rewritesBy(rewritesSource));
      const nodes = [...new Set(rewrites.map(({ step }) => step.node ?? "an unknown node"))];
      return {
        connections: members.indexes,
        level: "error" as const,
        message: `${identity}: ${counted(members.length, "connection")} left with a node's address instead of the pod's, rewritten by ${nodes.join(" and ")}${namedRules(rewrites)}.`,
        advice:
          "Pod traffic inside the VPC needs no SNAT: remove the masquerade rule, or add the destination's CIDR to the VPC or excluded CIDRs that the CNI knows.",
        evidence: rewrites.slice(0, 4).map(rewriteEvidence),
        identity,
      };
    });
  },
};

/** A ClusterIP's rewrite (hairpin masquerade included) is kube-proxy's own business and judged by service rules. */
function isRewritten({ subject, verdict }: Classified): boolean {
  if (verdict.class !== "pod-to-pod-nat" && verdict.class !== "pod-to-pod-overlay") return false;
  return isPod(subject.orig) && isPod(subject.resp) && subject.connection.nat.some(rewritesSource);
}
