import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DiagnosticLog } from "../../src/core/diagnostics/diagnostic.ts";
import { type ByteOrigin, MemoryOrigin, readAll } from "../../src/node/byte-origin.ts";
import { isTarHeader, openTarBundle } from "../../src/node/tar-bundle.ts";
import { UnpackOrigin } from "../../src/node/unpack-source.ts";
import { concat } from "../support/bytes.ts";
import { tarFile, tarHeader } from "../support/tar.ts";

async function list(bytes: Uint8Array) {
  const log = new DiagnosticLog();
  const { members } = await openTarBundle(new MemoryOrigin(bytes), "b.tar", log);
  return { members, diagnostics: log.list() };
}

async function textOf(origin: ByteOrigin): Promise<string | undefined> {
  return (await readAll(origin.open(), 2 ** 31))?.toString();
}

describe("openTarBundle", () => {
  it("lists regular files in order, without directories and links", async () => {
    const { members, diagnostics } = await list(
      tarFile([
        { path: "./", content: "", type: "5" },
        { path: "./a/one.txt", content: "1" },
        { path: "a/link", content: "", type: "2" },
        { path: "/b/two.txt", content: "22" },
        { path: "empty", content: "" },
      ]),
    );
    expect(members.map(({ path }) => path)).toEqual(["a/one.txt", "b/two.txt", "empty"]);
    expect(await Promise.all(members.map(({ origin }) => textOf(origin)))).toEqual(["1", "22", ""]);
    expect(diagnostics).toEqual([]);
  });

  it("takes long names from pax and GNU records", async () => {
    const pax = `${"long/".repeat(30)}pax`;
    const record = ` path=${pax}\n`;
    const length = record.length + String(record.length + 3).length;
    const gnu = `${"gnu/".repeat(40)}end`;
    const { members } = await list(
      tarFile([
        { path: "PaxHeader", content: `${length}${record}`, type: "x" },
        { path: "short", content: "p" },
        { path: "././@LongLink", content: `${gnu}\0`, type: "L" },
        { path: "short", content: "g" },
        { path: "last", content: "l" },
      ]),
    );
    expect(members.map(({ path }) => path)).toEqual([pax, gnu, "last"]);
  });

  it("reads large members from the bundle again, in order and out of it", async () => {
    const large = (letter: string) => letter.repeat(1_500_000);
    const tar = tarFile([
      { path: "a", content: large("a") },
      { path: "b", content: large("b") },
      { path: "c", content: large("c") },
    ]);
    let opened = 0;
    const plain = new UnpackOrigin(
      new MemoryOrigin(gzipSync(tar)),
      "gzip",
      "b.tgz",
      new DiagnosticLog(),
    );
    const counted: ByteOrigin = {
      canReopen: true,
      sizeBytes: null,
      peek: (length) => plain.peek(length),
      open: () => {
        opened += 1;
        return plain.open();
      },
    };
    const { members, close } = await openTarBundle(counted, "b.tgz", new DiagnosticLog());
    const [a, b, c] = members.map(({ origin }) => origin);
    expect((await a?.peek(3))?.toString()).toBe("97,97,97");
    expect(opened).toBe(1);
    for (const [origin, letter] of [
      [a, "a"],
      [b, "b"],
      [c, "c"],
    ] as const) {
      expect(origin && (await textOf(origin))).toBe(large(letter));
    }
    expect(opened).toBe(2);
    expect(b && (await textOf(b))).toBe(large("b"));
    expect(opened).toBe(3);
    close();
  });

  it("uses the members before a cut or damage and says where it is", async () => {
    const tar = tarFile([
      { path: "a", content: "first" },
      { path: "b", content: "x".repeat(600) },
    ]);
    const cut = await list(tar.subarray(0, 1024 + 512 + 100));
    expect(cut.members.map(({ path }) => path)).toEqual(["a", "b"]);
    expect(cut.diagnostics).toMatchObject([{ code: "input.bundle-damaged", count: 1 }]);
    const broken = tar.slice();
    broken[1024] = 0x7a;
    const damaged = await list(broken);
    expect(damaged.members.map(({ path }) => path)).toEqual(["a"]);
    expect(damaged.diagnostics).toMatchObject([{ code: "input.bundle-damaged" }]);
  });

  it("does not believe a size", async () => {
    const header = tarHeader("huge", 2 ** 33 - 1);
    const { members, diagnostics } = await list(concat(header, new Uint8Array(600)));
    expect(members).toHaveLength(1);
    expect(diagnostics).toMatchObject([{ code: "input.bundle-damaged" }]);
    expect(await textOf(members[0]?.origin as ByteOrigin)).toHaveLength(600);
  });

  it("survives any change of bytes", async () => {
    const tar = tarFile([
      { path: "x", content: "12 path=abc\n", type: "x" },
      { path: "a", content: "first" },
    ]);
    const edits = fc.array(fc.tuple(fc.nat(tar.length - 1), fc.nat(255)), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(edits, fc.boolean(), async (changes, isSummed) => {
        const copy = Buffer.from(tar);
        for (const [offset, byte] of changes) copy[offset] = byte;
        if (isSummed) {
          copy.write("        ", 148);
          const sum = copy.subarray(0, 512).reduce((total, byte) => total + byte, 0);
          copy.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
          expect(isTarHeader(copy)).toBe(true);
        }
        const { members } = await list(copy);
        for (const { origin } of members) await textOf(origin);
      }),
      { numRuns: 500 },
    );
  });
});
