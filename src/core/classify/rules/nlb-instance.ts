import { statement } from "../evidence.ts";
import { nodePortService, registeredNodePort } from "../load-balancer.ts";
import type { PathRule } from "../rule.ts";
import { firstLeg } from "../subject.ts";
import { inferred, proven } from "../verdict.ts";

export const nlbInstance: PathRule = {
  meta: {
    id: "nlb-instance",
    title: "NLB to a node's port (instance targets)",
    why: "The load balancer sends to a NodePort; the node rewrites to a pod, on externalTrafficPolicy Cluster with masquerade and perhaps on another node.",
    proves:
      "The connection entered a node at a NodePort from the NLB, or from a client whose address the NLB preserves.",
    doesNotProve: "That the NLB would not work with IP targets.",
    confirm: "aws elbv2 describe-target-health --target-group-arn ARN; kubectl get svc -A",
    sources: [
      "ELB user guide: target type",
      "kubernetes pkg/proxy/iptables/proxier.go (KUBE-NODEPORTS, KUBE-EXT)",
    ],
  },
  match(subject, { snapshot }) {
    if (subject.dialled.kind !== "node") return null;
    const { protocol } = subject.connection;
    const port = firstLeg(subject.connection).resp.port;
    const service = nodePortService(snapshot, protocol, port);
    if (subject.orig.kind === "load-balancer" && subject.orig.loadBalancerType === "network") {
      const more =
        service === null
          ? []
          : [statement(`port ${port} is a NodePort of ${service.name}`, [], [service.ref])];
      return proven("nlb-instance", subject, more);
    }
    if (subject.orig.kind !== "external" || service === null) return null;
    const target = registeredNodePort(snapshot, port);
    if (target === null) return null;
    // A client may also reach the node's public address itself; the gateway's translation hides the difference.
    return inferred("nlb-instance", subject, {
      or: ["nodeport"],
      wouldDecide: "the NLB's access log or VPC flow log for this client port",
      more: [
        statement(
          `port ${port} is a NodePort of ${service.name} and a registered target`,
          [],
          [service.ref, target],
        ),
      ],
    });
  },
};
