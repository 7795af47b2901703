/** Snapshot files that contradict each other: said aloud, because a verdict on such an address is a guess. */
import type { DiagnosticLog } from "../diagnostics/diagnostic.ts";
import { podKey } from "./merge-entries.ts";
import { nodeEnis } from "./node-facts.ts";
import type { ClusterSnapshot, PodEntry } from "./snapshot.ts";
import { CONFLICT } from "./snapshot-diagnostics.ts";

/** Succeeded and Failed pods keep the address that they had, but it may be another's by now. */
export function isOver(pod: PodEntry): boolean {
  return pod.phase === "Succeeded" || pod.phase === "Failed";
}

type Facts = Pick<ClusterSnapshot, "pods" | "nodes" | "enis">;

export function reportConflicts({ pods, nodes, enis }: Facts, log: DiagnosticLog): void {
  const nodeOfAddress = new Map<string, string>();
  for (const node of nodes) {
    if (node.fargate) continue;
    for (const address of node.internalAddresses) nodeOfAddress.set(address, node.name);
  }
  const eniNodeOfAddress = new Map<string, string>();
  for (const { node, eni } of nodeEnis(nodes, enis)) {
    for (const address of eni.addresses) eniNodeOfAddress.set(address, node);
  }
  const podOfAddress = new Map<string, PodEntry>();
  for (const pod of pods) {
    if (pod.hostNetwork || isOver(pod)) continue;
    for (const address of pod.addresses) {
      const other = podOfAddress.get(address);
      podOfAddress.set(address, pod);
      const node = nodeOfAddress.get(address);
      const eniNode = eniNodeOfAddress.get(address);
      if (other !== undefined && podKey(other) !== podKey(pod)) {
        log.add(CONFLICT, pod.ref, `${address} is claimed by ${podKey(other)} and ${podKey(pod)}`);
      } else if (node !== undefined) {
        const message = `${address} is claimed by ${podKey(pod)} and is the address of node ${node}`;
        log.add(CONFLICT, pod.ref, message);
      } else if (eniNode !== undefined && pod.node !== undefined && eniNode !== pod.node) {
        const message = `${podKey(pod)} runs on ${pod.node}, but ${address} is on an ENI of ${eniNode}`;
        log.add(CONFLICT, pod.ref, message);
      }
    }
  }
}
