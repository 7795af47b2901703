import { statement } from "../evidence.ts";
import type { PathMatch, PathRule, RuleContext, Subject } from "../rule.ts";
import { firstLeg, isPod, rewritesDestination } from "../subject.ts";
import { mayHideTunnel } from "../tunnel.ts";
import { inferred, proven } from "../verdict.ts";

export const serviceClusterip: PathRule = {
  meta: {
    id: "service-clusterip",
    title: "To a ClusterIP service",
    why: "kube-proxy rewrites the service address to an endpoint on the originator's own node.",
    proves:
      "The originator addressed a ClusterIP; with the rewritten leg, which endpoint answered.",
    doesNotProve: "Why this endpoint was chosen: kube-proxy picks at random.",
    confirm: "iptables -t nat -S KUBE-SERVICES | grep CLUSTER-IP",
    sources: [
      "kubernetes pkg/proxy/iptables/proxier.go",
      "Kubernetes documentation: Virtual IPs and Service Proxies",
    ],
  },
  match(subject, context) {
    const { owners, snapshot } = context;
    const rewritten = subject.connection.nat.some(rewritesDestination);
    if (subject.dialled.kind !== "service")
      return rewritten ? unlistedService(subject, snapshot) : null;
    if (
      rewritten &&
      isPod(subject.orig) &&
      isPod(subject.resp) &&
      mayHideTunnel(subject, context)
    ) {
      return inferred("service-clusterip", subject, {
        or: ["pod-to-pod-overlay"],
        wouldDecide: `aws ec2 describe-vpcs, or a capture of the ENI of ${subject.orig.node ?? "the originator's node"}, where the outer packets of a tunnel would show`,
      });
    }
    if (rewritten) return proven("service-clusterip", subject);
    // The address alone says what was dialled; the endpoint is what is not known.
    if (subject.resp.kind === "service") {
      const from = firstLeg(subject.connection).orig.address;
      if (isPod(subject.orig) && snapshot.vpcCidrs.length > 0 && !owners.inVpc(from)) {
        return inferred("service-clusterip", subject, {
          or: ["pod-to-pod-overlay"],
          wouldDecide: `a capture of all interfaces of ${subject.orig.node ?? "the originator's node"}: the VPC cannot route ${from}, so a tunnel may carry what the service address becomes`,
        });
      }
      return proven("service-clusterip", subject, [
        statement("the rewritten leg to an endpoint was not seen"),
      ]);
    }
    return inferred("service-clusterip", subject, {
      or: ["unclassified"],
      wouldDecide: "a capture at the endpoint's interface",
    });
  },
};

/** Without a list of services an address outside the VPC that a node rewrites to an endpoint is most likely one of them. */
function unlistedService(
  subject: Subject,
  { services, serviceCidrs }: RuleContext["snapshot"],
): PathMatch | null {
  if (subject.dialled.kind !== "external" || services.length > 0 || serviceCidrs.length > 0)
    return null;
  if (!isPod(subject.orig) && subject.orig.kind !== "node") return null;
  return inferred("service-clusterip", subject, {
    or: isPod(subject.resp) ? ["pod-to-pod-nat"] : ["unclassified"],
    wouldDecide: "kubectl get svc -A -o json",
    more: [
      statement(
        `${firstLeg(subject.connection).resp.address} was rewritten on the way, and no list of services says whether it is one`,
      ),
    ],
  });
}
