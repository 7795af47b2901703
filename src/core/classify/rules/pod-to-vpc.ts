import type { PathRule } from "../rule.ts";
import { isEni, isPod, lastLeg, sightingAtOrigin, sightingsOf } from "../subject.ts";
import { classesOf, listsOf, mayBe } from "../unlisted.ts";
import { inferred, proven } from "../verdict.ts";

export const podToVpc: PathRule = {
  meta: {
    id: "pod-to-vpc",
    title: "Pod to a VPC host",
    why: "Inside the VPC the pod keeps its own address: databases and endpoints must allow pod addresses in their security groups.",
    proves: "The pod's own address reached the node's ENI on the way to an address inside the VPC.",
    doesNotProve: "What the VPC host is: the snapshot lists no pod, node or load balancer there.",
    confirm:
      "aws ec2 describe-network-interfaces --filters Name=addresses.private-ip-address,Values=ADDRESS",
    sources: [
      "aws/amazon-vpc-cni-k8s pkg/networkutils/network.go",
      "EKS best practices: networking",
    ],
  },
  match(subject, { snapshot }) {
    if (!isPod(subject.orig) || subject.connection.nat.length > 0) return null;
    if (subject.resp.kind !== "vpc" && subject.resp.kind !== "aws-interface") return null;
    const sent = sightingAtOrigin(subject);
    const wire = sightingsOf(subject.connection, lastLeg(subject.connection)).find(isEni);
    const name = `${subject.orig.namespace}/${subject.orig.name}`;
    const unlisted = mayBe(subject.resp, snapshot);
    const behind = classesOf(unlisted, {
      pod: ["pod-to-pod-direct", "pod-to-pod-nat"],
      node: ["pod-to-node", "nodeport"],
      "load-balancer": ["client-to-lb"],
      "control-plane": ["control-plane"],
    });
    if (sent === null)
      return inferred("pod-to-vpc", subject, {
        or: ["service-clusterip", ...behind],
        wouldDecide: `a capture at the interface of ${name}, where a service address would show`,
      });
    if (wire === undefined)
      return inferred("pod-to-vpc", subject, {
        or: ["snat-egress", ...behind],
        wouldDecide: `a capture of the ENIs of ${subject.orig.node ?? "the pod's node"}, where a rewritten source would show`,
      });
    if (unlisted.length === 0) return proven("pod-to-vpc", subject);
    return inferred("pod-to-vpc", subject, { or: behind, wouldDecide: listsOf(unlisted) });
  },
};
