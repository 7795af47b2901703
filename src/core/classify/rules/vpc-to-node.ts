import type { PathRule } from "../rule.ts";
import { proven } from "../verdict.ts";

export const vpcToNode: PathRule = {
  meta: {
    id: "vpc-to-node",
    title: "VPC host to a node",
    why: "Bastions, monitoring and peered networks reach node addresses directly.",
    proves:
      "An address of the VPC or a peered network, which is no pod, node or load balancer, addressed a node.",
    doesNotProve: "Which process on the node answered.",
    confirm: "ss -ltnp on the node",
    sources: ["EKS best practices: networking"],
  },
  match(subject) {
    const { orig, resp, connection } = subject;
    const outside = orig.kind === "vpc" || orig.kind === "aws-interface" || orig.kind === "peer";
    if (!outside || resp.kind !== "node" || connection.nat.length > 0) return null;
    return proven("vpc-to-node", subject);
  },
};
