/** When the packets of a row were seen, whichever direction they went. */
import type { FlowObservation } from "../flow/flow-observation.ts";

/** A tuple seen again after this long, with nothing in common, is another conversation. */
export const LONG_SILENCE_NS = 60_000_000_000n;

export function firstPacketNs(row: FlowObservation): bigint {
  if (row.forward.records === 0) return row.backward.firstSeenNs;
  if (row.backward.records === 0) return row.forward.firstSeenNs;
  return row.forward.firstSeenNs < row.backward.firstSeenNs
    ? row.forward.firstSeenNs
    : row.backward.firstSeenNs;
}

export function lastPacketNs(row: FlowObservation): bigint {
  return row.forward.lastSeenNs > row.backward.lastSeenNs
    ? row.forward.lastSeenNs
    : row.backward.lastSeenNs;
}

export function byFirstPacket(a: FlowObservation, b: FlowObservation): number {
  return compareBigint(firstPacketNs(a), firstPacketNs(b)) || a.id - b.id;
}

export function compareBigint(x: bigint, y: bigint): number {
  return x < y ? -1 : x > y ? 1 : 0;
}
