// Times must not lose a nanosecond, whatever the year.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatTime } from "../../../src/core/report/format-time.ts";

describe("formatTime", () => {
  it.each([
    [0n, "1970-01-01T00:00:00.000000000Z"],
    [-1n, "1969-12-31T23:59:59.999999999Z"],
    [951_782_400_000_000_000n, "2000-02-29T00:00:00.000000000Z"],
    [1_795_136_523_123_456_789n, "2026-11-20T01:02:03.123456789Z"],
    [4_294_967_295_999_999_999n, "2106-02-07T06:28:15.999999999Z"],
    [4_107_542_400_000_000_000n, "2100-03-01T00:00:00.000000000Z"],
    [1n << 80n, "9999-12-31T23:59:59.999999999Z"],
    [-(1n << 80n), "0000-01-01T00:00:00.000000000Z"],
  ])("%i ns is %s", (ns, text) => {
    expect(formatTime(ns)).toBe(text);
  });

  it("agrees with Date to the millisecond", () => {
    const ms = fc.integer({ min: -62_167_219_200_000, max: 253_402_300_799_999 });
    fc.assert(
      fc.property(ms, (value) => {
        const expected = new Date(value).toISOString().replace("Z", "000000Z");
        expect(formatTime(BigInt(value) * 1_000_000n)).toBe(expected);
      }),
    );
  });
});
