/** Pods as owners: Running wins over finished ones, and addresses that changed hands are told apart by time. */
import { eniLookup } from "./address-owners.ts";
import { isOver } from "./conflicts.ts";
import { podKey } from "./merge-entries.ts";
import type { Owner } from "./owner.ts";
import type { ClusterSnapshot, EniEntry, PodEntry } from "./snapshot.ts";

/**
 * An address is not given to another pod for 30 s (VPC CNI, IP_COOLDOWN_PERIOD), so traffic this near to a pod's life is still its own,
 * whatever the clocks' difference.
 */
const COOLDOWN_NS = 30_000_000_000n;

/** Adds the pods that own their addresses now; returns those addresses whose owner depends on the time. */
export function addPods(
  snapshot: ClusterSnapshot,
  owners: Map<string, Owner>,
): Map<string, PodClaims> {
  const byAddress = new Map<string, PodEntry[]>();
  for (const pod of snapshot.pods) {
    if (pod.hostNetwork) continue;
    for (const address of pod.addresses) {
      const pods = byAddress.get(address);
      if (pods === undefined) byAddress.set(address, [pod]);
      else pods.push(pod);
    }
  }
  const fargate = new Set(snapshot.nodes.filter((node) => node.fargate).map((node) => node.name));
  const eniOf = eniLookup(snapshot);
  const claims = new Map<string, PodClaims>();
  for (const [address, pods] of byAddress) {
    const claim = new PodClaims(pods, eniOf(address));
    const owner = claim.ownerNow();
    if (claim.dependsOnTime) claims.set(address, claim);
    if (owner === null) continue;
    owners.set(address, withNode(owner, owners.get(address), fargate));
  }
  return claims;
}

/** A pod on a node's own address: on Fargate the node is but a name for the pod; elsewhere the two claims contradict. */
function withNode(pod: Owner, known: Owner | undefined, fargate: ReadonlySet<string>): Owner {
  if (known?.kind !== "node" || fargate.has(known.node ?? "")) return pod;
  const name =
    pod.namespace === undefined ? (pod.name ?? "") : `${pod.namespace}/${pod.name ?? ""}`;
  return { ...known, ambiguousWith: [name, ...(pod.ambiguousWith ?? [])] };
}

interface Claim {
  readonly pod: PodEntry;
  readonly startNs: bigint | null;
  readonly endNs: bigint | null;
}

/** All pods that the snapshot lists with one address. */
export class PodClaims {
  readonly dependsOnTime: boolean;
  readonly #claims: readonly Claim[];
  readonly #eni: EniEntry | null;

  constructor(pods: readonly PodEntry[], eni: EniEntry | null) {
    this.#claims = pods.map(claimOf).sort(newestFirst);
    this.#eni = eni;
    this.dependsOnTime = pods.length > 1 || pods.some(isOver);
  }

  /** The pod that owns the address as the snapshot was taken; null when all of them have finished. */
  ownerNow(): Owner | null {
    return this.#owner(this.#claims.filter(({ pod }) => !isOver(pod)));
  }

  /** The pod that owned it at a time; null when none of them is known to have. */
  ownerAt(atNs: bigint): Owner | null {
    const during = this.#claims.filter((claim) => livesAt(claim, atNs, 0n));
    if (during.length > 0) {
      const running = during.filter(({ pod }) => !isOver(pod));
      return this.#owner(running.length > 0 ? running : during);
    }
    const near = this.#claims.filter((claim) => livesAt(claim, atNs, COOLDOWN_NS));
    return this.#owner(near.length > 0 ? near : this.#claims.filter(({ pod }) => !isOver(pod)));
  }

  #owner(claims: readonly Claim[]): Owner | null {
    const [first, ...others] = claims;
    if (first === undefined) return null;
    const { namespace, name, node, workload, ref } = first.pod;
    const branch = first.pod.branchEni?.eniId;
    const deviceIndex = this.#eni?.deviceIndex;
    const eni = this.#eni?.id ?? branch;
    const rivals = [...new Set(others.map(({ pod }) => podKey(pod)))];
    return {
      kind: "pod",
      ...(namespace !== "" && { namespace }),
      name,
      ...(node !== undefined && { node }),
      ...(workload !== undefined && { workload }),
      ...(eni !== undefined && { eni }),
      ...(deviceIndex !== undefined && { deviceIndex }),
      ...(rivals.length > 0 && { ambiguousWith: rivals }),
      ref,
    };
  }
}

function claimOf(pod: PodEntry): Claim {
  return { pod, startNs: nanoseconds(pod.startTime), endNs: nanoseconds(pod.deletionTime) };
}

/** RFC 3339 to nanoseconds since 1970; null when absent or no time. */
function nanoseconds(time: string | undefined): bigint | null {
  const milliseconds = time === undefined ? Number.NaN : Date.parse(time);
  return Number.isNaN(milliseconds) ? null : BigInt(milliseconds) * 1_000_000n;
}

/** A finished pod without an end, or one without a start, is not known to have lived at any time in particular. */
function livesAt({ pod, startNs, endNs }: Claim, atNs: bigint, slackNs: bigint): boolean {
  if (isOver(pod) && (startNs === null || endNs === null)) return false;
  const started = startNs === null || startNs - slackNs <= atNs;
  return started && (endNs === null || atNs <= endNs + slackNs);
}

/** The latest start first, then by name, so that the answer does not depend on the order of the files. */
function newestFirst(a: Claim, b: Claim): number {
  const byStart = Number((b.startNs ?? 0n) - (a.startNs ?? 0n));
  if (byStart !== 0) return byStart;
  return podKey(a.pod) < podKey(b.pod) ? -1 : 1;
}
