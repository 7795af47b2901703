/**
 * Goal: whatever file somebody gives, the answer says what it is, where it is broken and what to do, with the exit code of the
 * contract. Method: the files that people really give, made here, one row each: bytes, what is said, how the program ends.
 */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ascii, concat, hex } from "../support/bytes.ts";
import { pcapFile, pcapngFile } from "../support/capture.ts";
import { runCli } from "../support/cli.ts";
import { ethernet } from "../support/packet.ts";

const PACKETS = Array.from({ length: 20 }, (_, i) =>
  ethernet()
    .ipv4({ src: "10.0.1.10", dst: "10.0.2.20" })
    .tcp({ srcPort: 40_000 + i, dstPort: 443, seq: i * 1000, flags: "S" }),
);
const GOOD = pcapFile(PACKETS);
const GZIPPED = new Uint8Array(gzipSync(GOOD));
const latin = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");
const replaced = (bytes: Uint8Array, from: string, to: string): Uint8Array =>
  ascii(latin(bytes).replaceAll(from, to));

interface Row {
  readonly bytes: Uint8Array | string;
  readonly code: number;
  /** Part of what stands on standard error (codes above 0), or of the report. */
  readonly says: string;
}

const ALONE: Readonly<Record<string, Row>> = {
  "an empty file": { bytes: "", code: 3, says: "input: is empty; capture again" },
  "a pcap header and nothing else": { bytes: GOOD.subarray(0, 24), code: 0, says: "records  0" },
  "a pcap header cut short": {
    bytes: GOOD.subarray(0, 23),
    code: 3,
    says: "input: the file ends after 23 of the 24 bytes of a pcap file header",
  },
  "a capture cut in a record": {
    bytes: GOOD.subarray(0, GOOD.length - 3),
    code: 0,
    says: "capture.record-truncated",
  },
  "messages of tcpdump in front of the capture": {
    bytes: concat(ascii("tcpdump: listening on eth0, link-type EN10MB (Ethernet)\n"), GOOD),
    code: 3,
    says: "input: this is a capture behind 56 bytes of text; messages of tcpdump (standard error) were written into it",
  },
  "messages of tcpdump behind the capture": {
    bytes: concat(GOOD, ascii("\n20 packets captured\n20 packets received by filter\n")),
    code: 0,
    says: "capture.record-",
  },
  "two captures joined with cat": {
    bytes: concat(GOOD, GOOD),
    code: 0,
    says: "capture.concatenated",
  },
  "a pcapng behind a pcap": {
    bytes: concat(GOOD, pcapngFile(PACKETS)),
    code: 0,
    says: "join them with mergecap",
  },
  "a pcapng that lost its carriage returns": {
    bytes: replaced(pcapngFile(PACKETS), "\r\n", "\n"),
    code: 3,
    says: "input: this is a pcapng file with changed line ends; it went through a text-mode transfer",
  },
  "a pcapng whose line feeds became CR LF": {
    bytes: replaced(pcapngFile(PACKETS), "\n", "\r\n"),
    code: 3,
    says: "input: this is a pcapng file with changed line ends",
  },
  "a pcapng with a damaged section header": {
    bytes: concat(hex("0a0d0d0a"), new Uint8Array(40)),
    code: 3,
    says: "input: this is a pcapng file whose section header is damaged; copy it again in binary mode",
  },
  "nothing but zeros": {
    bytes: new Uint8Array(5000),
    code: 3,
    says: "input: this is a file that begins with nothing but zeros; the disk was full",
  },
  "a hole of zeros behind the packets": {
    bytes: concat(GOOD, new Uint8Array(16 * 100)),
    code: 0,
    says: "capture.record-zero; 100 times",
  },
  "a length that no packet has": {
    bytes: concat(pcapFile([]), hex("01000000 00000000 ffffffff ffffffff")),
    code: 3,
    says: "input: the record header claims 4294967295 captured bytes, more than any capture tool writes",
  },
  "a zip archive": {
    bytes: concat(hex("504b0304"), new Uint8Array(60)),
    code: 3,
    says: "input: this is a zip archive; unpack it first",
  },
  "bytes without meaning": {
    bytes: Uint8Array.from({ length: 256 }, (_, i) => i),
    code: 3,
    says: "input: neither a capture nor text; it begins with 00 01 02 03",
  },
  "a Git LFS pointer": {
    bytes: "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n",
    code: 3,
    says: "input: is a Git LFS pointer, not the file itself; fetch the file with `git lfs pull`",
  },
  "an HTML error page": {
    bytes: "<!DOCTYPE html>\n<html><head><title>404</title></head></html>",
    code: 3,
    says: "input: is an HTML page; an error or login page was saved in its place",
  },
  "an error of an object store": {
    bytes: '<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code></Error>',
    code: 3,
    says: "input: is an error message of a web service; it was saved in the place of the file",
  },
  "a capture in base64": {
    bytes: Buffer.from(GOOD).toString("base64"),
    code: 3,
    says: "input: is a capture in base64; decode it first: `base64 -d FILE > capture.pcap`",
  },
  "a hexadecimal dump": {
    bytes: "00000000  d4 c3 b2 a1 02 00 04 00  00 00 00 00 00 00 00 00\n",
    code: 3,
    says: "input: is a hexadecimal dump; podpath reads the capture itself",
  },
  "what tcpdump prints": {
    bytes: "12:00:00.000000 IP 10.0.1.10.40000 > 10.0.2.20.443: Flags [S], length 0\n",
    code: 3,
    says: "input: is what tcpdump prints, not a capture; let tcpdump write one: `tcpdump -w capture.pcap`",
  },
  "an error of kubectl": {
    bytes: "error: You must be logged in to the server (Unauthorized)\n",
    code: 3,
    says: "input: is an error message of kubectl; run the command again where the cluster answers",
  },
  "an empty answer of kubectl": {
    bytes: "No resources found in default namespace.\n",
    code: 3,
    says: "input: is kubectl's answer that there is nothing; name the namespace, or ask for all of them",
  },
  "an error of aws": {
    bytes:
      "\nAn error occurred (UnauthorizedOperation) when calling the DescribeVpcs operation: no\n",
    code: 3,
    says: "input: is an error message of aws; run the command again with the permissions that it names",
  },
  "a gzip file cut in the middle": {
    bytes: GZIPPED.subarray(0, GZIPPED.length >> 1),
    code: 0,
    says: "capture.record-truncated",
  },
  "a gzip file cut in its header": {
    bytes: GZIPPED.subarray(0, 5),
    code: 3,
    says: "input: is gzip-compressed and unpacks to nothing; copy it again, or capture again",
  },
  "a gzip of a gzip": {
    bytes: new Uint8Array(gzipSync(GZIPPED)),
    code: 3,
    says: "input: this is gzip-compressed twice",
  },
  "a gzip bomb": {
    bytes: new Uint8Array(gzipSync(concat(GOOD, new Uint8Array(64 * 1024 * 1024)))),
    code: 0,
    says: "input.inflate-ratio",
  },
  "JSON cut in the middle": {
    bytes: '{"apiVersion": "v1", "items": [',
    code: 3,
    says: "input: line 1, column 32: the text ends in the middle of a value; the file is cut short",
  },
  "a hundred thousand brackets": {
    bytes: "[".repeat(100_000),
    code: 3,
    says: "input: line 1, column 100001: the text ends in the middle of a value",
  },
};

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "podpath-hostile-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const at = (name: string): string => join(folder, name);

async function answer(argv: readonly string[]): Promise<{ code: number | null; text: string }> {
  const { code, stdout, stderr } = await runCli(argv);
  // Names of the folder and line breaks of the layout are of no interest here.
  const text = `${stderr}\n${stdout}`.replaceAll(`${folder}/`, "").replace(/\s+/g, " ");
  return { code, text };
}

describe("a file that is given alone", () => {
  test.each(Object.entries(ALONE))("%s", async (_name, { bytes, code, says }) => {
    writeFileSync(at("input"), bytes);
    const got = await answer([at("input")]);
    expect(got.text).toContain(says.replace(/\s+/g, " "));
    expect(got.code).toBe(code);
    expect(got.text).not.toContain("bug of podpath");
  });
});

describe("beside a good capture", () => {
  test("a file that is something else is named, and the rest is analysed", async () => {
    writeFileSync(at("good.pcap"), GOOD);
    writeFileSync(at("pods.txt"), "error: You must be logged in to the server (Unauthorized)\n");
    const got = await answer([at("good.pcap"), at("pods.txt")]);
    expect(got.code).toBe(3);
    expect(got.text).toContain("pods.txt: is an error message of kubectl; run the command again");
    expect(got.text).toContain("20 = 20 in connections");
  });

  test("in a folder it is a diagnostic", async () => {
    mkdirSync(at("all"));
    writeFileSync(at("all/good.pcap"), GOOD);
    writeFileSync(
      at("all/vpcs.json"),
      "version https://git-lfs.github.com/spec/v1\noid sha256:4d\n",
    );
    const got = await answer([at("all")]);
    expect(got.code).toBe(0);
    expect(got.text).toContain("snapshot.foreign-text");
    expect((await answer([at("all"), "--strict"])).code).toBe(4);
  });

  test.each([
    [
      "UTF-16 with a byte-order mark",
      Buffer.from(
        "\ufeffNAMESPACE NAME READY STATUS RESTARTS AGE IP NODE\nshop web 1/1 Running 0 5m 10.0.1.10 n1\n",
        "utf16le",
      ),
    ],
    [
      "UTF-8 with a byte-order mark",
      Buffer.from(
        "\ufeffNAMESPACE NAME READY STATUS RESTARTS AGE IP NODE\r\nshop web 1/1 Running 0 5m 10.0.1.10 n1\r\n",
      ),
    ],
    [
      "a name that is a key of every object",
      Buffer.from(
        "NAMESPACE NAME READY STATUS RESTARTS AGE IP NODE\n__proto__ constructor 1/1 Running 0 5m 10.0.1.10 n1\n",
      ),
    ],
  ])("a pod table in %s is read", async (name, bytes) => {
    writeFileSync(at("good.pcap"), GOOD);
    writeFileSync(at("table.txt"), bytes);
    const got = await answer([at("good.pcap"), "-s", at("table.txt"), "-o", "wide"]);
    expect(got.code).toBe(0);
    expect(got.text).toContain(name.startsWith("a name") ? "__proto__/constructor" : "shop/web");
  });
});

describe("arguments", () => {
  test("a capture given as a snapshot", async () => {
    writeFileSync(at("good.pcap"), GOOD);
    writeFileSync(at("table.txt"), "NAMESPACE NAME READY STATUS\nshop web 1/1 Running\n");
    const got = await answer([at("table.txt"), "-s", at("good.pcap")]);
    expect(got.code).toBe(3);
    expect(got.text.trim()).toBe(
      "podpath: good.pcap: is a capture, but was given as a snapshot; give captures without --snapshot",
    );
  });

  test("a folder with nothing in it", async () => {
    mkdirSync(at("nothing"));
    const got = await answer([at("nothing")]);
    expect(got.code).toBe(3);
    expect(got.text).toContain(
      "nothing: holds no capture and no text; give a directory with captures, or files",
    );
  });

  test("a symbolic link that leads to itself, and one that leads nowhere", async () => {
    symlinkSync(at("loop"), at("loop"));
    symlinkSync(at("nowhere"), at("dangling"));
    expect(await answer([at("loop")])).toMatchObject({
      code: 3,
      text: expect.stringContaining(
        "loop: is a symbolic link that leads back to itself; name the file itself",
      ),
    });
    expect(await answer([at("dangling")])).toMatchObject({
      code: 3,
      text: expect.stringContaining("dangling: no such file or directory; check the path"),
    });
  });

  test.each([
    ["brackets", "[".repeat(100_000)],
    ["lists", "- ".repeat(100_000)],
  ])("a policy of a hundred thousand nested %s", async (_name, text) => {
    writeFileSync(at("policy.yaml"), text);
    writeFileSync(at("good.pcap"), GOOD);
    const got = await answer(["check", "--policy", at("policy.yaml"), at("good.pcap")]);
    expect(got.code).toBe(2);
    expect(got.text).toContain("policy.yaml:1:1: it is nested too deeply");
  });
});
