import type { PathRule } from "../rule.ts";
import { isPod, knowsOrigin, nameOf, rewritesDestination } from "../subject.ts";
import { mayHideTunnel } from "../tunnel.ts";
import { inferred, proven } from "../verdict.ts";

export const podToPodNat: PathRule = {
  meta: {
    id: "pod-to-pod-nat",
    title: "Pod to pod, rewritten on the way",
    why: "With the VPC CNI pods reach each other by their own addresses; a rewrite breaks network policies, security groups and logs that look at the source.",
    proves: "The tuple that the first pod sent is not the tuple that the second pod received.",
    doesNotProve: "Which agent added the rule, unless the snapshot's iptables name it.",
    confirm: "iptables -t nat -S; conntrack -L",
    sources: [
      "aws/amazon-vpc-cni-k8s docs/cni-proposal.md",
      "aws/amazon-vpc-cni-k8s pkg/networkutils/network.go",
    ],
  },
  match(subject, context) {
    if (!isPod(subject.orig) || !isPod(subject.resp) || subject.connection.nat.length === 0)
      return null;
    if (!isPod(subject.dialled) && subject.connection.nat.some(rewritesDestination)) {
      return inferred("pod-to-pod-nat", subject, {
        or: ["service-clusterip"],
        wouldDecide: "kubectl get svc -A -o json of the time of the capture",
      });
    }
    if (mayHideTunnel(subject, context)) {
      return inferred("pod-to-pod-nat", subject, {
        or: [
          "pod-to-pod-overlay",
          ...(knowsOrigin(subject) ? [] : (["service-clusterip"] as const)),
        ],
        wouldDecide: `a capture of the ENI of ${subject.orig.node ?? "the originator's node"}, where the outer packets of a tunnel would show`,
      });
    }
    if (knowsOrigin(subject)) return proven("pod-to-pod-nat", subject);
    return inferred("pod-to-pod-nat", subject, {
      or: ["service-clusterip"],
      wouldDecide: `a capture at the interface of ${nameOf(subject.orig, "")}, where a service address would show`,
    });
  },
};
