/**
 * What the VPC CNI's settings say where a node's rules are not in the snapshot: the decision of its SNAT chain in words
 * (amazon-vpc-cni-k8s pkg/networkutils/network.go, updateHostIptablesRules). Never more than an assumption: nodes that were
 * not restarted keep old rules, and somebody may have added others.
 */
import { cidrContains, parseCidr } from "../address/cidr.ts";
import { parseAddress } from "../address/ip-text.ts";
import type { OwnerIndex } from "../cluster/owner.ts";
import type { ClusterSnapshot } from "../cluster/snapshot.ts";
import type { NodeRules } from "./node-rules.ts";
import { classOf } from "./predicted-class.ts";
import type { PredictedPath, PredictedStep, PredictPacket } from "./predicted-path.ts";

/** Null when the settings do not decide: services, senders that are no pods, no settings at all, other families of rules. */
export function assumeFromCni(
  packet: PredictPacket,
  snapshot: ClusterSnapshot,
  owners: OwnerIndex,
  rules: NodeRules | null,
): PredictedPath | null {
  const family = packet.destination.address.includes(":") ? 6 : 4;
  // Rules that are there but could not be followed are stronger than settings.
  if (rules !== null && rules.chains("nat", family).size > 0) return null;
  const orig = owners.resolve(packet.source.address);
  const resp = owners.resolve(packet.destination.address);
  if (orig.kind !== "pod" || resp.kind === "service" || resp.kind === "link-local") return null;
  const decision = snatDecision(packet.destination.address, snapshot, owners);
  if (decision === null) return null;
  const { snat, because } = decision;
  return {
    certainty: "assumed",
    class: classOf(orig, resp, resp, { dnat: false, snat }),
    outcomes: [],
    because: [because],
  };
}

function snatDecision(
  destination: string,
  { cni, vpcCidrs }: ClusterSnapshot,
  owners: OwnerIndex,
): { snat: boolean; because: PredictedStep } | null {
  const refs = cni.ref === undefined ? [] : [cni.ref];
  const no = (text: string, at: PredictedStep["refs"]) => ({
    snat: false,
    because: { text, refs: at },
  });
  if (refs.length === 0) return null;
  if (destination.includes(":")) return no("the VPC CNI has no SNAT rules for IPv6", refs);
  if (cni.externalSnat === true)
    return no("AWS_VPC_K8S_CNI_EXTERNALSNAT is true: the node leaves the source alone", refs);
  const vpc = owners.vpcCidrOf(destination);
  if (vpc !== null) return no(`${destination} lies inside VPC CIDR ${vpc.text}`, [vpc.ref]);
  const address = parseAddress(destination);
  const excluded = cni.excludeSnatCidrs.find((text) => {
    const cidr = parseCidr(text);
    return cidr !== null && address !== null && cidrContains(cidr, address);
  });
  if (excluded !== undefined)
    return no(`${destination} lies inside ${excluded} of AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS`, refs);
  // "External" means outside the VPC only where the VPC's CIDRs are known.
  const { kind } = owners.resolve(destination);
  if (vpcCidrs.length === 0) return null;
  if (kind !== "external" && kind !== "peer") return null;
  return {
    snat: true,
    because: { text: `the CNI's SNAT is on and ${destination} lies outside the VPC`, refs },
  };
}
