/** Two reports, compared by who talks to whom and which way; addresses, ports, times and names of pods do not matter. */
import type { Report } from "../report/report.ts";
import { comparePathSets, type PathChange } from "./compare-paths.ts";
import { COMPARED_ASPECTS } from "./conclude-baseline.ts";
import type { DiffChange, DiffResult, SeenPath } from "./diff-result.ts";
import { hidingFrom, incompleteness, type Reason } from "./incompleteness.ts";
import { collectPaths, type PathSummary } from "./path-set.ts";

const NOTHING_ACCEPTED = { accept: [], coverage: "seen" } as const;

export function diffReports(base: Report, next: Report): DiffResult {
  const [before, after] = [read(base), read(next)];
  const { changes, unchanged } = comparePathSets<PathSummary>(before.paths, after.paths);
  const all = changes.map((change) => describe(change, before.reasons, after.reasons));
  const definite = (kind: DiffChange["kind"]) =>
    all.filter((one) => one.kind === kind && !one.isOpen);
  const open = all.filter(({ isOpen }) => isOpen);
  const isDifferent = all.length > open.length;
  const isDoubtful = open.length + before.reasons.length + after.reasons.length > 0;
  return {
    schema: "podpath.diff/1",
    tool: { ...next.tool },
    verdict: isDifferent ? "different" : isDoubtful ? "inconclusive" : "same",
    base: before.side,
    new: after.side,
    added: definite("added"),
    gone: definite("gone"),
    changed: definite("changed"),
    open,
    unchanged,
  };
}

interface Side {
  readonly paths: readonly PathSummary[];
  readonly reasons: readonly Reason[];
  readonly side: DiffResult["base"];
}

function read(report: Report): Side {
  const collector = collectPaths(report);
  const paths = collector.list();
  const { reasons: all } = incompleteness(report, NOTHING_ACCEPTED);
  const capped: readonly Reason[] =
    collector.left === 0
      ? []
      : [
          {
            id: "paths-capped",
            details: [`the paths of ${collector.left} connections were too many to keep`],
            hides: ["traffic"],
            hint: "Compare fewer captures at a time.",
          },
        ];
  const reasons = [...hidingFrom(all, COMPARED_ASPECTS), ...capped];
  return {
    paths,
    reasons,
    side: {
      inputs: report.inputs.map(({ file }) => file),
      captures: report.captures.length,
      records: report.accounting.records,
      connections: report.connections.length,
      paths: paths.length,
      reasons: reasons.map(({ id, details, hint }) => ({ id, details: [...details], hint })),
    },
  };
}

function describe(
  { kind, isOpen, before, after }: PathChange<PathSummary>,
  baseReasons: readonly Reason[],
  newReasons: readonly Reason[],
): DiffChange {
  const path = (after[0] ?? before[0])?.path;
  const because = isOpen
    ? "its class is not certain on both sides"
    : whyHidden(before.length > 0, after.length > 0, baseReasons, newReasons);
  return {
    kind,
    from: path?.from ?? "",
    to: path?.to ?? "",
    protocol: path?.protocol ?? "",
    isOpen: because !== null,
    ...(because === null ? {} : { because }),
    before: before.map(seenPath),
    after: after.map(seenPath),
  };
}

/** What one side lacks may have been cut from its captures; where each has what the other lacks, something did change. */
function whyHidden(
  isLost: boolean,
  isNew: boolean,
  baseReasons: readonly Reason[],
  newReasons: readonly Reason[],
): string | null {
  if (isLost && isNew) return null;
  const [hiding, side] = isLost ? [newReasons, "new"] : [baseReasons, "base"];
  if (hiding.length === 0) return null;
  return `the ${side} captures may hide it: ${hiding.map(({ id }) => id).join(", ")}`;
}

function seenPath({
  path,
  candidates,
  connections,
  packets,
  bytes,
  witnesses,
}: PathSummary): SeenPath {
  return {
    path: { ...path, overlay: [...path.overlay] },
    candidates: [...candidates],
    numbers: { connections, packets, bytes },
    witnesses: witnesses.map(({ connection, packets: seen }) => ({
      connection,
      packets: [...seen],
    })),
  };
}
