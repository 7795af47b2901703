import type { Owner } from "../../cluster/owner.ts";
import type { Observation, ObservedDirection } from "../../correlate/connection.ts";
import { statement } from "../evidence.ts";
import { byWorkloadPair, counted } from "../finding-group.ts";
import type { Classified, Evidence, FindingRule, RuleContext } from "../rule.ts";
import { Trait } from "../traits.ts";

export const wrongEni: FindingRule = {
  level: "error",
  concerns: { all: Trait.AtEni, any: Trait.FromPod | Trait.ToPod },
  meta: {
    id: "wrong-eni",
    title: "A pod's address left by an ENI that does not hold it",
    why: "The VPC's source/destination check drops packets whose source address is not one of the ENI's own.",
    proves: "Packets with the pod's own source address were on another ENI of its node.",
    doesNotProve:
      "Why: a lost `ip rule`, a mark restored at the wrong time, an agent of the operating system that rewrote the routing.",
    confirm: "ip rule; ip route show table all; iptables -t nat -S PREROUTING",
    sources: [
      "aws/amazon-vpc-cni-k8s#3800",
      "aws/amazon-vpc-cni-k8s#2170",
      "aws/amazon-vpc-cni-k8s pkg/networkutils/network.go",
    ],
  },
  find(classified, context) {
    const misrouted = new Map<number, readonly Misrouted[]>();
    for (const one of classified) {
      const found = misroutedOf(one, context);
      if (found.length > 0) misrouted.set(one.subject.connection.index, found);
    }
    return byWorkloadPair(classified.keysOf(misrouted)).map(({ identity, members }) => {
      const all = [...members.indexes].flatMap((index) => misrouted.get(index) ?? []);
      const ways = [...new Set(all.map((one) => one.words))];
      return {
        connections: members.indexes,
        level: "error" as const,
        message: `${identity}: ${counted(members.length, "connection")} used the wrong ENI: ${ways.join("; ")}.`,
        advice:
          "Compare `ip rule` with the pod's ENI: `from POD lookup N` must be there for pods on secondary ENIs. Look for agents that rewrite rules (NetworkManager, ec2-net-utils) and check the order of the PREROUTING rules.",
        evidence: all.slice(0, 4).flatMap((one) => one.evidence),
        identity,
      };
    });
  },
};

interface Misrouted {
  readonly words: string;
  readonly evidence: readonly Evidence[];
}

function misroutedOf(one: Classified, context: RuleContext): Misrouted[] {
  const { connection, orig, resp } = one.subject;
  return connection.observations.flatMap((observation) => {
    if (observation.encapsulation !== null) return [];
    const { tuple } = observation;
    return [
      ...judge(observation, observation.orig, tuple.orig.address, orig, one, context),
      ...judge(observation, observation.resp, tuple.resp.address, resp, one, context),
    ];
  });
}

/** A pod's packets on an ENI of its own node are leaving; what the ENI's own pods get comes in from elsewhere. */
function judge(
  { vantagePoint }: Observation,
  sent: ObservedDirection,
  address: string,
  pod: Owner,
  { expected }: Classified,
  { owners, snapshot }: RuleContext,
): Misrouted[] {
  const { node, kind } = vantagePoint;
  const name = vantagePoint.interface;
  if (pod.kind !== "pod" || pod.node !== node || node === null || name === null) return [];
  if (sent.records === 0 || (kind !== "node-eni" && kind !== "secondary-eni")) return [];
  // The tuple may show what the pod's address was rewritten to, or another address that a service stands for.
  const owner = owners.resolve(address, sent.firstSeenNs);
  if (owner.kind !== "pod" || owner.name !== pod.name || owner.namespace !== pod.namespace)
    return [];
  const state = snapshot.nodeStates.find((one) => one.node === node);
  const mac = state?.interfaces.find((one) => one.name === name)?.mac;
  const used = mac === undefined ? undefined : owners.ownerOfMac(mac)?.eni;
  const holder = snapshot.enis.find((one) => one.id === owner.eni);
  // A trunk ENI carries its branches' packets; a branch has an interface of its own.
  const trunk = snapshot.enis.some((one) => one.id === used && one.role === "trunk");
  if (used === undefined || holder === undefined || trunk || holder.role === "branch") return [];
  if (holder.id === used) return [];
  const rule = expected?.device?.node === node ? (expected.device.because ?? null) : null;
  return [
    {
      words: `${address} belongs to ${holder.id} and left by ${name} (${used}) of ${node}`,
      evidence: [
        statement(
          `${address} is an address of ${holder.id}, and its packets were seen at ${vantagePoint.id}, which is ${used}`,
          [{ capture: vantagePoint.capture, record: sent.firstRecord }],
          [holder.ref],
        ),
        ...(rule === null ? [] : [rule]),
      ],
    },
  ];
}
