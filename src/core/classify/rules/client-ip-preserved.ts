import type { OwnerKind } from "../../cluster/owner.ts";
import { statement } from "../evidence.ts";
import { counted, perWorkloadPair } from "../finding-group.ts";
import type { Classified, FindingRule, PathClass } from "../rule.ts";
import { firstOf, MAX_EVIDENCE, partyText, placesText } from "../sightings.ts";
import { firstLeg, isPod, lastLeg, rewritesSource, sightingsOf } from "../subject.ts";
import { Trait } from "../traits.ts";

const BEHIND_A_DOOR: ReadonlySet<PathClass> = new Set(["nlb-ip", "nlb-instance", "nodeport"]);
/** Who is a client of the cluster and not a part of it. */
const CLIENTS: ReadonlySet<OwnerKind> = new Set(["external", "peer", "vpc", "aws-interface"]);

export const clientIpPreserved: FindingRule = {
  level: "note",
  concerns: { all: Trait.FromOutside | Trait.ToPod },
  meta: {
    id: "client-ip-preserved",
    title: "The server sees the client's own address",
    why: "Security groups and network policies must then admit clients, not the load balancer; and a pod that dials its own load balancer may meet itself.",
    proves: "The pod received packets whose source is an address outside the cluster.",
    doesNotProve:
      "That the address is the client's own: a NAT in front of the load balancer would look the same.",
    confirm: "aws elbv2 describe-target-group-attributes --target-group-arn ARN",
    sources: [
      "ELB user guide: client IP preservation",
      "kubernetes-sigs/aws-load-balancer-controller docs/guide/service/nlb.md",
    ],
  },
  find(classified) {
    return perWorkloadPair(classified.filter(isPreserved), ({ identity, members }) => ({
      level: "note",
      message: `${identity}: the client's address reached the pod in ${counted(members.length, "connection")} through ${members.some(({ verdict }) => verdict.class === "nodeport") ? "a NodePort" : "the load balancer"}.`,
      advice:
        "Nothing to do; keep the pods' security groups and network policies open for clients.",
      evidence: members.head(MAX_EVIDENCE).map(({ subject }) => {
        const leg = lastLeg(subject.connection);
        const seen = sightingsOf(subject.connection, leg).slice(-1);
        return statement(
          `${partyText(subject.resp, leg.resp)} got packets from ${leg.orig.address} at ${placesText(seen)}`,
          firstOf(seen, "orig"),
        );
      }),
    }));
  },
};

function isPreserved({ subject, verdict }: Classified): boolean {
  const { connection } = subject;
  return (
    BEHIND_A_DOOR.has(verdict.class) &&
    CLIENTS.has(subject.orig.kind) &&
    isPod(subject.resp) &&
    !connection.nat.some(rewritesSource) &&
    firstLeg(connection).orig.address === lastLeg(connection).orig.address
  );
}
