import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { fill, openCapture } from "../../src/core/capture/open-capture.ts";
import { RecordStatus } from "../../src/core/capture/record-cursor.ts";
import { DiagnosticLog } from "../../src/core/diagnostics/diagnostic.ts";
import { openInputs } from "../../src/node/open-inputs.ts";
import type { OpenedInputs } from "../../src/node/opened-inputs.ts";
import { pcapFile, pcapngFile } from "../support/capture.ts";
import { tarFile } from "../support/tar.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

const PCAP = pcapFile([Uint8Array.of(1, 2, 3), Uint8Array.of(4)]);
const PCAPNG = pcapngFile([Uint8Array.of(9)]);

interface Given {
  readonly snapshots?: string[];
  readonly hash?: boolean;
  readonly stdin?: Uint8Array;
}

function open(args: string[], { snapshots = [], hash = false, stdin }: Given = {}) {
  const stream = Readable.from(
    stdin === undefined ? [] : [stdin.subarray(0, 5), stdin.subarray(5)],
  );
  return openInputs(args, { snapshots, hash, stdin: stream });
}

async function countRecords(opened: OpenedInputs): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { file, source } of opened.captures) {
    const cursor = await openCapture(source, file, new DiagnosticLog());
    if (cursor === null) throw new Error(`${file} is no capture`);
    let records = 0;
    while (!cursor.ended) {
      while (cursor.next() === RecordStatus.Record) records += 1;
      if (!cursor.ended) await fill(cursor, source);
    }
    counts[file] = records;
  }
  return counts;
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

describe("openInputs", () => {
  it("tells captures from texts by content, whatever their names", async () => {
    const root = temporaryDirectory({ "a.json": PCAP, "b.pcap": "kind: Pod\n", "c.txt": PCAPNG });
    const files = ["a.json", "b.pcap", "c.txt"].map((name) => join(root, name));
    const opened = await open(files);
    expect(opened.errors).toEqual([]);
    expect(await countRecords(opened)).toEqual({ [files[0] ?? ""]: 2, [files[2] ?? ""]: 1 });
    expect(opened.snapshots).toEqual([{ file: files[1], text: "kind: Pod\n" }]);
    expect(await opened.describe()).toMatchObject([
      { file: files[0], kind: "capture", format: "pcap", bytes: PCAP.length },
      { file: files[1], kind: "snapshot", format: "text", bytes: 10 },
      { file: files[2], kind: "capture", format: "pcapng", bytes: PCAPNG.length },
    ]);
  });

  it("unpacks gzip of both kinds and hashes the bytes as given", async () => {
    const packed = gzipSync(PCAP);
    const root = temporaryDirectory({ capture: packed, text: gzipSync("text") });
    const opened = await open([join(root, "capture"), join(root, "text")], { hash: true });
    expect(Object.values(await countRecords(opened))).toEqual([2]);
    expect(opened.snapshots[0]?.text).toBe("text");
    expect(await opened.describe()).toEqual([
      {
        file: join(root, "capture"),
        kind: "capture",
        format: "pcap+gzip",
        bytes: packed.length,
        sha256: sha256(packed),
      },
      {
        file: join(root, "text"),
        kind: "snapshot",
        format: "text+gzip",
        bytes: gzipSync("text").length,
        sha256: sha256(gzipSync("text")),
      },
    ]);
    opened.close();
  });

  it("hashes a capture to its end even when its reader stopped before", async () => {
    const damaged = Buffer.concat([PCAP, Buffer.alloc(3_000_000, 0xff)]);
    const root = temporaryDirectory({ "damaged.pcap": damaged });
    const opened = await open([join(root, "damaged.pcap")], { hash: true });
    expect(Object.values(await countRecords(opened))).toEqual([2]);
    expect(await opened.describe()).toMatchObject([
      { bytes: damaged.length, sha256: sha256(damaged) },
    ]);
    expect(await opened.describe()).toMatchObject([{ sha256: sha256(damaged) }]);
  });

  it("reads UTF-16 as PowerShell writes it, and UTF-8 with a byte-order mark", async () => {
    const utf16 = Buffer.from("\ufeffNAME   READY\r\n", "utf16le");
    const root = temporaryDirectory({
      little: utf16,
      big: Buffer.from(utf16).swap16(),
      utf8: "\ufeffNAME",
    });
    const opened = await open(["little", "big", "utf8"].map((name) => join(root, name)));
    expect(opened.snapshots.map(({ text }) => text)).toEqual([
      "NAME   READY\r\n",
      "NAME   READY\r\n",
      "NAME",
    ]);
  });

  it("reads a capture, a text and a bundle from standard input", async () => {
    const capture = await open(["-"], { stdin: gzipSync(PCAP), hash: true });
    expect(await countRecords(capture)).toEqual({ "-": 2 });
    expect(await capture.describe()).toEqual([
      {
        file: "-",
        kind: "capture",
        format: "pcap+gzip",
        bytes: gzipSync(PCAP).length,
        sha256: sha256(gzipSync(PCAP)),
      },
    ]);
    expect((await open(["-"], { stdin: Buffer.from("text") })).snapshots[0]?.text).toBe("text");
    const bundle = gzipSync(tarFile([{ path: "a.pcap", content: PCAP }]));
    expect(await countRecords(await open(["-"], { stdin: bundle }))).toEqual({ "-:a.pcap": 2 });
  });

  it("refuses standard input given twice", async () => {
    const opened = await open(["-", "n1=-"], { stdin: PCAP });
    expect(opened.captures).toHaveLength(1);
    expect(opened.errors).toMatchObject([{ kind: "bad-argument", file: "-" }]);
  });

  describe("of a directory", () => {
    it("takes captures and texts at any depth, sorted by name, and says what it left out", async () => {
      const root = temporaryDirectory({
        "README.md": "# about",
        "truth.json": "{}",
        "captures/captures.json": "{}",
        "captures/n2.pcap": PCAP,
        "captures/n10.pcap": PCAP,
        "captures/empty.pcap": "",
        "snapshot/pods.json": "{}",
        "snapshot/.pods.json.swp": "x",
        "snapshot/photo": Uint8Array.of(0, 1, 2, 3),
      });
      const opened = await open([root]);
      expect(opened.errors).toEqual([]);
      expect(opened.captures.map(({ file }) => file)).toEqual([
        `${root}/captures/n10.pcap`,
        `${root}/captures/n2.pcap`,
      ]);
      expect(opened.snapshots.map(({ file }) => file)).toEqual([`${root}/snapshot/pods.json`]);
      expect(opened.ignored.map(({ file }) => file.slice(root.length + 1)).sort()).toEqual([
        "README.md",
        "captures/captures.json",
        "captures/empty.pcap",
        "snapshot/.pods.json.swp",
        "snapshot/photo",
        "truth.json",
      ]);
      expect(opened.diagnostics).toMatchObject([
        { code: "input.not-recognised", first: { file: `${root}/snapshot/photo` } },
      ]);
    });

    it("follows links to files but not to directories", async () => {
      const root = temporaryDirectory({ "data/real.pcap": PCAP });
      symlinkSync(join(root, "data"), join(root, "loop"));
      symlinkSync(root, join(root, "data", "up"));
      const elsewhere = temporaryDirectory({ "one.pcap": PCAPNG });
      symlinkSync(join(elsewhere, "one.pcap"), join(root, "linked.pcap"));
      const opened = await open([root]);
      expect(opened.captures.map(({ file }) => file)).toEqual([
        `${root}/data/real.pcap`,
        `${root}/linked.pcap`,
      ]);
      expect(opened.ignored.map(({ reason }) => reason)).toEqual([
        "not a regular file",
        "not a regular file",
      ]);
    });

    it("is an error when it holds nothing usable", async () => {
      const root = temporaryDirectory({ "README.md": "# about" });
      mkdirSync(join(root, "inner"));
      const opened = await open([root]);
      expect(opened.errors).toMatchObject([{ kind: "directory-empty", file: root }]);
    });

    it("takes labels from podpath.yaml, which win over the argument's", async () => {
      const root = temporaryDirectory({
        "podpath.yaml": `captures:
  - {file: a.pcap, node: n1, interface: eth0}
  - {file: sub/b.pcap, pod: shop/web-1}
  - {file: gone.pcap, node: n9}
`,
        "a.pcap": PCAP,
        "sub/b.pcap": PCAP,
        "sub/c.pcap": PCAP,
      });
      const opened = await open([`n7=${root}`]);
      expect(opened.captures.map(({ label }) => label)).toEqual([
        { node: "n1", interface: "eth0" },
        { node: "n7", pod: "shop/web-1" },
        { node: "n7" },
      ]);
      expect(opened.diagnostics).toMatchObject([{ code: "input.label-without-file", count: 1 }]);
      expect(opened.snapshots).toEqual([]);
    });
  });

  describe("of a bundle", () => {
    it.each([
      ["tar", (bytes: Uint8Array) => bytes],
      ["tgz", (bytes: Uint8Array) => gzipSync(bytes)],
    ])("takes the members of a %s with their labels", async (_name, pack) => {
      const large = pcapFile(Array(3000).fill(new Uint8Array(1000)));
      const bundle = pack(
        tarFile([
          { path: "x/podpath.yaml", content: "captures: [{file: a.pcap, node: n1}]" },
          { path: "x/a.pcap", content: PCAP },
          { path: "x/large.pcap", content: large },
          { path: "x/later.pcap.gz", content: gzipSync(large) },
          { path: "x/pods.json", content: "{}" },
          { path: "x/inner.tar", content: tarFile([{ path: "a", content: "a" }]) },
        ]),
      );
      const root = temporaryDirectory({ bundle });
      const file = join(root, "bundle");
      const opened = await open([file], { hash: true });
      expect(opened.errors).toEqual([]);
      expect(opened.captures.map(({ label }) => label)).toEqual([{ node: "n1" }, null, null]);
      expect(await countRecords(opened)).toEqual({
        [`${file}:x/a.pcap`]: 2,
        [`${file}:x/large.pcap`]: 3000,
        [`${file}:x/later.pcap.gz`]: 3000,
      });
      expect(opened.snapshots.map((snapshot) => snapshot.file)).toEqual([`${file}:x/pods.json`]);
      expect(opened.ignored).toMatchObject([{}, { reason: "a bundle inside a bundle" }]);
      expect((await opened.describe())[1]).toMatchObject({
        bytes: large.length,
        sha256: sha256(large),
      });
      opened.close();
    });
  });

  describe("labels", () => {
    it.each([
      ["n1", { node: "n1" }],
      ["ip-10-0-1-5.ec2.internal/eth0", { node: "ip-10-0-1-5.ec2.internal", interface: "eth0" }],
      ["pod:shop/web-1", { pod: "shop/web-1" }],
    ])("%s=PATH", async (label, expected) => {
      const root = temporaryDirectory({ "a=b.pcap": PCAP });
      const opened = await open([`${label}=${root}/a=b.pcap`]);
      expect(opened.errors).toEqual([]);
      expect(opened.captures).toMatchObject([{ file: `${root}/a=b.pcap`, label: expected }]);
    });

    it("a path that exists with its = is no label", async () => {
      const root = temporaryDirectory({ "n1=a.pcap": PCAP });
      const opened = await open([`${root}/n1=a.pcap`]);
      expect(opened.captures).toMatchObject([{ file: `${root}/n1=a.pcap`, label: null }]);
    });

    it.each([["pod:web=x.pcap"], ["no label=x.pcap"], ["n1="]])("refuses %s", async (arg) => {
      expect((await open([arg])).errors).toMatchObject([{ kind: "bad-argument", file: arg }]);
    });
  });

  it("reads a file once, however often it is named, and keeps the label", async () => {
    const root = temporaryDirectory({ "a.pcap": PCAP, "pods.txt": "NAME" });
    const opened = await open([root, `n1=${root}/a.pcap`], { snapshots: [`${root}/pods.txt`] });
    expect(opened.errors).toEqual([]);
    expect(opened.captures).toMatchObject([{ file: `${root}/a.pcap`, label: { node: "n1" } }]);
    expect(opened.snapshots).toHaveLength(1);
    expect(opened.diagnostics.map(({ code }) => code)).toEqual([
      "input.given-twice",
      "input.given-twice",
    ]);
  });

  it("takes only texts from what is given as a snapshot", async () => {
    const root = temporaryDirectory({ "s/pods.txt": "NAME", "s/a.pcap": PCAP, "b.pcap": PCAP });
    const opened = await open([], { snapshots: [`${root}/s`, `${root}/b.pcap`] });
    expect(opened.captures).toEqual([]);
    expect(opened.snapshots).toHaveLength(1);
    expect(opened.ignored).toMatchObject([{ file: `${root}/s/a.pcap` }]);
    expect(opened.errors).toMatchObject([{ kind: "bad-argument", file: `${root}/b.pcap` }]);
  });

  it("says of each input that cannot be read what, where and what to do, and opens the others", async () => {
    const root = temporaryDirectory({
      "empty.pcap": "",
      "junk.bin": Uint8Array.of(0, 1, 2, 3),
      "snoop.cap": Buffer.from("736e6f6f7000000000000002", "hex"),
      "good.pcap": PCAP,
    });
    const names = [
      "missing.pcap",
      "empty.pcap",
      "junk.bin",
      "snoop.cap",
      "good.pcap/x",
      "good.pcap",
    ];
    const opened = await open(names.map((name) => join(root, name)));
    expect(opened.captures).toHaveLength(1);
    expect(
      opened.errors.map(({ kind, message }) => [kind, message.slice(root.length + 1)]),
    ).toEqual([
      ["missing", "missing.pcap: no such file or directory"],
      ["empty", "empty.pcap: is empty"],
      ["not-recognised", "junk.bin: neither a capture nor text; it begins with 00 01 02 03"],
      ["not-recognised", "snoop.cap: this is a snoop capture (RFC 1761)"],
      ["missing", "good.pcap/x: no such file or directory"],
    ]);
    for (const { advice } of opened.errors) expect(advice).toMatch(/\.$/);
  });

  it.skipIf(process.getuid?.() === 0)("says when permission is missing", async () => {
    const root = temporaryDirectory({ "a.pcap": PCAP });
    chmodSync(join(root, "a.pcap"), 0);
    expect((await open([join(root, "a.pcap")])).errors).toMatchObject([{ kind: "unreadable" }]);
  });

  it("gives a capture's bytes again, unless they came through a stream", async () => {
    const root = temporaryDirectory({ "a.pcap.gz": gzipSync(PCAP) });
    const file = join(root, "a.pcap.gz");
    const opened = await open([file]);
    await countRecords(opened);
    const again = opened.reopen(file);
    const target = new Uint8Array(PCAP.length);
    expect(await again?.readInto(target)).toBe(PCAP.length);
    expect(Buffer.from(target).equals(PCAP)).toBe(true);
    expect(opened.reopen("other")).toBeNull();
    opened.close();
  });

  it("reads a capture that grows meanwhile up to the size it had", async () => {
    const root = temporaryDirectory({ "live.pcap": PCAP });
    const opened = await open([join(root, "live.pcap")]);
    const { source } = opened.captures[0] as (typeof opened.captures)[0];
    const target = new Uint8Array(10);
    expect(source.readInto(target)).toBe(10);
    writeFileSync(join(root, "live.pcap"), Buffer.concat([PCAP, PCAP]));
    let total = 10;
    for (let count = 1; count !== 0; total += count)
      count = (await source.readInto(target)) as number;
    expect(total).toBe(PCAP.length);
  });
});
