import { natEvidence } from "../evidence.ts";
import { byWorkloadPair, counted } from "../finding-group.ts";
import type { Classified, FindingRule } from "../rule.ts";
import { rewritesSource } from "../subject.ts";
import { NOT_ALONE } from "../traits.ts";

export const doubleNat: FindingRule = {
  level: "warning",
  concerns: NOT_ALONE,
  meta: {
    id: "double-nat",
    title: "The source address was rewritten twice",
    why: "Each rewrite hides the sender once more, uses up ports, and makes logs on both sides impossible to match.",
    proves: "Two nodes, one after the other, rewrote the source of the same packets.",
    doesNotProve: "That either rewrite is unwanted by itself.",
    confirm: "conntrack -L on both nodes",
    sources: ["netfilter: nat table, POSTROUTING"],
  },
  find(classified) {
    return byWorkloadPair(classified.filter((one) => sourceSteps(one).length > 1)).map(
      ({ identity, members }) => {
        const steps = members.flatMap(sourceSteps);
        const nodes = [...new Set(steps.map((step) => step.node ?? "an unknown node"))];
        return {
          connections: members.indexes,
          level: "warning" as const,
          message: `${identity}: the source of ${counted(members.length, "connection")} was rewritten by ${nodes.join(" and then by ")}.`,
          advice:
            "Keep one rewrite at most: remove the masquerade rule of the receiving node, then see why the sending node rewrites.",
          evidence: steps.slice(0, 4).map(natEvidence),
          identity,
        };
      },
    );
  },
};

function sourceSteps({ subject }: Classified): Classified["subject"]["connection"]["nat"] {
  return subject.connection.nat.filter(rewritesSource);
}
