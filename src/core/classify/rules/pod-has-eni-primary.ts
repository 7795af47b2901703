import type { EniEntry, PodEntry } from "../../cluster/snapshot.ts";
import { statement } from "../evidence.ts";
import { counted, indexes } from "../finding-group.ts";
import type { Classified, FindingRule, RuleContext } from "../rule.ts";
import { firstOf, MAX_EVIDENCE } from "../sightings.ts";
import { firstLeg, lastLeg } from "../subject.ts";
import { Trait } from "../traits.ts";

export const podHasEniPrimary: FindingRule = {
  level: "warning",
  concerns: { any: Trait.FromPod | Trait.ToPod | Trait.ToNode | Trait.FromNode },
  meta: {
    id: "pod-has-eni-primary",
    title: "A pod has the primary address of an ENI",
    why: "The node has that address too and takes the packets for itself: answers never reach the pod.",
    proves:
      "The pod list gives a pod the address that the ENI list calls primary of a node's secondary ENI, and traffic of that address was seen.",
    doesNotProve: "That both lists are of the same minute: the ENI may have come after the pod.",
    confirm: "ip addr | grep ADDRESS; kubectl get pods -A -o wide | grep ADDRESS",
    sources: ["aws/amazon-vpc-cni-k8s#1094", "aws/amazon-vpc-cni-k8s#3753"],
  },
  find(classified, { snapshot }) {
    const claims = doubleClaims(snapshot);
    if (claims.size === 0) return [];
    const traffic = new Map<string, Classified[]>();
    for (const one of classified) {
      const { connection } = one.subject;
      const { orig } = firstLeg(connection);
      for (const address of new Set([orig.address, lastLeg(connection).resp.address])) {
        if (!claims.has(address)) continue;
        const known = traffic.get(address);
        if (known === undefined) traffic.set(address, [one]);
        else known.push(one);
      }
    }
    return [...traffic].flatMap(([address, members]) => {
      const claim = claims.get(address);
      if (claim === undefined) return [];
      const { pod, eni } = claim;
      const name = `${pod.namespace}/${pod.name}`;
      return [
        {
          level: "warning" as const,
          connections: indexes(members),
          message: `Pod ${name} has ${address}, the primary address of ${eni.id}: ${counted(members.length, "connection")}.`,
          advice: "Delete the pod so that it gets another address, and update the VPC CNI.",
          evidence: [
            statement(`${address} is pod ${name}`, [], [pod.ref]),
            statement(
              `${address} is the primary address of ${eni.id} (device index ${eni.deviceIndex})`,
              [],
              [eni.ref],
            ),
            statement(
              `packets of ${address} were seen`,
              members
                .flatMap(({ subject }) => firstOf(subject.connection.observations, "orig"))
                .slice(0, MAX_EVIDENCE),
            ),
          ],
          identity: `${pod.namespace}/${pod.workload ?? pod.name} ${eni.id}`,
        },
      ];
    });
  },
};

/**
 * A secondary ENI's primary address is never given to a pod (aws/amazon-vpc-cni-k8s pkg/ipamd: datastore.AddENI). The primary
 * address of device 0 is that of every hostNetwork pod, which a text table does not tell; a branch ENI is its pod's own.
 */
function doubleClaims({
  pods,
  enis,
  nodes,
}: RuleContext["snapshot"]): Map<string, { readonly pod: PodEntry; readonly eni: EniEntry }> {
  const primaries = new Map<string, EniEntry>();
  for (const eni of enis) {
    if (eni.role !== "node" && eni.role !== "trunk") continue;
    if (eni.primaryAddress === undefined || (eni.deviceIndex ?? 0) === 0) continue;
    primaries.set(eni.primaryAddress, eni);
  }
  const claims = new Map<string, { readonly pod: PodEntry; readonly eni: EniEntry }>();
  if (primaries.size === 0) return claims;
  const ofNodes = new Set(nodes.flatMap(({ internalAddresses }) => internalAddresses));
  for (const pod of pods) {
    if (pod.hostNetwork || pod.phase !== "Running") continue;
    for (const address of pod.addresses) {
      const eni = primaries.get(address);
      if (eni !== undefined && !ofNodes.has(address)) claims.set(address, { pod, eni });
    }
  }
  return claims;
}
