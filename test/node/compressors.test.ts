/** zstd and LZ4 as their own programs write them: every level and option that changes the format, and every way to cut them. */
import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DiagnosticLog } from "../../src/core/diagnostics/diagnostic.ts";
import { MemoryOrigin, readAll } from "../../src/node/byte-origin.ts";
import { type Compression, sniffCompression } from "../../src/node/compression.ts";
import { UnpackOrigin } from "../../src/node/unpack-source.ts";
import { Xxh32 } from "../../src/node/xxh32.ts";
import { hex } from "../support/bytes.ts";

async function unpack(packed: Uint8Array, compression: Compression) {
  const log = new DiagnosticLog();
  const source = new UnpackOrigin(new MemoryOrigin(packed), compression, "a", log).open();
  const bytes = (await readAll(source, 2 ** 31)) ?? Buffer.alloc(0);
  source.close();
  return { bytes, diagnostics: log.list() };
}

/** Like packets: headers that repeat, payloads that do not. */
function traffic(length: number): Buffer {
  let state = 99;
  const header = Buffer.from("450000340000400040069cf20a0001050a000207", "hex");
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; at += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const within = at % 90;
    bytes[at] = within < header.length ? (header[within] ?? 0) : state >>> (24 + (at % 5));
  }
  return bytes;
}

function program(name: string, options: readonly string[], input: Uint8Array): Buffer {
  const { status, stdout, stderr } = spawnSync(name, options, {
    input,
    maxBuffer: 1024 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`${name}: ${stderr.toString()}`);
  return stdout;
}

const WRITERS: readonly { name: Compression; options: readonly (readonly string[])[] }[] = [
  {
    name: "zstd",
    options: [
      ["-c"],
      ["-c", "-1"],
      ["-c", "--fast=5"],
      ["-c", "-19"],
      ["-c", "--no-check"],
      ["-c", "--ultra", "-20"],
      ["-c", "--no-compress-literals"],
      ["-c", "-T2", "-B512K"],
    ],
  },
  {
    name: "lz4",
    options: [
      ["-c"],
      ["-c", "-9"],
      ["-c", "-B4"],
      ["-c", "-BD"],
      ["-c", "-BD", "-B5", "-BX"],
      ["-c", "--no-frame-crc"],
      ["-c", "-l"],
    ],
  },
];

describe.each(WRITERS)("$name", ({ name, options }) => {
  const isMissing = spawnSync(name, ["--version"]).error !== undefined;
  if (isMissing) console.warn(`skipped: no program ${name} to compress with`);
  const sizes = [0, 1, 100, 70_000, 3_000_000];

  it.skipIf(isMissing).each(options)(
    "is unpacked as written with %s %s %s %s",
    async (...given) => {
      for (const size of sizes) {
        const plain = traffic(size);
        const packed = program(name, given, plain);
        expect(sniffCompression(packed)).toBe(name);
        const { bytes, diagnostics } = await unpack(packed, name);
        expect(bytes.equals(plain), `${size} bytes`).toBe(true);
        expect(diagnostics).toEqual([]);
      }
    },
  );

  it.skipIf(isMissing)("is unpacked from several frames and past skippable ones", async () => {
    const skippable = Buffer.from("502a4d1803000000aabbcc", "hex");
    const one = program(name, ["-c"], Buffer.from("first "));
    const two = program(name, ["-c"], Buffer.from("second"));
    const packed = Buffer.concat([skippable, one, skippable, two, skippable]);
    expect(sniffCompression(packed)).toBe(name);
    const { bytes, diagnostics } = await unpack(packed, name);
    expect(bytes.toString()).toBe("first second");
    expect(diagnostics).toEqual([]);
  });

  it.skipIf(isMissing)("gives what is before a cut, wherever it is", async () => {
    const plain = traffic(300_000);
    const packed = program(name, ["-c"], plain);
    for (let length = 7; length < packed.length; length += 7919) {
      const { bytes, diagnostics } = await unpack(packed.subarray(0, length), name);
      expect(plain.subarray(0, bytes.length).equals(bytes)).toBe(true);
      expect(diagnostics).toMatchObject([{ code: "input.compressed-truncated", count: 1 }]);
    }
    const { bytes } = await unpack(packed.subarray(0, packed.length - 1), name);
    expect(bytes.equals(plain)).toBe(true);
  });

  it.skipIf(isMissing)("says that something follows its last frame", async () => {
    const packed = Buffer.concat([
      program(name, ["-c"], Buffer.from("all")),
      Buffer.from("not packed"),
    ]);
    const { bytes, diagnostics } = await unpack(packed, name);
    expect(bytes.toString()).toBe("all");
    expect(diagnostics).toMatchObject([{ code: "input.compressed-damaged" }]);
  });

  it.skipIf(isMissing)("stops what unpacks to more than 200 for one", async () => {
    const packed = program(name, ["-c"], Buffer.alloc(400 * 1024 * 1024));
    const { bytes, diagnostics } = await unpack(packed, name);
    expect(bytes.length).toBeGreaterThan(16 * 1024 * 1024);
    expect(bytes.length).toBeLessThan(80 * 1024 * 1024);
    expect(diagnostics).toMatchObject([{ code: "input.inflate-ratio" }]);
  });

  it.skipIf(isMissing)("survives any change of any byte", async () => {
    const plain = traffic(5_000);
    const packed = program(name, ["-c"], plain);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(packed.length - 1),
        fc.integer({ min: 1, max: 255 }),
        async (at, by) => {
          const copy = Buffer.from(packed);
          copy[at] = (copy[at] ?? 0) ^ by;
          const { bytes, diagnostics } = await unpack(copy, name);
          // LZ4's checksums are looked at; zstd's is not, so that a changed literal there stays unnoticed.
          if (name === "lz4") expect(bytes.equals(plain) || diagnostics.length > 0).toBe(true);
          expect(bytes.length).toBeLessThan(16 * 1024 * 1024);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe("zstd frames that nobody writes", () => {
  const frame = (text: string) => unpack(hex(text), "zstd");

  it("are refused when they ask for a window that is too large", async () => {
    // Descriptor 0, window exponent 21 + 10: 2 GiB.
    const { bytes, diagnostics } = await frame("28b52ffd 00 a8 010000");
    expect(bytes.length).toBe(0);
    expect(diagnostics).toMatchObject([{ code: "input.compressed-damaged" }]);
    expect(diagnostics[0]?.message).toContain("window of 2147483648 bytes");
  });

  it("are refused when they need a dictionary", async () => {
    const { diagnostics } = await frame("28b52ffd 01 00 07 010000");
    expect(diagnostics[0]?.message).toContain("needs a dictionary");
  });

  it("are refused when a block is larger than any may be", async () => {
    // Raw block of 2 MiB - 1.
    const { diagnostics } = await frame("28b52ffd 00 50 f8ffff");
    expect(diagnostics[0]?.message).toContain("claims 2097151 bytes");
  });

  it("may be raw or one byte repeated, as the specification allows", async () => {
    // Window 1 KiB; raw block of 3 bytes, then the last: five times 41.
    const { bytes, diagnostics } = await frame("28b52ffd 00 00 180000 616263 2b0000 41");
    expect(bytes.toString()).toBe("abcAAAAA");
    expect(diagnostics).toEqual([]);
  });
});

describe("Xxh32", () => {
  // Values of the reference implementation's sanity check, seed 0.
  it.each([
    ["", 0x02cc5d05],
    ["a", 0x550d7456],
    ["abc", 0x32d153ff],
    ["Nobody inspects the spammish repetition", 0xe2293b2f],
  ])("of %s is known", (text, expected) => {
    expect(new Xxh32().update(Buffer.from(text)).digest()).toBe(expected);
  });

  it("does not depend on how the bytes come", () => {
    const bytes = traffic(1_000);
    const whole = new Xxh32().update(bytes).digest();
    fc.assert(
      fc.property(fc.array(fc.nat(999), { maxLength: 8 }), (cuts) => {
        const hash = new Xxh32();
        let from = 0;
        for (const cut of [...cuts, 1_000].sort((a, b) => a - b)) {
          hash.update(bytes.subarray(from, cut));
          from = cut;
        }
        expect(hash.digest()).toBe(whole);
      }),
    );
  });
});
