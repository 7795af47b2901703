/** The pods, nodes and namespaces that a report can speak of: those of its snapshot and those that its connections name. */
import { type PodName, podsNamed } from "../cluster/pod-names.ts";
import type { Report } from "./report.ts";

export interface KnownNames {
  /** By namespace, then by name. */
  readonly pods: readonly PodName[];
  readonly nodes: readonly string[];
  readonly namespaces: readonly string[];
}

export function knownNames(report: Report): KnownNames {
  const { snapshot, vantagePoints, connections } = report;
  const parties = [...connections].flatMap(({ orig, resp }) => [orig, resp]);
  const listed = snapshot.pods ?? [];
  const pods: readonly PodName[] = [
    ...listed,
    ...vantagePoints.flatMap(({ pod }) => podOf(pod)),
    ...parties.flatMap(({ kind, namespace = "", name }) =>
      kind === "pod" && name !== undefined ? [{ namespace, name }] : [],
    ),
  ];
  const byKey = new Map(
    pods.map(({ namespace, name }) => [podKey({ namespace, name }), { namespace, name }]),
  );
  const nodes = [
    ...(snapshot.nodes ?? []).map(({ name }) => name),
    ...[...listed, ...vantagePoints, ...parties].map(({ node }) => node),
    ...[...connections].flatMap(({ nat }) => nat.map(({ node }) => node)),
  ];
  const namespaces = [...pods, ...parties].map(({ namespace }) => namespace);
  return {
    pods: [...byKey].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, pod]) => pod),
    nodes: distinct(nodes),
    namespaces: distinct(namespaces),
  };
}

/** The pod of a vantage point, "namespace/name". */
function podOf(name: string | undefined): PodName[] {
  const slash = name?.indexOf("/") ?? -1;
  if (name === undefined || slash <= 0) return [];
  return [{ namespace: name.slice(0, slash), name: name.slice(slash + 1) }];
}

function distinct(names: readonly (string | undefined)[]): string[] {
  const all = new Set<string>();
  for (const name of names) if (name !== undefined && name !== "") all.add(name);
  return [...all].sort();
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
