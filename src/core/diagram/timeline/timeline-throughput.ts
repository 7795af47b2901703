/** Bytes over time of many connections, put together into the buckets of one picture. */
import type { ReportConnection } from "../../report/report.ts";

/** Columns of the areas of a time line. */
export const BUCKETS = 160;

/** Bytes of one connection over time; `from` in seconds since the start of the picture. */
export type Series = NonNullable<ReportConnection["throughput"]> & { readonly from: number };

/** Bytes per second in each bucket, of the connections whose bytes the report has over time. */
export interface Throughput {
  readonly rates: readonly number[];
  readonly most: number;
  readonly connections: number;
  /** Share of all bytes that these connections carried, 0 to 1. */
  readonly share: number;
}

/** Null when no connection has its bytes over time. */
export function throughputOver(
  series: readonly Series[],
  span: number,
  allBytes: number,
): Throughput | null {
  if (series.length === 0) return null;
  const width = span / BUCKETS;
  const sums = new Array<number>(BUCKETS).fill(0);
  let carried = 0;
  for (const { from, bucketSeconds, orig, resp } of series) {
    orig.forEach((bytes, i) => {
      const both = bytes + (resp[i] ?? 0);
      carried += both;
      if (both > 0) spread(sums, both, from + i * bucketSeconds, bucketSeconds, width);
    });
  }
  const rates = sums.map((bytes) => bytes / width);
  return {
    rates,
    most: rates.reduce((most, one) => Math.max(most, one), 0),
    connections: series.length,
    share: allBytes === 0 ? 0 : Math.min(1, carried / allBytes),
  };
}

/** Shares the bytes out by how much of their time lies in each bucket; what sticks out goes to the last or first one. */
function spread(sums: number[], bytes: number, from: number, seconds: number, width: number): void {
  const clamp = (position: number) => Math.min(BUCKETS - 1, Math.max(0, Math.floor(position)));
  const first = clamp(from / width);
  const last = clamp((from + seconds) / width);
  for (let i = first; i <= last; i++) {
    const begins = i === first ? from : i * width;
    const ends = i === last ? from + seconds : (i + 1) * width;
    sums[i] = (sums[i] ?? 0) + (bytes * (ends - begins)) / seconds;
  }
}
