/** When a row was seen, in nanoseconds since 1970. */
import { firstFlow, lastFlow } from "../correlate/connection-order.ts";
import type { RowColumns } from "../flow/row-columns.ts";

export function firstSeenNs(rows: RowColumns, row: number): bigint {
  return flowFirstNs(rows, firstFlow(rows, row));
}

/** Of the first packet of a direction. */
export function flowFirstNs(rows: RowColumns, flow: number): bigint {
  return BigInt(rows.firstSeconds(flow)) * 1_000_000_000n + BigInt(rows.firstNanos(flow));
}

export function lastSeenNs(rows: RowColumns, row: number): bigint {
  const flow = lastFlow(rows, row);
  return BigInt(rows.lastSeconds(flow)) * 1_000_000_000n + BigInt(rows.lastNanos(flow));
}
