import type { NatStep } from "../../correlate/connection.ts";
import { natEvidence, statement } from "../evidence.ts";
import { counted, perWorkloadPair } from "../finding-group.ts";
import type { Classified, FindingRule } from "../rule.ts";
import { endpointText, firstOf, MAX_EVIDENCE } from "../sightings.ts";
import { lastLeg, rewritesSource } from "../subject.ts";

export const sourcePortClash: FindingRule = {
  level: "note",
  meta: {
    id: "source-port-clash",
    title: "One source port was used to one server twice, by the service and directly",
    why: "Both connections would be the same on the wire, so the node gives the second another port; without a free one it hangs.",
    proves:
      "A connection left with its own address and another source port, while another connection had its port to the same server.",
    doesNotProve: "That anything failed: a port that was changed works.",
    confirm: "conntrack -L -p tcp --src ADDRESS; conntrack -S (clash_resolve, insert_failed)",
    sources: [
      "kubernetes/kubernetes#90258",
      "Linux net/netfilter/nf_nat_core.c (get_unique_tuple)",
    ],
  },
  find(classified) {
    const onWire = new Map<string, Classified[]>();
    for (const one of classified) {
      const { orig, resp } = lastLeg(one.subject.connection);
      const key = `${one.subject.connection.protocol} ${endpointText(orig)} ${endpointText(resp)}`;
      const known = onWire.get(key);
      if (known === undefined) onWire.set(key, [one]);
      else known.push(one);
    }
    const holders = new Map<Classified, Clash>();
    for (const one of classified) {
      // A node's own packets get a random port with the VPC CNI's SNAT rule, taken or not.
      if (one.subject.orig.kind !== "pod") continue;
      for (const step of one.subject.connection.nat.filter(isMovedPort)) {
        const key = `${one.subject.connection.protocol} ${endpointText(step.before.orig)} ${endpointText(step.after.resp)}`;
        const holder = onWire.get(key)?.find((other) => overlaps(one, other));
        if (holder !== undefined) holders.set(one, { step, holder });
      }
    }
    return perWorkloadPair([...holders.keys()], ({ identity, members }) => ({
      level: "note",
      message: `${identity}: ${counted(members.length, "connection")} got another source port, because its own was in use to the same server.`,
      advice:
        "Nothing while it works. Clients that bind their source port should not use the service and its pods both.",
      evidence: members.slice(0, MAX_EVIDENCE / 2).flatMap((one) => {
        const clash = holders.get(one);
        if (clash === undefined) return [];
        const { orig, resp } = clash.step.before;
        return [
          natEvidence(clash.step),
          statement(
            `${endpointText(orig)} was in use to ${endpointText(clash.step.after.resp)} at the same time, besides ${endpointText(resp)}`,
            firstOf(clash.holder.subject.connection.observations, "orig").slice(0, 1),
          ),
        ];
      }),
    }));
  },
};

interface Clash {
  readonly step: NatStep;
  readonly holder: Classified;
}

/** The port changed and the address did not: no rule asks for that of a pod's packets. */
function isMovedPort(step: NatStep): boolean {
  const { before, after } = step;
  return (
    rewritesSource(step) &&
    before.orig.address === after.orig.address &&
    before.orig.port !== after.orig.port
  );
}

function overlaps({ subject: { connection: one } }: Classified, other: Classified): boolean {
  const { connection } = other.subject;
  if (connection.index === one.index) return false;
  return connection.firstSeenNs <= one.lastSeenNs && one.firstSeenNs <= connection.lastSeenNs;
}
