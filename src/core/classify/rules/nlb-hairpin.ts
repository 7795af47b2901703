import { statement } from "../evidence.ts";
import { counted, perWorkloadPair } from "../finding-group.ts";
import type { Classified, Evidence, FindingRule, RuleContext } from "../rule.ts";
import { firstOf, MAX_EVIDENCE, senderText } from "../sightings.ts";
import { firstLeg } from "../subject.ts";
import { Trait } from "../traits.ts";

export const nlbHairpin: FindingRule = {
  level: "error",
  concerns: { all: Trait.SynSent, any: Trait.OneAddress | Trait.ToBalancer },
  meta: {
    id: "nlb-hairpin",
    title: "A target that dials its own load balancer meets itself",
    why: "An NLB that preserves client addresses sends the packet back with source and destination alike; the kernel drops it. With N targets, one connection in N times out.",
    proves:
      "A packet had the same address as source and destination, or a registered target's SYN to its own NLB got no answer.",
    doesNotProve: "With only the unanswered SYN seen: that the NLB chose the same target for it.",
    confirm: "nstat -az TcpExtIPReversePathFilter; sysctl net.ipv4.conf.all.log_martians",
    sources: [
      "ELB user guide: NLB troubleshooting, requests time out for targets behind their own load balancer",
      "kubernetes/cloud-provider-aws#1160",
    ],
  },
  find(classified, context) {
    const members = classified.filter((one) => evidenceOf(one, context) !== null);
    return perWorkloadPair(members, (pair) => ({
      level: "error",
      message: `${pair.identity}: ${counted(pair.members.length, "connection")} that the load balancer sends back to the sender.`,
      advice:
        "Dial the service's ClusterIP from inside the cluster, or turn preserve_client_ip.enabled off for this target group.",
      evidence: pair.members.head(MAX_EVIDENCE).flatMap((one) => evidenceOf(one, context) ?? []),
    }));
  },
};

function evidenceOf(one: Classified, { snapshot }: RuleContext): Evidence | null {
  const { connection, orig, dialled } = one.subject;
  if (connection.tcp?.state !== "syn-sent") return null;
  const { orig: from, resp: to } = firstLeg(connection);
  const sender = senderText(one.subject, "orig");
  if (from.address === to.address && (orig.kind === "pod" || orig.kind === "node"))
    return statement(
      `a SYN from ${sender} to its own address, port ${to.port}, came from outside and got no answer`,
      firstOf(connection.observations.slice(0, 1), "orig"),
    );
  if (dialled.kind !== "load-balancer" || dialled.loadBalancerType !== "network") return null;
  if (connection.tcp.retransmissions.orig === 0) return null;
  const groups = snapshot.targetGroups.filter((group) =>
    group.loadBalancers.includes(dialled.name ?? ""),
  );
  const target = snapshot.targets.find(
    (entry) =>
      entry.address === from.address && groups.some((group) => preserves(group, entry.targetGroup)),
  );
  if (target === undefined) return null;
  return statement(
    `${sender}, a registered target, dialled its own NLB ${dialled.name} and got no answer`,
    firstOf(connection.observations.slice(0, 1), "orig"),
    [target.ref],
  );
}

type TargetGroup = RuleContext["snapshot"]["targetGroups"][number];

function preserves(group: TargetGroup, target: string | undefined): boolean {
  if (group.attributes["preserve_client_ip.enabled"] !== "true") return false;
  return target === undefined || target === group.name || target === group.arn;
}
