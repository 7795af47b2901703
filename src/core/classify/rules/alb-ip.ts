import type { PathRule } from "../rule.ts";
import { isPod, lastLeg, sightingOnWire } from "../subject.ts";
import { inferred, proven } from "../verdict.ts";

export const albIp: PathRule = {
  meta: {
    id: "alb-ip",
    title: "ALB straight to the pod (IP targets)",
    why: "The ALB ends the client's connection and opens its own to the pod's address: no NodePort.",
    proves: "The ALB's interface opened this connection to the pod.",
    doesNotProve: "Which client request it carries: one connection carries many.",
    confirm: "aws elbv2 describe-target-health --target-group-arn ARN",
    sources: ["ELB user guide: application load balancer target groups"],
  },
  match(subject) {
    if (subject.orig.kind !== "load-balancer" || subject.orig.loadBalancerType !== "application")
      return null;
    if (!isPod(subject.resp) || subject.connection.nat.length > 0) return null;
    if (sightingOnWire(subject.connection, lastLeg(subject.connection), subject.resp.node) !== null)
      return proven("alb-ip", subject);
    return inferred("alb-ip", subject, {
      or: ["alb-instance"],
      wouldDecide: `a capture of the ENI of ${subject.resp.node ?? "the pod's node"} that holds the pod's address`,
    });
  },
};
