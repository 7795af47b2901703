import { natEvidence, natWord, tupleText } from "../evidence.ts";
import { byWorkloadPair, counted } from "../finding-group.ts";
import type { Classified, FindingRule } from "../rule.ts";
import { Trait } from "../traits.ts";

export const pathDiffersFromRules: FindingRule = {
  level: "warning",
  concerns: { all: Trait.Proven, any: Trait.FromPod | Trait.FromNode | Trait.ToPod | Trait.ToNode },
  meta: {
    id: "path-differs-from-rules",
    title: "Packets took a path that the node's rules do not give them",
    why: "Somebody else rewrites or routes: rules in nftables or eBPF, an agent that changed them since, a stale conntrack entry.",
    proves:
      "No way through the snapshot's iptables rules and routes leads to what was seen at both sides.",
    doesNotProve:
      "Who did it: iptables-save shows neither nftables tables nor eBPF programs, a listing may leave rules out, and the rules may have been others when the conversation began.",
    confirm: "nft list ruleset; conntrack -L; iptables-save -c",
    sources: [
      "aws/amazon-vpc-cni-k8s pkg/networkutils/network.go",
      "kubernetes pkg/proxy/iptables/proxier.go",
      "kubernetes/kubernetes#125467",
    ],
  },
  find(classified) {
    return byWorkloadPair(classified.filter(contradicts)).map(({ identity, members }) => {
      const expected = [...new Set(members.map((one) => one.expected?.rewrites ?? ""))];
      const seen = [...new Set(members.map(seenWords))];
      return {
        connections: members.indexes,
        level: "warning" as const,
        message: `${identity}: ${counted(members.length, "connection")} differ from the rules of the snapshot: these give ${expected.join(" or ")}; seen was ${seen.join(" or ")}.`,
        advice:
          "Take the snapshot again while the traffic runs. If the rules are the same, look for another hand on the node: nft list ruleset, and conntrack entries older than the rules.",
        evidence: members
          .head(4)
          .flatMap((one) => [
            ...one.subject.connection.nat.map(natEvidence),
            ...(one.expected?.steps ?? []),
          ]),
        identity,
      };
    });
  },
};

/** Only a certain prediction can be contradicted: settings say what the CNI meant to do, not what a node does. */
function contradicts({ expected }: Classified): boolean {
  return expected?.certainty === "certain" && expected.agrees === false;
}

function seenWords({ subject: { connection } }: Classified): string {
  if (connection.nat.length === 0) return "no rewrite";
  return connection.nat
    .map((step) => `${natWord(step.kind)} to ${tupleText(step.after)}`)
    .join(", ");
}
