import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concat, hex } from "../../support/bytes.ts";
import { CAPTURE_START_NS, pcapFile } from "../../support/capture.ts";
import { codes, readCapture } from "../../support/read-capture.ts";

/** Bytes that are no record headers. */
function noise(length: number, seed: number): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
}

const FRAMES = Array.from({ length: 60 }, (_, index) => noise(40 + (index % 7) * 100, index + 1));

/** Where record `number` (from 1) of the file begins. */
function offsetOf(number: number): number {
  return FRAMES.slice(0, number - 1).reduce((offset, frame) => offset + 16 + frame.length, 24);
}

/** The captured length of record `number` becomes impossible. */
function withBrokenLength(file: Uint8Array, number: number, bigEndian = false): Uint8Array {
  const copy = file.slice();
  const view = new DataView(copy.buffer);
  view.setUint32(offsetOf(number) + 8, 0xfff_ffff, !bigEndian);
  return copy;
}

describe("reading on behind a broken record", () => {
  it.each([
    ["little-endian microseconds", {}],
    ["big-endian", { bigEndian: true }],
    ["nanoseconds", { nano: true }],
  ])(
    "loses the one record of a %s file, and says how many bytes that were",
    async (_name, options) => {
      const file = withBrokenLength(pcapFile(FRAMES, options), 10, "bigEndian" in options);
      const read = await readCapture(file);
      expect(read.records.length).toBe(59);
      expect(read.records[9]).toMatchObject({ record: 10, fileOffset: offsetOf(11) });
      expect(read.diagnostics).toMatchObject([
        {
          code: "capture.bytes-skipped",
          count: 1,
          first: { record: 10, offset: offsetOf(10) },
          message: expect.stringContaining(`${offsetOf(11) - offsetOf(10)} bytes were skipped`),
        },
      ]);
    },
  );

  it("gives the same whatever the size of the pieces it comes in", async () => {
    const file = withBrokenLength(withBrokenLength(pcapFile(FRAMES), 5), 30);
    const whole = await readCapture(file);
    expect(whole.records.length).toBe(58);
    for (const chunk of [1, 7, 4096]) expect(await readCapture(file, chunk)).toEqual(whole);
  });

  it("finds records again where bytes were lost or put in", async () => {
    const file = pcapFile(FRAMES);
    const at = offsetOf(20);
    const lost = concat(file.subarray(0, at + 30), file.subarray(at + 33));
    const put = concat(file.subarray(0, at + 5), noise(5_000, 77), file.subarray(at + 5));
    for (const damaged of [lost, put]) {
      const read = await readCapture(damaged);
      expect(codes(read)).toEqual(["capture.bytes-skipped x1"]);
      expect(read.records.length).toBeGreaterThanOrEqual(58);
      expect(read.records.at(-1)?.frame).toBe(Buffer.from(FRAMES.at(-1) ?? []).toString("hex"));
    }
  });

  it("does not go on where fewer than sixteen records follow", async () => {
    const read = await readCapture(withBrokenLength(pcapFile(FRAMES), 45));
    expect(read.records.length).toBe(44);
    expect(codes(read)).toEqual(["capture.record-damaged x1"]);
    const enough = await readCapture(withBrokenLength(pcapFile(FRAMES), 44));
    expect(enough.records.length).toBe(59);
  });

  it("does not take a capture of another day inside a payload for records", async () => {
    const small = Array.from({ length: 30 }, (_, index) => ({
      packet: noise(20, index + 500),
      timeNs: CAPTURE_START_NS - 90_000_000_000_000n + BigInt(index),
    }));
    const carrier = concat(pcapFile(small).subarray(24), noise(10, 3));
    const file = pcapFile([...FRAMES.slice(0, 5), carrier, noise(60, 9)]);
    new DataView(file.buffer).setUint32(offsetOf(6) + 8, 0xfff_ffff, true);
    const read = await readCapture(file);
    expect(read.records.length).toBe(5);
    expect(codes(read)).toEqual(["capture.record-damaged x1"]);
  });

  it("looks for records behind a length that leads past the end, when its header contradicts itself", async () => {
    const file = pcapFile(FRAMES);
    new DataView(file.buffer).setUint32(offsetOf(3) + 8, 200_000, true);
    const read = await readCapture(file);
    expect(read.records.length).toBe(59);
    expect(codes(read)).toEqual(["capture.bytes-skipped x1"]);
  });

  it("never invents a record in noise", async () => {
    const header = pcapFile([]);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1 }), async (seed) => {
        const read = await readCapture(
          concat(header, hex("00000000 00000000 ffffffff 00000000"), noise(20_000, seed)),
        );
        expect(read.records).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});
