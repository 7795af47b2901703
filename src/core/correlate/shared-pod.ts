/** The pod whose interface a place is, told by nothing but the packets: they all have it as an end. */
import type { Owner, OwnerIndex } from "../cluster/owner.ts";
import type { TapEvidence } from "./tap-evidence.ts";

export interface SharedPod {
  /** "namespace/name". */
  readonly name: string;
  readonly node: string | null;
  readonly address: string;
}

/**
 * The only pod that is an end of every packet and whose own packets nobody has forwarded yet: its veth, or inside it. Two pods
 * that talk to each other only share every packet at both veths; at each of them one has not been forwarded.
 */
export function sharedPod(evidence: TapEvidence, owners: OwnerIndex): SharedPod | null {
  const pods = evidence.shared.flatMap(({ address, isUnforwarded }) => {
    const owner: Owner = owners.resolve(address);
    if (owner.kind !== "pod" || !isUnforwarded) return [];
    return [{ name: `${owner.namespace}/${owner.name}`, node: owner.node ?? null, address }];
  });
  const [only] = pods;
  return pods.length === 1 && only !== undefined ? only : null;
}
