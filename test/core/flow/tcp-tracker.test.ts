import { describe, expect, it } from "vitest";
import { FlowScript, type LayerFields } from "../../support/observe.ts";

const BACK: LayerFields = { src: "10.0.0.2", dst: "10.0.0.1", srcPort: 80, dstPort: 40000 };
const syn = (seq: number): LayerFields => ({ flags: "S", seq });
const synAck = (seq: number, ack: number): LayerFields => ({ ...BACK, flags: "S.", seq, ack });
const back = (fields: LayerFields): LayerFields => ({ ...BACK, ...fields });

/** Rows that the segments end up in, in order. */
function rowsOf(segments: readonly LayerFields[]): number[] {
  const script = new FlowScript();
  return segments.map((segment) => {
    const before = script.rows.map((row) => row.forward.records + row.backward.records);
    script.tcp(segment);
    return script.rows.findIndex(
      (row, i) => row.forward.records + row.backward.records !== (before[i] ?? 0),
    );
  });
}

describe("a SYN on a tuple that has a row", () => {
  const cases: readonly [
    name: string,
    segments: readonly LayerFields[],
    rows: readonly number[],
  ][] = [
    ["is the same connection when it is sent again", [syn(5), syn(5), syn(5)], [0, 0, 0]],
    ["is another connection with another sequence number", [syn(5), syn(6)], [0, 1]],
    [
      "is another connection after the first one closed",
      [syn(5), synAck(9, 6), { flags: "F.", seq: 6 }, back({ flags: "F.", seq: 10 }), syn(700)],
      [0, 0, 0, 0, 1],
    ],
    [
      "is another connection when the old one was met mid-stream",
      [{ flags: ".", seq: 100 }, back({ flags: "P.", seq: 200 }), syn(5), synAck(9, 6)],
      [0, 0, 1, 1],
    ],
    [
      "is another connection when only the other side of the old one was seen",
      [back({ flags: "P.", seq: 200 }), syn(5)],
      [0, 1],
    ],
    ["opens simultaneously when it comes from the other side", [syn(5), back(syn(9))], [0, 0]],
    [
      "from the other side is another connection after a reset",
      [syn(5), back({ flags: "R.", seq: 0 }), back(syn(9))],
      [0, 0, 1],
    ],
    [
      "from the other side is another connection after a FIN",
      [syn(5), synAck(9, 6), { flags: "F.", seq: 6 }, back(syn(77))],
      [0, 0, 0, 1],
    ],
    [
      "from the side that answered is another connection even without an end",
      [syn(5), synAck(9, 6), back(syn(77))],
      [0, 0, 1],
    ],
    [
      "belongs to the SYN-ACK that acknowledges it, written to the file before it",
      [synAck(9, 6), syn(5)],
      [0, 0],
    ],
    ["is another connection than a SYN-ACK for another SYN", [synAck(9, 6), syn(500)], [0, 1]],
    [
      "belongs to the segment that continues it, written to the file before it",
      [{ flags: ".", seq: 6 }, syn(5)],
      [0, 0],
    ],
    [
      "belongs to the segment that continues it across the wrap of sequence numbers",
      [{ flags: ".", seq: 0 }, syn(0xffff_ffff)],
      [0, 0],
    ],
    ["with RST opens nothing", [syn(5), { flags: "SR", seq: 99 }], [0, 0]],
    [
      "leaves later segments to the newer connection",
      [syn(5), syn(500), { flags: ".", seq: 501 }, back({ flags: ".", seq: 1 })],
      [0, 1, 1, 1],
    ],
  ];
  it.each(cases)("%s", (_name, segments, rows) => {
    expect(rowsOf(segments)).toEqual(rows);
  });
});

describe("a SYN-ACK on a tuple that has a row", () => {
  it("with another sequence number is a SYN cookie's retransmission while its SYN was seen", () => {
    expect(rowsOf([syn(5), synAck(9, 6), synAck(10, 6)])).toEqual([0, 0, 0]);
    expect(rowsOf([syn(5), synAck(9, 6), synAck(10, 600)])).toEqual([0, 0, 0]);
  });
  it("is sent again", () => {
    expect(rowsOf([synAck(9, 6), synAck(9, 6)])).toEqual([0, 0]);
  });
  it("tells connections apart where only the answers are seen", () => {
    expect(rowsOf([synAck(9, 6), back({ flags: "F.", seq: 10 }), synAck(70, 61)])).toEqual([
      0, 0, 1,
    ]);
  });
  it("that acknowledges the same SYN is the same connection where only the answers are seen", () => {
    expect(rowsOf([synAck(9, 6), synAck(70, 6)])).toEqual([0, 0]);
  });
});

describe("ISN of a row", () => {
  it("is kept per direction with its record, its options and whether it answered", () => {
    const script = new FlowScript();
    script.tcp({ ...syn(0xf000_0001), synOptions: 77 });
    script.tcp({ ...synAck(9, 0xf000_0002), synOptions: 78 });
    const [row] = script.rows;
    expect(row?.forward).toMatchObject({
      isn: 0xf000_0001,
      isnRecord: 1,
      isnFrom: "syn",
      synOptions: 77,
    });
    expect(row?.backward).toMatchObject({
      isn: 9,
      isnRecord: 2,
      isnFrom: "syn-ack",
      synOptions: 78,
    });
  });
  it("stays that of the first SYN-ACK", () => {
    const script = new FlowScript();
    script.tcp(syn(5)).tcp(synAck(9, 6)).tcp(synAck(10, 6));
    expect(script.row(0).backward).toMatchObject({ isn: 9, isnRecord: 2 });
  });
  it("is null without a SYN", () => {
    const script = new FlowScript();
    script.tcp({ flags: "P.", seq: 1, payload: "x" });
    expect(script.row(0).forward).toMatchObject({ isn: null, isnRecord: 0, isnFrom: null });
  });
  it("takes the options of a retransmission when the first SYN's were cut", () => {
    const script = new FlowScript();
    script.tcp(syn(5)).tcp({ ...syn(5), synOptions: 31 });
    expect(script.row(0).forward).toMatchObject({ isnRecord: 1, synOptions: 31 });
  });
});

describe("sequence range", () => {
  const range = (...segments: readonly LayerFields[]): (number | null)[] => {
    const script = new FlowScript();
    for (const segment of segments) script.tcp(segment);
    const { sequenceStart, sequenceEnd } = script.row(0).forward;
    return [sequenceStart, sequenceEnd];
  };
  const bytes = (length: number): string => "x".repeat(length);

  it("counts payload, SYN and FIN", () => {
    expect(range(syn(5))).toEqual([5, 6]);
    expect(range(syn(5), { seq: 6, payload: bytes(10) })).toEqual([5, 16]);
    expect(range(syn(5), { seq: 6, payload: bytes(10), flags: "F." })).toEqual([5, 17]);
  });
  it("is not led back by retransmissions and reordering", () => {
    expect(range({ seq: 100, payload: bytes(10) }, { seq: 90, payload: bytes(10) })).toEqual([
      90, 110,
    ]);
    expect(range({ seq: 100, payload: bytes(10) }, { seq: 100, payload: bytes(5) })).toEqual([
      100, 110,
    ]);
  });
  it("goes on across 2^32", () => {
    expect(
      range({ seq: 0xffff_fff0, payload: bytes(32) }, { seq: 0x10, payload: bytes(4) }),
    ).toEqual([0xffff_fff0, 0x14]);
    expect(range({ seq: 4 }, { seq: 0xffff_fffc })).toEqual([0xffff_fffc, 4]);
  });
  it("keeps its start when more than 2^31 bytes went by", () => {
    const steps = Array.from({ length: 12 }, (_, i) => ({
      seq: (1000 + i * 0x3000_0000) % 2 ** 32,
    }));
    expect(range(...steps)).toEqual([1000, (1000 + 11 * 0x3000_0000) % 2 ** 32]);
  });
  it("leaves out resets, whose number may be anything", () => {
    expect(range({ seq: 100, payload: bytes(10) }, { seq: 0, flags: "R" })).toEqual([100, 110]);
    expect(range({ seq: 0, flags: "R." })).toEqual([null, null]);
  });
});

describe("an HTTP request at the start of what was seen", () => {
  const request = (client: string) => `GET / HTTP/1.1\r\nX-Forwarded-For: ${client}\r\n\r\n`;
  it("gives the row its header, that of the first request only", () => {
    const script = new FlowScript();
    script.tcp({ flags: "S", seq: 1 });
    script.tcp({ flags: "P.", seq: 2, payload: request("203.0.113.7") });
    script.tcp({ flags: "P.", seq: 200, payload: request("203.0.113.8") });
    expect(script.row(0).httpRequest).toEqual({
      forwardedFor: { address: "203.0.113.7", port: null },
      isHealthCheck: false,
      record: 2,
    });
  });
  it("that says nothing leaves nothing", () => {
    const script = new FlowScript();
    script.tcp({ flags: "P.", seq: 2, payload: "GET / HTTP/1.1\r\nHost: a\r\n\r\n" });
    expect(script.row(0)).not.toHaveProperty("httpRequest");
  });
});
