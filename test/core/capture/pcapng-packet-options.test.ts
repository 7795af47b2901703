/** Goal: what packets of a pcapng say beside their bytes. Method: blocks by hand, read record by record. */
import { describe, expect, it } from "vitest";
import { openCapture } from "../../../src/core/capture/open-capture.ts";
import { RecordStatus } from "../../../src/core/capture/record-cursor.ts";
import { DiagnosticLog } from "../../../src/core/diagnostics/diagnostic.ts";
import { concat, hex } from "../../support/bytes.ts";
import { pcapngBlock } from "../../support/capture.ts";
import { codes, memorySource, readCapture } from "../../support/read-capture.ts";
import { END, face, INTERFACE, option, SECTION } from "./pcapng-bytes.ts";

/** An Enhanced Packet Block of 4 bytes on interface 0 with these options. */
function packet(...options: Uint8Array[]): Uint8Array {
  const fields = hex("00000000 48470600 40222246 04000000 04000000 deadbeef");
  return pcapngBlock(6, concat(fields, ...options));
}

/** An obsolete Packet Block: 16-bit interface and drop counter. */
function oldPacket(drops: string): Uint8Array {
  return pcapngBlock(2, hex(`0000 ${drops} 48470600 40222246 04000000 04000000 deadbeef`));
}

function dropcount(count: number): Uint8Array {
  const value = new DataView(new ArrayBuffer(8));
  value.setBigUint64(0, BigInt(count), true);
  return option(4, new Uint8Array(value.buffer));
}

async function frameCheckLengths(...blocks: Uint8Array[]): Promise<number[]> {
  const cursor = await openCapture(
    memorySource(concat(SECTION, ...blocks)),
    "test",
    new DiagnosticLog(),
  );
  const lengths: number[] = [];
  cursor?.finish();
  while (cursor?.next() === RecordStatus.Record) lengths.push(cursor.frameCheckLength);
  return lengths;
}

describe("packets lost before a packet", () => {
  it("are summed for each interface, of Enhanced and obsolete Packet Blocks", async () => {
    const file = concat(
      SECTION,
      INTERFACE,
      packet(dropcount(3), END),
      packet(),
      packet(dropcount(4)),
    );
    const read = await readCapture(concat(file, oldPacket("0500"), oldPacket("ffff")));
    expect(read.records.length).toBe(5);
    expect(read.info?.drops).toEqual([{ interfaceIndex: 0, droppedBetweenRecords: "12" }]);
    expect(read.diagnostics).toEqual([]);
  });

  it("stand beside the counters of an Interface Statistics Block", async () => {
    const statistics = pcapngBlock(
      5,
      concat(hex("00000000 48470600 40222246"), option(7, hex("0900000000000000"))),
    );
    const read = await readCapture(concat(SECTION, INTERFACE, packet(dropcount(2)), statistics));
    expect(read.info?.drops).toEqual([
      { interfaceIndex: 0, droppedByOs: "9", droppedBetweenRecords: "2" },
    ]);
  });

  it("with a counter of the wrong length are not read", async () => {
    const read = await readCapture(concat(SECTION, INTERFACE, packet(option(4, hex("0300")))));
    expect(read.info?.drops).toEqual([]);
    expect(codes(read)).toEqual([]);
  });
});

describe("the length of the frame check sequence", () => {
  it.each([
    ["in bytes", "04", 4],
    ["in bits", "20", 4],
    ["that can be neither", "07", 0],
  ])("of an interface %s", async (_name, value, expected) => {
    expect(await frameCheckLengths(face(option(13, hex(value))), packet())).toEqual([expected]);
  });

  it("of a packet's flags comes before its interface's", async () => {
    // epb_flags: inbound, 2 bytes of check sequence.
    const flags = option(2, hex("41000000"));
    const lengths = await frameCheckLengths(face(option(13, hex("04"))), packet(flags), packet());
    expect(lengths).toEqual([2, 4]);
  });

  it("is not known of an interface that does not tell", async () => {
    expect(await frameCheckLengths(INTERFACE, packet(option(2, hex("01000000"))))).toEqual([0]);
  });
});
