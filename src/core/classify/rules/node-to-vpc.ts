import type { PathRule } from "../rule.ts";
import { nameOf } from "../subject.ts";
import { classesOf, mayBe } from "../unlisted.ts";
import { inferred } from "../verdict.ts";

export const nodeToVpc: PathRule = {
  meta: {
    id: "node-to-vpc",
    title: "Node to a VPC host",
    why: "The VPC resolver, endpoints, file systems and databases that the node itself uses.",
    proves:
      "A node's address talked to an address inside the VPC that no pod, node or load balancer has.",
    doesNotProve:
      "That no pod stands behind the node's address: pod traffic inside the VPC should not be rewritten, but can be.",
    confirm: "ss -tnp on the node",
    sources: ["aws/amazon-vpc-cni-k8s pkg/networkutils/network.go"],
  },
  match(subject, { snapshot }) {
    if (subject.orig.kind !== "node" || subject.connection.nat.length > 0) return null;
    if (subject.resp.kind !== "vpc" && subject.resp.kind !== "aws-interface") return null;
    const behind = classesOf(mayBe(subject.resp, snapshot), {
      pod: ["node-to-pod"],
      node: ["node-to-node"],
      "load-balancer": ["client-to-lb"],
      "control-plane": ["control-plane"],
    });
    return inferred("node-to-vpc", subject, {
      or: ["snat-egress", ...behind],
      wouldDecide: `\`conntrack -L\` of ${nameOf(subject.orig, "the node")}`,
    });
  },
};
