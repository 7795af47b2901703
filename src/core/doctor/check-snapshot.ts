/** Whether the snapshot fits the captures: its time, its lists, and what each node gave. */
import { durationBetween, nsBetween } from "../report/parse-time.ts";
import type { Report } from "../report/report.ts";
import { NODE_KINDS, nodeOutput } from "./capture-commands.ts";
import { counted } from "./check-capture.ts";
import { type Check, check, type SnapshotCheckup } from "./checkup.ts";
import type { Survey } from "./survey.ts";

/** Pods move in minutes, and conntrack forgets a closed connection after two. */
const FRESH_NS = 15n * 60n * 1_000_000_000n;

export function checkSnapshot(
  report: Report,
  { pods: seen }: Survey,
  open: number,
): SnapshotCheckup {
  const { snapshot } = report;
  if (snapshot.sources.length === 0)
    return {
      checks: [
        check(
          "snapshot",
          "error",
          "none was given: addresses have no owners, so most paths cannot be told",
          "Add one with -s: kubectl get pods,nodes,svc,endpointslices -A -o json and aws ec2 describe-network-interfaces make most of it.",
        ),
      ],
      nodes: [],
    };
  const nodes = checkNodes(report);
  const { nodes: nodeCount, pods, services, enis } = snapshot.counts;
  const lists = [
    counted(nodeCount, "node"),
    counted(pods, "pod"),
    counted(services, "service"),
    counted(enis, "ENI"),
  ].join(", ");
  return {
    ...(snapshot.takenAt === undefined ? {} : { takenAt: snapshot.takenAt }),
    checks: [
      check("snapshot", "good", `${counted(snapshot.sources.length, "file")}: ${lists}`),
      age(report),
      ...missingLists(report),
      ...nodeChecks(nodes, open),
      ...unseenPods(report, nodes, seen),
    ],
    nodes,
  };
}

function age({ snapshot: { takenAt }, captures }: Report): Check {
  if (takenAt === undefined)
    return check(
      "snapshot-age",
      "note",
      "nothing in it tells when it was taken, so it is trusted as it is",
      "Take it right after the captures.",
    );
  const first = extreme(
    captures.map(({ firstSeen }) => firstSeen),
    -1,
  );
  const last = extreme(
    captures.map(({ lastSeen }) => lastSeen),
    1,
  );
  if (first === null || last === null)
    return check("snapshot-age", "note", `taken ${takenAt}; no capture tells a time`);
  const before = nsBetween(takenAt, first) ?? 0n;
  const after = nsBetween(last, takenAt) ?? 0n;
  if (before > FRESH_NS || after > FRESH_NS) {
    const when =
      before > FRESH_NS
        ? `${durationBetween(takenAt, first)} before the first packet`
        : `${durationBetween(last, takenAt)} after the last packet`;
    return check(
      "snapshot-age",
      "warning",
      `it was taken ${when}: pods may have moved and addresses changed hands`,
      "Take the snapshot within a few minutes of the captures.",
    );
  }
  const near =
    before > 0n
      ? `${durationBetween(takenAt, first)} before the first packet`
      : after > 0n
        ? `${durationBetween(last, takenAt)} after the last packet`
        : "while the captures ran";
  return check("snapshot-age", "good", `it was taken ${near}`);
}

/** Times of a report have one form and sort as text. */
function extreme(times: readonly (string | null)[], sign: 1 | -1): string | null {
  return times.reduce<string | null>(
    (found, time) =>
      time !== null && (found === null || (sign === 1 ? time > found : time < found))
        ? time
        : found,
    null,
  );
}

/** Lists of the whole cluster; what single nodes did not give is told by node. */
function missingLists({ snapshot: { missing } }: Report): Check[] {
  return missing
    .filter((what) => /^(?:kubectl|aws|describe-)/.test(what))
    .map((what) => check("missing-list", "note", `not there: ${what}`, "Add it to the snapshot."));
}

function checkNodes({ snapshot, vantagePoints }: Report): SnapshotCheckup["nodes"] {
  const nodeOfPod = new Map(
    (snapshot.pods ?? []).map(({ namespace, name, node }) => [`${namespace}/${name}`, node]),
  );
  const captured = new Set(
    vantagePoints.flatMap(({ node, pod }) => node ?? nodeOfPod.get(pod ?? "") ?? []),
  );
  const has = new Set(snapshot.sources.map(({ node, kind }) => `${node ?? ""}\n${kind}`));
  return (snapshot.nodes ?? []).map(({ name }) => ({
    name,
    captured: captured.has(name),
    missing: NODE_KINDS.filter((kind) => !has.has(`${name}\n${kind}`)).map(
      (kind) => nodeOutput(kind, name)?.command ?? kind,
    ),
  }));
}

/** A rewrite is explained by the node that made it, so that captured nodes matter most. */
function nodeChecks(nodes: SnapshotCheckup["nodes"], open: number): Check[] {
  const lacking = nodes.filter(({ captured, missing }) => captured && missing.length > 0);
  const whole = nodes.filter(({ captured, missing }) => captured && missing.length === 0);
  const checks = lacking.map(({ name, missing }) =>
    check(
      "node-state",
      open > 0 ? "warning" : "note",
      `${name} was captured, but its own state is incomplete: a rewrite there may stay unexplained`,
      `Run there: ${missing.join("; ")}`,
    ),
  );
  if (whole.length > 0)
    checks.push(
      check(
        "node-state",
        "good",
        `${whole.map(({ name }) => name).join(", ")}: addresses, routes, iptables and conntrack are there`,
      ),
    );
  return checks;
}

const NAMED = 5;

function unseenPods(
  { snapshot }: Report,
  nodes: SnapshotCheckup["nodes"],
  seen: ReadonlySet<string>,
): Check[] {
  const own = (snapshot.pods ?? []).filter(({ hostNetwork }) => hostNetwork !== true);
  const unseen = own.filter(({ namespace, name }) => !seen.has(`${namespace}/${name}`));
  if (unseen.length === 0) return [];
  const names = unseen.slice(0, NAMED).map(({ namespace, name }) => `${namespace}/${name}`);
  const rest = unseen.length > NAMED ? ` and ${unseen.length - NAMED} more` : "";
  const captured = new Set(nodes.filter((node) => node.captured).map(({ name }) => name));
  const elsewhere = unseen.filter(({ node }) => node !== undefined && !captured.has(node));
  const because =
    elsewhere.length === 0 ? "" : `; ${elsewhere.length} of them run where nothing was captured`;
  return [
    check(
      "unseen-pods",
      "note",
      `${unseen.length} of ${counted(own.length, "pod")} take part in no captured connection: ${names.join(", ")}${rest}${because}`,
    ),
  ];
}
