import type { PathRule } from "../rule.ts";
import { isPod, nameOf, sightingAtOrigin } from "../subject.ts";
import { inferred, proven } from "../verdict.ts";

export const controlPlane: PathRule = {
  meta: {
    id: "control-plane",
    title: "With the EKS control plane",
    why: "The API server reaches kubelets and webhooks, and nodes and pods reach the API, through EKS-owned interfaces in the VPC.",
    proves: 'One end is an EKS-owned interface (description "Amazon EKS <cluster>").',
    doesNotProve: "Which API call it was: the connection is TLS.",
    confirm: "aws ec2 describe-network-interfaces --filters Name=description,Values='Amazon EKS *'",
    sources: ["EKS user guide: network requirements"],
  },
  match(subject) {
    const { orig, resp } = subject;
    if (orig.kind === "control-plane") return proven("control-plane", subject);
    if (resp.kind !== "control-plane") return null;
    if (orig.kind === "node") {
      return inferred("control-plane", subject, {
        or: ["service-clusterip"],
        wouldDecide: `\`conntrack -L\` of ${nameOf(orig, "the node")}: a host client of the kubernetes service is rewritten before any capture can see it`,
      });
    }
    if (!isPod(orig) || sightingAtOrigin(subject) !== null) return proven("control-plane", subject);
    return inferred("control-plane", subject, {
      or: ["service-clusterip"],
      wouldDecide: `a capture at the interface of ${orig.namespace}/${orig.name}, where the service address would show`,
    });
  },
};
