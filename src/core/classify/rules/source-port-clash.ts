import type { NatStep } from "../../correlate/connection.ts";
import { natEvidence, statement } from "../evidence.ts";
import { counted, perWorkloadPair } from "../finding-group.ts";
import type { Members } from "../members.ts";
import type { Classified, FindingRule, RuleContext } from "../rule.ts";
import { endpointText, firstOf, MAX_EVIDENCE } from "../sightings.ts";
import { lastLeg, rewritesSource } from "../subject.ts";
import { NOT_ALONE } from "../traits.ts";

export const sourcePortClash: FindingRule = {
  level: "note",
  concerns: NOT_ALONE,
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
  find(classified, context) {
    // A node's own packets get a random port with the VPC CNI's SNAT rule, taken or not.
    const moved = classified.filter(
      ({ subject }) => subject.orig.kind === "pod" && subject.connection.nat.some(isMovedPort),
    );
    const holders = new Map<number, Clash>();
    const onWire = tuplesOnWire(moved, context);
    for (const one of moved) {
      for (const step of one.subject.connection.nat.filter(isMovedPort)) {
        const holder = onWire.get(keptTuple(one, step))?.find((other) => overlaps(one, other));
        if (holder !== undefined) holders.set(one.subject.connection.index, { step, holder });
      }
    }
    return perWorkloadPair(classified.keysOf(holders), ({ identity, members }) => ({
      level: "note",
      message: `${identity}: ${counted(members.length, "connection")} got another source port, because its own was in use to the same server.`,
      advice:
        "Nothing while it works. Clients that bind their source port should not use the service and its pods both.",
      evidence: members.head(MAX_EVIDENCE / 2).flatMap((one) => {
        const clash = holders.get(one.subject.connection.index);
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

/** What the packets would have been on the wire, had they kept their port. */
function keptTuple({ subject: { connection } }: Classified, { before, after }: NatStep): string {
  return `${connection.protocol} ${endpointText(before.orig)} ${endpointText(after.resp)}`;
}

/** All connections with such a tuple on the wire, by index. */
function tuplesOnWire(
  moved: Members,
  context: RuleContext,
): ReadonlyMap<string, readonly Classified[]> {
  const onWire = new Map<string, Classified[]>();
  const ports = new Set<number | null>();
  for (const one of moved) {
    for (const step of one.subject.connection.nat.filter(isMovedPort)) {
      onWire.set(keptTuple(one, step), []);
      ports.add(step.before.orig.port);
    }
  }
  if (onWire.size === 0) return onWire;
  const holding = context.having({}).filterAlone(
    (sight) => (ports.has(sight.port("orig")) ? null : false),
    ({ subject: { connection } }) => ports.has(lastLeg(connection).orig.port),
  );
  for (const one of holding) {
    const { orig, resp } = lastLeg(one.subject.connection);
    onWire
      .get(`${one.subject.connection.protocol} ${endpointText(orig)} ${endpointText(resp)}`)
      ?.push(one);
  }
  return onWire;
}

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
