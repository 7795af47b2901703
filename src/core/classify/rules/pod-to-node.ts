import type { PathRule } from "../rule.ts";
import { isPod, sightingAtOrigin, sightingAtResponder } from "../subject.ts";
import { inferred, proven } from "../verdict.ts";

export const podToNode: PathRule = {
  meta: {
    id: "pod-to-node",
    title: "Pod to a node",
    why: "Metrics agents, host ports and hostNetwork pods answer on node addresses.",
    proves: "A pod addressed a node's address.",
    doesNotProve:
      "Which process on the node answered: hostNetwork pods and host processes share the address.",
    confirm: "ss -ltnp on the node",
    sources: [
      "aws/amazon-vpc-cni-k8s pkg/networkutils/network.go (destinations local to the node are not rewritten)",
    ],
  },
  match(subject, { snapshot }) {
    if (!isPod(subject.orig) || subject.resp.kind !== "node" || subject.connection.nat.length > 0)
      return null;
    const sent = sightingAtOrigin(subject) !== null;
    // Without the services a NodePort shows only in the answer: the node's own has not been forwarded.
    const ownPort = snapshot.services.length > 0 || sightingAtResponder(subject) !== null;
    if (sent && ownPort) return proven("pod-to-node", subject);
    if (sent)
      return inferred("pod-to-node", subject, {
        or: ["nodeport"],
        wouldDecide: "kubectl get svc -A -o json: whether the port is a NodePort",
      });
    return inferred("pod-to-node", subject, {
      or: ["service-clusterip"],
      wouldDecide: `a capture at the interface of ${subject.orig.namespace}/${subject.orig.name}`,
    });
  },
};
