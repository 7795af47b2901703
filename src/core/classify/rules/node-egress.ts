import { statement } from "../evidence.ts";
import type { PathRule } from "../rule.ts";
import { firstLeg, isInitialTtl, nameOf, sightingsOf } from "../subject.ts";
import { inferred, proven } from "../verdict.ts";

export const nodeEgress: PathRule = {
  meta: {
    id: "node-egress",
    title: "Node to outside",
    why: "Host processes and hostNetwork pods (image pulls, kubelet, agents) leave with the node's own address.",
    proves:
      "Nobody forwarded the packets before the node sent them, or conntrack names the node as the sender.",
    doesNotProve: "Which process: a hostNetwork pod cannot be told from the host.",
    confirm: "ss -tnp on the node",
    sources: [
      "aws/amazon-vpc-cni-k8s pkg/networkutils/network.go (the SNAT rule has no source match)",
      "aws/amazon-vpc-cni-k8s#2927",
    ],
  },
  match(subject, { snapshot }) {
    if (
      subject.orig.kind !== "node" ||
      (subject.resp.kind !== "external" && subject.resp.kind !== "peer")
    )
      return null;
    // Conntrack knows the socket's own tuple: source and node are the same, only the port was rewritten.
    if (subject.connection.nat.some((step) => step.conntrack !== null))
      return proven("node-egress", subject);
    const seen = sightingsOf(subject.connection, firstLeg(subject.connection)).find(
      (one) => one.orig.records > 0,
    );
    const node = nameOf(subject.orig, "the node");
    const more =
      seen === undefined || !isInitialTtl(seen.orig.ttlMax)
        ? []
        : [
            statement(
              `TTL ${seen.orig.ttlMax} at ${seen.vantagePoint.id}: nobody forwarded these packets before`,
              [{ capture: seen.vantagePoint.capture, record: seen.orig.firstRecord }],
            ),
          ];
    return inferred("node-egress", subject, {
      // Without the VPC's CIDRs nothing says that the other end is outside.
      or: [
        "snat-egress",
        ...(snapshot.vpcCidrs.length === 0
          ? (["node-to-pod", "node-to-node", "node-to-vpc", "control-plane"] as const)
          : []),
      ],
      wouldDecide: `\`conntrack -L\` of ${node}, or captures of its pods' interfaces`,
      more,
    });
  },
};
