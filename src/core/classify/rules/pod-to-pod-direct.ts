import { crossedZoneEvidence } from "../crossed-zone.ts";
import type { Evidence, PathClass, PathMatch, PathRule, Subject } from "../rule.ts";
import { secondaryEniEvidence } from "../secondary-eni.ts";
import {
  firstLeg,
  isPod,
  lastLeg,
  nameOf,
  sightingAtOrigin,
  sightingAtResponder,
  sightingOnWire,
} from "../subject.ts";
import { inferred, proven } from "../verdict.ts";

export const podToPodDirect: PathRule = {
  meta: {
    id: "pod-to-pod-direct",
    title: "Pod to pod, addresses untouched",
    why: "This is what the VPC CNI promises: pods reach each other by their own VPC addresses, with no tunnel and no NAT.",
    proves: "The tuple that the first pod sent is the tuple that the second pod received.",
    doesNotProve: "That the application answered well.",
    confirm: "tcpdump -ni any host POD-ADDRESS on both nodes",
    sources: ["aws/amazon-vpc-cni-k8s docs/cni-proposal.md"],
  },
  match(subject, { snapshot }) {
    if (!isPod(subject.orig) || !isPod(subject.resp) || subject.connection.nat.length > 0)
      return null;
    const { orig, resp } = firstLeg(subject.connection);
    const more = [
      ...secondaryEniEvidence(subject, snapshot),
      ...crossedZoneEvidence(orig.address, resp.address, snapshot.subnets),
    ];
    const unseen: UnseenPart[] = [];
    if (sightingAtOrigin(subject) === null) unseen.push("originator");
    if (sightingAtResponder(subject) === null) unseen.push("responder");
    if (mayBeWrapped(subject)) unseen.push("wire");
    if (unseen.length === 0) return proven("pod-to-pod-direct", subject, more);
    return partlySeen(subject, unseen, more);
  },
};

type UnseenPart = "originator" | "responder" | "wire";

/** Between nodes, the pods' own interfaces show the same packets whether or not a tunnel carried them. */
function mayBeWrapped({ orig, resp, connection }: Subject): boolean {
  const isSameNode = orig.node !== undefined && orig.node === resp.node;
  return !isSameNode && sightingOnWire(connection, lastLeg(connection)) === null;
}

/** What was not captured may have looked otherwise: each part leaves its own alternatives and names its own capture. */
function partlySeen(
  subject: Subject,
  unseen: readonly UnseenPart[],
  more: readonly Evidence[],
): PathMatch {
  const alternatives: Readonly<Record<UnseenPart, readonly PathClass[]>> = {
    // A service, or another pod, may have been addressed before the rewrite.
    originator: ["service-clusterip", "pod-to-pod-nat"],
    // A masquerade may have changed the source after the last sighting.
    responder: ["pod-to-pod-nat"],
    wire: ["pod-to-pod-overlay"],
  };
  const captures: Readonly<Record<UnseenPart, string>> = {
    originator: `the interface of ${nameOf(subject.orig, "")}, where the address that it dialled would show`,
    responder: `the interface of ${nameOf(subject.resp, "")}, where a rewritten source would show`,
    wire: `the ENIs of ${subject.orig.node ?? "the originator's node"}, where a tunnel would show`,
  };
  return inferred("pod-to-pod-direct", subject, {
    or: [...new Set(unseen.flatMap((part) => alternatives[part]))],
    wouldDecide: `captures of ${unseen.map((part) => captures[part]).join("; and of ")}`,
    more,
  });
}
