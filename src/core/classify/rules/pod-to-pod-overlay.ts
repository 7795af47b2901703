import type { OwnerIndex } from "../../cluster/owner.ts";
import type { Observation } from "../../correlate/connection.ts";
import { statement, tupleText } from "../evidence.ts";
import type { Evidence, PathClass, PathRule, RuleContext, Subject } from "../rule.ts";
import { firstLeg, isPod, rewritesSource, sightingOnWire } from "../subject.ts";
import { runsBetweenNodes } from "../tunnel.ts";
import { inferred, possible, proven } from "../verdict.ts";

export const podToPodOverlay: PathRule = {
  meta: {
    id: "pod-to-pod-overlay",
    title: "Pod to pod inside a tunnel",
    why: "The VPC CNI routes pod addresses natively; a tunnel costs MTU and CPU, hides pods from VPC flow logs and security groups, and tells of a second CNI.",
    proves: "The pods' packets crossed the network wrapped in another packet.",
    doesNotProve:
      "That the tunnel is unwanted: node-to-node encryption and hybrid nodes use one on purpose.",
    confirm: "kubectl -n kube-system get ds; ip -d link show",
    sources: [
      "RFC 7348",
      "eks user guide: VPC CNI is not an overlay",
      "aws/amazon-vpc-cni-k8s#3085",
    ],
  },
  match(subject, context) {
    const { owners, snapshot } = context;
    const wrapped = subject.connection.observations.filter((one) => one.encapsulation !== null);
    if (wrapped.length > 0) {
      // A mirror session or an appliance wraps packets as well: only a tunnel between cluster nodes is an overlay.
      const first = wrapped.find(
        ({ encapsulation }) =>
          encapsulation !== null && runsBetweenNodes(encapsulation.outerConnection, context),
      );
      if (first?.encapsulation == null) return null;
      const more = [wrapping(first, first.encapsulation, context)];
      if (isPod(subject.orig) && isPod(subject.resp))
        return proven("pod-to-pod-overlay", subject, more);
      // Whose packets they are is not known at all: nodes carry those of others too.
      if (subject.orig.kind === "external" && subject.resp.kind === "external") {
        return possible("unclassified", subject, {
          or: ["pod-to-pod-overlay", "external"],
          wouldDecide: "kubectl get pods -A -o wide: whether the inner addresses are pods'",
          more,
        });
      }
      return inferred("pod-to-pod-overlay", subject, {
        or: ["node-to-pod", "unclassified"],
        wouldDecide:
          "a pod list that covers both inner addresses, and a capture at the originator's own interface",
        more,
      });
    }
    if (!isPod(subject.orig) || !isPod(subject.resp)) return null;
    const otherwise: PathClass =
      subject.dialled.kind === "service" ? "service-clusterip" : "pod-to-pod-direct";
    const device = subject.connection.observations.find(
      (one) => one.vantagePoint.kind === "tunnel",
    );
    if (device !== undefined) {
      return inferred("pod-to-pod-overlay", subject, {
        or: [otherwise],
        wouldDecide: `a capture of the ENI of ${subject.orig.node ?? "the originator's node"}, where the outer packets would show`,
        more: [
          statement(`seen at tunnel device ${device.vantagePoint.id}`, [
            { capture: device.vantagePoint.capture, record: device.orig.firstRecord },
          ]),
        ],
      });
    }
    if (!leavesVpcAddressing(subject, owners, snapshot.vpcCidrs.length > 0)) return null;
    return inferred("pod-to-pod-overlay", subject, {
      or: [otherwise],
      wouldDecide: `a capture of the ENI of ${subject.orig.node ?? "the originator's node"}`,
      more: [
        statement(
          "both pods' addresses lie outside every VPC CIDR and they run on different nodes: the VPC cannot route them",
        ),
      ],
    });
  },
};

/** Two pods on different nodes with addresses that the VPC does not know: something must carry them. */
function leavesVpcAddressing(subject: Subject, owners: OwnerIndex, vpcKnown: boolean): boolean {
  const [first] = subject.connection.legs;
  const last = subject.connection.legs[subject.connection.legs.length - 1];
  if (!vpcKnown || first === undefined || last === undefined) return false;
  // A source rewritten to the node's explains how the packets got across without any tunnel.
  if (subject.connection.nat.some(rewritesSource)) return false;
  // Plain on an ENI: routed after all, so the list of VPC CIDRs lacks one.
  if (sightingOnWire(subject.connection, last) !== null) return false;
  if (
    subject.orig.node === undefined ||
    subject.resp.node === undefined ||
    subject.orig.node === subject.resp.node
  )
    return false;
  return !owners.inVpc(first.orig.address) && !owners.inVpc(last.resp.address);
}

/** Names the outer connection, whose evidence holds the records; a reader of the inner one need not look for them. */
function wrapping(
  seen: Observation,
  inside: NonNullable<Observation["encapsulation"]>,
  { connections }: RuleContext,
): Evidence {
  const outer = connections.at(inside.outerConnection);
  const record = seen.orig.records > 0 ? seen.orig.firstRecord : seen.resp.firstRecord;
  const between = outer === undefined ? "" : ` ${tupleText(firstLeg(outer))}`;
  return statement(
    `wrapped in ${inside.kind}${between} at ${seen.vantagePoint.id}, from record ${record} on`,
  );
}
