import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openCapture } from "../../../src/core/capture/open-capture.ts";
import { RecordStatus } from "../../../src/core/capture/record-cursor.ts";
import { DiagnosticLog } from "../../../src/core/diagnostics/diagnostic.ts";
import { hex } from "../../support/bytes.ts";
import { codes, memorySource, readCapture } from "../../support/read-capture.ts";

/** One record of 4 bytes, cut from 60 on the wire, at 0x65000001 s + 7 units. */
const LITTLE = hex(`
  d4c3b2a1 0200 0400  # magic, version 2.4
  00000000 00000000   # time zone, accuracy
  00000400 01000000   # snaplen 262144, Ethernet
  01000065 07000000 04000000 3c000000  # seconds, fraction, captured, on the wire
  deadbeef`);
const BIG = hex(`
  a1b2c3d4 0002 0004 00000000 00000000 00040000 00000001
  65000001 00000007 00000004 0000003c deadbeef`);
const NANOS = hex("4d3cb2a1 0200 0400 00000000 00000000 00000400 01000000");
const RECORD = hex("01000065 07000000 04000000 3c000000 deadbeef");

const EXPECTED = {
  record: 1,
  fileOffset: 24,
  seconds: 0x65000001,
  nanos: 7000,
  capturedLength: 4,
  wireLength: 60,
  interfaceIndex: 0,
  linkType: 1,
  frame: "deadbeef",
};

function withHeaderBytes(offset: number, bytes: string): Uint8Array {
  const copy = LITTLE.slice();
  copy.set(hex(bytes), offset);
  return copy;
}

describe("PcapCursor", () => {
  it("reads a little-endian file", async () => {
    const read = await readCapture(LITTLE);
    expect(read.records).toEqual([EXPECTED]);
    expect(read.diagnostics).toEqual([]);
    expect(read.info).toEqual({
      format: "pcap",
      byteOrder: "little",
      interfaces: [{ index: 0, linkType: 1, snaplen: 262_144, comments: [] }],
      drops: [],
      comments: [],
      names: [],
      records: 1,
      wireBytes: 60,
      capturedBytes: 4,
    });
  });

  it("reads a big-endian file", async () => {
    const read = await readCapture(BIG);
    expect(read.records).toEqual([EXPECTED]);
    expect(read.info?.byteOrder).toBe("big");
    expect(read.diagnostics).toEqual([]);
  });

  it("takes the fraction as nanoseconds behind the nanosecond magic", async () => {
    const read = await readCapture(Buffer.concat([NANOS, RECORD]));
    expect(read.records).toEqual([{ ...EXPECTED, nanos: 7 }]);
  });

  it("steps over the 24-byte record headers of Kuznetzov's modified format", async () => {
    const read = await readCapture(
      hex(`
        34cdb2a1 0200 0400 00000000 00000000 00000400 01000000
        01000065 07000000 04000000 3c000000 02000000 0800 00 00 deadbeef
        02000065 00000000 02000000 02000000 02000000 0800 04 00 cafe`),
    );
    expect(read.records).toMatchObject([EXPECTED, { record: 2, fileOffset: 52, frame: "cafe" }]);
    expect(read.diagnostics).toEqual([]);
  });

  it("takes a file of only a header for an empty capture", async () => {
    const read = await readCapture(LITTLE.subarray(0, 24));
    expect(read).toMatchObject({ records: [], diagnostics: [], info: { records: 0 } });
  });

  it("masks the frame check sequence's bits of the link type without a word", async () => {
    const read = await readCapture(withHeaderBytes(20, "01000054"));
    expect(read.records).toEqual([EXPECTED]);
    expect(read.diagnostics).toEqual([]);
  });

  it.each([
    ["not known", "01000050", 0],
    ["two units of two bytes", "01000024", 4],
    ["none", "01000004", 0],
  ])(
    "takes the length of the frame check sequence from the link-type word: %s",
    async (_name, word, expected) => {
      const cursor = await openCapture(
        memorySource(withHeaderBytes(20, word)),
        "test",
        new DiagnosticLog(),
      );
      expect(cursor?.next()).toBe(RecordStatus.Record);
      expect(cursor?.frameCheckLength).toBe(expected);
      expect(cursor?.wireLength).toBe(60);
    },
  );

  it.each([
    ["hardware: nanoseconds", "ac01001c", 7],
    ["software: microseconds", "ab01001c", 7000],
  ])(
    "reads IXIA's lcap, whose file header has four more bytes, %s",
    async (_name, magic, nanos) => {
      const header = withHeaderBytes(0, magic).subarray(0, 24);
      const file = Buffer.concat([header, hex("14000000"), RECORD]);
      const read = await readCapture(file);
      expect(read.records).toEqual([{ ...EXPECTED, fileOffset: 28, nanos }]);
      expect(read.diagnostics).toEqual([]);
      for (let length = 12; length < 28; length += 1) {
        expect(codes(await readCapture(file.subarray(0, length)))).toEqual([
          "capture.header-truncated x1",
        ]);
      }
    },
  );

  it("says when reserved bits of the link type are set", async () => {
    const read = await readCapture(withHeaderBytes(20, "01002000"));
    expect(read.records).toEqual([EXPECTED]);
    expect(codes(read)).toEqual(["capture.link-type-reserved-bits x1"]);
  });

  it("reads an unknown version as 2.4 and says so", async () => {
    const read = await readCapture(withHeaderBytes(4, "0900 0400"));
    expect(read.records).toEqual([EXPECTED]);
    expect(codes(read)).toEqual(["capture.version-unknown x1"]);
  });

  it.each([
    ["2.2 always swapped", "0200 0200", 60, 4],
    ["DG/UX's 543.0 always swapped", "1f02 0000", 60, 4],
    ["2.3 with the larger one first", "0200 0300", 60, 4],
    ["2.3 with the smaller one first", "0200 0300", 4, 60],
  ])("reads the lengths of version %s", async (_name, version, first, second) => {
    const file = withHeaderBytes(4, version);
    file.set([first, 0, 0, 0, second, 0, 0, 0], 32);
    const read = await readCapture(file);
    expect(read.records).toMatchObject([{ capturedLength: 4, wireLength: 60, frame: "deadbeef" }]);
    expect(read.diagnostics).toEqual([]);
  });

  it("carries a fraction of a second or more over to the seconds", async () => {
    const read = await readCapture(withHeaderBytes(28, "40420f00")); // 1 000 000 µs
    expect(read.records).toMatchObject([{ seconds: 0x65000002, nanos: 0 }]);
    expect(codes(read)).toEqual(["capture.time-fraction-too-large x1"]);
  });

  it("counts each further odd record without writing it out", async () => {
    const odd = withHeaderBytes(28, "40420f00");
    const read = await readCapture(Buffer.concat([odd, odd.subarray(24), odd.subarray(24)]));
    expect(read.records).toHaveLength(3);
    expect(read.diagnostics).toMatchObject([
      { code: "capture.time-fraction-too-large", count: 3, first: { record: 1, offset: 24 } },
    ]);
  });

  it("counts the empty records of a file that ends in zeros, and says so", async () => {
    const read = await readCapture(Buffer.concat([LITTLE, new Uint8Array(3 * 16)]));
    expect(read.records).toMatchObject([EXPECTED, { record: 2 }, { record: 3 }, { record: 4 }]);
    expect(read.diagnostics).toMatchObject([
      { code: "capture.record-zero", count: 3, first: { record: 2, offset: 44 } },
    ]);
  });

  it("keeps both lengths when more was captured than was on the wire", async () => {
    const read = await readCapture(withHeaderBytes(36, "02000000"));
    expect(read.records).toMatchObject([{ capturedLength: 4, wireLength: 2 }]);
    expect(codes(read)).toEqual(["capture.length-inconsistent x1"]);
  });

  it("stops at a captured length that no tool writes, keeping what was before", async () => {
    const bad = hex("01000065 07000000 01000400 01000400 00000000");
    const read = await readCapture(Buffer.concat([LITTLE, bad, RECORD]));
    expect(read.records).toEqual([EXPECTED]);
    expect(read.diagnostics).toMatchObject([
      {
        code: "capture.record-damaged",
        first: { file: "test", record: 2, offset: 44 },
        message: expect.stringContaining("262145"),
      },
    ]);
  });

  it("reads the longest captured length there is", async () => {
    const header = hex("01000065 07000000 00000400 00000400");
    const read = await readCapture(
      Buffer.concat([LITTLE, header, new Uint8Array(262_144), RECORD]),
    );
    expect(read.records.map(({ capturedLength }) => capturedLength)).toEqual([4, 262_144, 4]);
    expect(read.diagnostics).toEqual([]);
  });

  describe("of several files put together with cat", () => {
    it("goes on under the second header", async () => {
      const second = Buffer.concat([hex("a1b2c3d4 0002 0004 00000000 00000000 00000060 00000071")]);
      const read = await readCapture(
        Buffer.concat([LITTLE, second, hex("65000005 00000001 00000001 00000001 aa")]),
      );
      expect(read.records).toMatchObject([
        EXPECTED,
        { record: 2, seconds: 0x65000005, interfaceIndex: 1, linkType: 113, frame: "aa" },
      ]);
      expect(read.info?.interfaces).toHaveLength(2);
      expect(read.diagnostics).toMatchObject([
        { code: "capture.concatenated", count: 1, first: { record: 2, offset: 44 } },
      ]);
    });

    it("keeps one interface when the headers are the same", async () => {
      const read = await readCapture(Buffer.concat([LITTLE, LITTLE, LITTLE]));
      expect(read.records.map(({ interfaceIndex }) => interfaceIndex)).toEqual([0, 0, 0]);
      expect(read.info?.interfaces).toHaveLength(1);
      expect(codes(read)).toEqual(["capture.concatenated x2"]);
    });

    it("reads thousands of headers in a row without recursion", async () => {
      const header = LITTLE.subarray(0, 24);
      const read = await readCapture(Buffer.concat([...Array(50_000).fill(header), RECORD]));
      expect(read.records).toMatchObject([{ record: 1, frame: "deadbeef" }]);
      expect(codes(read)).toEqual(["capture.concatenated x49999"]);
    });

    it("says that a pcapng file follows", async () => {
      const section = hex("0a0d0d0a 1c000000 4d3c2b1a 01000000 ffffffff ffffffff 1c000000");
      const read = await readCapture(Buffer.concat([LITTLE, section]));
      expect(read.records).toEqual([EXPECTED]);
      expect(read.diagnostics).toMatchObject([
        { code: "capture.record-damaged", message: expect.stringContaining("pcapng") },
      ]);
    });
  });

  it("gives the same records for every chunk size", async () => {
    const file = Buffer.concat([LITTLE, RECORD, LITTLE, RECORD]);
    const whole = await readCapture(file);
    expect(whole.records).toHaveLength(4);
    for (let size = 1; size <= file.length; size += 1) {
      expect(await readCapture(file, size)).toEqual(whole);
    }
  });

  it("gives the whole records of every prefix, and says what was cut", async () => {
    const file = Buffer.concat([LITTLE, RECORD, RECORD]);
    const whole = await readCapture(file);
    for (let length = 4; length < file.length; length += 1) {
      const read = await readCapture(file.subarray(0, length));
      const records = Math.max(0, Math.floor((length - 24) / 20));
      const isBoundary = length >= 24 && (length - 24) % 20 === 0;
      expect(read.records).toEqual(whole.records.slice(0, records));
      const code = length < 24 ? "capture.header-truncated" : "capture.record-truncated";
      expect(read.diagnostics).toMatchObject(
        isBoundary
          ? []
          : [
              {
                code,
                count: 1,
                first: { record: records + 1, offset: length < 24 ? 0 : 24 + records * 20 },
              },
            ],
      );
    }
  });

  it("survives any bytes behind a good header", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.boolean(), async (bytes, isOld) => {
        const header = (isOld ? withHeaderBytes(4, "0200 0300") : LITTLE).subarray(0, 24);
        const read = await readCapture(Buffer.concat([header, bytes]), 7);
        expect(read.info?.records).toBe(read.records.length);
        const used = read.records.reduce((sum, { capturedLength }) => sum + capturedLength + 16, 0);
        expect(used).toBeLessThanOrEqual(bytes.length);
      }),
      { numRuns: 1000 },
    );
  });
});
