/** Two sets of workload paths, side by side: what is new, what is gone, what takes another way, and what cannot be told. */
import type { PathSummary } from "./path-set.ts";
import { routeKey, type WorkloadPath } from "./workload-path.ts";

/** A path of the older side: of another report, or of a baseline, which may allow it to be absent. */
export type BasePath = Pick<PathSummary, "path" | "candidates"> & { readonly optional?: boolean };

export type ChangeKind = "added" | "gone" | "changed";

/** All ways of one route (from, to, protocol) that differ between the two sides. */
export interface PathChange<T extends BasePath> {
  readonly kind: ChangeKind;
  /** Confidence leaves open whether anything changed. */
  readonly isOpen: boolean;
  /** Ways that only the older side has, and only the newer one; by path. */
  readonly before: readonly T[];
  readonly after: readonly PathSummary[];
}

export interface PathComparison<T extends BasePath> {
  /** By route. */
  readonly changes: readonly PathChange<T>[];
  /** Paths that both sides have. */
  readonly unchanged: number;
}

export function comparePathSets<T extends BasePath>(
  base: readonly T[],
  next: readonly PathSummary[],
): PathComparison<T> {
  const before = byRoute(base);
  const after = byRoute(next);
  const changes: PathChange<T>[] = [];
  let unchanged = 0;
  for (const route of [...new Set([...before.keys(), ...after.keys()])].sort()) {
    const { change, same } = compareRoute(before.get(route) ?? [], after.get(route) ?? []);
    unchanged += same;
    if (change !== null) changes.push(change);
  }
  return { changes, unchanged };
}

function byRoute<T extends { readonly path: WorkloadPath }>(paths: readonly T[]): Map<string, T[]> {
  const routes = new Map<string, T[]>();
  for (const one of paths) {
    const key = routeKey(one.path);
    const list = routes.get(key);
    if (list === undefined) routes.set(key, [one]);
    else list.push(one);
  }
  return routes;
}

function compareRoute<T extends BasePath>(
  base: readonly T[],
  next: readonly PathSummary[],
): { readonly change: PathChange<T> | null; readonly same: number } {
  const isIn = (list: readonly { readonly path: WorkloadPath }[], path: WorkloadPath): boolean =>
    list.some((other) => isSameWay(other.path, path));
  const before = base.filter(({ path }) => !isIn(next, path));
  const after = next.filter(({ path }) => !isIn(base, path));
  const same = next.length - after.length;
  // What need not be there is not missed.
  const missed = before.filter(({ optional }) => optional !== true);
  if (missed.length === 0 && after.length === 0) return { change: null, same };
  // Every way that differs may be one that the other side has.
  const isOpen =
    missed.every((old) => next.some((now) => mayBeOneWay(old, now))) &&
    after.every((now) => base.some((old) => mayBeOneWay(old, now)));
  const kind: ChangeKind = base.length === 0 ? "added" : next.length === 0 ? "gone" : "changed";
  return { change: { kind, isOpen, before: missed, after }, same };
}

function isSameWay(a: WorkloadPath, b: WorkloadPath): boolean {
  return a.class === b.class && a.nat === b.nat && a.overlay.join() === b.overlay.join();
}

/** One of the two sides is in doubt, and the other is what it may be. */
function mayBeOneWay(old: BasePath, now: PathSummary): boolean {
  return allows(old, now.path) || allows(now, old.path);
}

function allows({ path, candidates }: BasePath, other: WorkloadPath): boolean {
  if (candidates.length === 0) return false;
  return (
    path.class === other.class ||
    candidates.includes(other.class) ||
    candidates.includes("unclassified")
  );
}
