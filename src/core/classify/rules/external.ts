import type { OwnerKind } from "../../cluster/owner.ts";
import type { PathRule } from "../rule.ts";
import { proven } from "../verdict.ts";

const OUTSIDE: ReadonlySet<OwnerKind> = new Set([
  "external",
  "vpc",
  "aws-interface",
  "peer",
  "loopback",
]);

export const external: PathRule = {
  meta: {
    id: "external",
    title: "Neither end is in the cluster",
    why: "Traffic of others in the same capture, or a sign that the snapshot is too thin.",
    proves: "No end belongs to a pod, node, service or load balancer that the snapshot lists.",
    doesNotProve: "That the traffic is foreign, when the snapshot is incomplete.",
    confirm: "kubectl get pods,nodes -A -o wide",
    sources: ["podpath glossary: external"],
  },
  match(subject, { hasSnapshot }) {
    if (!hasSnapshot) return null;
    return OUTSIDE.has(subject.orig.kind) && OUTSIDE.has(subject.resp.kind)
      ? proven("external", subject)
      : null;
  },
};
