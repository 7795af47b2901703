import { natEvidence } from "../evidence.ts";
import { counted, indexes } from "../finding-group.ts";
import type { Classified, FindingRule } from "../rule.ts";
import { endpointText, MAX_EVIDENCE } from "../sightings.ts";
import { rewritesSource } from "../subject.ts";
import { NOT_ALONE } from "../traits.ts";

type Step = Classified["subject"]["connection"]["nat"][number];

export const snatPortCollision: FindingRule = {
  level: "error",
  concerns: NOT_ALONE,
  meta: {
    id: "snat-port-collision",
    title: "Two connections got the same port from SNAT",
    why: "Both raced for one port; the kernel drops the SYN of the one that came second, which retries after a second.",
    proves:
      "At the same time two connections of different senders had one tuple after the rewrite, and at least one of them was left without an answer.",
    doesNotProve: "That the race dropped the packet: the destination may not have answered either.",
    confirm: "conntrack -S (insert_failed)",
    sources: [
      "Linux net/netfilter/nf_conntrack_core.c (insert_failed)",
      "aws/amazon-vpc-cni-k8s#246",
    ],
  },
  find(classified) {
    const byTuple = new Map<string, { one: Classified; step: Step }[]>();
    for (const one of classified) {
      for (const step of one.subject.connection.nat.filter(rewritesSource)) {
        const { orig, resp } = step.after;
        const key = `${one.subject.connection.protocol} ${endpointText(orig)} → ${endpointText(resp)}`;
        const known = byTuple.get(key);
        if (known === undefined) byTuple.set(key, [{ one, step }]);
        else known.push({ one, step });
      }
    }
    return [...byTuple.values()].flatMap((uses) => {
      const clash = colliding(uses);
      const [first] = clash;
      if (first === undefined || !clash.some(({ one }) => isUnanswered(one))) return [];
      const members = clash.map(({ one }) => one);
      const { orig, resp } = first.step.after;
      return [
        {
          level: "error" as const,
          connections: indexes(members),
          message: `${counted(members.length, "connection")} became ${endpointText(orig)} → ${endpointText(resp)} at the same time.`,
          advice:
            "Set AWS_VPC_K8S_CNI_RANDOMIZESNAT=prng, which chooses ports that hardly ever meet.",
          evidence: clash.slice(0, MAX_EVIDENCE).map(({ step }) => natEvidence(step)),
          identity: `${orig.address} → ${resp.address}`,
        },
      ];
    });
  },
};

type Use = { readonly one: Classified; readonly step: Step };

/** Those that overlap the one before or after them. */
function colliding(uses: readonly Use[]): Use[] {
  const start = ({ one }: Use) => one.subject.connection.firstSeenNs;
  const ordered = [...uses].sort((x, y) =>
    start(x) < start(y) ? -1 : start(x) > start(y) ? 1 : 0,
  );
  return ordered.filter((use, i) =>
    [ordered[i - 1], ordered[i + 1]].some((other) => other !== undefined && collide(use, other)),
  );
}

/** Different senders, both alive at one moment. */
function collide(x: Use, y: Use): boolean {
  const a = x.one.subject.connection;
  const b = y.one.subject.connection;
  if (a.index === b.index) return false;
  if (endpointText(x.step.before.orig) === endpointText(y.step.before.orig)) return false;
  return a.firstSeenNs <= b.lastSeenNs && b.firstSeenNs <= a.lastSeenNs;
}

function isUnanswered({ subject: { connection } }: Classified): boolean {
  return connection.packets.resp === 0;
}
