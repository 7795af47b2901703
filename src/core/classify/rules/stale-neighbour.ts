import type { EniEntry } from "../../cluster/snapshot.ts";
import type { Observation } from "../../correlate/connection.ts";
import { statement } from "../evidence.ts";
import { counted, perWorkloadPair } from "../finding-group.ts";
import type { Classified, Evidence, FindingRule, RuleContext } from "../rule.ts";
import { firstOf, MAX_EVIDENCE, partyText } from "../sightings.ts";
import { isEni, lastLeg } from "../subject.ts";
import { Trait } from "../traits.ts";

export const staleNeighbour: FindingRule = {
  level: "warning",
  concerns: { all: Trait.ToPod | Trait.NoAnswer | Trait.AtEni },
  meta: {
    id: "stale-neighbour",
    title: "Packets for a pod go to an interface that no longer holds its address",
    why: "A pod address that moved to another ENI keeps its old link address in the neighbours' tables: until the entry ages, packets go to a node that drops them.",
    proves:
      "Packets that nobody answered carry the link address of one ENI and a pod address that the snapshot gives to another.",
    doesNotProve:
      "That the entry was stale when the packet was sent: the address may have moved between the packet and the snapshot.",
    confirm: "ip neigh show POD-ADDRESS (on the sending node)",
    sources: ["aws/amazon-vpc-cni-k8s#3628", "RFC 826"],
  },
  find(classified, context) {
    const members = classified.filter((one) => evidenceOf(one, context) !== null);
    return perWorkloadPair(members, (pair) => ({
      level: "warning",
      message: `${pair.identity}: ${counted(pair.members.length, "connection")} sent to the link address of an ENI that does not hold the pod's address.`,
      advice:
        "Delete the neighbour entry on the sending node (ip neigh del) and see whether the address was given to another pod just before.",
      evidence: pair.members.head(MAX_EVIDENCE).flatMap((one) => evidenceOf(one, context) ?? []),
    }));
  },
};

function evidenceOf({ subject }: Classified, { snapshot }: RuleContext): Evidence | null {
  const { connection, resp } = subject;
  if (resp.kind !== "pod" || resp.eni === undefined || connection.packets.resp > 0) return null;
  const holder = snapshot.enis.find((eni) => eni.id === resp.eni);
  // Branch ENIs share the trunk's link: which address their frames carry is not known here.
  if (holder?.mac === undefined || holder.role === "branch" || holder.role === "trunk") return null;
  const leg = lastLeg(connection);
  for (const one of connection.observations) {
    if (!isEni(one) || one.encapsulation !== null || one.orig.records === 0) continue;
    if (one.tuple.resp.address !== leg.resp.address) continue;
    const other = otherEni(one, holder, snapshot.enis);
    if (other === null) continue;
    return statement(
      `at ${one.vantagePoint.id} packets for ${partyText(resp, leg.resp)} go to ${other.mac}, which is ${other.id}; the address is on ${holder.id} (${holder.mac})`,
      firstOf([one], "orig"),
      [other.ref, holder.ref],
    );
  }
  return null;
}

/** The listed ENI that the frame is for, when it is not the holder; null for a router or an address nobody lists. */
function otherEni(
  { orig }: Observation,
  holder: EniEntry,
  enis: readonly EniEntry[],
): EniEntry | null {
  if (orig.macDst == null || orig.macDst === holder.mac) return null;
  return enis.find((eni) => eni.mac === orig.macDst) ?? null;
}
