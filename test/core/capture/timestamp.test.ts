import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TimestampUnit } from "../../../src/core/capture/timestamp.ts";

const MAX_SECONDS = 4_294_967_295n;

/** The same conversion with integers of any size: floor, then clamp. */
function exact(resolution: number, offset: bigint, timestamp: bigint) {
  const exponent = BigInt(resolution & 0x7f);
  const unitsPerSecond = (resolution & 0x80) === 0 ? 10n ** exponent : 2n ** exponent;
  const seconds = timestamp / unitsPerSecond + offset;
  if (seconds < 0n) return { isInRange: false, seconds: 0, nanos: 0 };
  if (seconds > MAX_SECONDS) {
    return { isInRange: false, seconds: Number(MAX_SECONDS), nanos: 999_999_999 };
  }
  const nanos = ((timestamp % unitsPerSecond) * 1_000_000_000n) / unitsPerSecond;
  return { isInRange: true, seconds: Number(seconds), nanos: Number(nanos) };
}

function converted(resolution: number, offset: bigint, timestamp: bigint) {
  const unit = new TimestampUnit(resolution, Number(offset));
  const isInRange = unit.convert(Number(timestamp >> 32n), Number(timestamp & 0xffff_ffffn));
  return { isInRange, seconds: unit.seconds, nanos: unit.nanos };
}

describe("TimestampUnit", () => {
  const timestamps = fc.oneof(
    fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    // Around the powers of two where doubles stop being exact.
    fc
      .tuple(fc.integer({ min: 0, max: 64 }), fc.bigInt({ min: -3n, max: 3n }))
      .map(([power, delta]) => BigInt.asUintN(64, 2n ** BigInt(power) + delta)),
    // A time of our years in whole seconds and just around it, for any resolution up to 10^-9.
    fc
      .tuple(
        fc.bigInt({ min: 0n, max: 2n ** 31n }),
        fc.integer({ min: 0, max: 9 }),
        fc.bigInt({ min: -1n, max: 1n }),
      )
      .map(([seconds, digits, delta]) =>
        BigInt.asUintN(64, seconds * 10n ** BigInt(digits) + delta),
      ),
  );

  it("is exact for every resolution byte and any 64-bit timestamp", () => {
    const resolutions = fc.oneof(
      fc.integer({ min: 0, max: 255 }),
      fc.constantFrom(0, 3, 6, 9, 10, 12, 18, 19, 20),
      fc.constantFrom(
        0x80,
        0x80 | 10,
        0x80 | 31,
        0x80 | 32,
        0x80 | 33,
        0x80 | 40,
        0x80 | 41,
        0x80 | 63,
        0x80 | 64,
      ),
    );
    fc.assert(
      fc.property(resolutions, timestamps, (resolution, timestamp) => {
        expect(converted(resolution, 0n, timestamp)).toEqual(exact(resolution, 0n, timestamp));
      }),
      { numRuns: 20_000 },
    );
  });

  it("adds if_tsoffset, negative ones too, and clamps to 1970 .. 2106", () => {
    const offsets = fc.bigInt({ min: -(2n ** 33n), max: 2n ** 33n });
    fc.assert(
      fc.property(offsets, timestamps, (offset, timestamp) => {
        expect(converted(6, offset, timestamp)).toEqual(exact(6, offset, timestamp));
      }),
      { numRuns: 3000 },
    );
  });

  it.each([
    ["microseconds", 6, 1_767_225_600_123_456n, 1_767_225_600, 123_456_000],
    ["nanoseconds beyond 2^53", 9, 1_767_225_600_123_456_789n, 1_767_225_600, 123_456_789],
    ["milliseconds", 3, 1_767_225_600_999n, 1_767_225_600, 999_000_000],
    ["seconds", 0, 1_767_225_600n, 1_767_225_600, 0],
    ["2^-10 seconds", 0x8a, 1_767_225_600n * 1024n + 1n, 1_767_225_600, 976_562],
    ["10^-12 seconds, rounded down", 12, 12_345_678_987_654_321_999n, 12_345_678, 987_654_321],
    ["2^-64 seconds: only a fraction", 0x80 | 64, 2n ** 63n, 0, 500_000_000],
    ["10^-20 seconds: less than a second at most", 20, 2n ** 64n - 1n, 0, 184_467_440],
  ])("converts %s", (_name, resolution, timestamp, seconds, nanos) => {
    expect(converted(resolution, 0n, timestamp)).toEqual({ isInRange: true, seconds, nanos });
  });
});
