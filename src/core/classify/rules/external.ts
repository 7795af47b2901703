import type { OwnerKind } from "../../cluster/owner.ts";
import type { PathRule } from "../rule.ts";
import { classesOf, listsOf, mayBe } from "../unlisted.ts";
import { inferred } from "../verdict.ts";

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
  match(subject, { hasSnapshot, snapshot }) {
    const { orig, resp } = subject;
    if (!hasSnapshot || !OUTSIDE.has(orig.kind) || !OUTSIDE.has(resp.kind)) return null;
    // Without the lists of pods and nodes nobody can be said to be outside.
    if (snapshot.pods.length === 0 || snapshot.nodes.length === 0) return null;
    const unlisted = [...mayBe(orig, snapshot), ...mayBe(resp, snapshot)];
    if (unlisted.includes("pod") || unlisted.includes("node")) return null;
    // Absence from a list is no proof: a text list shows one address of a pod that has two.
    if (unlisted.length === 0) {
      return inferred("external", subject, {
        or: ["unclassified"],
        wouldDecide: "kubectl get pods,nodes -A -o json, which lists every address of a pod",
      });
    }
    return inferred("external", subject, {
      or: classesOf(unlisted, {
        pod: [],
        node: [],
        "load-balancer": ["client-to-lb"],
        "control-plane": [],
      }),
      wouldDecide: listsOf(unlisted),
    });
  },
};
