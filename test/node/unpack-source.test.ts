import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DiagnosticLog } from "../../src/core/diagnostics/diagnostic.ts";
import { MemoryOrigin, readAll } from "../../src/node/byte-origin.ts";
import { sniffCompression } from "../../src/node/compression.ts";
import { StreamOrigin } from "../../src/node/stream-source.ts";
import { UnpackOrigin } from "../../src/node/unpack-source.ts";

async function unpack(packed: Uint8Array, isStream = false) {
  const log = new DiagnosticLog();
  const origin = isStream
    ? new StreamOrigin(Readable.from([packed.subarray(0, 3), packed.subarray(3)]), "a.gz")
    : new MemoryOrigin(packed);
  const source = new UnpackOrigin(origin, "gzip", "a.gz", log).open();
  const bytes = await readAll(source, 2 ** 31);
  source.close();
  return { bytes: bytes ?? Buffer.alloc(0), diagnostics: log.list() };
}

/** Bytes that hardly compress, so that a cut or a change is a cut or change of a known place. */
function noise(length: number): Buffer {
  let state = 12_345;
  return Buffer.from(
    Uint8Array.from({ length }, () => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return state >>> 16;
    }),
  );
}

describe("UnpackOrigin", () => {
  it("knows gzip by its first bytes", () => {
    expect(sniffCompression(gzipSync("x"))).toBe("gzip");
    expect(sniffCompression(new TextEncoder().encode("plain"))).toBeNull();
    expect(sniffCompression(new Uint8Array(0))).toBeNull();
  });

  it("unpacks several members one after another, also from a stream", async () => {
    const packed = Buffer.concat([gzipSync("first "), gzipSync(""), gzipSync("second")]);
    for (const isStream of [false, true]) {
      const { bytes, diagnostics } = await unpack(packed, isStream);
      expect(bytes.toString()).toBe("first second");
      expect(diagnostics).toEqual([]);
    }
  });

  it("unpacks what is larger than its blocks", async () => {
    const plain = Buffer.concat([noise(3_000_000), Buffer.alloc(3_000_000)]);
    const { bytes, diagnostics } = await unpack(gzipSync(plain));
    expect(bytes.equals(plain)).toBe(true);
    expect(diagnostics).toEqual([]);
  });

  it("gives everything before a cut and says so", async () => {
    const plain = noise(50_000);
    const packed = gzipSync(plain);
    const { bytes, diagnostics } = await unpack(packed.subarray(0, 30_000));
    expect(bytes.length).toBeGreaterThan(29_000);
    expect(bytes.equals(plain.subarray(0, bytes.length))).toBe(true);
    expect(diagnostics).toMatchObject([
      { code: "input.compressed-truncated", first: { file: "a.gz", offset: bytes.length } },
    ]);
  });

  it("gives a beginning of the content and one diagnostic for every prefix", async () => {
    const plain = Buffer.from("a packet, another packet, a packet again, and a last packet");
    const packed = gzipSync(plain);
    for (let length = 3; length < packed.length; length += 1) {
      const { bytes, diagnostics } = await unpack(packed.subarray(0, length));
      expect(plain.subarray(0, bytes.length).equals(bytes)).toBe(true);
      expect(diagnostics).toMatchObject([{ code: "input.compressed-truncated", count: 1 }]);
    }
  });

  it("gives everything before damage, although zlib keeps the last piece back", async () => {
    // Stored blocks: the damage is where we put it, in the length of the second block (at 32 KiB and a bit).
    const plain = noise(100_000);
    const packed = gzipSync(plain, { level: 0 });
    const secondBlock = packed.indexOf(plain.subarray(0, 16)) + packed.readUInt16LE(11);
    packed[secondBlock + 1] = (packed[secondBlock + 1] ?? 0) ^ 0xff;
    const { bytes, diagnostics } = await unpack(packed);
    expect(bytes.length).toBe(packed.readUInt16LE(11));
    expect(bytes.equals(plain.subarray(0, bytes.length))).toBe(true);
    expect(diagnostics).toMatchObject([{ code: "input.compressed-damaged", count: 1 }]);
  });

  it("gives the whole content of a file whose checksum alone is wrong", async () => {
    const packed = gzipSync("all of it");
    packed[packed.length - 8] = (packed[packed.length - 8] ?? 0) ^ 1;
    const { bytes, diagnostics } = await unpack(packed);
    expect(bytes.toString()).toBe("all of it");
    expect(diagnostics).toMatchObject([{ code: "input.compressed-damaged" }]);
  });

  it("takes bytes behind the last member for padding", async () => {
    const { bytes } = await unpack(Buffer.concat([gzipSync("content"), Buffer.alloc(700)]));
    expect(bytes.toString()).toBe("content");
  });

  it("stops a file that unpacks to more than 200 for one", async () => {
    const packed = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    const { bytes, diagnostics } = await unpack(packed);
    expect(bytes.length).toBeGreaterThan(16 * 1024 * 1024);
    expect(bytes.length).toBeLessThan(40 * 1024 * 1024);
    expect(diagnostics).toMatchObject([{ code: "input.inflate-ratio", count: 1 }]);
  });

  it("survives any change of any byte", async () => {
    const plain = Buffer.from("one packet after another ".repeat(20));
    const packed = gzipSync(plain);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(packed.length - 1),
        fc.integer({ min: 1, max: 255 }),
        async (at, by) => {
          const copy = Buffer.from(packed);
          copy[at] = (copy[at] ?? 0) ^ by;
          const { bytes, diagnostics } = await unpack(copy);
          // Either nobody could notice (a header field that means nothing here), or it is said.
          expect(bytes.equals(plain) || diagnostics.length > 0).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("shows the first bytes without using a stream up", async () => {
    const stream = new StreamOrigin(Readable.from([gzipSync("content")]), "-");
    const origin = new UnpackOrigin(stream, "gzip", "-", new DiagnosticLog());
    expect(Buffer.from(await origin.peek(4)).toString()).toBe("cont");
    const source = origin.open();
    expect((await readAll(source, 100))?.toString()).toBe("content");
  });
});
