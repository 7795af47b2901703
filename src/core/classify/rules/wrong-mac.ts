import type { Observation } from "../../correlate/connection.ts";
import { statement } from "../evidence.ts";
import { counted, perWorkloadPair } from "../finding-group.ts";
import type { Classified, Evidence, FindingRule, RuleContext } from "../rule.ts";
import { firstOf, MAX_EVIDENCE, senderText } from "../sightings.ts";
import { Trait } from "../traits.ts";

/** The lowest bit of the first octet: group addresses (IEEE 802-2014 section 8.2). */
const GROUP_BIT = 1;

export const wrongMac: FindingRule = {
  level: "warning",
  concerns: { all: Trait.FromPod | Trait.NoAnswer },
  meta: {
    id: "wrong-mac",
    title: "A pod sends to a link address that its node does not have",
    why: "The node's kernel drops frames for others without a word: the pod can talk to nobody.",
    proves:
      "Packets of the pod, which nobody answered and no other interface saw, were sent to a MAC address that no interface of its node has in the snapshot.",
    doesNotProve:
      "That the address was wrong when the packet was sent: the veth may have got another one before the snapshot.",
    confirm:
      "ip -d link show dev VETH; nsenter -t PID -n ip neigh; grep -r MACAddressPolicy /usr/lib/systemd/network",
    sources: ["aws/amazon-vpc-cni-k8s#2103", "systemd.link(5) MACAddressPolicy="],
  },
  find(classified, context) {
    const members = classified.filter((one) => evidenceOf(one, context) !== null);
    return perWorkloadPair(members, (pair) => ({
      level: "warning",
      message: `${pair.identity}: ${counted(pair.members.length, "connection")} sent to a MAC address that the pod's node does not have.`,
      advice:
        "Set MACAddressPolicy=none for veths (a systemd .link file) or update the VPC CNI, then start the pod anew.",
      evidence: pair.members.head(MAX_EVIDENCE).flatMap((one) => evidenceOf(one, context) ?? []),
    }));
  },
};

function evidenceOf({ subject }: Classified, { snapshot }: RuleContext): Evidence | null {
  const { connection, orig } = subject;
  if (orig.kind !== "pod" || orig.node === undefined || connection.packets.resp > 0) return null;
  const pod = `${orig.namespace}/${orig.name}`;
  const seen = connection.observations.filter((one) => one.orig.records > 0);
  // What another interface saw was forwarded, so the node took it.
  if (!seen.every(({ vantagePoint }) => vantagePoint.pod === pod)) return null;
  const state = snapshot.nodeStates.find((one) => one.node === orig.node);
  const sent = seen.find((one) => isUnicast(one));
  if (state === undefined || sent === undefined) return null;
  const links = state.interfaces.filter(({ name }) => name !== "lo");
  // `ip -br addr` tells no link addresses; then nothing can be missed among them.
  const [first] = links;
  if (first === undefined || !links.every(({ mac }) => mac !== undefined)) return null;
  if (links.some(({ mac }) => mac === sent.orig.macDst)) return null;
  return statement(
    `${senderText(subject, "orig")} sent to ${sent.orig.macDst} at ${sent.vantagePoint.id}, which is none of the ${links.length} link addresses of ${orig.node}`,
    firstOf([sent], "orig"),
    [first.ref],
  );
}

function isUnicast({ orig, encapsulation }: Observation): boolean {
  if (encapsulation !== null || orig.macDst == null) return false;
  return (Number.parseInt(orig.macDst.slice(0, 2), 16) & GROUP_BIT) === 0;
}
