import type { PathRule } from "../rule.ts";
import { proven } from "../verdict.ts";

export const albInstance: PathRule = {
  meta: {
    id: "alb-instance",
    title: "ALB to a node's port (instance targets)",
    why: "The ALB sends to a NodePort and the node rewrites to a pod: an extra hop compared with IP targets.",
    proves: "The ALB's interface opened this connection to a node.",
    doesNotProve: "Which client request it carries: one connection carries many.",
    confirm: "aws elbv2 describe-target-health --target-group-arn ARN",
    sources: ["ELB user guide: application load balancer target groups"],
  },
  match(subject) {
    if (subject.orig.kind !== "load-balancer" || subject.orig.loadBalancerType !== "application")
      return null;
    return subject.dialled.kind === "node" ? proven("alb-instance", subject) : null;
  },
};
