import { join } from "node:path";
import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import type { CaptureResult } from "../../src/core/analysis.ts";
import { DiagnosticLog } from "../../src/core/diagnostics/diagnostic.ts";
import { FlowTable } from "../../src/core/flow/flow-table.ts";
import { readCaptures } from "../../src/core/read-captures.ts";
import { defaultWireSettings } from "../../src/core/wire/settings.ts";
import { openInputs } from "../../src/node/open-inputs.ts";
import { rotationStem, rotations } from "../../src/node/rotated-captures.ts";
import { CAPTURE_START_NS, pcapFile } from "../support/capture.ts";
import { ethernet, type PacketBuilder } from "../support/packet.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

describe("names of rotated captures", () => {
  it.each([
    ["tcpdump -C", ["cap.pcap", "cap.pcap1", "cap.pcap2", "cap.pcap10"]],
    ["tcpdump -C -W", ["n1/cap.pcap00", "n1/cap.pcap01"]],
    ["compressed by tcpdump -z", ["cap.pcap.gz", "cap.pcap1.gz"]],
    ["tcpdump -G with a date and time", ["c-20261120-100000.pcap", "c-20261120-100500.pcap"]],
    [
      "tcpdump -G with dashes and colons",
      ["c_2026-11-20_10:00:00.pcap", "c_2026-11-20_11:00:00.pcap"],
    ],
    ["tcpdump -G with seconds since 1970", ["c-1795168800.pcap", "c-1795172400.pcap"]],
    ["tcpdump -G -C", ["c-20261120100000.pcap", "c-20261120100000.pcap1"]],
  ])("%s have one stem", (_name, files) => {
    const stems = new Set(files.map(rotationStem));
    expect(stems.size).toBe(1);
    expect([...stems]).not.toContain(null);
  });

  it.each([
    ["nodes that are numbered", "n1.pcap", "n2.pcap"],
    ["interfaces that are numbered", "eth0.pcap", "eth1.pcap"],
    ["folders", "n1/cap.pcap", "n2/cap.pcap1"],
    ["addresses", "ip-10-0-1-10.pcap", "ip-10-0-2-10.pcap"],
    ["pods with hashes", "web-5d8f7c9b6d.pcap", "web-7d8f7c9b6d.pcap"],
    ["captures of two places at one time", "a-20261120-1000.pcap", "b-20261120-1000.pcap"],
  ])("of %s differ", (_name, one, other) => {
    const stems = [rotationStem(one), rotationStem(other)];
    expect(stems[0] === null || stems[0] !== stems[1]).toBe(true);
  });

  it("of no rotation are nobody's", () => {
    expect([rotationStem("notes.txt"), rotationStem("capture"), rotationStem("n1")]).toEqual([
      null,
      null,
      null,
    ]);
  });
});

describe("rotations", () => {
  const head = (atSeconds: number, options = {}): Uint8Array =>
    pcapFile(
      [{ packet: Uint8Array.of(1), timeNs: CAPTURE_START_NS + BigInt(atSeconds) * 1_000_000_000n }],
      options,
    ).subarray(0, 32);
  const candidate = (file: string, bytes: Uint8Array, node?: string) => ({
    file,
    label: node === undefined ? null : { node },
    head: bytes,
    modifiedMs: null as number | null,
  });
  /** A file whose name has a time, written from `from` to `until`, seconds after CAPTURE_START_NS. */
  const timed = (name: string, from: number, until: number | null) => ({
    ...candidate(`c-${name}.pcap`, head(from)),
    modifiedMs: until === null ? null : Number(CAPTURE_START_NS / 1_000_000n) + until * 1000,
  });

  it.each([
    ["each ends before the next begins", 60, 60, true],
    ["one was still written when the next began, as on two nodes", 70, 60, false],
    ["they were copied later", 86_400, 60, false],
    ["nobody knows when they ended", null, 60, false],
  ])("by time are joined when %s: %s s, %s s", (_name, until, next, joined) => {
    const files = [timed("20260101-000000", 0, until), timed("20260101-000100", next, 200)];
    expect(rotations(files).length).toBe(joined ? 1 : 0);
  });

  it("are ordered by their first records: a ring begins anywhere", () => {
    const files = [
      candidate("c.pcap0", head(30)),
      candidate("c.pcap1", head(10)),
      candidate("c.pcap2", head(20)),
    ];
    expect(rotations(files)).toEqual([["c.pcap1", "c.pcap2", "c.pcap0"]]);
  });

  it("compare times of any byte order and resolution", () => {
    for (const options of [{ bigEndian: true }, { nano: true }]) {
      const files = [candidate("c.pcap", head(9, options)), candidate("c.pcap1", head(5, options))];
      expect(rotations(files)).toEqual([["c.pcap1", "c.pcap"]]);
    }
  });

  it.each([
    ["have other file headers", candidate("c.pcap1", head(5, { linkType: 113 }))],
    ["were given other labels", candidate("c.pcap1", head(5), "n2")],
    ["are no classic pcap", candidate("c.pcap1", new Uint8Array(32))],
  ])("are none of files that %s", (_name, other) => {
    expect(rotations([candidate("c.pcap", head(1)), other])).toEqual([]);
  });
});

const flow = { srcPort: 40_000, dstPort: 80 };
const SYN = ethernet()
  .ipv4({ src: "10.0.1.1", dst: "10.0.2.2" })
  .tcp({ ...flow, flags: "S", seq: 1 });
const ANSWER = ethernet()
  .ipv4({ src: "10.0.2.2", dst: "10.0.1.1" })
  .tcp({ srcPort: 80, dstPort: 40_000, flags: "SA", seq: 9, ack: 2 });
const ACK = ethernet()
  .ipv4({ src: "10.0.1.1", dst: "10.0.2.2" })
  .tcp({ ...flow, flags: "A", seq: 2, ack: 10 });

function at(seconds: number, ...packets: PacketBuilder[]): Uint8Array {
  return pcapFile(
    packets.map((packet) => ({
      packet,
      timeNs: CAPTURE_START_NS + BigInt(seconds) * 1_000_000_000n,
    })),
  );
}

async function read(files: Record<string, Uint8Array>) {
  const root = temporaryDirectory(files);
  const paths = Object.keys(files).map((name) => join(root, name));
  const opened = await openInputs(paths, { snapshots: [], hash: false, stdin: Readable.from([]) });
  const flows = new FlowTable();
  const log = new DiagnosticLog();
  const results: CaptureResult[] = await readCaptures(
    opened.captures,
    flows,
    defaultWireSettings(),
    log,
    {},
  );
  const inputs = await opened.describe();
  opened.close();
  return { results, flows, inputs, log, diagnostics: [...opened.diagnostics, ...log.list()], root };
}

describe("a connection that spans two files of one capture", () => {
  it("is one, at one place, with records numbered on", async () => {
    const { results, flows, inputs, diagnostics, root } = await read({
      "c.pcap1": at(20, ACK),
      "c.pcap": at(10, SYN, ANSWER),
    });
    expect(results.length).toBe(1);
    expect(results[0]).toMatchObject({
      file: join(root, "c.pcap"),
      info: { records: 3 },
      parts: [
        { file: join(root, "c.pcap"), firstRecord: 1, records: 2 },
        { file: join(root, "c.pcap1"), firstRecord: 3, records: 1 },
      ],
    });
    expect(flows.rows).toBe(1);
    expect(flows.observation(0)).toMatchObject({
      forward: { records: 2, firstRecord: 1, lastRecord: 3 },
      backward: { records: 1 },
    });
    expect(inputs.length).toBe(2);
    expect(diagnostics).toMatchObject([{ code: "input.rotated", severity: "note" }]);
  });

  it("is told when the files overlap in time: they may be captures of their own", async () => {
    const { diagnostics } = await read({
      "c.pcap": pcapFile([
        { packet: SYN, timeNs: CAPTURE_START_NS },
        { packet: ACK, timeNs: CAPTURE_START_NS + 60_000_000_000n },
      ]),
      "c.pcap1": at(10, ANSWER),
    });
    expect(diagnostics.map(({ code }) => code)).toEqual(["input.rotated", "capture.parts-overlap"]);
  });

  it("is kept apart in captures that have names of their own", async () => {
    const { results } = await read({ "n1.pcap": at(10, SYN), "n2.pcap": at(20, ACK) });
    expect(results.length).toBe(2);
    expect(results[0]).not.toHaveProperty("parts");
  });

  it("loses only what was cut at the end of a file in the middle", async () => {
    const whole = at(10, SYN, ANSWER);
    const { results, flows } = await read({
      "c.pcap": whole.subarray(0, whole.length - 3),
      "c.pcap1": at(20, ACK),
    });
    expect(results[0]?.info?.records).toBe(2);
    expect(flows.accounting().inConnections).toBe(2);
  });
});
