import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LINK_TYPE_NOT_DESCRIBED } from "../../../src/core/capture/capture-info.ts";
import { concat, hex } from "../../support/bytes.ts";
import { pcapngBlock } from "../../support/capture.ts";
import { codes, readCapture } from "../../support/read-capture.ts";
import { END, EXPECTED, face, INTERFACE, option, PACKET, SECTION } from "./pcapng-bytes.ts";

describe("PcapngCursor on odd and damaged files", () => {
  it("counts records of interfaces that are not described, without a link type", async () => {
    const foreign = PACKET.slice();
    foreign[8] = 7;
    const read = await readCapture(concat(SECTION, PACKET, INTERFACE, PACKET, foreign));
    expect(read.records).toMatchObject([
      { record: 1, interfaceIndex: 0, linkType: LINK_TYPE_NOT_DESCRIBED },
      { record: 2, interfaceIndex: 1, linkType: 1 },
      { record: 3, interfaceIndex: 0, linkType: LINK_TYPE_NOT_DESCRIBED },
    ]);
    expect(read.info?.interfaces).toHaveLength(2);
    expect(read.diagnostics).toMatchObject([
      { code: "capture.interface-unknown", count: 2, first: { record: 1, offset: 28 } },
    ]);
  });

  it.each([
    ["more than its block holds", "06000000"],
    ["2^32 - 1", "ffffffff"],
  ])("cuts a captured length of %s to what is there", async (_name, length) => {
    // 5 bytes padded to 8 leave room for 8; claim more.
    const packet = PACKET.slice();
    packet.set(hex(length === "06000000" ? "09000000" : length), 20);
    const read = await readCapture(concat(SECTION, INTERFACE, packet, PACKET));
    expect(read.records).toMatchObject([
      { record: 1, capturedLength: 8, frame: "deadbeefaa000000" },
      { record: 2, capturedLength: 5 },
    ]);
    expect(codes(read)).toEqual(["capture.record-shortened x1"]);
  });

  it("cuts a captured length over the limit that does fit its block", async () => {
    const packet = pcapngBlock(
      6,
      concat(hex("00000000 00000000 00000000 20a10700 20a10700"), new Uint8Array(500_000)),
    );
    const read = await readCapture(concat(SECTION, INTERFACE, packet, PACKET));
    expect(read.records).toMatchObject([
      { capturedLength: 262_144, wireLength: 500_000 },
      { record: 2, capturedLength: 5 },
    ]);
    expect(codes(read)).toEqual(["capture.record-shortened x1"]);
  });

  it.each([
    ["a length that is no multiple of 4", "29000000"],
    ["a length below 12", "08000000"],
    ["a length over 16 MiB", "04000001"],
  ])("stops at a block with %s", async (_name, length) => {
    const bad = PACKET.slice();
    bad.set(hex(length), 4);
    const read = await readCapture(concat(SECTION, INTERFACE, PACKET, bad, PACKET));
    expect(read.records).toEqual([EXPECTED]);
    expect(read.diagnostics).toMatchObject([
      { code: "capture.block-damaged", first: { record: 2, offset: 88 } },
    ]);
  });

  it("stops at a block whose two lengths differ", async () => {
    const bad = PACKET.slice();
    bad[36] = 0x2c;
    const read = await readCapture(concat(SECTION, INTERFACE, PACKET, bad, PACKET));
    expect(read.records).toEqual([EXPECTED]);
    expect(codes(read)).toEqual(["capture.block-damaged x1"]);
  });

  it("stops at a section header without a byte-order magic, and at a classic pcap", async () => {
    const broken = SECTION.slice();
    broken[8] = 0;
    const pcap = hex("d4c3b2a1 02000400 00000000 00000000 00000400 01000000");
    for (const [second, words] of [
      [broken, "byte-order magic"],
      [pcap, "classic pcap"],
    ] as const) {
      const read = await readCapture(concat(SECTION, INTERFACE, PACKET, second));
      expect(read.records).toEqual([EXPECTED]);
      expect(read.diagnostics).toMatchObject([
        { code: "capture.block-damaged", message: expect.stringContaining(words) },
      ]);
    }
  });

  it("steps over a section of another major version up to the next one", async () => {
    const later = SECTION.slice();
    later[12] = 2;
    const read = await readCapture(
      concat(SECTION, INTERFACE, PACKET, later, INTERFACE, PACKET, SECTION, INTERFACE, PACKET),
    );
    expect(read.records).toMatchObject([EXPECTED, { record: 2, interfaceIndex: 1 }]);
    expect(codes(read)).toEqual(["capture.section-version x1"]);
  });

  it("steps over blocks too short for their fields", async () => {
    const short = [1, 2, 3, 5, 6].map((type) => pcapngBlock(type, new Uint8Array(0)));
    const read = await readCapture(concat(SECTION, INTERFACE, ...short, PACKET));
    expect(read.records).toMatchObject([{ record: 1, frame: "deadbeefaa" }]);
    expect(codes(read)).toEqual(["capture.block-malformed x5"]);
  });

  it("says when an option or a name does not fit its block", async () => {
    const faceBlock = pcapngBlock(1, hex("0100 0000 00000000 0200 ff00 65746830"));
    const packet = pcapngBlock(
      6,
      hex("00000000 48470600 40222246 05000000 3c000000 deadbeefaa 000000 0100 0900 78787878"),
    );
    const names = pcapngBlock(4, hex("0100 0200 0a00 0000"));
    const read = await readCapture(concat(SECTION, faceBlock, packet, names));
    expect(read.records).toHaveLength(1);
    expect(read.info?.comments).toEqual([]);
    expect(codes(read)).toEqual(["capture.option-malformed x2", "capture.block-malformed x1"]);
  });

  it("keeps texts up to the limit and counts the others", async () => {
    const packet = pcapngBlock(
      6,
      concat(hex("00000000 48470600 40222246 00000000 00000000"), option(1, "x".repeat(60_000))),
    );
    const read = await readCapture(concat(SECTION, INTERFACE, ...Array(30).fill(packet)));
    expect(read.records).toHaveLength(30);
    expect(read.info?.comments).toHaveLength(17);
    expect(codes(read)).toEqual(["capture.text-limit x13"]);
  });

  it("keeps at most 65536 interfaces", async () => {
    const many = concat(...Array(65_540).fill(INTERFACE));
    const last = PACKET.slice();
    last.set(hex("01000100"), 8); // interface 65537
    const read = await readCapture(concat(SECTION, many, last, PACKET));
    expect(read.records).toMatchObject([
      { interfaceIndex: 65_535, linkType: LINK_TYPE_NOT_DESCRIBED },
      { interfaceIndex: 0, linkType: 1 },
    ]);
    expect(read.info?.interfaces).toHaveLength(65_536);
    expect(codes(read)).toEqual(["capture.interface-limit x5", "capture.interface-unknown x1"]);
  });

  it("survives any change of bytes and any cut", async () => {
    const file = concat(
      SECTION,
      face(option(2, "eth0"), option(9, Uint8Array.of(9)), END),
      PACKET,
      pcapngBlock(3, hex("05000000 0102030405")),
      pcapngBlock(4, hex("0100 0600 0a000001 6100 0000 00000000")),
      pcapngBlock(5, concat(hex("00000000 00000000 00000000"), option(4, new Uint8Array(8)))),
      pcapngBlock(2, hex("0000 0000 48470600 40222246 04000000 3c000000 deadbeef")),
    );
    const value = fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(0, 1, 4, 8, 0xff));
    const edits = fc.array(fc.tuple(fc.nat(file.length - 1), value), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(edits, fc.nat(file.length), async (changes, end) => {
        const copy = file.slice(0, end);
        for (const [offset, byte] of changes) if (offset < end) copy[offset] = byte;
        const read = await readCapture(copy, 13);
        if (read.info === null) return;
        expect(read.info.records).toBe(read.records.length);
        expect(read.info.interfaces.length).toBeLessThanOrEqual(end / 16 + 1);
        for (const { interfaceIndex } of read.records) {
          expect(read.info.interfaces[interfaceIndex]).toBeDefined();
        }
      }),
      { numRuns: 2000 },
    );
  });
});
