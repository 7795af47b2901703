import { statement } from "../evidence.ts";
import { isPrivateAddress } from "../private-address.ts";
import type { PathClass, PathMatch, PathRule, RuleContext, Subject } from "../rule.ts";
import {
  firstLeg,
  isInitialTtl,
  isPod,
  knowsOrigin,
  lastLeg,
  nameOf,
  rewritesSource,
  sightingOnWire,
  sightingsOf,
} from "../subject.ts";
import { classesOf, listsOf, mayBe } from "../unlisted.ts";
import { inferred, possible, proven } from "../verdict.ts";

export const snatEgress: PathRule = {
  meta: {
    id: "snat-egress",
    title: "Pod to outside, source rewritten to the node",
    why: "The CNI's AWS-SNAT-CHAIN gives pod traffic to addresses outside the VPC the node's primary address.",
    proves:
      "The pod's packets left with the node's address; both sides of the rewrite were seen, or conntrack told it.",
    doesNotProve:
      "Which public address the internet sees: the gateway translates once more, outside the node.",
    confirm: "iptables -t nat -S | grep AWS-SNAT-CHAIN",
    sources: [
      "aws/amazon-vpc-cni-k8s pkg/networkutils/network.go",
      "EKS user guide: external SNAT",
    ],
  },
  match(subject, context) {
    const { kind } = subject.resp;
    if (isPod(subject.orig)) {
      if (subject.connection.nat.some(rewritesSource) && isOutside(kind, subject))
        return fromPod(subject, context);
      if (kind === "external" && subject.connection.nat.length === 0)
        return onlyBefore(subject, context);
      return null;
    }
    if (subject.orig.kind === "node" && kind === "external" && subject.connection.nat.length === 0)
      return onlyAfter(subject);
    return null;
  },
};

/** Outside the pods' own world; a VPC host counts when the pod's source was rewritten all the same. */
function isOutside(kind: string, subject: Subject): boolean {
  return (
    kind === "external" ||
    kind === "peer" ||
    ((kind === "vpc" || kind === "aws-interface") && subject.connection.nat.some(rewritesSource))
  );
}

function fromPod(subject: Subject, { owners, snapshot }: RuleContext): PathMatch {
  const outside = lastLeg(subject.connection).resp.address;
  const cidr = owners.vpcCidrOf(outside);
  const more = [
    cidr === null
      ? statement(`${outside} lies outside the VPC's CIDRs`)
      : statement(`${outside} lies inside VPC CIDR ${cidr.text}`, [], [cidr.ref]),
  ];
  const unlisted = mayBe(subject.resp, snapshot);
  if (unlisted.length > 0) {
    return inferred("snat-egress", subject, {
      or: classesOf(unlisted, {
        pod: ["pod-to-pod-nat"],
        node: ["pod-to-node"],
        "load-balancer": ["client-to-lb"],
        "control-plane": ["control-plane"],
      }),
      wouldDecide: listsOf(unlisted),
      more,
    });
  }
  if (subject.finalOrig.kind === "node" && knowsOrigin(subject))
    return proven("snat-egress", subject, more);
  if (subject.finalOrig.kind === "node") {
    return inferred("snat-egress", subject, {
      or: ["service-clusterip"],
      wouldDecide: `a capture at the interface of ${nameOf(subject.orig, "")}, where a service address would show`,
      more,
    });
  }
  return inferred("snat-egress", subject, {
    or: ["unclassified"],
    wouldDecide: "describe-network-interfaces that covers the new source address",
    more,
  });
}

/** The pod's own leg only: rewritten further on, or not. */
function onlyBefore(subject: Subject, { snapshot }: RuleContext): PathMatch | null {
  if (sightingOnWire(subject.connection, lastLeg(subject.connection)) !== null) return null;
  const node = subject.orig.node ?? "the pod's node";
  const { externalSnat, ref } = snapshot.cni;
  const or: PathClass[] = ["snat-egress", "direct-egress"];
  // Both look like any address of the outside to one who knows neither the services nor the VPC.
  if (snapshot.services.length === 0) or.push("service-clusterip");
  const knowsVpc = snapshot.vpcCidrs.length > 0;
  if (!knowsVpc) or.push("pod-to-vpc", "pod-to-pod-direct", "pod-to-node");
  // A private address outside the VPC is some connected network's, whether or not a list names that.
  if (!knowsVpc || isPrivateAddress(lastLeg(subject.connection).resp.address))
    or.push("pod-to-peer");
  or.push(
    ...classesOf(mayBe(subject.resp, snapshot), {
      pod: [],
      node: [],
      "load-balancer": ["client-to-lb"],
      "control-plane": ["control-plane"],
    }),
  );
  const doubt = {
    or,
    wouldDecide: `a capture of the primary ENI of ${node}, or \`conntrack -L\` there`,
  };
  if (externalSnat === true) {
    return inferred("direct-egress", subject, {
      ...doubt,
      more: [
        statement(
          "AWS_VPC_K8S_CNI_EXTERNALSNAT is true: the node leaves the source alone",
          [],
          ref === undefined ? [] : [ref],
        ),
      ],
    });
  }
  if (isIpv6(firstLeg(subject.connection).orig.address)) {
    return inferred("direct-egress", subject, {
      ...doubt,
      more: [statement("the VPC CNI has no SNAT rules for IPv6")],
    });
  }
  if (externalSnat === false || hasSnatRule(subject, snapshot.nodeStates)) {
    return inferred("snat-egress", subject, {
      ...doubt,
      more: [
        statement(
          knowsVpc
            ? "the CNI's SNAT is on and the destination lies outside the VPC"
            : "the CNI's SNAT is on; no list says which addresses are the VPC's own",
          [],
          ref === undefined ? [] : [ref],
        ),
      ],
    });
  }
  return possible("snat-egress", subject, doubt);
}

function isIpv6(address: string): boolean {
  return address.includes(":");
}

function hasSnatRule(subject: Subject, states: RuleContext["snapshot"]["nodeStates"]): boolean {
  const state = states.find((one) => one.node === subject.orig.node);
  return (
    state?.iptables.some(
      (rule) => rule.chain.startsWith("AWS-SNAT-CHAIN") && rule.target === "SNAT",
    ) ?? false
  );
}

/** Node address to the internet: a pod behind SNAT, or the node itself. Forwarded packets have lost a hop; that is a hint, no proof. */
function onlyAfter(subject: Subject): PathMatch | null {
  const seen = sightingsOf(subject.connection, firstLeg(subject.connection)).find(
    (one) => one.orig.records > 0,
  );
  if (seen === undefined || isInitialTtl(seen.orig.ttlMax)) return null;
  const node = nameOf(subject.orig, "the node");
  return inferred("snat-egress", subject, {
    or: ["node-egress"],
    wouldDecide: `\`conntrack -L\` of ${node}, or captures of its pods' interfaces`,
    more: [
      statement(
        `the packets have TTL ${seen.orig.ttlMax}, so somebody forwarded them before ${node} sent them on`,
        [{ capture: seen.vantagePoint.capture, record: seen.orig.firstRecord }],
      ),
    ],
  });
}
