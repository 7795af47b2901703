/**
 * What an address without an owner may be all the same. "Inside the VPC and nobody's" says something only where the lists that
 * would name an owner were given; a thin snapshot must never turn its own gaps into a proof.
 */
import type { Owner } from "../cluster/owner.ts";
import type { ClusterSnapshot } from "../cluster/snapshot.ts";
import type { PathClass } from "./rule.ts";

/** Who may stand behind an address that the snapshot gives to nobody. */
export type Unlisted = "pod" | "node" | "load-balancer" | "control-plane";

/** Empty when the owner is known, or when every list that would name it is there. */
export function mayBe(owner: Owner, snapshot: ClusterSnapshot): Unlisted[] {
  const inVpc = owner.kind === "vpc";
  // Without the VPC's CIDRs "external" means no more than "not listed".
  if (!inVpc && !(owner.kind === "external" && snapshot.vpcCidrs.length === 0)) return [];
  // Named by describe-instances or an ENI's description: a host of its own.
  if (owner.name !== undefined) return [];
  const found: Unlisted[] = [];
  // A secondary address of a node's ENI that no listed pod claims is most likely a pod's.
  if (snapshot.pods.length === 0 || owner.node !== undefined) found.push("pod");
  if (snapshot.nodes.length === 0) found.push("node");
  if (!listsInterfaces(snapshot)) found.push("load-balancer", "control-plane");
  return found;
}

/**
 * The account's interfaces were listed. describe-instances names its own instances' ENIs only: neither a load balancer's nor
 * the control plane's is among them.
 */
export function listsInterfaces({ enis }: ClusterSnapshot): boolean {
  return enis.some((eni) => eni.ref.pointer?.startsWith("/Reservations/") !== true);
}

/** The classes that a connection would have with each of these at that end. */
export function classesOf(
  unlisted: readonly Unlisted[],
  table: Readonly<Record<Unlisted, readonly PathClass[]>>,
): PathClass[] {
  return [...new Set(unlisted.flatMap((one) => table[one]))];
}

const LISTS: Readonly<Record<Unlisted, string>> = {
  pod: "kubectl get pods -A -o wide",
  node: "kubectl get nodes -o wide",
  "load-balancer": "aws ec2 describe-network-interfaces",
  "control-plane": "aws ec2 describe-network-interfaces",
};

/** The commands whose output would name the owner. */
export function listsOf(unlisted: readonly Unlisted[]): string {
  return [...new Set(unlisted.map((one) => LISTS[one]))].join(" and ");
}
