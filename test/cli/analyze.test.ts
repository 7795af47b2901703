// From files to report and exit code, as a user or a script meets it: readable, unreadable, cut and missing inputs.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Report } from "../../src/core/report/report.ts";
import { pcapFile, pcapngFile } from "../support/capture.ts";
import { runCli } from "../support/cli.ts";
import { ethernet } from "../support/packet.ts";

const SYN = ethernet()
  .ipv4({ src: "10.0.1.10", dst: "10.0.2.20" })
  .tcp({ srcPort: 40_000, dstPort: 80, seq: 1, flags: "S" });
const SYN_ACK = ethernet()
  .ipv4({ src: "10.0.2.20", dst: "10.0.1.10" })
  .tcp({ srcPort: 80, dstPort: 40_000, seq: 9, ack: 2, flags: "SA" });
const capture = pcapFile([SYN, SYN_ACK]);

let folder = "";
const at = (name: string) => join(folder, name);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "podpath-cli-"));
  writeFileSync(at("good.pcap"), capture);
  writeFileSync(at("good.pcapng"), pcapngFile([SYN, SYN_ACK]));
  writeFileSync(at("good.pcap.gz"), gzipSync(capture));
  writeFileSync(at("cut.pcap"), capture.subarray(0, capture.length - 10));
  writeFileSync(at("no-records.pcap"), pcapFile([]));
  writeFileSync(at("header-cut.pcap"), capture.subarray(0, 11));
  writeFileSync(at("empty.pcap"), "");
  writeFileSync(at("notes.txt"), "The capture was taken on Friday.\n");
  writeFileSync(
    at("junk.bin"),
    new Uint8Array(4096).map((_, i) => (i * 167) % 251),
  );
  writeFileSync(at("pods.json"), '{"kind": "PodList", "items": [{"metadata"');
  mkdirSync(at("folder"));
  writeFileSync(at("folder/a.pcap"), capture);
  writeFileSync(at("folder/README.md"), "# How it was made\n");
  mkdirSync(at("nothing"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const run = (...argv: string[]) => runCli(argv);
const json = async (...argv: string[]): Promise<Report> => {
  const { code, stdout, stderr } = await run(...argv, "-o", "json");
  expect(stderr).toBe("");
  expect(code).toBe(0);
  return JSON.parse(stdout);
};

describe("inputs", () => {
  it.each(["good.pcap", "good.pcapng", "good.pcap.gz", "folder"])("reads %s", async (name) => {
    const report = await json(at(name));
    expect(report.captures.map(({ records }) => records)).toEqual([2]);
    expect(report.connections).toHaveLength(1);
    expect(report.connections.at(0)).toMatchObject({
      protocol: "tcp",
      orig: { address: "10.0.1.10", port: 40_000 },
      resp: { address: "10.0.2.20", port: 80 },
    });
  });

  it("reads a capture that holds no record", async () => {
    expect((await json(at("no-records.pcap"))).accounting.records).toBe(0);
  });

  it("means analyze when only files are given, and takes -r for an input", async () => {
    const { stdout: whole } = await run("analyze", at("good.pcap"), "-o", "json");
    for (const argv of [
      [at("good.pcap"), "-o", "json"],
      ["-o", "json", "-r", at("good.pcap")],
    ]) {
      expect((await run(...argv)).stdout).toBe(whole);
    }
  });

  it("reads standard input", async () => {
    const stdin = Readable.from([
      Buffer.from(capture.subarray(0, 50)),
      Buffer.from(capture.subarray(50)),
    ]);
    const { code, stdout } = await runCli(["-", "-o", "json"], { stdin });
    expect(code).toBe(0);
    expect(JSON.parse(stdout).captures).toMatchObject([{ file: "-", records: 2 }]);
  });

  it("puts the SHA-256 of an input into the report when asked", async () => {
    const plain = await json(at("good.pcap"));
    expect(plain.inputs[0]).not.toHaveProperty("sha256");
    const report = await json(at("good.pcap"), "--sha256");
    expect(report.inputs[0]).toMatchObject({
      kind: "capture",
      format: "pcap",
      bytes: capture.length,
    });
    expect(report.inputs[0]?.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([
    ["none.pcap", "no such file"],
    ["empty.pcap", "is empty"],
    ["notes.txt", "holds no capture"],
    ["junk.bin", ""],
    ["header-cut.pcap", ""],
    ["nothing", "holds no capture"],
  ])("ends with 3 for %s and says what to do, without a report", async (name, what) => {
    const { code, stdout, stderr } = await run(at(name), "-o", "json");
    expect(code).toBe(3);
    expect(stdout).toBe("");
    expect(stderr).toMatch(new RegExp(`^podpath: .*${name}.*: .*${what}.*; .+\n$`));
  });

  it.each(["none.pcap", "empty.pcap", "notes.txt", "junk.bin", "header-cut.pcap"])(
    "analyses the rest beside %s, and still ends with 3",
    async (name) => {
      const { code, stdout, stderr } = await run(at(name), at("good.pcap"), "-o", "json");
      expect(code).toBe(3);
      expect(stderr).toContain(name);
      expect(JSON.parse(stdout).connections).toHaveLength(1);
    },
  );

  it("ends with 3 for a snapshot that cannot be parsed, and shows the report all the same", async () => {
    const { code, stdout, stderr } = await run(
      at("good.pcap"),
      "-s",
      at("pods.json"),
      "-o",
      "json",
    );
    expect(code).toBe(3);
    expect(stderr).toContain("pods.json");
    expect(JSON.parse(stdout).connections).toHaveLength(1);
  });
});

describe("--cross-check", () => {
  it("says what a second reader says, and leaves the report as it is when they agree", async () => {
    const plain = await run(at("good.pcap"), "-o", "json");
    const checked = await run(at("good.pcap"), "-o", "json", "--cross-check");
    expect(checked.stdout).toBe(plain.stdout);
    expect(checked.stderr).toBe(`podpath: ${at("good.pcap")}: cross-check: agrees\n`);
  });

  it("says what it could not check", async () => {
    const { code, stderr } = await run(at("good.pcapng"), "--cross-check");
    expect(code).toBe(0);
    expect(stderr).toContain(
      "good.pcapng: cross-check: not-checked: pcap-parser reads classic pcap",
    );
  });
});

describe("a cut capture", () => {
  it("is a partial report with a diagnostic and 0", async () => {
    const report = await json(at("cut.pcap"));
    expect(report.accounting.records).toBe(1);
    expect(report.diagnostics.map(({ severity }) => severity)).toContain("warning");
  });

  it("ends with 4 under --strict, and says why on stderr", async () => {
    const { code, stdout, stderr } = await run(at("cut.pcap"), "--strict", "-o", "json");
    expect(code).toBe(4);
    expect(JSON.parse(stdout).accounting.records).toBe(1);
    expect(stderr).toMatch(/^podpath: inconclusive: .*cut\.pcap/);
  });

  it("is no reason for 4 when nothing was cut", async () => {
    expect((await run(at("good.pcap"), "--strict")).code).toBe(0);
  });
});

describe("output", () => {
  it("writes a file in one step and nothing to stdout", async () => {
    const { code, stdout } = await run(at("good.pcap"), "-o", "json", "--output", at("r.json"));
    expect([code, stdout]).toEqual([0, ""]);
    expect(JSON.parse(readFileSync(at("r.json"), "utf8")).schema).toBe("podpath.report/1");
    expect(readdirSync(folder).filter((name) => name.includes("tmp"))).toEqual([]);
  });

  it.each([
    ["/dev/full", "/dev/full: no space left on the device"],
    ["/no/such/folder/r.json", "its folder does not exist"],
  ])("ends with 74 when %s cannot be written", async (path, message) => {
    const { code, stderr } = await run(at("good.pcap"), "--output", path);
    expect(code).toBe(74);
    expect(stderr).toContain(message);
  });

  it("gives one JSON value a line for jsonl", async () => {
    const { stdout } = await run(at("good.pcap"), "-o", "jsonl");
    const types = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line).type);
    expect(types.slice(0, 2)).toEqual(["report", "connection"]);
  });

  it("gives the same bytes twice", async () => {
    for (const format of ["text", "wide", "json", "jsonl"]) {
      const first = await run(at("folder"), "-o", format);
      expect(first.stdout.length).toBeGreaterThan(100);
      expect(await run(at("folder"), "-o", format)).toEqual(first);
    }
  });

  const ESC = "\x1b[";
  it.each([
    ["a pipe", [], {}, false, false],
    ["a terminal", [], {}, true, true],
    ["a terminal with NO_COLOR", [], { NO_COLOR: "1" }, true, false],
    ["a terminal with an empty NO_COLOR", [], { NO_COLOR: "" }, true, true],
    ["a dumb terminal", [], { TERM: "dumb" }, true, false],
    ["a pipe with --color always", ["--color", "always"], { NO_COLOR: "1" }, false, true],
    ["a terminal with --color never", ["--color", "never"], {}, true, false],
  ])("on %s has colour or not", async (_, options, env, tty, colored) => {
    const { stdout } = await runCli([at("good.pcap"), ...options], { env, tty });
    expect(stdout.includes(ESC)).toBe(colored);
  });

  it("has no colour and no progress in JSON, even on a terminal", async () => {
    const { stdout } = await runCli([at("good.pcap"), "-o", "json"], { tty: true });
    expect(() => JSON.parse(stdout)).not.toThrow();
  });
});
