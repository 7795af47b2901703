import { statement } from "../evidence.ts";
import { counted, indexes } from "../finding-group.ts";
import type { Classified, Evidence, FindingRule } from "../rule.ts";
import { firstLeg, nameOf } from "../subject.ts";
import { NOT_ALONE } from "../traits.ts";

export const overlayEncapsulation: FindingRule = {
  level: "error",
  concerns: NOT_ALONE,
  meta: {
    id: "overlay-encapsulation",
    title: "Cluster traffic is wrapped in a tunnel",
    why: "Under the VPC CNI no pod-to-pod encapsulation is expected: a second CNI or a policy engine in tunnel mode is at work.",
    proves: "Packets between two cluster nodes carry packets of cluster addresses.",
    doesNotProve: "Which component's configuration is wrong, or that the tunnel is unwanted.",
    confirm: "ip -d link show type vxlan; kubectl -n kube-system get ds",
    sources: ["RFC 7348", "RFC 8926", "aws/amazon-vpc-cni-k8s#3085"],
  },
  find(classified) {
    const kinds = new Map<
      string,
      { outer: Classified[]; inner: Set<number>; evidence: Evidence[] }
    >();
    const nodePairs = new Set<string>();
    for (const one of classified) {
      const { connection, orig, resp } = one.subject;
      if (connection.carries === null || orig.kind !== "node" || resp.kind !== "node") continue;
      const inner = connection.carries.connections.filter(
        (index) => classified.source.at(index)?.verdict.class === "pod-to-pod-overlay",
      );
      const { orig: from, resp: to } = firstLeg(connection);
      // An inner connection is told once, with the outer flow that it was first seen in; VXLAN's replies take another one.
      const isAnswer =
        connection.carries.connections.length === 0 &&
        nodePairs.has(`${connection.carries.kind} ${to.address} ${from.address}`);
      if (inner.length === 0 && !isAnswer) continue;
      nodePairs.add(`${connection.carries.kind} ${from.address} ${to.address}`);
      const group = kinds.get(connection.carries.kind) ?? {
        outer: [],
        inner: new Set<number>(),
        evidence: [],
      };
      kinds.set(connection.carries.kind, group);
      group.outer.push(one);
      for (const index of inner) group.inner.add(index);
      const seen = connection.observations[0];
      if (seen === undefined || group.evidence.length >= 8) continue;
      const record = seen.orig.records > 0 ? seen.orig.firstRecord : seen.resp.firstRecord;
      group.evidence.push(
        statement(
          `${nameOf(orig, from.address)} sends ${connection.carries.kind} to ${nameOf(resp, to.address)} at ${seen.vantagePoint.id}`,
          [{ capture: seen.vantagePoint.capture, record }],
        ),
      );
    }
    return [...kinds].map(([kind, { outer, inner, evidence }]) => ({
      connections: [...[...inner].sort((x, y) => x - y), ...indexes(outer)],
      level: "error" as const,
      message: `${counted(inner.size, "connection")} between pods crossed the nodes inside ${kind}, in ${counted(outer.length, "outer flow")}.`,
      advice:
        "Find the component that owns the tunnel device (ip -d link show) and turn its encapsulation off, or accept it and lower the pod MTU.",
      evidence,
      identity: kind,
    }));
  },
};
