import { natEvidence, statement } from "../evidence.ts";
import { byWorkloadPair, counted } from "../finding-group.ts";
import type { FindingRule } from "../rule.ts";
import { isPod, lastLeg, rewritesSource } from "../subject.ts";
import { NOT_ALONE } from "../traits.ts";

export const peeredCidrSnat: FindingRule = {
  level: "warning",
  concerns: NOT_ALONE,
  meta: {
    id: "peered-cidr-snat",
    title: "Pod traffic to a peered network is rewritten to the node",
    why: "Peered and on-premises networks are not VPC CIDRs, so the CNI rewrites by default; the peer then sees nodes and cannot reach pods back.",
    proves: "The pod's source became the node's on the way to a peered network.",
    doesNotProve: "That the peer is broken: it works one way.",
    confirm: "iptables -t nat -S AWS-SNAT-CHAIN-0",
    sources: [
      "aws/amazon-vpc-cni-k8s#469",
      "aws/amazon-vpc-cni-k8s#520",
      "aws/amazon-vpc-cni-k8s README: AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS",
    ],
  },
  find(classified) {
    const rewritten = classified.filter(
      ({ subject }) =>
        isPod(subject.orig) &&
        subject.resp.kind === "peer" &&
        subject.connection.nat.some(rewritesSource),
    );
    return byWorkloadPair(rewritten).map(({ identity, members }) => {
      const steps = members.flatMap((one) => one.subject.connection.nat.filter(rewritesSource));
      const [first] = members;
      const peer = first?.subject.resp;
      const address = first === undefined ? "" : lastLeg(first.subject.connection).resp.address;
      return {
        connections: members.indexes,
        level: "warning" as const,
        message: `${identity}: ${counted(members.length, "connection")} left with the node's address.`,
        advice:
          "Add the peer's CIDR to AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS when the peer can route pod addresses back; leave it when it cannot.",
        evidence: [
          ...(peer?.ref === undefined
            ? []
            : [statement(`${address} is inside a peered network`, [], [peer.ref])]),
          ...steps.slice(0, 4).map(natEvidence),
        ],
        identity,
      };
    });
  },
};
