import type { PathRule } from "../rule.ts";
import { classesOf, listsOf, mayBe } from "../unlisted.ts";
import { inferred, proven } from "../verdict.ts";

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
  match(subject, { snapshot }) {
    const { orig, resp, connection } = subject;
    const outside = orig.kind === "vpc" || orig.kind === "aws-interface" || orig.kind === "peer";
    if (!outside || resp.kind !== "node" || connection.nat.length > 0) return null;
    const unlisted = mayBe(orig, snapshot);
    // A NodePort can be told from a port of the node only by the list of services.
    const portsKnown = snapshot.services.length > 0;
    if (unlisted.length === 0 && portsKnown) return proven("vpc-to-node", subject);
    const behind = classesOf(unlisted, {
      pod: ["pod-to-node"],
      node: ["node-to-node"],
      "load-balancer": ["nlb-instance", "alb-instance", "clb"],
      "control-plane": ["control-plane"],
    });
    return inferred("vpc-to-node", subject, {
      or: portsKnown ? behind : [...behind, "nodeport", "nlb-instance"],
      wouldDecide: portsKnown ? listsOf(unlisted) : "kubectl get svc -A -o json",
    });
  },
};
