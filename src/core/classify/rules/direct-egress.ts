import { statement } from "../evidence.ts";
import { isPrivateAddress } from "../private-address.ts";
import type { PathRule } from "../rule.ts";
import { isEni, isPod, lastLeg, sightingAtOrigin, sightingsOf } from "../subject.ts";
import { inferred, proven } from "../verdict.ts";

export const directEgress: PathRule = {
  meta: {
    id: "direct-egress",
    title: "Pod to outside, source untouched",
    why: "With external SNAT the pod's own address leaves the node and a NAT gateway translates it; without one there is no way back.",
    proves: "The pod's own address was on the node's ENI towards an address outside the VPC.",
    doesNotProve: "That a NAT gateway translated it: that happens outside the node.",
    confirm: "kubectl -n kube-system get ds aws-node -o yaml | grep -A1 EXTERNALSNAT",
    sources: [
      "EKS user guide: external SNAT",
      "aws/amazon-vpc-cni-k8s pkg/networkutils/network.go",
    ],
  },
  match(subject, { snapshot }) {
    if (
      !isPod(subject.orig) ||
      subject.resp.kind !== "external" ||
      subject.connection.nat.length > 0
    )
      return null;
    const wire = sightingsOf(subject.connection, lastLeg(subject.connection)).find(isEni);
    if (wire === undefined) return null;
    const { externalSnat, ref } = snapshot.cni;
    const more =
      externalSnat === true
        ? [statement("AWS_VPC_K8S_CNI_EXTERNALSNAT is true", [], ref === undefined ? [] : [ref])]
        : [];
    if (snapshot.vpcCidrs.length === 0) {
      return inferred("direct-egress", subject, {
        or: ["pod-to-vpc", "pod-to-peer", "pod-to-pod-direct", "pod-to-node", "client-to-lb"],
        wouldDecide: "aws ec2 describe-vpcs: whether the destination lies inside the VPC",
        more,
      });
    }
    if (isPrivateAddress(lastLeg(subject.connection).resp.address)) {
      return inferred("direct-egress", subject, {
        or: ["pod-to-peer"],
        wouldDecide:
          "aws ec2 describe-vpc-peering-connections: whether a peered network has the address",
        more,
      });
    }
    if (sightingAtOrigin(subject) !== null) return proven("direct-egress", subject, more);
    return inferred("direct-egress", subject, {
      or: ["service-clusterip"],
      wouldDecide: `a capture at the interface of ${subject.orig.namespace}/${subject.orig.name}`,
      more,
    });
  },
};
