/** The pods, nodes and namespaces that a report can speak of: those of its snapshot and those that its connections name. */
import { type PodName, podsNamed } from "../cluster/pod-names.ts";
import type { Report } from "./report.ts";

export interface KnownNames {
  /** By namespace, then by name. */
  readonly pods: readonly PodName[];
  readonly nodes: readonly string[];
  readonly namespaces: readonly string[];
}

/** One walk over the connections, however often they are asked for; what is kept grows with the names alone. */
export function knownNames(report: Report): KnownNames {
  const known = KNOWN.get(report) ?? gatherNames(report);
  KNOWN.set(report, known);
  return known;
}

const KNOWN = new WeakMap<Report, KnownNames>();

function gatherNames(report: Report): KnownNames {
  const { snapshot, vantagePoints, connections } = report;
  const listed = snapshot.pods ?? [];
  const pods = new Map<string, PodName>();
  const addPod = ({ namespace, name }: PodName): void => {
    const key = podKey({ namespace, name });
    if (!pods.has(key)) pods.set(key, { namespace, name });
  };
  const nodes = new Set<string | undefined>((snapshot.nodes ?? []).map(({ name }) => name));
  const namespaces = new Set<string | undefined>();
  for (const pod of listed) {
    addPod(pod);
    nodes.add(pod.node);
  }
  for (const { pod, node } of vantagePoints) {
    podOf(pod).forEach(addPod);
    nodes.add(node);
  }
  for (const { orig, resp, nat } of connections) {
    for (const { kind, namespace, name, node } of [orig, resp]) {
      if (kind === "pod" && name !== undefined) addPod({ namespace: namespace ?? "", name });
      nodes.add(node);
      namespaces.add(namespace);
    }
    for (const { node } of nat) nodes.add(node);
  }
  for (const { namespace } of pods.values()) namespaces.add(namespace);
  return {
    pods: [...pods].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, pod]) => pod),
    nodes: named(nodes),
    namespaces: named(namespaces),
  };
}

/** The pod of a vantage point, "namespace/name". */
function podOf(name: string | undefined): PodName[] {
  const slash = name?.indexOf("/") ?? -1;
  if (name === undefined || slash <= 0) return [];
  return [{ namespace: name.slice(0, slash), name: name.slice(slash + 1) }];
}

function named(names: ReadonlySet<string | undefined>): string[] {
  return [...names].flatMap((name) => (name === undefined || name === "" ? [] : name)).sort();
}

/** "namespace/name": neither part can hold a slash (RFC 1123 labels); hostile ones only miss their pod. */
export function podKey({ namespace, name }: PodName): string {
  return `${namespace}/${name}`;
}

/** Nodes of that name, or whose name up to the first dot it is, or all whose name begins with it and a dot. */
export function nodesNamed(nodes: readonly string[], asked: string): readonly string[] {
  const exact = nodes.filter((node) => node === asked);
  return exact.length > 0 ? exact : nodes.filter((node) => node.startsWith(`${asked}.`));
}

type SnapshotPod = NonNullable<Report["snapshot"]["pods"]>[number];

/** The pods that somebody means who types a name; one that no list has, but that was seen, is known by its name alone. */
export function podsCalled(report: Report, asked: string): readonly SnapshotPod[] {
  const listed = report.snapshot.pods ?? [];
  const keys = new Map(listed.map((pod) => [podKey(pod), pod]));
  return podsNamed(knownNames(report).pods, asked).map((pod) => keys.get(podKey(pod)) ?? pod);
}
