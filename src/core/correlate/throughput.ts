/** Bytes of a connection over time, from the one place that saw most of it: there each packet is counted once. */
import type { FlowObservation, FlowThroughput } from "../flow/flow-observation.ts";
import type { ConnectionThroughput, Observation } from "./connection.ts";
import { sameEndpoint } from "./leg.ts";

/** Null: no place has bytes over time. */
export function throughputOf(
  observations: readonly Observation[],
  rows: readonly FlowObservation[],
): ConnectionThroughput | null {
  if (rows.every(({ throughput }) => throughput === undefined)) return null;
  const byId = new Map(rows.map((row) => [row.id, row]));
  let best: Observation | null = null;
  let series: OrientedSeries[] = [];
  for (const one of observations) {
    if (best !== null && bytesOf(one) <= bytesOf(best)) continue;
    const found = one.rows.flatMap((id) => oriented(byId.get(id), one));
    if (found.length === 0) continue;
    best = one;
    series = found;
  }
  if (best === null) return null;
  return { vantagePoint: best.vantagePoint, ...merge(series) };
}

type OrientedSeries = Omit<ConnectionThroughput, "vantagePoint">;

function bytesOf({ orig, resp }: Observation): number {
  return orig.bytes + resp.bytes;
}

function oriented(row: FlowObservation | undefined, { tuple }: Observation): OrientedSeries[] {
  const series: FlowThroughput | undefined = row?.throughput;
  if (row === undefined || series === undefined) return [];
  const { startNs, bucketNs, forward, backward } = series;
  return sameEndpoint(row.a, tuple.orig)
    ? [{ startNs, bucketNs, orig: forward, resp: backward }]
    : [{ startNs, bucketNs, orig: backward, resp: forward }];
}

/** Rows of one place complete each other (LINUX_SLL: one direction each). A bucket goes where it starts, in the widest grid. */
function merge(series: readonly OrientedSeries[]): OrientedSeries {
  const [only, another] = series;
  if (only !== undefined && another === undefined) return only;
  const startNs = series.map((one) => one.startNs).reduce((a, b) => (a < b ? a : b));
  const bucketNs = series.map((one) => one.bucketNs).reduce((a, b) => (a > b ? a : b));
  const position = (one: OrientedSeries, i: number): number =>
    Number((one.startNs - startNs + BigInt(i) * one.bucketNs) / bucketNs);
  const length = Math.max(...series.map((one) => position(one, one.orig.length - 1) + 1));
  // Rows far apart in time would leave a list of empty buckets as long as the pause between them.
  if (length > MOST_BUCKETS) return merge(series.map(coarser));
  const orig = new Array<number>(length).fill(0);
  const resp = new Array<number>(length).fill(0);
  for (const one of series) {
    for (const [i, bytes] of one.orig.entries()) {
      const at = position(one, i);
      orig[at] = (orig[at] ?? 0) + bytes;
      resp[at] = (resp[at] ?? 0) + (one.resp[i] ?? 0);
    }
  }
  return { startNs, bucketNs, orig, resp };
}

const MOST_BUCKETS = 128;

function coarser({ startNs, bucketNs, orig, resp }: OrientedSeries): OrientedSeries {
  const halve = (list: readonly number[]): number[] =>
    Array.from(
      { length: Math.ceil(list.length / 2) },
      (_, i) => (list[2 * i] ?? 0) + (list[2 * i + 1] ?? 0),
    );
  return { startNs, bucketNs: bucketNs * 2n, orig: halve(orig), resp: halve(resp) };
}
