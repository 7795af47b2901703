/** What the rows of each tap say about the place (tap-evidence.ts), told from numbers. */
import type { FlowObservation } from "../flow/flow-observation.ts";
import type { RowColumns } from "../flow/row-columns.ts";
import {
  gatherTapEvidence,
  INITIAL_TTLS,
  isGroupOrLinkLocal,
  type TapEvidence,
} from "./tap-evidence.ts";

/**
 * Evidence by tap index.
 * @param rows those that have been made; what AWS brought is on taps of its own
 */
export function gatherTapEvidenceByColumns(
  taps: number,
  rows: readonly FlowObservation[],
  columns: RowColumns,
): readonly TapEvidence[] {
  const brought = rows.filter(
    ({ id, encapsulation }) => encapsulation === null && columns.isInTunnel(id),
  );
  const found = [...gatherTapEvidence(taps, brought)];
  const gathered = gatherColumns(taps, columns);
  for (const [tap, one] of gathered.entries()) if (one !== null) found[tap] = one;
  return found;
}

/** Nobody: no address has this key, and when all rows of a tap have been seen, no address is an end of every one. */
const NO_END = -1;
const UNTOLD = -2;

interface ColumnGathering {
  records: number;
  /** Records by number of the pair of link addresses, in order of first appearance. */
  readonly pairs: Map<number, number>;
  /** Keys of the ends that every row has so far: UNTOLD before the first row. */
  sharedA: number;
  sharedB: number;
}

/** By tap; null where no row lies outside tunnels. */
function gatherColumns(taps: number, columns: RowColumns): readonly (TapEvidence | null)[] {
  const gathered: (ColumnGathering | null)[] = new Array<null>(taps).fill(null);
  for (let row = 0; row < columns.length; row++) {
    if (columns.isInTunnel(row)) continue;
    const tap = columns.tap(row);
    let to = gathered[tap];
    if (to == null) {
      to = { records: 0, pairs: new Map(), sharedA: UNTOLD, sharedB: UNTOLD };
      gathered[tap] = to;
    }
    addPair(to, columns, row * 2);
    addPair(to, columns, row * 2 + 1);
    if (to.sharedA !== NO_END || to.sharedB !== NO_END) narrowShared(to, columns, row);
  }
  const lowest = lowestTtls(gathered, columns);
  return gathered.map((one, tap) =>
    one === null ? null : finishColumns(one, columns, lowest.get(tap)),
  );
}

function addPair(to: ColumnGathering, columns: RowColumns, flow: number): void {
  const records = columns.records(flow);
  if (records === 0) return;
  to.records += records;
  const pair = columns.macPair(flow);
  if (pair >= 0) to.pairs.set(pair, (to.pairs.get(pair) ?? 0) + records);
}

/** One number for an address of either IP version. */
function addressKey(columns: RowColumns, row: number, address: number): number {
  return columns.isVersion6(row) ? 2 ** 32 + address : address >>> 0;
}

function textOfKey(columns: RowColumns, key: number): string {
  return key >= 2 ** 32
    ? columns.addressText(key - 2 ** 32, true)
    : columns.addressText(key, false);
}

function narrowShared(to: ColumnGathering, columns: RowColumns, row: number): void {
  const a = addressKey(columns, row, columns.addressA(row));
  const b = addressKey(columns, row, columns.addressB(row));
  if (isGroupOrLinkLocalKey(columns, a) || isGroupOrLinkLocalKey(columns, b)) return;
  const { sharedA, sharedB } = to;
  const isFirst = sharedA === UNTOLD;
  const isShared = (key: number) => isFirst || key === sharedA || key === sharedB;
  to.sharedA = isShared(a) ? a : NO_END;
  to.sharedB = b !== a && isShared(b) ? b : NO_END;
}

function isGroupOrLinkLocalKey(columns: RowColumns, key: number): boolean {
  if (key >= 2 ** 32) return isGroupOrLinkLocal(textOfKey(columns, key));
  const first = key >>> 24;
  return first >= 224 && first <= 239;
}

/** By tap and by key of a shared end: the lowest TTL of what it sent. */
function lowestTtls(
  gathered: readonly (ColumnGathering | null)[],
  columns: RowColumns,
): ReadonlyMap<number, ReadonlyMap<number, number>> {
  const lowest = new Map<number, Map<number, number>>();
  for (const [tap, one] of gathered.entries()) {
    if (one !== null && (one.sharedA >= 0 || one.sharedB >= 0)) lowest.set(tap, new Map());
  }
  if (lowest.size === 0) return lowest;
  for (let row = 0; row < columns.length; row++) {
    const tap = columns.isInTunnel(row) ? NO_END : columns.tap(row);
    const [one, own] = [gathered[tap], lowest.get(tap)];
    if (one == null || own === undefined) continue;
    for (let flow = row * 2; flow <= row * 2 + 1; flow++) {
      const address = flow % 2 === 0 ? columns.addressA(row) : columns.addressB(row);
      const key = addressKey(columns, row, address);
      if ((key !== one.sharedA && key !== one.sharedB) || columns.records(flow) === 0) continue;
      own.set(key, Math.min(own.get(key) ?? 255, columns.ttlMin(flow)));
    }
  }
  return lowest;
}

function finishColumns(
  one: ColumnGathering,
  columns: RowColumns,
  lowest: ReadonlyMap<number, number> | undefined,
): TapEvidence {
  const macs = new Map<string, number>();
  const sourceMacs = new Map<string, number>();
  const pairs = new Set<string>();
  for (const [pair, records] of one.pairs) {
    const source = columns.macSource(pair);
    const destination = columns.macDestination(pair);
    if (source !== null) {
      add(macs, source, records);
      add(sourceMacs, source, records);
    }
    if (destination !== null) add(macs, destination, records);
    if (source !== null && destination !== null) pairs.add([source, destination].sort().join(" "));
  }
  const shared = [one.sharedA, one.sharedB].filter((key) => key >= 0);
  return {
    records: one.records,
    macs,
    sourceMacs,
    shared: shared.map((key) => ({
      address: textOfKey(columns, key),
      isUnforwarded: INITIAL_TTLS.has(lowest?.get(key) ?? 0),
    })),
    macPairs: pairs.size,
  };
}

function add(into: Map<string, number>, key: string, by: number): void {
  into.set(key, (into.get(key) ?? 0) + by);
}
