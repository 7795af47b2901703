/** All rules. Path rules are asked in this order and the first that answers decides; finding rules all speak. */
import type { FindingRule, PathRule } from "./rule.ts";
import { albInstance } from "./rules/alb-instance.ts";
import { albIp } from "./rules/alb-ip.ts";
import { asymmetricPath } from "./rules/asymmetric-path.ts";
import { captureDuplicates } from "./rules/capture-duplicates.ts";
import { captureTruncated } from "./rules/capture-truncated.ts";
import { clb } from "./rules/clb.ts";
import { clientIpLost } from "./rules/client-ip-lost.ts";
import { clientIpPreserved } from "./rules/client-ip-preserved.ts";
import { clientToLb } from "./rules/client-to-lb.ts";
import { clockSkew } from "./rules/clock-skew.ts";
import { clusteripOnWire } from "./rules/clusterip-on-wire.ts";
import { connectionRefused } from "./rules/connection-refused.ts";
import { controlPlane } from "./rules/control-plane.ts";
import { directEgress } from "./rules/direct-egress.ts";
import { dnsRace } from "./rules/dns-race.ts";
import { dnsUnanswered } from "./rules/dns-unanswered.ts";
import { doubleNat } from "./rules/double-nat.ts";
import { external } from "./rules/external.ts";
import { halfOpen } from "./rules/half-open.ts";
import { healthCheckFailing } from "./rules/health-check-failing.ts";
import { icmpError } from "./rules/icmp-error.ts";
import { imdsHopLimit } from "./rules/imds-hop-limit.ts";
import { ipFragments } from "./rules/ip-fragments.ts";
import { linkLocal } from "./rules/link-local.ts";
import { lowPortFailures } from "./rules/low-port-failures.ts";
import { midStream } from "./rules/mid-stream.ts";
import { mtuBlackHole } from "./rules/mtu-black-hole.ts";
import { nlbHairpin } from "./rules/nlb-hairpin.ts";
import { nlbInstance } from "./rules/nlb-instance.ts";
import { nlbIp } from "./rules/nlb-ip.ts";
import { nodeEgress } from "./rules/node-egress.ts";
import { nodeToNode } from "./rules/node-to-node.ts";
import { nodeToPod } from "./rules/node-to-pod.ts";
import { nodeToVpc } from "./rules/node-to-vpc.ts";
import { nodeport } from "./rules/nodeport.ts";
import { nodeportNotForwarded } from "./rules/nodeport-not-forwarded.ts";
import { notForwarded } from "./rules/not-forwarded.ts";
import { overlayEncapsulation } from "./rules/overlay-encapsulation.ts";
import { overlayTunnel } from "./rules/overlay-tunnel.ts";
import { pathDiffersFromRules } from "./rules/path-differs-from-rules.ts";
import { peeredCidrSnat } from "./rules/peered-cidr-snat.ts";
import { podHasEniPrimary } from "./rules/pod-has-eni-primary.ts";
import { podToNode } from "./rules/pod-to-node.ts";
import { podToPeer } from "./rules/pod-to-peer.ts";
import { podToPodDirect } from "./rules/pod-to-pod-direct.ts";
import { podToPodNat } from "./rules/pod-to-pod-nat.ts";
import { podToPodOverlay } from "./rules/pod-to-pod-overlay.ts";
import { podToVpc } from "./rules/pod-to-vpc.ts";
import { proxyProtocolMismatch } from "./rules/proxy-protocol-mismatch.ts";
import { proxyProtocolV2 } from "./rules/proxy-protocol-v2.ts";
import { resetByNatState } from "./rules/reset-by-nat-state.ts";
import { serviceClusterip } from "./rules/service-clusterip.ts";
import { serviceWithoutEndpoints } from "./rules/service-without-endpoints.ts";
import { snatEgress } from "./rules/snat-egress.ts";
import { snatPortCollision } from "./rules/snat-port-collision.ts";
import { snatPortPressure } from "./rules/snat-port-pressure.ts";
import { sourcePortClash } from "./rules/source-port-clash.ts";
import { staleConntrackDnat } from "./rules/stale-conntrack-dnat.ts";
import { staleNeighbour } from "./rules/stale-neighbour.ts";
import { staleSnapshot } from "./rules/stale-snapshot.ts";
import { synUnanswered } from "./rules/syn-unanswered.ts";
import { tcpReset } from "./rules/tcp-reset.ts";
import { tcpRetransmission } from "./rules/tcp-retransmission.ts";
import { trafficMirroring } from "./rules/traffic-mirroring.ts";
import { unclassified } from "./rules/unclassified.ts";
import { unexpectedDnat } from "./rules/unexpected-dnat.ts";
import { unexpectedSnat } from "./rules/unexpected-snat.ts";
import { vpcCidrNotExcluded } from "./rules/vpc-cidr-not-excluded.ts";
import { vpcToNode } from "./rules/vpc-to-node.ts";
import { vpcToPod } from "./rules/vpc-to-pod.ts";
import { wrongEni } from "./rules/wrong-eni.ts";
import { wrongMac } from "./rules/wrong-mac.ts";
import { wrongVantage } from "./rules/wrong-vantage.ts";

/**
 * What wraps comes before what is wrapped; what was dialled (link-local, service, load balancer, NodePort) before who talks;
 * a rewrite before its absence; the most specific pair of ends before the general one.
 */
export const PATH_RULES: readonly PathRule[] = [
  overlayTunnel,
  podToPodOverlay,
  linkLocal,
  serviceClusterip,
  nlbIp,
  nlbInstance,
  albIp,
  albInstance,
  clb,
  clientToLb,
  nodeport,
  controlPlane,
  podToPodNat,
  podToPodDirect,
  snatEgress,
  directEgress,
  podToVpc,
  podToPeer,
  podToNode,
  nodeToPod,
  nodeEgress,
  nodeToNode,
  nodeToVpc,
  vpcToNode,
  vpcToPod,
  external,
  unclassified,
];

export const FINDING_RULES: readonly FindingRule[] = [
  overlayEncapsulation,
  unexpectedSnat,
  unexpectedDnat,
  doubleNat,
  vpcCidrNotExcluded,
  peeredCidrSnat,
  wrongEni,
  podHasEniPrimary,
  pathDiffersFromRules,
  clockSkew,
  wrongVantage,
  tcpRetransmission,
  tcpReset,
  connectionRefused,
  synUnanswered,
  halfOpen,
  dnsUnanswered,
  dnsRace,
  serviceWithoutEndpoints,
  icmpError,
  mtuBlackHole,
  ipFragments,
  asymmetricPath,
  nodeportNotForwarded,
  notForwarded,
  wrongMac,
  staleNeighbour,
  resetByNatState,
  staleConntrackDnat,
  clusteripOnWire,
  imdsHopLimit,
  healthCheckFailing,
  nlbHairpin,
  proxyProtocolMismatch,
  proxyProtocolV2,
  clientIpLost,
  clientIpPreserved,
  snatPortPressure,
  snatPortCollision,
  lowPortFailures,
  sourcePortClash,
  midStream,
  captureTruncated,
  captureDuplicates,
  trafficMirroring,
  staleSnapshot,
];
