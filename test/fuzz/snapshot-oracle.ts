/** What must hold for reading snapshot texts: nothing throws, places exist, names are data, the same texts say the same. */

import { loadSnapshot } from "../../src/core/cluster/load-snapshot.ts";
import type { OwnerIndex } from "../../src/core/cluster/owner.ts";
import { buildOwnerIndex } from "../../src/core/cluster/owner-index.ts";
import type { ClusterSnapshot, SnapshotText } from "../../src/core/cluster/snapshot.ts";
import { DiagnosticLog } from "../../src/core/diagnostics/diagnostic.ts";
import { expectThat } from "./finding.ts";
import type { Random } from "./random.ts";
import { HOSTILE_NAMES } from "./snapshot-mutator.ts";

const ASKED = [
  "10.0.1.10",
  "10.0.2.20",
  "169.254.169.254",
  "::1",
  "198.51.100.7",
  "2001:db8::1",
  "0.0.0.0",
  "",
  "x",
  "10.0.1.10%eth0",
];
/** There are not many more kinds of oddity, and each is told once a file. */
const DIAGNOSTICS_PER_FILE = 15;

export function checkSnapshot(texts: readonly SnapshotText[]): {
  snapshot: ClusterSnapshot;
  owners: OwnerIndex;
} {
  const log = new DiagnosticLog();
  const snapshot = loadSnapshot(texts, log);
  const owners = buildOwnerIndex(snapshot);
  for (const address of ASKED) {
    const { kind } = owners.resolve(address);
    expectThat(typeof kind === "string", () => `nobody owns ${address}`);
    owners.inVpc(address);
  }
  owners.ownerOfMac("02:00:00:00:00:01");
  const diagnostics = log.list();
  for (const { file } of texts) {
    const own = diagnostics.filter(({ first }) => first.file === file).length;
    expectThat(own <= DIAGNOSTICS_PER_FILE, () => `${own} diagnostics of ${file}`);
  }
  const lines = new Map(texts.map(({ file, text }) => [file, text.split(/\r\n?|\n/).length]));
  for (const { first, message } of diagnostics) checkPlace(first, lines, message);
  checkPlaces(snapshot, lines);
  checkPrototypes();
  return { snapshot, owners };
}

interface Place {
  readonly file: string;
  readonly line?: number | undefined;
}

function checkPlace({ file, line }: Place, lines: ReadonlyMap<string, number>, what: string): void {
  const last = lines.get(file);
  expectThat(last !== undefined, () => `${what} points into ${file}, which was not given`);
  expectThat(
    line === undefined || (line >= 1 && line <= last),
    () => `${what} points at line ${line} of ${last} of ${file}`,
  );
}

/** Every place that any entry of the snapshot names. */
function checkPlaces(snapshot: ClusterSnapshot, lines: ReadonlyMap<string, number>): void {
  const open: unknown[] = [snapshot];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value !== "object" || value === null) continue;
    if (value instanceof Map || value instanceof Set)
      for (const one of value.values()) open.push(one);
    const { ref } = value as { ref?: Place };
    if (ref !== undefined && typeof ref.file === "string") checkPlace(ref, lines, "an entry");
    for (const one of Object.values(value)) if (typeof one === "object") open.push(one);
  }
}

/** No name of an input may have become a member of every object. */
function checkPrototypes(): void {
  for (const prototype of [Object.prototype, Array.prototype, Map.prototype, Function.prototype]) {
    const added = Object.keys(prototype);
    expectThat(added.length === 0, () => `an input added ${added.join(", ")} to a prototype`);
  }
}

/** Pods of hostile names, as JSON or as a table: each is found by its address, under its name. */
export function checkHonestPods(random: Random): void {
  const pods = Array.from({ length: random.between(1, 12) }, (_, i) => ({
    name: random.oneIn(2) ? random.pick(HOSTILE_NAMES.slice(0, 7)) : `web-${i}`,
    namespace: random.oneIn(2) ? random.pick(HOSTILE_NAMES.slice(0, 7)) : "shop",
    node: random.oneIn(2) ? random.pick(HOSTILE_NAMES.slice(0, 7)) : "n1",
    address: `10.9.${i}.${random.between(1, 254)}`,
  }));
  const distinct = pods.filter(
    (pod, i) =>
      pods.findIndex((one) => one.name === pod.name && one.namespace === pod.namespace) === i,
  );
  const isJson = random.oneIn(2);
  const text = isJson ? podsJson(distinct) : podsTable(distinct);
  const { owners, snapshot } = checkSnapshot([{ file: random.pick(HOSTILE_NAMES), text }]);
  expectThat(
    snapshot.pods.length === distinct.length,
    () => `${snapshot.pods.length} pods instead of ${distinct.length} from ${text}`,
  );
  for (const { name, namespace, node, address } of distinct) {
    const owner = owners.resolve(address);
    expectThat(
      owner.kind === "pod" &&
        owner.name === name &&
        owner.namespace === namespace &&
        owner.node === node,
      () =>
        `${address} belongs to ${owner.kind} ${owner.namespace}/${owner.name} on ${owner.node} instead of ${namespace}/${name} on ${node}`,
    );
    expectThat(
      snapshot.nodes.some((one) => one.name === node),
      () => `the node ${node} of a pod is not known`,
    );
  }
}

interface HonestPod {
  readonly name: string;
  readonly namespace: string;
  readonly node: string;
  readonly address: string;
}

function podsJson(pods: readonly HonestPod[]): string {
  const items = pods.map(({ name, namespace, node, address }) => ({
    metadata: { name, namespace, labels: { app: name } },
    spec: { nodeName: node },
    status: { phase: "Running", podIP: address, podIPs: [{ ip: address }] },
  }));
  return JSON.stringify({
    apiVersion: "v1",
    kind: "PodList",
    items: items.map((item) => ({ apiVersion: "v1", kind: "Pod", ...item })),
  });
}

function podsTable(pods: readonly HonestPod[]): string {
  const rows = pods.map(
    ({ name, namespace, node, address }) =>
      `${namespace}   ${name}   1/1   Running   0   5m   ${address}   ${node}   <none>   <none>`,
  );
  return [
    "NAMESPACE   NAME   READY   STATUS   RESTARTS   AGE   IP   NODE   NOMINATED NODE   READINESS GATES",
    ...rows,
  ].join("\n");
}
