import { statement } from "../evidence.ts";
import { nodePortService } from "../load-balancer.ts";
import type { PathRule } from "../rule.ts";
import { firstLeg, rewritesDestination } from "../subject.ts";
import { inferred, proven } from "../verdict.ts";

export const nodeport: PathRule = {
  meta: {
    id: "nodeport",
    title: "To a NodePort",
    why: "The client addressed a node's port and the node rewrites to a pod, perhaps with masquerade and on another node.",
    proves: "The originator addressed a node's address at a NodePort of a service.",
    doesNotProve:
      "That no load balancer stands before it: one that preserves client addresses cannot be seen.",
    confirm: "kubectl get svc -A | grep NodePort",
    sources: ["kubernetes pkg/proxy/iptables/proxier.go (KUBE-NODEPORTS)"],
  },
  match(subject, { snapshot }) {
    if (subject.dialled.kind !== "node" || subject.orig.kind === "load-balancer") return null;
    const port = firstLeg(subject.connection).resp.port;
    const service = nodePortService(snapshot, subject.connection.protocol, port);
    const rewritten = subject.connection.nat.some(rewritesDestination);
    if (service === null && !rewritten) return null;
    const more =
      service === null
        ? []
        : [statement(`port ${port} is a NodePort of ${service.name}`, [], [service.ref])];
    if (subject.orig.kind === "external" || !rewritten) {
      return inferred("nodeport", subject, {
        or: subject.orig.kind === "external" ? ["nlb-instance"] : [],
        wouldDecide: "aws elbv2 describe-target-health of the load balancers' target groups",
        more,
      });
    }
    return service === null
      ? inferred("nodeport", subject, {
          or: ["unclassified"],
          wouldDecide: "kubectl get svc -A -o json",
          more,
        })
      : proven("nodeport", subject, more);
  },
};
