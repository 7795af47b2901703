import { byWorkloadPair, counted } from "../finding-group.ts";
import { namedRules, rewriteEvidence, rewritesBy } from "../rewrite.ts";
import type { FindingRule } from "../rule.ts";
import { firstLeg, nameOf, rewritesDestination } from "../subject.ts";
import { NOT_ALONE } from "../traits.ts";

export const unexpectedDnat: FindingRule = {
  level: "error",
  concerns: NOT_ALONE,
  meta: {
    id: "unexpected-dnat",
    title: "A packet to a pod was sent to another address",
    why: "The originator addressed a pod directly and something answered in its place.",
    proves: "The destination was rewritten although it was a pod's address and no service.",
    doesNotProve: "Which agent added the rule, unless the snapshot's iptables name it.",
    confirm: "iptables -t nat -S PREROUTING",
    sources: ["netfilter: nat table, PREROUTING"],
  },
  find(classified) {
    const rewritten = classified.filter(
      ({ subject }) =>
        subject.dialled.kind === "pod" && subject.connection.nat.some(rewritesDestination),
    );
    return byWorkloadPair(rewritten).map(({ identity, members }) => {
      const rewrites = members.flatMap(rewritesBy(rewritesDestination));
      const dialled = [
        ...new Set(
          members.map((one) =>
            nameOf(one.subject.dialled, firstLeg(one.subject.connection).resp.address),
          ),
        ),
      ];
      return {
        connections: members.indexes,
        level: "error" as const,
        message: `${identity}: ${counted(members.length, "connection")} to ${dialled.join(", ")} went to another destination${namedRules(rewrites)}.`,
        advice:
          "Remove the DNAT rule on the node that rewrote it; redirect through a Service if the redirection is wanted.",
        evidence: rewrites.slice(0, 4).map(rewriteEvidence),
        identity,
      };
    });
  },
};
