/** Story of the wrong node: where a pod runs, and which captures can show its packets. */
import { podKey } from "../report/known-names.ts";
import type { Report, ReportVantagePoint } from "../report/report.ts";
import { captureNode } from "./capture-commands.ts";
import type { PodCheckup } from "./checkup.ts";
import type { PodTally } from "./survey.ts";

export type SnapshotPod = NonNullable<Report["snapshot"]["pods"]>[number];

export function checkPod(report: Report, listed: SnapshotPod, seen: PodTally): PodCheckup {
  const name = podKey(listed);
  const node = listed.node ?? seen.node;
  const pod: SnapshotPod = { ...listed, ...(node === undefined ? {} : { node }) };
  const { address } = listed;
  const captures = report.captures.map(({ id, file }) => {
    const points = report.vantagePoints.filter(({ capture }) => capture === id);
    return { capture: id, file, ...shownBy(points, pod, name) };
  });
  const shown = captures.some(({ shows }) => shows === "all" || shows === "part");
  const unknown = captures.some(({ shows }) => shows === "unknown");
  return {
    pod: name,
    ...(node === undefined ? {} : { node }),
    ...(address === undefined ? {} : { address }),
    connections: seen.connections,
    captures,
    verdict: shown ? "shown" : unknown || node === undefined ? "unknown" : "not-shown",
    commands: shown || node === undefined ? [] : [captureNode(node)],
  };
}

type Shown = Pick<PodCheckup["captures"][number], "shows" | "because">;

function shownBy(
  points: readonly ReportVantagePoint[],
  { node, hostNetwork }: SnapshotPod,
  name: string,
): Shown {
  if (points.some(({ pod }) => pod === name))
    return {
      shows: "all",
      because: "taken at the pod's own interface: everything it sends and receives",
    };
  const here = points.filter((point) => node !== undefined && point.node === node);
  if (hostNetwork === true && here.length > 0)
    return {
      shows: "part",
      because:
        "the pod shares its node's address, so its packets cannot be told from the node's own",
    };
  if (here.some(({ kind }) => kind === "node-eni" || kind === "secondary-eni"))
    return {
      shows: "part",
      because: `taken at an ENI of ${node}: what it exchanges with other nodes and the outside, after the node's rewrites`,
    };
  if (here.length > 0)
    return {
      shows: "part",
      because: `taken on ${node}, at other interfaces: only what it exchanges with whoever is behind those`,
    };
  if (points.length === 0)
    return { shows: "unknown", because: "where it was taken is not known: it shows no connection" };
  if (node === undefined)
    return { shows: "unknown", because: "no list says on which node the pod runs" };
  if (points.some((point) => point.node === undefined && point.pod === undefined))
    return {
      shows: "unknown",
      because: "where it was taken is not known; label it NODE/IFACE=FILE",
    };
  const taken = [...new Set(points.map((point) => point.node ?? `pod ${point.pod ?? ""}`))];
  return {
    shows: "elsewhere",
    because: `taken on ${taken.join(", ")}: only what it exchanges with somebody there`,
  };
}
