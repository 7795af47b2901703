/**
 * Finds the rows that stand alone: no other row, tunnel or conntrack entry can have anything to do with them, so that each is a
 * connection by itself. That is most of a big capture at one place. It is told by numbers alone; a row that only may be tied to
 * another is not alone, and goes through the matchers.
 */
import type { NodeState } from "../cluster/snapshot.ts";
import type { RowColumns } from "../flow/row-columns.ts";
import type { Leg } from "./leg.ts";
import { tupleKeyOf } from "./leg-link.ts";
import { markSharedIsns } from "./lone-isns.ts";
import { markSharedPayloads } from "./lone-payloads.ts";
import { markSharedSequences } from "./lone-sequences.ts";
import type { CommonFingerprints } from "./match-by-payload.ts";
import { ALONE, type RowMarks, TIED } from "./shared-tuples.ts";

/**
 * Marks what ties rows beyond their tuples.
 * @param marks with the SHARED ones told
 * @param legs of the SHARED rows
 */
export function markTied(
  rows: RowColumns,
  marks: RowMarks,
  legs: readonly Leg[],
  states: readonly NodeState[],
): CommonFingerprints {
  markSharedIsns(rows, marks, legs);
  markSharedSequences(rows, marks, legs);
  const common = markSharedPayloads(rows, marks, legs);
  markTold(rows, marks, states);
  return common;
}

/** Rows whose tuple a conntrack entry has, before or after a rewrite. */
function markTold(rows: RowColumns, marks: RowMarks, states: readonly NodeState[]): void {
  const addresses = new Set<string>();
  const tuples = new Set<string>();
  for (const { conntrack } of states) {
    for (const { protocol, original, reply } of conntrack) {
      for (const { source, sourcePort, destination, destinationPort } of [original, reply]) {
        const x = { address: source, port: sourcePort };
        const y = { address: destination, port: destinationPort };
        tuples.add(tupleKeyOf(protocol, x, y));
        addresses.add(source).add(destination);
      }
    }
  }
  if (tuples.size === 0) return;
  for (let row = 0; row < rows.length; row++) {
    if (marks[row] !== ALONE) continue;
    const isVersion6 = rows.isVersion6(row);
    const a = rows.addressText(rows.addressA(row), isVersion6);
    if (!addresses.has(a)) continue;
    const b = rows.addressText(rows.addressB(row), isVersion6);
    if (!addresses.has(b)) continue;
    const ports = rows.ports(row);
    const hasPorts = rows.hasPorts(row);
    const x = { address: a, port: hasPorts ? ports >>> 16 : null };
    const y = { address: b, port: hasPorts ? ports & 0xffff : null };
    if (tuples.has(tupleKeyOf(rows.protocolName(row), x, y))) marks[row] = TIED;
  }
}
