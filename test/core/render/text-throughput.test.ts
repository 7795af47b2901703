// Rates are worked out by hand from the bytes and times that the report was given.
import { describe, expect, it } from "vitest";
import { digestConnections } from "../../../src/core/render/text-digest.ts";
import { textLayout } from "../../../src/core/render/text-layout.ts";
import { textNames } from "../../../src/core/render/text-names.ts";
import { rateCurve, rateText, renderThroughput } from "../../../src/core/render/text-throughput.ts";
import type { ReportConnection } from "../../../src/core/report/report.ts";
import { connectionOf, podParty, reportOf } from "../../support/report.ts";

const at = (seconds: number) => `2026-11-20T09:00:${String(seconds).padStart(2, "0")}.000000000Z`;
const workload = { namespace: "load", workload: "Deployment/iperf3" };

/** 1.2 GB out in 10 s, in buckets of 2.048 s. */
function stream(id: string, more: Partial<ReportConnection> = {}): ReportConnection {
  const server = podParty("server-0", "10.0.2.51", "n2", workload);
  return connectionOf(id, "pod-to-pod-direct", podParty("client", "10.0.1.11", "n1"), server, {
    firstSeen: at(0),
    lastSeen: at(10),
    bytes: { orig: 1_200_000_000, resp: 2_000_000 },
    throughput: {
      vantagePoint: "n1/eth0",
      start: at(0),
      bucketSeconds: 2.048,
      orig: [200_000_000, 300_000_000, 0, 300_000_000, 400_000_000],
      resp: [1_000_000, 1_000_000, 0, 0, 0],
    },
    ...more,
  });
}

function section(connections: readonly ReportConnection[]): string {
  const report = reportOf({ connections });
  const layout = textLayout({ color: false, width: 120, wide: false });
  const digest = digestConnections(report, layout);
  return [...renderThroughput(report, layout, textNames(report, layout), digest)].join("");
}

describe("the rate of a connection", () => {
  it("is its bytes over its time, with the highest bucket beside it", () => {
    expect(rateText(stream("conn-1"))).toBe(
      "1.20 GB out in 10.0 s, 960 Mbit/s, peak 1.56 Gbit/s over 2 s",
    );
  });
  it("shows both ways where both carry data, and what was sent again beside its sender", () => {
    const both = stream("conn-1", {
      bytes: { orig: 1_200_000_000, resp: 400_000_000 },
      tcp: { state: "closed", retransmissions: { orig: 1200, resp: 0 } },
    });
    expect(rateText(both)).toBe(
      "1.20 GB out in 10.0 s, 960 Mbit/s, peak 1.56 Gbit/s over 2 s; 1,200 sent again; " +
        "400 MB back in 10.0 s, 320 Mbit/s, peak 3.91 Mbit/s over 2 s",
    );
  });
  it("is not told of what lasted no longer than a bucket", () => {
    expect(rateText(stream("conn-1", { lastSeen: at(0) }))).toBe("1.20 GB out in 0 µs");
  });
  it("is empty without bytes over time", () => {
    const { throughput: _, ...without } = stream("conn-1");
    expect([rateText(without), rateCurve(without)]).toEqual(["", ""]);
  });
  it("is drawn by bucket, an empty one as the lowest bar", () => {
    expect(rateCurve(stream("conn-1"))).toBe("▅▇▁▇█ each 2 s");
  });
});

describe("the sums by pair of workloads", () => {
  it("take streams at the same time together and leave pauses out", () => {
    const later = { firstSeen: at(40), lastSeen: at(50) };
    const text = section([stream("conn-1"), stream("conn-2"), stream("conn-3", later)]);
    const [, , , only, another] = text.split("\n");
    expect(only?.trim().split(/ {2,}/)).toEqual([
      "3",
      "3.60 GB",
      "6.00 MB",
      "20.0 s",
      "1.44 Gbit/s",
      "0",
      "pod-to-pod-direct",
      "default/client → load/Deployment/iperf3",
    ]);
    expect(another).toBe("");
  });
  it("are left out where no connection has much data", () => {
    const { throughput: _, ...without } = stream("conn-1");
    expect(section([without])).toBe("");
  });
});
