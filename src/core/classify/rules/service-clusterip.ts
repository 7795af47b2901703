import { statement } from "../evidence.ts";
import type { PathRule } from "../rule.ts";
import { rewritesDestination } from "../subject.ts";
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
  match(subject) {
    if (subject.dialled.kind !== "service") return null;
    const rewritten = subject.connection.nat.some(rewritesDestination);
    if (rewritten) return proven("service-clusterip", subject);
    // The address alone says what was dialled; the endpoint is what is not known.
    if (subject.resp.kind === "service")
      return proven("service-clusterip", subject, [
        statement("the rewritten leg to an endpoint was not seen"),
      ]);
    return inferred("service-clusterip", subject, {
      or: ["unclassified"],
      wouldDecide: "a capture at the endpoint's interface",
    });
  },
};
