/** Groups connections that show the same fault between the same workloads, so that a finding is one thing to act on. */

import { MAX_FINDINGS_PER_RULE } from "../limits.ts";
import type { Classified, FindingMatch } from "./rule.ts";
import { firstLeg, lastLeg, workloadOf } from "./subject.ts";

export interface WorkloadPair {
  /** "default/Deployment/web → 203.0.113.9": the same over runs, so addresses only where nothing has a name. */
  readonly identity: string;
  readonly members: readonly Classified[];
}

export function byWorkloadPair(members: readonly Classified[]): WorkloadPair[] {
  const groups = new Map<string, Classified[]>();
  for (const one of members) {
    const identity = pairOf(one);
    const group = groups.get(identity);
    if (group === undefined) groups.set(identity, [one]);
    else group.push(one);
  }
  return [...groups].map(([identity, group]) => ({ identity, members: group }));
}

/** "default/Deployment/web → 203.0.113.9". */
export function pairOf({ subject }: Classified): string {
  const orig = workloadOf(subject.orig, firstLeg(subject.connection).orig.address);
  const resp = workloadOf(subject.resp, lastLeg(subject.connection).resp.address);
  return `${orig} → ${resp}`;
}

export function indexes(members: readonly Classified[]): number[] {
  return members.map((one) => one.subject.connection.index);
}

/** "1 connection", "3 connections". */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** One finding for each pair of workloads; a scan of a network's addresses is one finding, not a thousand. */
export function perWorkloadPair(
  members: readonly Classified[],
  describe: (pair: WorkloadPair) => Omit<FindingMatch, "connections" | "identity">,
): FindingMatch[] {
  const pairs = byWorkloadPair(members);
  const further = pairs.splice(MAX_FINDINGS_PER_RULE).flatMap((pair) => pair.members);
  if (further.length > 0) pairs.push({ identity: "further pairs of workloads", members: further });
  return pairs.map((pair) => ({
    ...describe(pair),
    connections: indexes(pair.members),
    identity: pair.identity,
  }));
}
