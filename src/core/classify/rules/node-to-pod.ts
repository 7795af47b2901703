import { statement } from "../evidence.ts";
import type { PathMatch, PathRule, Subject } from "../rule.ts";
import { firstLeg, isInitialTtl, isPod, nameOf, sightingsOf } from "../subject.ts";
import { inferred, possible } from "../verdict.ts";

export const nodeToPod: PathRule = {
  meta: {
    id: "node-to-pod",
    title: "Node to pod",
    why: "Kubelet probes and host processes reach pods from the node's primary address.",
    proves:
      "The packets left the node with a TTL that nobody had decremented: the node itself made them.",
    doesNotProve:
      "Which process: kubelet, a hostNetwork pod or another; a client of a ClusterIP on the node looks the same.",
    confirm: "ss -tnp on the node; kubectl get pod -o yaml (probes)",
    sources: ["Kubernetes documentation: probes", "aws/amazon-vpc-cni-k8s docs/cni-proposal.md"],
  },
  match(subject) {
    if (subject.orig.kind !== "node" || !isPod(subject.resp)) return null;
    const seen = sightingsOf(subject.connection, firstLeg(subject.connection)).filter(
      (one) => one.orig.records > 0,
    );
    const own = seen.find((one) => isInitialTtl(one.orig.ttlMax));
    const node = nameOf(subject.orig, "the node");
    if (own === undefined) return forwarded(subject, node);
    return inferred("node-to-pod", subject, {
      or: ["service-clusterip"],
      wouldDecide: `\`conntrack -L\` of ${node}: a host client of a ClusterIP is rewritten before any capture can see it`,
      more: [
        statement(
          `TTL ${own.orig.ttlMax} at ${own.vantagePoint.id}: nobody forwarded these packets before`,
          [{ capture: own.vantagePoint.capture, record: own.orig.firstRecord }],
        ),
      ],
    });
  },
};

/** Forwarded packets with a node's address as source were masqueraded: for a service, a NodePort, or by mistake. */
function forwarded(subject: Subject, node: string): PathMatch {
  const atNode = subject.connection.observations.some(
    (one) => one.vantagePoint.node === subject.orig.node,
  );
  // At another node the fabric's and that node's hops have been counted off already.
  const sameNode = subject.resp.node === subject.orig.node;
  if (!atNode && !sameNode) {
    return inferred("node-to-pod", subject, {
      or: ["nlb-instance", "nodeport", "service-clusterip", "pod-to-pod-nat"],
      wouldDecide: `a capture of the ENIs of ${node}`,
    });
  }
  return possible("unclassified", subject, {
    or: ["pod-to-pod-nat", "service-clusterip", "nodeport", "nlb-instance", "node-to-pod"],
    wouldDecide: `captures of all interfaces of ${node}, or \`conntrack -L\` there: the packets were forwarded, so ${node} masqueraded them for somebody`,
  });
}
