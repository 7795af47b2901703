import { statement } from "../evidence.ts";
import type { PathRule } from "../rule.ts";
import { firstLeg, isInitialTtl, nameOf, sightingsOf } from "../subject.ts";
import { inferred } from "../verdict.ts";

export const nodeToNode: PathRule = {
  meta: {
    id: "node-to-node",
    title: "Node to node",
    why: "Node agents and hostNetwork pods talk between node addresses.",
    proves: "Both ends are node addresses.",
    doesNotProve: "Which processes: a pod behind a masquerade has a node's address as well.",
    confirm: "ss -tnp on both nodes",
    sources: ["Kubernetes documentation: cluster networking"],
  },
  match(subject) {
    if (
      subject.orig.kind !== "node" ||
      subject.resp.kind !== "node" ||
      subject.connection.nat.length > 0
    )
      return null;
    const seen = sightingsOf(subject.connection, firstLeg(subject.connection)).find(
      (one) => one.orig.records > 0,
    );
    const node = nameOf(subject.orig, "the node");
    const more =
      seen !== undefined && isInitialTtl(seen.orig.ttlMax)
        ? [
            statement(
              `TTL ${seen.orig.ttlMax} at ${seen.vantagePoint.id}: nobody forwarded these packets before`,
              [{ capture: seen.vantagePoint.capture, record: seen.orig.firstRecord }],
            ),
          ]
        : [];
    return inferred("node-to-node", subject, {
      or: ["nodeport", "pod-to-node"],
      wouldDecide: `\`conntrack -L\` of ${node}`,
      more,
    });
  },
};
