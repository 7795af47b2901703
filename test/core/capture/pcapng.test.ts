import { describe, expect, it } from "vitest";
import { concat, hex } from "../../support/bytes.ts";
import { pcapngBlock } from "../../support/capture.ts";
import { codes, readCapture } from "../../support/read-capture.ts";
import {
  END,
  EXPECTED,
  face,
  INTERFACE,
  option,
  PACKET,
  SECTION,
  SECTION_BIG,
} from "./pcapng-bytes.ts";

describe("PcapngCursor", () => {
  it("reads a little-endian file", async () => {
    const read = await readCapture(concat(SECTION, INTERFACE, PACKET));
    expect(read.records).toEqual([EXPECTED]);
    expect(read.diagnostics).toEqual([]);
    expect(read.info).toEqual({
      format: "pcapng",
      byteOrder: "little",
      interfaces: [{ index: 0, linkType: 1, snaplen: 96, comments: [] }],
      drops: [],
      comments: [],
      names: [],
      records: 1,
      wireBytes: 60,
      capturedBytes: 5,
    });
  });

  it("reads a big-endian file", async () => {
    const read = await readCapture(
      concat(
        SECTION_BIG,
        hex("00000001 00000014 0001 0000 00000060 00000014"),
        hex(`00000006 00000028 00000000 00064748 46222240 00000005 0000003c
             deadbeefaa 000000 00000028`),
      ),
    );
    expect(read.records).toEqual([EXPECTED]);
    expect(read.info?.byteOrder).toBe("big");
    expect(read.diagnostics).toEqual([]);
  });

  it("continues interface numbers over sections, each with its own byte order", async () => {
    const read = await readCapture(
      concat(
        concat(SECTION, INTERFACE, PACKET),
        concat(SECTION_BIG, hex("00000001 00000014 0071 0000 00000060 00000014")),
        hex(`00000006 00000024 00000000 00064748 46222240 00000001 00000001 cc000000 00000024`),
        concat(SECTION, INTERFACE, PACKET),
      ),
    );
    expect(read.records).toMatchObject([
      { record: 1, interfaceIndex: 0, linkType: 1 },
      { record: 2, interfaceIndex: 1, linkType: 113, frame: "cc", seconds: 1_767_225_600 },
      { record: 3, interfaceIndex: 2, linkType: 1 },
    ]);
    expect(read.info).toMatchObject({ byteOrder: "little", interfaces: { length: 3 } });
    expect(read.diagnostics).toEqual([]);
  });

  it("keeps what an Interface Description Block tells", async () => {
    const read = await readCapture(
      concat(
        SECTION,
        face(
          option(1, "first comment"),
          option(2, "eth0\0"),
          option(3, "primary ENI"),
          option(6, hex("0a1b2c3d4e5f")),
          option(9, Uint8Array.of(9)),
          option(11, concat(Uint8Array.of(0), new TextEncoder().encode("tcp port 80"))),
          option(12, "Linux 6.1"),
          option(15, "ena"),
          option(1, "second comment"),
        ),
      ),
    );
    expect(read.info?.interfaces).toEqual([
      {
        index: 0,
        linkType: 1,
        snaplen: 0,
        name: "eth0",
        description: "primary ENI",
        mac: "0a:1b:2c:3d:4e:5f",
        filter: "tcp port 80",
        os: "Linux 6.1",
        hardware: "ena",
        comments: ["first comment", "second comment"],
      },
    ]);
    expect(read.diagnostics).toEqual([]);
  });

  it("leaves out a filter that is BPF code", async () => {
    const read = await readCapture(concat(SECTION, face(option(11, hex("01 2800000c")))));
    expect(read.info?.interfaces[0]).not.toHaveProperty("filter");
  });

  it.each([
    [
      "nanoseconds",
      [option(9, Uint8Array.of(9))],
      1_767_225_600,
      123_456_789,
      "1767225600123456789",
    ],
    ["2^-10 seconds", [option(9, Uint8Array.of(0x8a))], 1_767_225_600, 976_562, "1809638953984001"],
    [
      "microseconds with an offset of an hour back",
      [option(14, hex("f0f1ffffffffffff"))],
      1_767_222_000,
      123_456_000,
      "1767225600123456",
    ],
  ])("converts times in %s", async (_name, options, seconds, nanos, text) => {
    const value = text === "1809638953984001" ? 1_767_225_600n * 1024n + 1n : BigInt(text);
    const body = new DataView(new ArrayBuffer(20));
    body.setUint32(4, Number(value >> 32n), true);
    body.setUint32(8, Number(value & 0xffff_ffffn), true);
    const packet = pcapngBlock(6, new Uint8Array(body.buffer));
    const read = await readCapture(concat(SECTION, face(...options), packet));
    expect(read.records).toMatchObject([{ seconds, nanos }]);
    expect(read.diagnostics).toEqual([]);
  });

  it("clamps a time after 2106 and says so", async () => {
    const packet = pcapngBlock(6, hex("00000000 ffffffff ffffffff 00000000 00000000"));
    const read = await readCapture(concat(SECTION, face(), packet, packet));
    expect(read.records).toMatchObject([{ seconds: 4_294_967_295, nanos: 999_999_999 }, {}]);
    expect(codes(read)).toEqual(["capture.time-out-of-range x2"]);
  });

  it("reads Simple Packet Blocks: first interface, cut to its snaplen, time of the record before", async () => {
    const simple = pcapngBlock(3, concat(hex("c8000000"), new Uint8Array(96).fill(0xab)));
    const short = pcapngBlock(3, hex("03000000 0102ff"));
    const read = await readCapture(concat(SECTION, INTERFACE, PACKET, simple, short));
    expect(read.records).toMatchObject([
      EXPECTED,
      { record: 2, capturedLength: 96, wireLength: 200, seconds: 1_767_225_600, interfaceIndex: 0 },
      { record: 3, capturedLength: 3, wireLength: 3, frame: "0102ff" },
    ]);
    expect(codes(read)).toEqual(["capture.time-missing x2"]);
  });

  it("reads obsolete Packet Blocks", async () => {
    const packet = pcapngBlock(2, hex("0000 0900 48470600 40222246 05000000 3c000000 deadbeefaa"));
    const read = await readCapture(concat(SECTION, INTERFACE, packet));
    expect(read.records).toEqual([EXPECTED]);
  });

  it("keeps the last drop counters of each interface", async () => {
    const statistics = (dropped: string) =>
      pcapngBlock(
        5,
        concat(
          hex("00000000 00000000 00000000"),
          option(4, hex("ffffffffffffffff")),
          option(5, hex(`${dropped}00000000000000`)),
          option(7, hex("0200000000000000")),
          END,
        ),
      );
    const read = await readCapture(concat(SECTION, INTERFACE, statistics("01"), statistics("05")));
    expect(read.info?.drops).toEqual([
      {
        interfaceIndex: 0,
        received: "18446744073709551615",
        droppedByInterface: "5",
        droppedByOs: "2",
      },
    ]);
  });

  it("keeps names of a Name Resolution Block", async () => {
    const names = pcapngBlock(
      4,
      concat(
        hex("0100 0e00 0a000001"),
        new TextEncoder().encode("web\0api.x\0"),
        hex("0000"),
        hex("0200 1300 20010db8000000000000000000000001"),
        new TextEncoder().encode("v6\0"),
        hex("00"),
        hex("0000 0000"),
      ),
    );
    const read = await readCapture(concat(SECTION, names));
    expect(read.info?.names).toEqual([
      { address: "10.0.0.1", name: "web" },
      { address: "10.0.0.1", name: "api.x" },
      { address: "2001:db8::1", name: "v6" },
    ]);
    expect(read.diagnostics).toEqual([]);
  });

  it("keeps the section's texts and the comments of packets with their numbers", async () => {
    const section = pcapngBlock(
      0x0a0d0d0a,
      concat(
        hex("4d3c2b1a 0100 0000 ffffffffffffffff"),
        option(2, "m5.large"),
        option(3, "Linux 5.10"),
        option(4, "Dumpcap"),
        option(1, "about the file"),
        END,
      ),
    );
    const packet = pcapngBlock(
      6,
      concat(
        hex("00000000 48470600 40222246 05000000 3c000000 deadbeefaa 000000"),
        option(2, hex("01000000")),
        option(1, "look here: ✓"),
        END,
      ),
    );
    const read = await readCapture(concat(section, INTERFACE, PACKET, packet));
    expect(read.info).toMatchObject({
      hardware: "m5.large",
      os: "Linux 5.10",
      application: "Dumpcap",
      comments: [{ text: "about the file" }, { record: 2, text: "look here: ✓" }],
    });
    expect(read.records).toHaveLength(2);
    expect(read.diagnostics).toEqual([]);
  });

  it("steps over secrets, custom and unknown blocks", async () => {
    const others = [0x0a, 0xbad, 0x4000_0bad, 0x7fff_ffff].map((type) =>
      pcapngBlock(type, new Uint8Array(20)),
    );
    const read = await readCapture(concat(SECTION, ...others, INTERFACE, ...others, PACKET));
    expect(read.records).toMatchObject([{ record: 1, frame: "deadbeefaa" }]);
    expect(read.diagnostics).toMatchObject([
      {
        code: "capture.blocks-skipped",
        severity: "note",
        count: 8,
        first: { record: 1, offset: 28 },
      },
    ]);
    expect(read.diagnostics[0]?.message).toContain("decryption secrets");
  });

  it.each([
    [9, "systemd journal export"],
    [0x0bad, "custom"],
    [0x204, "sysdig"],
    [0x9000_0000, "local use"],
    [0x7777, "unknown"],
  ])("names a block of type %i that it steps over", async (type, name) => {
    const read = await readCapture(concat(SECTION, pcapngBlock(type, new Uint8Array(4))));
    expect(read.diagnostics[0]?.message).toContain(`(${name})`);
  });

  it("gives the same records for every chunk size", async () => {
    const file = concat(SECTION, INTERFACE, PACKET, SECTION_BIG, SECTION, INTERFACE, PACKET);
    const whole = await readCapture(file);
    expect(whole.records).toHaveLength(2);
    for (let size = 1; size <= file.length; size += 1) {
      expect(await readCapture(file, size)).toEqual(whole);
    }
  });

  it("gives the whole records of every prefix, and says what was cut", async () => {
    const file = concat(SECTION, INTERFACE, PACKET, PACKET);
    const whole = await readCapture(file);
    const ends = [28, 48, 88, 128];
    for (let length = 4; length < file.length; length += 1) {
      const read = await readCapture(file.subarray(0, length));
      const blocks = ends.filter((end) => end <= length).length;
      expect(read.records).toEqual(whole.records.slice(0, Math.max(0, blocks - 2)));
      const code = length < 28 ? "capture.header-truncated" : "capture.record-truncated";
      const offset = ends[blocks - 1] ?? 0;
      expect(read.diagnostics).toMatchObject(
        ends.includes(length) ? [] : [{ code, count: 1, first: { offset } }],
      );
    }
  });

  it("reads a block far larger than the window, whatever the chunk size", async () => {
    const large = pcapngBlock(0xbad, new Uint8Array(5 * 1024 * 1024));
    const file = concat(SECTION, INTERFACE, large, PACKET);
    for (const size of [100_000, 3_000_000, file.length]) {
      const read = await readCapture(file, size);
      expect(read.records).toMatchObject([{ fileOffset: 48 + large.length, frame: "deadbeefaa" }]);
      expect(codes(read)).toEqual(["capture.blocks-skipped x1"]);
    }
  });
});
