/** Goal: fragments are counted in their flow, whatever order they come in. Method: orders of fields, then of real bytes. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FlowTable } from "../../../src/core/flow/flow-table.ts";
import { MAX_FRAGMENTED_DATAGRAMS, MAX_HELD_FRAGMENTS } from "../../../src/core/limits.ts";
import { decodeFrame } from "../../../src/core/wire/decode-link.ts";
import { Encapsulation, PacketView } from "../../../src/core/wire/packet-view.ts";
import { defaultWireSettings } from "../../../src/core/wire/settings.ts";
import { FlowScript, type LayerFields } from "../../support/observe.ts";
import { ethernet } from "../../support/packet.ts";

const BACK: LayerFields = { src: "10.0.0.2", dst: "10.0.0.1" };

describe("fragments", () => {
  const first: LayerFields = { ipId: 9, moreFragments: true, payload: "start" };
  const later: LayerFields = { protocol: 17, ipId: 9, fragmentOffset: 1480 };

  it("beyond the first go to its flow with their bytes", () => {
    const script = new FlowScript();
    script.udp(first, { wireLength: 1500 }).layers([later], { wireLength: 300 });
    expect(script.rows).toHaveLength(1);
    expect(script.row(0)).toMatchObject({ fragments: 2, forward: { records: 2, bytes: 1800 } });
  });

  it("are found in the direction and row that their own datagram had", () => {
    const script = new FlowScript().udp();
    script.udp({ ...first, ...BACK, srcPort: 53, dstPort: 40000 }).layers([{ ...later, ...BACK }]);
    expect(script.row(0)).toMatchObject({ forward: { records: 1 }, backward: { records: 2 } });
  });

  it.each([
    ["another identification", { ipId: 10 }],
    ["another source", { src: "10.0.0.7" }],
    ["another protocol", { protocol: 6 }],
  ])("with %s have no first one", (_name, other) => {
    const script = new FlowScript().udp(first).layers([{ ...later, ...other }]);
    expect(script.table.accounting()).toEqual({
      records: 2,
      inConnections: 1,
      notClassified: { "fragment-without-first": 1 },
    });
    expect(script.row(0).fragments).toBe(1);
  });

  it("before their first one wait for it, and are counted as if they had come behind", () => {
    const behind = new FlowScript().udp(first, { seconds: 7 }).layers([later], { seconds: 7 });
    const before = new FlowScript().layers([later], { seconds: 7 }).udp(first, { seconds: 7 });
    expect(before.rows).toEqual(behind.rows);
    expect(before.table.accounting()).toEqual(behind.table.accounting());
  });

  it("are in no connection while they wait, each counted once", () => {
    const script = new FlowScript().layers([later]).layers([{ ...later, fragmentOffset: 2960 }]);
    expect(script.table.accounting()).toEqual({
      records: 2,
      inConnections: 0,
      notClassified: { "fragment-without-first": 2 },
    });
    script.udp(first);
    expect(script.table.accounting()).toEqual({ records: 3, inConnections: 3, notClassified: {} });
    expect(script.row(0)).toMatchObject({
      fragments: 3,
      forward: { records: 3, firstRecord: 1, lastRecord: 3 },
    });
  });

  it("wait a minute at most", () => {
    const script = new FlowScript().layers([later], { seconds: 100 }).udp(first, { seconds: 161 });
    expect(script.row(0).fragments).toBe(1);
    expect(script.table.accounting().notClassified).toEqual({ "fragment-without-first": 1 });
  });

  it("of a packet inside a tunnel wait as well, and their record is in the tunnel's connection", () => {
    const outer: LayerFields = {
      srcPort: 5,
      dstPort: 4789,
      encapsulation: Encapsulation.Vxlan,
      vni: 3,
    };
    const inner = { src: "10.9.0.1", dst: "10.9.0.2" };
    const script = new FlowScript().layers([outer, { ...later, ...inner }]);
    expect(script.table.accounting()).toMatchObject({ inConnections: 1, notClassified: {} });
    script.layers([outer, { ...first, ...inner, protocol: 17, srcPort: 1, dstPort: 2 }]);
    expect(script.table.accounting()).toMatchObject({ inConnections: 2, notClassified: {} });
    expect(script.rows.map((row) => [row.fragments, row.forward.records])).toEqual([
      [0, 2],
      [2, 2],
    ]);
  });

  it("beyond the bound are told, and those that were dropped stay in no connection", () => {
    const script = new FlowScript();
    for (let i = 0; i < MAX_HELD_FRAGMENTS + 3; i += 1) script.layers([later]);
    expect(script.table.limits()).toMatchObject([{ limit: "held-fragments", count: 3 }]);
    script.udp(first);
    expect(script.table.accounting().notClassified).toEqual({ "fragment-without-first": 3 });
    expect(script.row(0).fragments).toBe(MAX_HELD_FRAGMENTS + 1);
  });

  it("of more datagrams than are remembered are told", () => {
    const script = new FlowScript();
    for (let ipId = 0; ipId <= MAX_FRAGMENTED_DATAGRAMS; ipId += 1) script.udp({ ...first, ipId });
    script.layers([{ ...later, ipId: 0 }]);
    expect(script.table.limits()).toMatchObject([{ limit: "fragmented-datagrams", count: 1 }]);
    script.udp({ ...first, ipId: 0 });
    expect(script.table.limits()).toEqual([]);
  });

  it("of IPv6 work alike, with identifications of 32 bits", () => {
    const v6 = { src: "fd00::1", dst: "fd00::2", ipId: 0xffff_fff0 };
    const script = new FlowScript().udp({ ...first, ...v6 }).layers([{ ...later, ...v6 }]);
    expect(script.row(0).fragments).toBe(2);
    script.layers([{ ...later, ...v6, ipId: 0xfff0 }]);
    expect(script.table.accounting().notClassified).toEqual({ "fragment-without-first": 1 });
  });

  it("of a protocol without ports need no first one", () => {
    const script = new FlowScript().layers([{ ...later, protocol: 50 }]).layers([{ protocol: 50 }]);
    expect(script.rows).toHaveLength(1);
    expect(script.row(0)).toMatchObject({ fragments: 1, forward: { records: 2 } });
  });
});

/** A UDP datagram of 100 bytes in fragments that end at these offsets. */
function datagram(ends: readonly number[], id: number): Uint8Array[] {
  const whole = ethernet()
    .ipv4({ src: "10.0.0.1", dst: "10.0.0.2" })
    .udp({ srcPort: 7, dstPort: 8 })
    .payload("x".repeat(92))
    .bytes();
  const content = whole.subarray(34);
  return ends.map((end, index) => {
    const start = ends[index - 1] ?? 0;
    return ethernet()
      .ipv4({
        src: "10.0.0.1",
        dst: "10.0.0.2",
        id,
        protocol: 17,
        fragmentOffset: start,
        moreFragments: end < 100,
      })
      .payload(content.slice(start, end))
      .bytes();
  });
}

function observe(frames: readonly Uint8Array[]): FlowTable {
  const table = new FlowTable();
  const packet = new PacketView(defaultWireSettings());
  table.beginCapture(0);
  frames.forEach((bytes, index) => {
    const view = new DataView(Uint8Array.from(bytes).buffer);
    decodeFrame(view, 0, bytes.length, bytes.length, 1, packet);
    table.observe(packet, view, index + 1, 1_700_000_000, index, bytes.length, 0, 1);
  });
  return table;
}

describe("a fragmented datagram", () => {
  it("is the same flow in every order of its fragments", () => {
    const frames = [...datagram([40, 80, 100], 1), ...datagram([16, 100], 2)];
    const expected = observe(frames).observation(0);
    fc.assert(
      fc.property(fc.shuffledSubarray(frames, { minLength: 5 }), (order) => {
        const table = observe(order);
        expect(table.accounting()).toEqual({ records: 5, inConnections: 5, notClassified: {} });
        expect(table.rows).toBe(1);
        const { records, bytes, payloadBytes, firstRecord, lastRecord } =
          table.observation(0).forward;
        expect({ records, bytes, payloadBytes, firstRecord, lastRecord }).toEqual({
          records: 5,
          bytes: expected.forward.bytes,
          payloadBytes: expected.forward.payloadBytes,
          firstRecord: 1,
          lastRecord: 5,
        });
        expect(table.observation(0).fragments).toBe(5);
        expect(table.fragmentOverlaps()).toEqual([]);
      }),
    );
  });

  it("that is captured twice, or whose identification comes again, has no overlap", () => {
    const frames = datagram([40, 80, 100], 1);
    expect(observe(frames.flatMap((one) => [one, one])).fragmentOverlaps()).toEqual([]);
    expect(observe([...frames, ...frames]).fragmentOverlaps()).toEqual([]);
    expect(observe([...frames, ...datagram([64, 100], 1)]).fragmentOverlaps()).toEqual([]);
  });

  it.each([
    ["reaches into the next", [datagram([40, 100], 1)[0], datagram([32, 80, 100], 1)[1]], 2],
    [
      "is covered by what came before",
      [datagram([80, 100], 1)[0], datagram([40, 64, 100], 1)[1]],
      2,
    ],
    [
      "comes before its first and reaches into it",
      [datagram([40, 100], 1)[1], datagram([48, 100], 1)[0]],
      2,
    ],
    [
      "fills a gap and more",
      [datagram([16, 100], 1)[0], datagram([48, 100], 1)[1], datagram([8, 56, 100], 1)[1]],
      3,
    ],
  ])("of which one %s is counted as overlapping", (_name, frames, firstRecord) => {
    const table = observe(frames.filter((one) => one !== undefined));
    expect(table.fragmentOverlaps()).toEqual([{ capture: 0, count: 1, firstRecord }]);
  });
});
