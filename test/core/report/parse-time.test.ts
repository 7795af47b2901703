import { describe, expect, it } from "vitest";
import { parseDuration, parseRfc3339, resolveTime } from "../../../src/core/report/parse-time.ts";

describe("durations", () => {
  it.each([
    ["10s", 10_000_000_000n],
    ["1h43m", 6_180_000_000_000n],
    ["1.5s", 1_500_000_000n],
    ["250ms", 250_000_000n],
    ["2d", 172_800_000_000_000n],
  ])("%s is %d ns", (text, ns) => {
    expect(parseDuration(text)).toBe(ns);
  });

  it.each(["", "10", "s", "-1s", "1 s", "1y", "1e3s", `${"1s".repeat(60)}`])(
    "%j is none",
    (text) => {
      expect(parseDuration(text)).toBeNull();
    },
  );
});

describe("RFC 3339 times", () => {
  it.each([
    ["1970-01-01T00:00:00Z", 0n],
    ["1970-01-01T00:00:00.000000001Z", 1n],
    ["1970-01-01 09:00:00+09:00", 0n],
    ["1969-12-31T20:00:00-04:00", 0n],
    ["2024-02-29T00:00:00Z", 1_709_164_800_000_000_000n],
    ["0001-01-01T00:00:00Z", -62_135_596_800_000_000_000n],
  ])("%s", (text, ns) => {
    expect(parseRfc3339(text)).toBe(ns);
  });

  it.each([
    "2026-11-20",
    "2026-11-20T16:04:50",
    "2026-13-01T00:00:00Z",
    "2025-02-29T00:00:00Z",
    "2026-11-20T24:00:00Z",
    "2026-11-20T23:59:60Z",
    "2026-11-20T00:00:00+24:00",
    "2026-11-20T00:00:00.1234567891Z",
  ])("%s is none", (text) => {
    expect(parseRfc3339(text)).toBeNull();
  });
});

it("counts durations back from the end, which must be there", () => {
  expect(resolveTime("1m", "2026-11-20T00:00:30.500000000Z")).toBe(
    "2026-11-19T23:59:30.500000000Z",
  );
  expect(resolveTime("1m", null)).toBeNull();
});
