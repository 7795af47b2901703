import { statement } from "../evidence.ts";
import { counted, perWorkloadPair } from "../finding-group.ts";
import type { FindingRule } from "../rule.ts";
import { firstOf, has, MAX_EVIDENCE, placesText, SIDES, senderText } from "../sightings.ts";
import { Trait } from "../traits.ts";

export const ipFragments: FindingRule = {
  level: "note",
  concerns: { all: Trait.Fragments },
  meta: {
    id: "ip-fragments",
    title: "Packets travel in fragments",
    why: "One lost fragment loses the whole packet; firewalls and load balancers often drop fragments, and those after the first have no ports.",
    proves: "IP packets of this connection were larger than a link on their way and were split.",
    doesNotProve: "That any was lost, or which hop split it (IPv4 routers may, IPv6 ones never).",
    confirm: "nstat -az IpReasmFails IpFragCreates IpFragFails",
    sources: ["RFC 791 section 3.2", "RFC 8200 section 4.5", "RFC 8900", "cilium/cilium#28413"],
  },
  find(classified) {
    const split = classified.filter(({ subject }) =>
      subject.connection.observations.some((one) => one.fragments > 0),
    );
    return perWorkloadPair(split, ({ identity, members }) => ({
      level: "note",
      message: `${identity}: ${counted(members.length, "connection")} with fragmented packets.`,
      advice:
        "Let the sender stay below the path's MTU (datagram size, MSS, tunnel MTU); the ENI's own MTU is 9001 inside a VPC and 1500 beyond it.",
      evidence: members.head(MAX_EVIDENCE).map(({ subject }) => {
        const seen = subject.connection.observations.filter((one) => one.fragments > 0);
        const most = Math.max(...seen.map((one) => one.fragments));
        const side = SIDES.find((one) => seen.some((sighting) => has(sighting[one]))) ?? "orig";
        return statement(
          `${counted(most, "fragment")} between ${senderText(subject, "orig")} and ${senderText(subject, "resp")} at ${placesText(seen)}`,
          firstOf(seen, side),
        );
      }),
    }));
  },
};
