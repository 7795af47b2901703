import { cidrContains, parseCidr } from "../../address/cidr.ts";
import { parseAddress } from "../../address/ip-text.ts";
import type { IptablesRule } from "../../cluster/snapshot.ts";
import { natEvidence, statement } from "../evidence.ts";
import { byWorkloadPair, counted } from "../finding-group.ts";
import type { Classified, Evidence, FindingRule, RuleContext } from "../rule.ts";
import { isPod, rewritesSource } from "../subject.ts";
import { NOT_ALONE } from "../traits.ts";

export const vpcCidrNotExcluded: FindingRule = {
  level: "error",
  concerns: NOT_ALONE,
  meta: {
    id: "vpc-cidr-not-excluded",
    title: "A VPC CIDR is missing from the CNI's SNAT exclusions",
    why: "Traffic to a secondary CIDR of the VPC is rewritten as if it left the VPC: pods lose their addresses inside their own network.",
    proves:
      "A destination inside a VPC CIDR was rewritten, and the node's AWS-SNAT-CHAIN does not return for that CIDR.",
    doesNotProve: "Why the CNI does not know the CIDR.",
    confirm: "iptables -t nat -S AWS-SNAT-CHAIN-0; aws ec2 describe-vpcs",
    sources: ["aws/amazon-vpc-cni-k8s#35", "aws/amazon-vpc-cni-k8s pkg/networkutils/network.go"],
  },
  find(classified, context) {
    const found = new Map<number, Evidence[]>();
    for (const one of classified) {
      const evidence = missingCidr(one, context);
      if (evidence !== null) found.set(one.subject.connection.index, evidence);
    }
    return byWorkloadPair(classified.keysOf(found)).map(({ identity, members }) => ({
      connections: members.indexes,
      level: "error" as const,
      message: `${identity}: ${counted(members.length, "connection")} inside the VPC ${members.length === 1 ? "was" : "were"} rewritten because the CNI does not know the destination's VPC CIDR.`,
      advice:
        "Restart aws-node so that it reads the VPC's CIDRs again, or upgrade the CNI; check that the instance metadata lists the CIDR.",
      evidence: [...members.indexes.subarray(0, 2)].flatMap((index) => found.get(index) ?? []),
      identity,
    }));
  },
};

/** The chain either returns for each VPC CIDR (-d CIDR -j RETURN) or jumps on for what is in none (! -d CIDR, up to v1.16.0). */
function missingCidr(
  { subject }: Classified,
  { snapshot, owners }: RuleContext,
): Evidence[] | null {
  if (!isPod(subject.orig)) return null;
  for (const step of subject.connection.nat.filter(rewritesSource)) {
    const cidr = owners.vpcCidrOf(step.after.resp.address);
    const rules =
      snapshot.nodeStates
        .find((state) => state.node === step.node)
        ?.iptables.filter((rule) => rule.chain.startsWith("AWS-SNAT-CHAIN")) ?? [];
    const snat = rules.find(
      (rule) => rule.target === "SNAT" && rule.toSource === step.after.orig.address,
    );
    if (cidr === null || snat === undefined) continue;
    if (rules.some((rule) => covers(rule, step.after.resp.address))) continue;
    return [
      statement(
        `${step.after.resp.address} lies inside VPC CIDR ${cidr.text}, for which AWS-SNAT-CHAIN of ${step.node} has no rule`,
        [],
        [cidr.ref, snat.ref],
      ),
      natEvidence(step),
    ];
  }
  return null;
}

/** An exclusion may be wider than the VPC CIDR; its form (RETURN or a negated jump) does not matter here. */
function covers(rule: IptablesRule, address: string): boolean {
  const cidr = rule.destination === undefined ? null : parseCidr(rule.destination.cidr);
  const parsed = parseAddress(address);
  return cidr !== null && parsed !== null && cidrContains(cidr, parsed);
}
