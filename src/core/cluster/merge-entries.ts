/** The same thing told by several files becomes one entry; JSON tells more than tables and wins. */
import type { DiagnosticLog } from "../diagnostics/diagnostic.ts";
import type {
  EniEntry,
  InstanceEntry,
  LoadBalancerEntry,
  PodEntry,
  SnapshotRef,
  TargetEntry,
  TargetGroupEntry,
} from "./snapshot.ts";
import { CONFLICT } from "./snapshot-diagnostics.ts";
import type { SnapshotParts, TargetGroupAttributes } from "./snapshot-parts.ts";

function isJson({ ref }: { readonly ref: SnapshotRef }): boolean {
  return ref.pointer !== undefined;
}

/** One entry per key, in order of first appearance: a JSON entry if there is one, of equals the last (it is the newest). */
export function mergeByKey<T extends { readonly ref: SnapshotRef }>(
  entries: readonly T[],
  keyOf: (entry: T) => string,
): T[] {
  const found = new Map<string, T>();
  for (const entry of entries) {
    const key = keyOf(entry);
    const known = found.get(key);
    if (known === undefined || isJson(entry) || !isJson(known)) found.set(key, entry);
  }
  return [...found.values()];
}

/**
 * Pods by namespace and name. A pod that was made anew under its name (StatefulSet) is in two snapshots with two addresses and
 * stays two entries, told apart by their start times; a table has no start time and yields to JSON.
 */
export function mergePods(pods: readonly PodEntry[], log: DiagnosticLog): PodEntry[] {
  const inJson = mergeByKey(pods.filter(isJson), (pod) => `${podKey(pod)} ${pod.startTime ?? ""}`);
  const byKey = groupBy(inJson, podKey);
  const byName = groupBy(inJson, (pod) => pod.name);
  const merged = [...inJson];
  for (const pod of mergeByKey(
    pods.filter((one) => !isJson(one)),
    podKey,
  )) {
    // Without a NAMESPACE column the name alone has to do; the random part of pod names makes that safe.
    const same = (pod.namespace === "" ? byName.get(pod.name) : byKey.get(podKey(pod))) ?? [];
    if (same.length === 0) merged.push(pod);
    else reportOtherAddress(pod, same, log);
  }
  const named = new Set(merged.filter((pod) => pod.namespace !== "").map((pod) => pod.name));
  return merged.filter((pod) => pod.namespace !== "" || !named.has(pod.name));
}

function reportOtherAddress(pod: PodEntry, same: readonly PodEntry[], log: DiagnosticLog): void {
  const address = pod.addresses[0];
  const known = same.flatMap((one) => one.addresses);
  if (address === undefined || known.length === 0 || known.includes(address)) return;
  const place = same[0]?.ref.file ?? "";
  const message = `${podKey(pod)} has address ${address} here but ${known.join(", ")} in ${place}, which is used`;
  log.add(CONFLICT, pod.ref, message);
}

function groupBy<T>(entries: readonly T[], keyOf: (entry: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const entry of entries) {
    const group = groups.get(keyOf(entry));
    if (group === undefined) groups.set(keyOf(entry), [entry]);
    else group.push(entry);
  }
  return groups;
}

export function podKey(pod: { readonly namespace: string; readonly name: string }): string {
  return pod.namespace === "" ? pod.name : `${pod.namespace}/${pod.name}`;
}

/** describe-network-interfaces knows more (tags, prefixes) than the ENIs inside describe-instances. */
export function mergeEnis(parts: SnapshotParts): EniEntry[] {
  const listed = mergeByKey(parts.enis, (eni) => eni.id);
  const known = new Set(listed.map((eni) => eni.id));
  const others = mergeByKey(parts.instanceEnis, (eni) => eni.id);
  const ofAws = [...listed, ...others.filter((eni) => !known.has(eni.id))];
  const ids = new Set(ofAws.map((eni) => eni.id));
  const ofCni = mergeByKey(parts.cniEnis, (eni) => eni.id);
  return [...ofAws, ...ofCni.filter((eni) => !ids.has(eni.id))];
}

/** A table without ids tells its instances apart by their addresses, and yields to what has ids. */
export function mergeInstances(instances: readonly InstanceEntry[]): InstanceEntry[] {
  const merged = mergeByKey(
    instances,
    ({ id, privateAddress, publicAddress }) => id || `${privateAddress} ${publicAddress}`,
  );
  const known = new Set(merged.filter(({ id }) => id !== "").map((one) => one.privateAddress));
  return merged.filter(({ id, privateAddress }) => id !== "" || !known.has(privateAddress));
}

const TYPE_OF_ROLE = new Map<string, LoadBalancerEntry["type"]>([
  ["network-load-balancer", "network"],
  ["application-load-balancer", "application"],
  ["classic-load-balancer", "classic"],
  ["gateway-load-balancer", "gateway"],
]);

export function loadBalancerType(eni: EniEntry): LoadBalancerEntry["type"] | undefined {
  return TYPE_OF_ROLE.get(eni.role);
}

/** The listed load balancers, and those that only their ENIs tell of. */
export function mergeLoadBalancers(
  listed: readonly LoadBalancerEntry[],
  enis: readonly EniEntry[],
): LoadBalancerEntry[] {
  const keyOf = ({ type, name }: LoadBalancerEntry): string => `${type}/${name}`;
  const merged = mergeByKey(listed, keyOf);
  const known = new Set(merged.map(keyOf));
  for (const eni of enis) {
    const type = loadBalancerType(eni);
    if (type === undefined || eni.loadBalancer === undefined) continue;
    const { vpcId, ref } = eni;
    const entry = { name: eni.loadBalancer, type, ...(vpcId !== undefined && { vpcId }), ref };
    if (!known.has(keyOf(entry))) merged.push(entry);
    known.add(keyOf(entry));
  }
  return merged;
}

/** The output of describe-target-health does not name its group: it is told only when one group alone can have the target. */
export function targetsWithGroups(
  targets: readonly TargetEntry[],
  groups: readonly TargetGroupEntry[],
): TargetEntry[] {
  return targets.map((target) => {
    const type = target.address === undefined ? "instance" : "ip";
    const able = groups.filter(({ targetType }) => (targetType ?? type) === type);
    const samePort = able.filter((group) => group.port === target.port);
    const [group, another] = samePort.length > 0 ? samePort : able;
    return group === undefined || another !== undefined
      ? target
      : { ...target, targetGroup: group.name };
  });
}

/** Neither do attributes name their group; with several groups they stand in an entry without a name. */
export function groupsWithAttributes(
  groups: readonly TargetGroupEntry[],
  told: readonly TargetGroupAttributes[],
): TargetGroupEntry[] {
  const merged = mergeByKey(groups, (group) => group.arn ?? group.name);
  const [group, anotherGroup] = merged;
  const [only, another] = told;
  if (
    group !== undefined &&
    anotherGroup === undefined &&
    only !== undefined &&
    another === undefined
  ) {
    return [{ ...group, attributes: only.attributes }];
  }
  const nameless = told.map((one) => ({ name: "", loadBalancers: [], ...one }));
  return [...merged, ...nameless];
}
