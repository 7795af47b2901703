import { knowsLoadBalancer } from "../load-balancer.ts";
import type { PathRule } from "../rule.ts";
import { isPod, lastLeg, sightingOnWire } from "../subject.ts";
import { classesOf, listsOf, mayBe } from "../unlisted.ts";
import { inferred, proven } from "../verdict.ts";

export const vpcToPod: PathRule = {
  meta: {
    id: "vpc-to-pod",
    title: "VPC host to a pod",
    why: "Pod addresses are VPC addresses, so bastions and other instances reach pods directly.",
    proves:
      "An address of the VPC or a peered network, which is no pod, node or load balancer, reached a pod's own address.",
    doesNotProve:
      "That no load balancer stands between: one that preserves client addresses cannot be seen.",
    confirm:
      "aws ec2 describe-network-interfaces --filters Name=addresses.private-ip-address,Values=ADDRESS",
    sources: ["EKS best practices: networking", "ELB user guide: client IP preservation"],
  },
  match(subject, { snapshot }) {
    const { orig, resp, connection } = subject;
    const outside = orig.kind === "vpc" || orig.kind === "aws-interface" || orig.kind === "peer";
    if (!outside || !isPod(resp) || connection.nat.length > 0) return null;
    const wire = sightingOnWire(connection, lastLeg(connection), resp.node);
    const registered = knowsLoadBalancer(snapshot, "network");
    const unlisted = mayBe(orig, snapshot);
    if (unlisted.length > 0) {
      const behind = classesOf(unlisted, {
        pod: ["pod-to-pod-direct"],
        node: ["node-to-pod"],
        "load-balancer": ["nlb-ip", "alb-ip"],
        "control-plane": ["control-plane"],
      });
      return inferred("vpc-to-pod", subject, {
        or: wire === null ? [...behind, "nodeport", "nlb-instance", "alb-instance"] : behind,
        wouldDecide: listsOf(unlisted),
      });
    }
    if (wire !== null && !registered) return proven("vpc-to-pod", subject);
    return inferred("vpc-to-pod", subject, {
      or: registered
        ? ["nlb-ip", ...(wire === null ? (["nodeport", "nlb-instance"] as const) : [])]
        : ["nodeport", "nlb-instance"],
      wouldDecide:
        wire === null
          ? `a capture of the ENIs of ${resp.node ?? "the pod's node"}`
          : "aws elbv2 describe-target-group-attributes: whether an NLB preserves client addresses",
    });
  },
};
