/**
 * Who had which address when, by the VPC CNI's own account (ipamd.log, its checkpoint, its introspection): lives of pods that no
 * pod list shows any more. What a pod list tells of its pods stays as it is; only what it leaves open is filled in.
 */
import { isOver } from "./conflicts.ts";
import { podKey } from "./merge-entries.ts";
import type { PodEntry, SnapshotRef } from "./snapshot.ts";
import { workloadOfPodName } from "./workload-name.ts";

/** An address given to a pod, or taken back: the line that takes it back does not name the pod. */
export interface AssignmentEvent {
  readonly address: string;
  /** RFC 3339. */
  readonly time: string;
  /** Absent when the address is taken back. */
  readonly pod?: { readonly namespace: string; readonly name: string };
  readonly ref: SnapshotRef;
}

interface Assignment {
  readonly namespace: string;
  readonly name: string;
  readonly address: string;
  readonly start: string;
  readonly startMs: number;
  end: string | null;
  readonly ref: SnapshotRef;
}

/** The listed pods, and those that only the events tell of: Unknown while they have their address, Succeeded after. */
export function withAssignedPods(
  listed: readonly PodEntry[],
  events: readonly AssignmentEvent[],
): PodEntry[] {
  if (events.length === 0) return [...listed];
  const byAddress = new Map<string, number[]>();
  const byKey = new Map<string, number[]>();
  for (const [i, pod] of listed.entries()) {
    if (pod.hostNetwork) continue;
    push(byKey, podKey(pod), i);
    for (const address of pod.addresses) push(byAddress, address, i);
  }
  const pods = [...listed];
  const added: PodEntry[] = [];
  for (const assignment of assignments(events)) {
    const same = (byKey.get(podKey(assignment)) ?? []).find((i) => isLifeOf(listed[i], assignment));
    const pod = same === undefined ? undefined : listed[same];
    if (same !== undefined && pod !== undefined) {
      pods[same] = filledIn(pod, assignment);
      continue;
    }
    const rivals = [
      ...(byAddress.get(assignment.address) ?? []),
      ...(byKey.get(podKey(assignment)) ?? []),
    ].flatMap((i) => listed[i] ?? []);
    added.push(podOf(assignment, rivals));
  }
  return [...pods, ...added];
}

function push(groups: Map<string, number[]>, key: string, i: number): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [i]);
  else group.push(i);
}

/** In order of time; an address that is given away again was taken back before, whether or not the log still shows it. */
function assignments(events: readonly AssignmentEvent[]): Assignment[] {
  const sorted = events
    .map((event) => ({ event, ms: Date.parse(event.time) }))
    .sort((a, b) => a.ms - b.ms);
  const found: Assignment[] = [];
  const open = new Map<string, Assignment>();
  for (const { event, ms } of sorted) {
    const { address, time, pod, ref } = event;
    const known = open.get(address);
    // The log and the checkpoint tell of one assignment with times that differ by less than a pod's life.
    if (known !== undefined && pod !== undefined && podKey(known) === podKey(pod)) continue;
    if (known !== undefined) known.end = time;
    open.delete(address);
    if (pod === undefined) continue;
    const assignment = { ...pod, address, start: time, startMs: ms, end: null, ref };
    found.push(assignment);
    open.set(address, assignment);
  }
  return found;
}

/** False for an earlier life: a StatefulSet's pod is made anew under its name, and may get its address again. */
function isLifeOf(pod: PodEntry | undefined, { address, end }: Assignment): boolean {
  if (pod === undefined || !pod.addresses.includes(address)) return false;
  return (
    end === null || pod.startTime === undefined || Date.parse(end) >= Date.parse(pod.startTime)
  );
}

function filledIn(pod: PodEntry, { start, end }: Assignment): PodEntry {
  const deletionTime = pod.deletionTime ?? (isOver(pod) ? end : null);
  return {
    ...pod,
    startTime: pod.startTime ?? start,
    ...(deletionTime !== null && { deletionTime }),
  };
}

function isUndatedJson({ startTime, ref }: PodEntry): boolean {
  return startTime === undefined && ref.pointer !== undefined;
}

/**
 * An assignment whose end the log does not show (it was rotated) ended when a listed pod of that address or name began; where
 * nothing tells when that was, a pod of a JSON list counts and this one lived at no known time. A table yields to the log, so both
 * stay and the conflict is reported.
 */
function podOf(assignment: Assignment, rivals: readonly PodEntry[]): PodEntry {
  const { namespace, name, address, start, startMs, ref } = assignment;
  const running = rivals.filter((pod) => !isOver(pod));
  const later = running
    .map((pod) => pod.startTime)
    .filter((time) => time !== undefined && Date.parse(time) >= startMs)
    .sort();
  const end = assignment.end ?? later[0];
  const gone = end !== undefined || running.some(isUndatedJson);
  const workload = workloadOfPodName(name);
  return {
    namespace,
    name,
    addresses: [address],
    hostNetwork: false,
    phase: gone ? "Succeeded" : "Unknown",
    ...(workload !== undefined && { workload }),
    labels: {},
    startTime: start,
    ...(end !== undefined && { deletionTime: end }),
    ports: [],
    ref,
  };
}
