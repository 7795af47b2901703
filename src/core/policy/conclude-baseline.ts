/** The baseline as a rule of the gate: every path that differs from it is a violation, at its line of the file. */
import { MAX_PATHS_PER_RULE } from "../limits.ts";
import { fingerprint } from "../report/fingerprint.ts";
import type { Baseline, BaselinePath } from "./baseline.ts";
import { type ChangeKind, comparePathSets, type PathChange } from "./compare-paths.ts";
import { isCounted } from "./conclude.ts";
import type { AffectedPath, Amount, GateVerdict, RuleResult } from "./gate-result.ts";
import { type Aspect, hidingFrom, type Reason } from "./incompleteness.ts";
import type { PathCollector, PathSummary } from "./path-set.ts";
import type { Severity } from "./policy-schema.ts";
import { pathKey, type WorkloadPath, wayText } from "./workload-path.ts";

/** What a list of paths rests on; where a rewrite could not be joined, the confidence of the path says so. */
export const COMPARED_ASPECTS: ReadonlySet<Aspect> = new Set([
  "traffic",
  "wire",
  "identity",
  "time",
]);

export function concludeBaseline(
  baseline: Baseline,
  collector: PathCollector,
  { reasons, failOn }: { readonly reasons: readonly Reason[]; readonly failOn: Severity },
): RuleResult {
  const paths = collector.list();
  const { changes, unchanged } = comparePathSets(baseline.paths, paths);
  const hiding = hidingFrom(reasons, COMPARED_ASPECTS);
  const affected = changes.flatMap((change) => affectedBy(change, hiding.length > 0));
  const found = affected.filter(({ outcome }) => outcome === "violates");
  const open = affected.filter(({ outcome }) => outcome === "open");
  const { verdict, message } = conclude(
    found.length,
    open.length,
    unchanged,
    hiding.length > 0 || collector.left > 0,
  );
  const place = firstPlace(changes) ?? { line: 1, column: 1 };
  const isHidden = verdict === "inconclusive";
  return {
    id: "baseline",
    kind: "baseline",
    title: "the paths are those of the baseline",
    severity: "error",
    counts: isCounted("error", failOn),
    file: baseline.file,
    line: place.line,
    column: place.column,
    verdict,
    message,
    lookedAt: sumOf(paths),
    maybe: { connections: 0, packets: 0 },
    violations: sumOf(found.map(({ amount }) => amount)),
    open: sumOf(open.map(({ amount }) => amount)),
    excused: { connections: 0, packets: 0 },
    affected: [...found, ...open].slice(0, MAX_PATHS_PER_RULE),
    more: affected.slice(MAX_PATHS_PER_RULE).reduce((sum, one) => sum + one.amount.connections, 0),
    hiddenBy: isHidden ? hiding.map(({ id }) => id) : [],
    hints: isHidden ? [...new Set(hiding.map(({ hint }) => hint))] : [],
    warnings:
      verdict === "fail"
        ? ["podpath check --baseline FILE --update writes the paths as they are now"]
        : [],
    fingerprint: fingerprint("rule", "baseline"),
  };
}

function conclude(
  found: number,
  open: number,
  unchanged: number,
  isHidden: boolean,
): { readonly verdict: GateVerdict; readonly message: string } {
  const same = `${unchanged} ${unchanged === 1 ? "path is" : "paths are"} as in the baseline`;
  if (found > 0) return { verdict: "fail", message: `${counted(found)} differ from the baseline` };
  if (open > 0)
    return { verdict: "inconclusive", message: `${counted(open)} may differ from the baseline` };
  if (isHidden)
    return { verdict: "inconclusive", message: `${same}, and something could hide a difference` };
  return { verdict: "pass", message: same };
}

function counted(count: number): string {
  return count === 1 ? "1 path" : `${count} paths`;
}

/** One for each way that differs. What is only missing may be hidden where something is. */
function affectedBy(change: PathChange<BaselinePath>, isHidden: boolean): AffectedPath[] {
  const { kind, isOpen, before, after } = change;
  const ofNew = after.map((one) => affectedPath(isOpen, newWords(kind, change), one.path, one));
  if (after.length > 0 && kind === "changed") return ofNew;
  const ofOld = before.map((one) =>
    affectedPath(isOpen || isHidden, "gone: it is in the baseline and was not seen", one.path),
  );
  return [...ofNew, ...ofOld];
}

function newWords(kind: ChangeKind, { before }: PathChange<BaselinePath>): string {
  if (kind === "added") return "added: it is not in the baseline";
  const old = before.map(({ path }) => wayText(path)).join(" or ");
  return old === "" ? "changed: this way is not in the baseline" : `changed: it was ${old}`;
}

function affectedPath(
  isOpen: boolean,
  what: string,
  path: WorkloadPath,
  seen?: PathSummary,
): AffectedPath {
  return {
    outcome: isOpen ? "open" : "violates",
    what,
    path: { ...path, overlay: [...path.overlay] },
    amount: { connections: seen?.connections ?? 0, packets: seen?.packets ?? 0 },
    witnesses: [...(seen?.witnesses ?? [])],
    fingerprint: fingerprint("baseline", pathKey(path)),
  };
}

function firstPlace(changes: readonly PathChange<BaselinePath>[]): BaselinePath["place"] | null {
  for (const { before } of changes) for (const { place } of before) return place;
  return null;
}

function sumOf(amounts: readonly Amount[]): Amount {
  let connections = 0;
  let packets = 0;
  for (const one of amounts) {
    connections += one.connections;
    packets += one.packets;
  }
  return { connections, packets };
}
