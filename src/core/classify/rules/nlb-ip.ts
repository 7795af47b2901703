import { statement } from "../evidence.ts";
import { knowsLoadBalancer, registeredTarget } from "../load-balancer.ts";
import { isPrivateAddress } from "../private-address.ts";
import type { PathMatch, PathRule, RuleContext, Subject } from "../rule.ts";
import { firstLeg, isPod, lastLeg, nameOf, sightingOnWire } from "../subject.ts";
import { classesOf, mayBe } from "../unlisted.ts";
import { inferred, possible, proven } from "../verdict.ts";

export const nlbIp: PathRule = {
  meta: {
    id: "nlb-ip",
    title: "NLB straight to the pod (IP targets)",
    why: "The load balancer sends to the pod's own address: no NodePort, no second hop, no node NAT.",
    proves:
      "The packets reached the pod's address unrewritten from the NLB's interface, or from a client whose address the NLB preserves.",
    doesNotProve:
      "Who the client is when the NLB does not preserve its address and sends no PROXY protocol header.",
    confirm: "aws elbv2 describe-target-health --target-group-arn ARN",
    sources: [
      "ELB user guide: edit target group attributes (client IP preservation)",
      "kubernetes-sigs/aws-load-balancer-controller docs/guide/service/nlb.md",
    ],
  },
  match(subject, context) {
    if (!isPod(subject.resp) || subject.connection.nat.length > 0) return null;
    if (subject.orig.kind === "load-balancer" && subject.orig.loadBalancerType === "network")
      return fromInterface(subject);
    if (subject.orig.kind === "external") return fromClient(subject, context);
    return null;
  },
};

function fromInterface(subject: Subject): PathMatch {
  const node = subject.resp.node;
  // At the pod alone an instance-mode NLB with externalTrafficPolicy Local looks the same: only the wire shows the NodePort.
  const wire = sightingOnWire(subject.connection, lastLeg(subject.connection), node);
  const more = proxyEvidence(subject);
  if (wire !== null) return proven("nlb-ip", subject, more);
  return inferred("nlb-ip", subject, {
    or: ["nlb-instance"],
    wouldDecide: `a capture of the ENI of ${node ?? "the pod's node"} that holds the pod's address`,
    more,
  });
}

function fromClient(subject: Subject, { snapshot }: RuleContext): PathMatch {
  const target = registeredTarget(snapshot, lastLeg(subject.connection).resp);
  const wire = sightingOnWire(subject.connection, lastLeg(subject.connection), subject.resp.node);
  const client = firstLeg(subject.connection).orig.address;
  // A private client may come straight from a network behind a gateway that the snapshot does not name.
  const routed = isPrivateAddress(client) || snapshot.vpcCidrs.length === 0;
  const more = [
    statement(
      routed
        ? `${client} is in no list of the snapshot and reaches the pod's address unrewritten`
        : `${client} is outside the VPC and reaches a pod's private address unrewritten: only a load balancer that preserves client addresses does that`,
    ),
    ...(target === null
      ? []
      : [statement(`${nameOf(subject.resp, "")} is a registered IP target`, [], [target])]),
    ...proxyEvidence(subject),
  ];
  if (routed) {
    return possible("nlb-ip", subject, {
      or: [
        "vpc-to-pod",
        ...(wire === null ? (["nlb-instance", "nodeport"] as const) : []),
        ...classesOf(mayBe(subject.orig, snapshot), {
          pod: ["pod-to-pod-direct"],
          node: ["node-to-pod"],
          // The list of ENIs would name a node's further addresses too, which a stray masquerade may take.
          "load-balancer": ["alb-ip", "pod-to-pod-nat"],
          "control-plane": ["control-plane"],
        }),
      ],
      wouldDecide:
        "aws ec2 describe-vpcs and describe-vpc-peering-connections: whose address it is",
      more,
    });
  }
  if (target !== null && wire !== null) return proven("nlb-ip", subject, more);
  if (wire !== null && knowsLoadBalancer(snapshot, "network")) {
    return inferred("nlb-ip", subject, {
      or: ["unclassified"],
      wouldDecide: "aws elbv2 describe-target-health of the NLB's target groups",
      more,
    });
  }
  return possible("nlb-ip", subject, {
    or: ["nlb-instance", "nodeport"],
    wouldDecide: `a capture of the ENIs of ${subject.resp.node ?? "the pod's node"}, where a NodePort leg would show`,
    more,
  });
}

function proxyEvidence(subject: Subject): ReturnType<typeof statement>[] {
  const header = subject.connection.proxyHeader;
  if (header === null) return [];
  const who =
    header.source === null
      ? "without a client (health check)"
      : `for client ${header.source.address} port ${header.source.port}`;
  return [
    statement(`the stream begins with a PROXY protocol v${header.version} header ${who}`, [
      { capture: header.capture, record: header.record },
    ]),
  ];
}
