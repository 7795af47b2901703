import type { PathRule } from "../rule.ts";
import { isEni, isPod, lastLeg, sightingAtOrigin, sightingsOf } from "../subject.ts";
import { inferred, proven } from "../verdict.ts";

export const podToPeer: PathRule = {
  meta: {
    id: "pod-to-peer",
    title: "Pod to a peered network, source untouched",
    why: "With its CIDR excluded from SNAT, a peered network sees pod addresses and must route them back.",
    proves: "The pod's own address reached the node's ENI on the way to a peered network.",
    doesNotProve: "That the peer can route the answer back.",
    confirm: "kubectl -n kube-system get ds aws-node -o yaml | grep -A1 EXCLUDE_SNAT_CIDRS",
    sources: ["aws/amazon-vpc-cni-k8s README: AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS"],
  },
  match(subject) {
    if (!isPod(subject.orig) || subject.resp.kind !== "peer" || subject.connection.nat.length > 0)
      return null;
    const wire = sightingsOf(subject.connection, lastLeg(subject.connection)).find(isEni);
    const doubt = {
      or: ["snat-egress"] as const,
      wouldDecide: `a capture of the ENIs of ${subject.orig.node ?? "the pod's node"}, where a rewritten source would show`,
    };
    if (wire === undefined) return inferred("pod-to-peer", subject, doubt);
    if (sightingAtOrigin(subject) !== null) return proven("pod-to-peer", subject);
    return inferred("pod-to-peer", subject, {
      or: ["service-clusterip"],
      wouldDecide: `a capture at the interface of ${subject.orig.namespace}/${subject.orig.name}`,
    });
  },
};
