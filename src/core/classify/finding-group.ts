/** Groups connections that show the same fault between the same workloads, so that a finding is one thing to act on. */
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
    const { subject } = one;
    const orig = workloadOf(subject.orig, firstLeg(subject.connection).orig.address);
    const resp = workloadOf(subject.resp, lastLeg(subject.connection).resp.address);
    const identity = `${orig} → ${resp}`;
    const group = groups.get(identity);
    if (group === undefined) groups.set(identity, [one]);
    else group.push(one);
  }
  return [...groups].map(([identity, group]) => ({ identity, members: group }));
}

export function indexes(members: readonly Classified[]): number[] {
  return members.map((one) => one.subject.connection.index);
}

/** "1 connection", "3 connections". */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** One finding for each pair of workloads. */
export function perWorkloadPair(
  members: readonly Classified[],
  describe: (pair: WorkloadPair) => Omit<FindingMatch, "connections" | "identity">,
): FindingMatch[] {
  return byWorkloadPair(members).map((pair) => ({
    ...describe(pair),
    connections: indexes(pair.members),
    identity: pair.identity,
  }));
}
