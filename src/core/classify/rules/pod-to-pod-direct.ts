import type { Evidence, PathMatch, PathRule, Subject } from "../rule.ts";
import { secondaryEniEvidence } from "../secondary-eni.ts";
import { isPod, nameOf, sightingAtOrigin, sightingAtResponder } from "../subject.ts";
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
    const sent = sightingAtOrigin(subject);
    const received = sightingAtResponder(subject);
    const more = secondaryEniEvidence(subject, snapshot);
    if (sent !== null && received !== null) return proven("pod-to-pod-direct", subject, more);
    if (sent !== null) return halfSeen(subject, "responder", more);
    return halfSeen(subject, received === null ? "both" : "originator", more);
  },
};

/** An end that was not captured may have seen other addresses: a service before the rewrite, a masqueraded source after it. */
function halfSeen(
  subject: Subject,
  unseen: "originator" | "responder" | "both",
  more: readonly Evidence[],
): PathMatch {
  const [origName, respName] = [nameOf(subject.orig, ""), nameOf(subject.resp, "")];
  if (unseen === "originator") {
    return inferred("pod-to-pod-direct", subject, {
      or: ["service-clusterip"],
      wouldDecide: `a capture at the interface of ${origName}, where a service address would show`,
      more,
    });
  }
  if (unseen === "responder") {
    return inferred("pod-to-pod-direct", subject, {
      or: ["pod-to-pod-nat"],
      wouldDecide: `a capture at the interface of ${respName}, where a rewritten source would show`,
      more,
    });
  }
  return inferred("pod-to-pod-direct", subject, {
    or: ["service-clusterip", "pod-to-pod-nat"],
    wouldDecide: `captures at the interfaces of ${origName} and ${respName}`,
    more,
  });
}
