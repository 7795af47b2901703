import { describe, expect, it } from "vitest";
import { timeTicks } from "../../../../src/core/diagram/timeline/time-axis.ts";
import { buildTimelineModel } from "../../../../src/core/diagram/timeline/timeline-model.ts";
import {
  BUCKETS,
  throughputOver,
} from "../../../../src/core/diagram/timeline/timeline-throughput.ts";
import {
  clusterReport,
  connectionOf,
  findingOf,
  HUGE,
  partyOf,
  podParty,
  reportOf,
} from "../../../support/report.ts";

const POD = podParty("web", "10.0.0.20", "n1");
const OUTSIDE = partyOf("external", "203.0.113.9");

function at(ms: number): string {
  return `2026-11-20T09:00:${String(Math.floor(ms / 1000)).padStart(2, "0")}.${String(ms % 1000).padStart(3, "0")}000000Z`;
}

function open(id: string, from: number, to: number) {
  return connectionOf(id, "direct-egress", POD, OUTSIDE, { firstSeen: at(from), lastSeen: at(to) });
}

describe("a time line", () => {
  it("counts how many were open at once exactly, however wide a bucket is", () => {
    const connections = [
      open("c1", 0, 10),
      open("c2", 11, 20),
      open("c3", 5, 12),
      open("c4", 0, 40_000),
    ];
    const { classes, seconds, start, end } = buildTimelineModel(reportOf({ connections }));
    expect(classes).toMatchObject([{ connections: 4, atOnce: 3 }]);
    expect(classes[0]?.open[0]).toBe(4);
    expect(classes[0]?.open[BUCKETS - 1]).toBe(1);
    expect([seconds, start, end]).toEqual([40, at(0), at(40_000)]);
  });

  it("puts a finding at the start of its first connection; notes have no place", () => {
    const report = reportOf({
      connections: [open("c1", 0, 10), open("c2", 3000, 3001), open("c3", 2000, 3001)],
      findings: [
        findingOf("f1", "tcp-reset", "error", ["c2", "c3"]),
        findingOf("f2", "mid-stream", "note", ["c1"]),
        findingOf("f3", "clock-skew", "warning", []),
      ],
    });
    const { findings, bars } = buildTimelineModel(report);
    expect(findings.map(({ number, at: second }) => [number, second])).toEqual([
      [1, 2],
      [3, null],
    ]);
    expect(bars.map(({ id, findings: own }) => [id, own])).toEqual([
      ["c1", []],
      ["c3", [1]],
      ["c2", [1]],
    ]);
  });

  it("keeps bars for what has findings, then for the most bytes", () => {
    const report = clusterReport(HUGE);
    const { bars, connections } = buildTimelineModel(report);
    expect(connections).toBe(20_000);
    expect(bars).toHaveLength(40);
    const serious = new Set(["f1", "f2"]);
    const wrong = [...report.connections].filter(({ findings }) =>
      findings.some((id) => serious.has(id)),
    );
    expect(bars.filter(({ findings }) => findings.length > 0)).toHaveLength(wrong.length);
    const least = Math.min(
      ...bars.filter(({ findings }) => findings.length === 0).map(({ bytes }) => bytes),
    );
    const more = [...report.connections].filter(({ bytes }) => bytes.orig + bytes.resp > least);
    expect(more.length).toBeLessThan(40);
  });
});

describe("throughput", () => {
  it("loses no byte, whatever the widths of the buckets", () => {
    const series = [
      {
        vantagePoint: "x",
        start: "",
        bucketSeconds: 0.7,
        orig: [100, 0, 50],
        resp: [1, 2, 3],
        from: 0.3,
      },
      { vantagePoint: "x", start: "", bucketSeconds: 100, orig: [1000], resp: [0], from: 9.9 },
    ];
    const all = throughputOver(series, 10, 1156);
    const carried = (all?.rates ?? []).reduce((sum, rate) => sum + (rate * 10) / BUCKETS, 0);
    expect(carried).toBeCloseTo(1156);
    expect(all?.share).toBe(1);
  });

  it("is not known of connections without it", () => {
    expect(throughputOver([], 10, 100)).toBeNull();
  });
});

describe("the time axis", () => {
  it.each([
    [0.000_001, "0 µs,1 µs"],
    [0.441, "0 ms,100 ms,200 ms,300 ms,400 ms"],
    [5.8, "0 s,1 s,2 s,3 s,4 s,5 s"],
    [3600, "0 min,10 min,20 min,30 min,40 min,50 min,60 min"],
    [86_400 * 30_000, "0 d,3750 d,7500 d,11250 d,15000 d,18750 d,22500 d,26250 d,30000 d"],
  ])("of %s seconds has round marks", (span, expected) => {
    expect(
      timeTicks(span, 8)
        .map(({ text }) => text)
        .join(),
    ).toBe(expected);
  });
});
