import { type AwsTunnel, awsServiceName, vniText } from "../../correlate/aws-tunnel.ts";
import { statement } from "../evidence.ts";
import type { PathMatch, PathRule, Subject } from "../rule.ts";
import { inferred, proven } from "../verdict.ts";

export const overlayTunnel: PathRule = {
  meta: {
    id: "overlay-tunnel",
    title: "Outer leg of a tunnel",
    why: "Packets that nodes exchange only to carry other packets; with the VPC CNI no pod traffic needs them.",
    proves:
      "These packets hold whole frames or packets of other connections, which are shown as connections of their own.",
    doesNotProve: "Which component set the tunnel up.",
    confirm: "ip -d link show type vxlan; ip tunnel show",
    sources: ["RFC 7348", "RFC 8926", "RFC 2784", "RFC 2003", "aws/amazon-vpc-cni-k8s#3085"],
  },
  match(subject, context) {
    const { carries, sealed } = subject.connection;
    if (carries === null && sealed === null) return null;
    if (carries?.awsTunnel !== undefined) return madeByAws(subject, carries.awsTunnel);
    const betweenNodes = subject.orig.kind === "node" && subject.resp.kind === "node";
    const what =
      carries === null
        ? `encrypted ${sealed === "esp" ? "ESP" : "WireGuard"} packets, which cannot be opened`
        : `${carries.kind} packets that carry ${carries.connections.length} other connection(s)`;
    const more = [statement(`${what}`)];
    if (betweenNodes) return proven("overlay-tunnel", subject, more);
    // Sealed packets to the outside are somebody's VPN: the ordinary classes say which way it goes.
    if (carries === null) return null;
    return inferred("overlay-tunnel", subject, {
      or: ["external", "unclassified"],
      wouldDecide: context.hasSnapshot
        ? "describe-network-interfaces that covers both tunnel ends"
        : "a snapshot with the nodes' addresses",
      more,
    });
  },
};

/** No host of the cluster wrapped these packets or unwraps them. */
function madeByAws(subject: Subject, tunnel: AwsTunnel): PathMatch {
  const { service, kind, source, target, vnis, certainty, because } = tunnel;
  const session =
    service === "traffic-mirroring"
      ? `a session${vnis.length === 0 ? "" : ` (${vniText(tunnel)})`} of ENI ${subject.orig.eni ?? source ?? ""} to ${target}`
      : `the packets that ${source ?? ""} hands to ${target} and takes back`;
  const more = [statement(`${awsServiceName(service)}, in ${kind}: ${session}; ${because}`)];
  if (certainty === "proven") return proven("external", subject, more);
  return inferred("external", subject, {
    or: ["overlay-tunnel", "unclassified"],
    wouldDecide:
      "aws ec2 describe-traffic-mirror-sessions, and a snapshot that lists all nodes with their interfaces",
    more,
  });
}
