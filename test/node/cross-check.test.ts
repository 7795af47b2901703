import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { crossCheck } from "../../src/node/cross-check.ts";
import { concat } from "../support/bytes.ts";
import { pcapFile, pcapngFile } from "../support/capture.ts";
import { memorySource } from "../support/read-capture.ts";

function check(bytes: Uint8Array, chunkSize?: number) {
  return crossCheck("a.pcap", () => memorySource(bytes, chunkSize));
}

const FILE = pcapFile([Uint8Array.of(1, 2, 3), Uint8Array.of(4)]);

describe("crossCheck", () => {
  it("finds that pcap-parser and we read the same from any capture, in both byte orders and units", async () => {
    const record = fc.record({
      packet: fc.uint8Array({ maxLength: 80 }),
      timeNs: fc.bigInt({ min: 0n, max: 4_294_967_295_999_999_999n }),
      wireLength: fc.integer({ min: 80, max: 2 ** 32 - 1 }),
    });
    const options = fc.record({
      nano: fc.boolean(),
      bigEndian: fc.boolean(),
      linkType: fc.constantFrom(1, 101, 113, 276),
    });
    const records = fc.array(record, { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(
        records,
        options,
        fc.integer({ min: 1, max: 400 }),
        async (list, how, size) => {
          const result = await check(pcapFile(list, how), size);
          expect(result).toMatchObject({ verdict: "agrees", reason: null });
          expect(result.theirs).toEqual(result.ours);
          expect(result.theirs?.packets).toBe(list.length);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("tells counts, bytes and times", async () => {
    const { ours } = await check(
      pcapFile(
        [
          { packet: Uint8Array.of(1, 2), timeNs: 1_500_000_000_000_001_000n, wireLength: 60 },
          { packet: Uint8Array.of(3), timeNs: 1_500_000_001_000_002_000n },
        ],
        { nano: true },
      ),
    );
    expect(ours).toMatchObject({
      packets: 2,
      wireBytes: 61,
      capturedBytes: 3,
      firstSeen: "1500000000.000001000",
      lastSeen: "1500000001.000002000",
    });
  });

  it("agrees on a capture that was cut", async () => {
    const result = await check(FILE.subarray(0, FILE.length - 1));
    expect(result).toMatchObject({ verdict: "agrees", theirs: { packets: 1 } });
  });

  it("names the facts that differ", async () => {
    // A source that changes between the readings stands for a reader that is wrong.
    const changed = FILE.slice();
    changed[36] = 9;
    let opened = 0;
    const result = await crossCheck("a.pcap", () => {
      opened += 1;
      return memorySource(opened < 3 ? FILE : changed);
    });
    expect(result.verdict).toBe("differs");
    expect(result.reason).toBe("wireBytes, headersSha256");
  });

  it.each([
    ["pcapng", pcapngFile([Uint8Array.of(1)]), "classic pcap only"],
    ["text", new TextEncoder().encode("no capture"), "classic pcap only"],
    ["a cut header", FILE.subarray(0, 6), "classic pcap only"],
    ["the modified format", concat(Buffer.from("34cdb2a1", "hex"), FILE.subarray(4)), "modified"],
    ["another version", concat(FILE.subarray(0, 6), Uint8Array.of(3, 0), FILE.subarray(8)), "2.3"],
    ["a length it would choke on", concat(FILE, new Uint8Array(16).fill(0xff)), "odd"],
    ["two captures in one file", concat(FILE, FILE), "odd"],
  ])("does not give it %s", async (_name, bytes, reason) => {
    const result = await check(bytes);
    expect(result).toMatchObject({ verdict: "not-checked", ours: null, theirs: null });
    expect(result.reason).toContain(reason);
  });
});
