/**
 * Why a pod's packets leave through another interface than eth0: its address belongs to a secondary ENI, and the VPC CNI routes
 * by source (aws/amazon-vpc-cni-k8s docs/cni-proposal.md: one route table for each ENI, `ip rule from POD lookup TABLE`).
 */
import { cidrContains, parseCidr } from "../address/cidr.ts";
import { parseAddress } from "../address/ip-text.ts";
import type { ClusterSnapshot, NodeState, PolicyRule } from "../cluster/snapshot.ts";
import { statement } from "./evidence.ts";
import type { Evidence, Subject } from "./rule.ts";
import { firstLeg, sightingsOf } from "./subject.ts";

/** One sentence when the originator is a pod on a secondary ENI that sends to another node; none otherwise. */
export function secondaryEniEvidence(
  { orig, resp, connection }: Subject,
  { enis, nodeStates }: ClusterSnapshot,
): Evidence[] {
  const isLocal = orig.node !== undefined && orig.node === resp.node;
  if (orig.kind !== "pod" || orig.eni === undefined || !orig.deviceIndex || isLocal) return [];
  const { orig: from, resp: to } = firstLeg(connection);
  const eni = enis.find(({ id }) => id === orig.eni);
  const state = nodeStates.find(({ node }) => node !== null && node === orig.node);
  const rule = state?.rules.find((one) => sends(one, from.address, to.address));
  const device = rule === undefined ? undefined : deviceOf(rule.table, state);
  const owned = `${from.address} belongs to secondary ENI ${orig.eni} (device index ${orig.deviceIndex})`;
  const routed =
    rule === undefined || device === undefined
      ? ", so its packets leave through that ENI and not through eth0"
      : `, so ip rule "${rule.text.replace(/\s+/g, " ").trim()}" sends its packets out of ${device} and not out of eth0`;
  const sent = sightingsOf(connection, firstLeg(connection)).filter(
    (one) => one.vantagePoint.node === orig.node && one.orig.records > 0,
  );
  // What the rules say and the packets do not is no explanation.
  if (sent.some((one) => one.vantagePoint.kind === "node-eni")) return [];
  const seen = sent.find((one) => one.vantagePoint.kind === "secondary-eni");
  const packets =
    seen === undefined
      ? []
      : [{ capture: seen.vantagePoint.capture, record: seen.orig.firstRecord }];
  const refs = [eni?.ref, ...(device === undefined ? [] : [rule?.ref])];
  return [
    statement(
      `${owned}${routed}: as the CNI sets it up`,
      packets,
      refs.filter((ref) => ref !== undefined),
    ),
  ];
}

/** `from POD lookup 2`; CNI before 1.8 wrote it once for each VPC CIDR, with `to`. */
function sends(rule: PolicyRule, from: string, to: string): boolean {
  if (rule.negated === true || rule.fwmark !== undefined || rule.iif !== undefined) return false;
  if (rule.from?.replace(/\/(32|128)$/, "") !== from) return false;
  return rule.to === undefined || rule.to === "all" || contains(rule.to, to);
}

function contains(cidrText: string, addressText: string): boolean {
  const cidr = parseCidr(cidrText);
  const address = parseAddress(addressText);
  return cidr !== null && address !== null && cidrContains(cidr, address);
}

function deviceOf(table: string, state: NodeState | undefined): string | undefined {
  return state?.routes.find(
    (route) => route.table === table && /^(0\.0\.0\.0|::)\/0$/.test(route.destination),
  )?.device;
}
