/** What the rows of each tap say about the place: link addresses with how many packets carried them, and shared addresses. */
import type { FlowDirection, FlowObservation } from "../flow/flow-observation.ts";

export interface TapEvidence {
  /** Packets counted below. */
  readonly records: number;
  /** Link address -> packets that carried it as source or destination. */
  readonly macs: ReadonlyMap<string, number>;
  /** Link address -> packets that carried it as source. */
  readonly sourceMacs: ReadonlyMap<string, number>;
  /**
   * Unicast addresses that are an end of every row (two when all rows run between two hosts). `isUnforwarded`: every packet that
   * it sent still had an initial TTL, so nobody forwarded it before this place.
   */
  readonly shared: readonly { readonly address: string; readonly isUnforwarded: boolean }[];
  readonly macPairs: number;
}

interface Gathering {
  records: number;
  readonly macs: Map<string, number>;
  readonly sourceMacs: Map<string, number>;
  readonly pairs: Set<string>;
  shared: Set<string> | null;
  readonly ttls: Map<string, number>;
}

/** Initial TTLs of the stacks in use: Linux and BSD 64, Windows 128, network gear and old Solaris 255. */
export const INITIAL_TTLS: ReadonlySet<number> = new Set([64, 128, 255]);

/** Evidence by tap index. Rows inside tunnels say nothing about the tap's own link and are left out. */
export function gatherTapEvidence(
  taps: number,
  rows: readonly FlowObservation[],
): readonly TapEvidence[] {
  const gathered: Gathering[] = Array.from({ length: taps }, () => ({
    records: 0,
    macs: new Map(),
    sourceMacs: new Map(),
    pairs: new Set(),
    shared: null,
    ttls: new Map(),
  }));
  for (const row of rows) {
    const to = gathered[row.tap.index];
    if (to === undefined || row.encapsulation !== null) continue;
    addDirection(to, row.forward, row.a.address);
    addDirection(to, row.backward, row.b.address);
    addShared(to, row);
  }
  return gathered.map(finish);
}

function addDirection(to: Gathering, direction: FlowDirection, sender: string): void {
  if (direction.records === 0) return;
  to.records += direction.records;
  if (direction.macSrc !== null) {
    count(to.macs, direction.macSrc, direction.records);
    count(to.sourceMacs, direction.macSrc, direction.records);
  }
  if (direction.macDst !== null) count(to.macs, direction.macDst, direction.records);
  if (direction.macSrc !== null && direction.macDst !== null) {
    to.pairs.add([direction.macSrc, direction.macDst].sort().join(" "));
  }
  to.ttls.set(sender, Math.min(to.ttls.get(sender) ?? 255, direction.ttlMin));
}

function addShared(to: Gathering, row: FlowObservation): void {
  if (isGroupOrLinkLocal(row.b.address) || isGroupOrLinkLocal(row.a.address)) return;
  const ends = [row.a.address, row.b.address];
  to.shared =
    to.shared === null
      ? new Set(ends)
      : new Set(ends.filter((end) => to.shared?.has(end) === true));
}

export function isGroupOrLinkLocal(address: string): boolean {
  return (
    address === "::" ||
    address.startsWith("fe80:") ||
    address.startsWith("ff0") ||
    /^(22[4-9]|23\d)\./.test(address)
  );
}

function finish(gathering: Gathering): TapEvidence {
  const shared = gathering.shared === null ? [] : [...gathering.shared];
  return {
    records: gathering.records,
    macs: gathering.macs,
    sourceMacs: gathering.sourceMacs,
    shared: shared.map((address) => ({
      address,
      isUnforwarded: INITIAL_TTLS.has(gathering.ttls.get(address) ?? 0),
    })),
    macPairs: gathering.pairs.size,
  };
}

function count(into: Map<string, number>, key: string, by: number): void {
  into.set(key, (into.get(key) ?? 0) + by);
}
