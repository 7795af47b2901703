import { statement } from "../evidence.ts";
import { knowsLoadBalancer, nodePortService, registeredNodePort } from "../load-balancer.ts";
import type { PathClass, PathRule, RuleContext, Subject } from "../rule.ts";
import { firstLeg, isPod, rewritesDestination, sightingAtOrigin } from "../subject.ts";
import { listsInterfaces, mayBe } from "../unlisted.ts";
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
    const balancers = balancersBefore(subject, snapshot, port);
    if (balancers.length > 0 || !rewritten) {
      return inferred("nodeport", subject, {
        or: balancers,
        wouldDecide: listsInterfaces(snapshot)
          ? "aws elbv2 describe-target-health of the load balancers' target groups"
          : "aws ec2 describe-network-interfaces: whether the originator is a load balancer",
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

/** Load balancers that may stand before the node unseen: of an unknown address, or preserving the client's. */
function balancersBefore(
  subject: Subject,
  snapshot: RuleContext["snapshot"],
  port: number | null,
): readonly PathClass[] {
  if (mayBe(subject.orig, snapshot).includes("load-balancer"))
    return ["nlb-instance", "alb-instance", "clb"];
  if (subject.orig.kind === "external") return ["nlb-instance"];
  // What a pod or a node sends is known where it leaves; the balancer would have been addressed there.
  const sent = sightingAtOrigin(subject);
  const atOwnNode = sent !== null && sent.vantagePoint.node === subject.orig.node;
  if (sent !== null && (isPod(subject.orig) || (subject.orig.kind === "node" && atOwnNode)))
    return [];
  const preserving =
    registeredNodePort(snapshot, port) !== null || knowsLoadBalancer(snapshot, "network");
  return preserving ? ["nlb-instance"] : [];
}
