import type { AwsTunnel } from "../../correlate/aws-tunnel.ts";
import { statement } from "../evidence.ts";
import { counted, indexes } from "../finding-group.ts";
import type { Classified, FindingRule } from "../rule.ts";
import { firstOf, MAX_EVIDENCE } from "../sightings.ts";
import { NOT_ALONE } from "../traits.ts";

interface Target {
  readonly tunnel: AwsTunnel;
  readonly outer: Classified[];
  readonly inner: Classified[];
  readonly places: Set<string>;
}

export const trafficMirroring: FindingRule = {
  level: "note",
  concerns: NOT_ALONE,
  meta: {
    id: "traffic-mirroring",
    title: "Packets came as copies of VPC Traffic Mirroring",
    why: "The VXLAN around them is the mirror session's and no overlay; what is inside is told as seen at the mirrored ENI.",
    proves:
      "Packets of the VPC arrived wrapped in VXLAN at an address that never answers the tunnel.",
    doesNotProve:
      "That every packet was copied: mirroring gives way to other traffic, filters, cuts to a length, and leaves out ARP, DHCP, IMDS and NTP. Times are those of the target.",
    confirm: "aws ec2 describe-traffic-mirror-sessions",
    sources: [
      "VPC Traffic Mirroring guide: traffic-mirroring-targets",
      "VPC Traffic Mirroring guide: traffic-mirroring-network-limitations",
      "RFC 7348",
    ],
  },
  find(classified) {
    const targets = new Map<string, Target>();
    for (const one of classified) {
      const { carries, observations } = one.subject.connection;
      if (carries?.awsTunnel !== undefined) targetOf(targets, carries.awsTunnel)?.outer.push(one);
      for (const { vantagePoint } of observations) {
        const target =
          vantagePoint.awsTunnel === undefined ? null : targetOf(targets, vantagePoint.awsTunnel);
        target?.places.add(vantagePoint.id);
        if (target != null && target.inner.at(-1) !== one) target.inner.push(one);
      }
    }
    return [...targets].map(([address, { tunnel, outer, inner, places }]) => ({
      connections: indexes([...inner, ...outer]),
      level: "note" as const,
      message: `${counted(inner.length, "connection")} came to ${address} as mirrored copies, in ${counted(outer.length, "VXLAN flow")}, and ${inner.length === 1 ? "is" : "are"} told as seen at ${placesText([...places].sort())}.`,
      advice:
        "Name no node for this capture: the mirrored ENIs are the places. What is missing may not have been copied.",
      evidence: outer
        .slice(0, MAX_EVIDENCE)
        .map(({ subject }) =>
          statement(
            `${counted(subject.connection.packets.orig, "packet")} from ${subject.connection.legs[0]?.orig.address ?? "?"}; ${tunnel.because}`,
            firstOf(subject.connection.observations.slice(0, 1), "orig"),
          ),
        ),
      identity: address,
    }));
  },
};

function targetOf(targets: Map<string, Target>, tunnel: AwsTunnel): Target | null {
  if (tunnel.service !== "traffic-mirroring") return null;
  const known = targets.get(tunnel.target);
  if (known !== undefined) return known;
  const target: Target = { tunnel, outer: [], inner: [], places: new Set() };
  targets.set(tunnel.target, target);
  return target;
}

function placesText(places: readonly string[]): string {
  const shown = places.slice(0, MAX_EVIDENCE).join(", ");
  return places.length > MAX_EVIDENCE ? `${shown} and ${places.length - MAX_EVIDENCE} more` : shown;
}
