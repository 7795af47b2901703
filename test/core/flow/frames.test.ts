/** Real bytes through the decoders into the table, and what must hold for any bytes. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FlowTable, type FlowTableOptions } from "../../../src/core/flow/flow-table.ts";
import { decodeFrame } from "../../../src/core/wire/decode-link.ts";
import { PacketView } from "../../../src/core/wire/packet-view.ts";
import { defaultWireSettings } from "../../../src/core/wire/settings.ts";
import { ascii, concat, hex, u16 } from "../../support/bytes.ts";
import { ethernet, type PacketBuilder, raw, sll2 } from "../../support/packet.ts";

interface Frame {
  readonly bytes: Uint8Array;
  readonly linkType: number;
  readonly snaplen: number;
}

function frame(builder: PacketBuilder, linkType = 1, snaplen = 65_536): Frame {
  return { bytes: builder.bytes(), linkType, snaplen };
}

function observe(frames: readonly Frame[], options?: FlowTableOptions): FlowTable {
  const table = new FlowTable(options);
  const packet = new PacketView(defaultWireSettings());
  table.beginCapture(0);
  frames.forEach(({ bytes, linkType, snaplen }, i) => {
    const captured = bytes.slice(0, snaplen);
    // Exactly the captured bytes: a read beyond them throws.
    const view = new DataView(captured.buffer);
    decodeFrame(view, 0, captured.length, bytes.length, linkType, packet);
    table.observe(packet, view, i + 1, 1_700_000_000 + i, 0, bytes.length, 0, linkType);
  });
  return table;
}

const A = "10.0.0.1";
const B = "10.0.0.2";
const there = ethernet().ipv4({ src: A, dst: B });
const back = ethernet().ipv4({ src: B, dst: A });

describe("bytes on the wire", () => {
  const inner = (): PacketBuilder => raw().ipv4({ src: A, dst: B }).udp().payload("12345678");
  const innerBytes = 20 + 8 + 8;
  const outer = ethernet().ipv4({ src: "1.1.1.1", dst: "1.1.1.2" });
  const carried = inner().bytes();
  const carriedFrame = ethernet().ipv4({ src: A, dst: B }).udp().payload("12345678").bytes();
  const tagged = ethernet().vlan(7).ipv4({ src: A, dst: B }).udp().payload("12345678").bytes();

  it.each([
    [
      "VXLAN",
      outer.udp({ dstPort: 4789 }).vxlan({ vni: 1 }).payload(carriedFrame),
      innerBytes + 14,
    ],
    [
      "VXLAN with an inner VLAN tag",
      outer.udp({ dstPort: 4789 }).vxlan().payload(tagged),
      innerBytes + 18,
    ],
    [
      "Geneve with options",
      outer
        .udp({ dstPort: 6081 })
        .geneve({ options: new Uint8Array(8) })
        .ethernet()
        .ipv4({ src: A, dst: B })
        .udp()
        .payload("12345678"),
      innerBytes + 14,
    ],
    ["GRE carrying IP", outer.gre().ipv4({ src: A, dst: B }).udp().payload("12345678"), innerBytes],
    [
      "GRE carrying Ethernet",
      outer.gre({ key: 5 }).ethernet().ipv4({ src: A, dst: B }).udp().payload("12345678"),
      innerBytes + 14,
    ],
    ["IP in IP", outer.ipv4({ src: A, dst: B }).udp().payload("12345678"), innerBytes],
  ])("of a packet inside %s are its own", (_name, builder, expected) => {
    const table = observe([frame(builder)]);
    expect(table.rows).toBe(2);
    expect(table.observation(0).forward.bytes).toBe(builder.bytes().length);
    expect(table.observation(1).forward.bytes).toBe(expected);
    expect(carried.length).toBe(innerBytes);
  });

  it("are those of the header when the snaplen cut the packet", () => {
    const builder = there.udp().payload("x".repeat(500));
    const table = observe([frame(builder, 1, 60)]);
    expect(table.observation(0).forward).toMatchObject({ bytes: 542, payloadBytes: 500 });
  });
});

describe("a cut transport header", () => {
  it("leaves a flow with its ports, whose sequence numbers are not known", () => {
    const table = observe([frame(there.tcp({ seq: 7, flags: "S" }), 1, 14 + 20 + 4)]);
    expect(table.observation(0)).toMatchObject({
      a: { port: 40000 },
      b: { port: 80 },
      forward: { isn: null, sequenceStart: null },
    });
  });
  it("without ports leaves a flow between the addresses", () => {
    const table = observe([frame(there.tcp(), 1, 14 + 20 + 3)]);
    expect(table.observation(0)).toMatchObject({
      protocol: "tcp",
      a: { port: null },
      b: { port: null },
    });
    expect(table.accounting().inConnections).toBe(1);
    expect(table.decodeStops()).toMatchObject([
      { count: 1, firstRecord: 1, offset: 34, available: 3 },
    ]);
  });
});

describe("a PROXY protocol header", () => {
  const v1 = "PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n";
  const v2 = concat(
    hex("0d 0a 0d 0a 00 0d 0a 51 55 49 54 0a 21 11"),
    u16(12 + 8),
    hex("c0 00 02 01 c6 33 64 01 dc 04 01 bb"),
    hex("ea 00 05 01"),
    ascii("vpce"),
  );
  const opening = [
    frame(there.tcp({ flags: "S", seq: 99 })),
    frame(back.tcp({ srcPort: 80, dstPort: 40000, flags: "SA", seq: 5, ack: 100 })),
  ];

  it("at the start of the stream is kept with its record", () => {
    const table = observe([...opening, frame(there.tcp({ flags: "PA", seq: 100 }).payload(v2))]);
    expect(table.observation(0).proxyHeader).toEqual({
      version: 2,
      command: "PROXY",
      source: { address: "192.0.2.1", port: 56324 },
      destination: { address: "198.51.100.1", port: 443 },
      vpcEndpointId: "vpce",
      length: v2.length,
      record: 3,
    });
  });
  it("of version 1 is text", () => {
    const table = observe([...opening, frame(there.tcp({ flags: "PA", seq: 100 }).payload(v1))]);
    expect(table.observation(0).proxyHeader).toMatchObject({ version: 1, record: 3 });
  });
  it("is looked for in the first payload only, where that starts the stream", () => {
    const late = [
      ...opening,
      frame(there.tcp({ flags: "PA", seq: 100 }).payload("hello")),
      frame(there.tcp({ flags: "PA", seq: 105 }).payload(v1)),
    ];
    expect(observe(late).observation(0).proxyHeader).toBeNull();
    const gap = [...opening, frame(there.tcp({ flags: "PA", seq: 900 }).payload(v1))];
    expect(observe(gap).observation(0).proxyHeader).toBeNull();
  });
  it("counts mid-stream too, where nothing contradicts", () => {
    const table = observe([frame(there.tcp({ flags: "PA", seq: 900 }).payload(v1))]);
    expect(table.observation(0).proxyHeader).toMatchObject({ version: 1, record: 1 });
  });
  it("cut by the snaplen is none", () => {
    const cut = frame(there.tcp({ flags: "PA", seq: 100 }).payload(v2), 1, 14 + 20 + 20 + 14);
    expect(observe([...opening, cut]).observation(0).proxyHeader).toBeNull();
  });
});

/** Frames with few addresses and ports, so that flows meet again, whole, cut or damaged. */
const address = fc.constantFrom("10.0.0.1", "10.0.0.2", "255.255.255.255");
const address6 = fc.constantFrom("fd00::1", "fd00::2", "::");
const port = fc.constantFrom(1, 2, 0);
const anyTransport = (start: PacketBuilder): fc.Arbitrary<PacketBuilder> =>
  fc.oneof(
    fc
      .tuple(
        port,
        port,
        fc.constantFrom("S", "SA", "A", "FA", "R", "PA", "SR"),
        fc.constantFrom(0, 1, 2 ** 32 - 1),
      )
      .map(([srcPort, dstPort, flags, seq]) => start.tcp({ srcPort, dstPort, flags, seq, ack: 1 })),
    fc
      .tuple(port, port)
      .map(([srcPort, dstPort]) => start.udp({ srcPort, dstPort }).payload("text")),
    fc
      .constantFrom(0, 8, 3, 11, 13)
      .map((type) => start.icmpv4({ type, id: 1 }).ipv4({ src: A, dst: B }).udp()),
    fc.constant(start.udp({ dstPort: 4789 }).vxlan({ vni: 1 }).ethernet().ipv4({ src: A }).udp()),
  );
const anyFrame: fc.Arbitrary<Frame> = fc
  .oneof(
    fc
      .tuple(address, address, fc.constantFrom(0, 8), fc.boolean())
      .chain(([src, dst, fragmentOffset, moreFragments]) =>
        anyTransport(ethernet().ipv4({ src, dst, fragmentOffset, moreFragments, id: 5 })),
      )
      .map((builder) => frame(builder)),
    fc
      .tuple(address6, address6)
      .chain(([src, dst]) => anyTransport(sll2({ interfaceIndex: 2 }).ipv6({ src, dst })))
      .map((builder) => frame(builder, 276)),
    fc.constant(frame(ethernet().arp())),
    fc
      .tuple(fc.uint8Array({ maxLength: 80 }), fc.constantFrom(0, 1, 101, 113, 239, 276, 999))
      .map(([bytes, linkType]) => ({ bytes, linkType, snaplen: 65_536 })),
  )
  .chain((whole) =>
    fc
      .tuple(fc.integer({ min: 0, max: 120 }), fc.nat(), fc.nat({ max: 255 }), fc.nat({ max: 3 }))
      .map(([snaplen, at, value, what]) => {
        if (what === 0) return { ...whole, snaplen };
        if (what > 1 || whole.bytes.length === 0) return whole;
        const bytes = whole.bytes.slice();
        bytes[at % bytes.length] = value;
        return { ...whole, bytes };
      }),
  );
const anyFrames = fc.array(anyFrame, { maxLength: 60 });

/** Text of everything that a table says; bigints as digits. */
function told(table: FlowTable): string {
  const all = [
    [...table.observations()],
    table.taps(),
    table.accounting(),
    table.limits(),
    table.decodeStops(),
  ];
  return JSON.stringify(all, (_key, value) => (typeof value === "bigint" ? String(value) : value));
}

describe("whatever the frames", () => {
  it("every record is in a connection or under one reason, and the rows hold what was counted", () => {
    fc.assert(
      fc.property(anyFrames, fc.integer({ min: 1, max: 12 }), (frames, maxFlows) => {
        const table = observe(frames, { maxFlows });
        const { records, inConnections, notClassified } = table.accounting();
        expect(records).toBe(frames.length);
        expect(inConnections + Object.values(notClassified).reduce((a, b) => a + b, 0)).toBe(
          records,
        );
        expect(table.rows).toBeLessThanOrEqual(maxFlows);
        const tapRecords = table.taps().reduce((sum, tap) => sum + tap.records, 0);
        expect(tapRecords).toBe(records);
        for (const row of table.observations()) {
          expect(row.forward.records).toBeGreaterThan(0);
          for (const way of [row.forward, row.backward]) {
            expect(way.firstRecord).toBeLessThanOrEqual(way.lastRecord);
            expect(way.firstSeenNs <= way.lastSeenNs).toBe(true);
            expect(way.ttlMin).toBeLessThanOrEqual(way.ttlMax);
          }
          const outer = row.encapsulation?.outer;
          if (outer !== undefined) expect(outer).toBeLessThan(row.id);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("the seed of the hash changes nothing", () => {
    fc.assert(
      fc.property(anyFrames, fc.integer(), (frames, seed) => {
        expect(told(observe(frames, { seed }))).toBe(told(observe(frames)));
      }),
    );
  });

  it("the number of flows allowed only takes away flows, never changes the first ones' keys", () => {
    fc.assert(
      fc.property(anyFrames, fc.integer({ min: 1, max: 8 }), (frames, maxFlows) => {
        const keys = (table: FlowTable): unknown[] =>
          [...table.observations()].map(({ tap, protocol, a, b }) => [tap.index, protocol, a, b]);
        const all = keys(observe(frames));
        const some = keys(observe(frames, { maxFlows }));
        expect(some).toEqual(all.slice(0, maxFlows));
      }),
    );
  });
});

describe("the bound on flows", () => {
  const flows = (count: number): Frame[] =>
    Array.from({ length: count }, (_, i) => frame(there.udp({ srcPort: 1000 + i })));

  it.each([
    [2, 0],
    [3, 0],
    [4, 1],
    [6, 3],
  ])("of three, %i flows: %i records are in none", (count, without) => {
    const table = observe(flows(count), { maxFlows: 3 });
    expect(table.rows).toBe(Math.min(count, 3));
    expect(table.accounting()).toEqual({
      records: count,
      inConnections: count - without,
      notClassified: without === 0 ? {} : { "flow-table-full": without },
    });
    expect(table.limits().map(({ limit, value, count: n }) => [limit, value, n])).toEqual(
      without === 0 ? [] : [["flows", 3, without]],
    );
  });

  it("lets known flows go on, also a tuple that is used again", () => {
    const frames = [
      frame(there.tcp({ flags: "S", seq: 1 })),
      frame(there.udp()),
      frame(there.tcp({ flags: "S", seq: 99 })),
    ];
    const table = observe(frames, { maxFlows: 1 });
    expect(table.observation(0).forward).toMatchObject({ records: 2, isn: 1 });
    expect(table.accounting().notClassified).toEqual({ "flow-table-full": 1 });
  });

  it("counts a record whose tunnel is known as in a connection, and says that its inside is not", () => {
    const packet = (port: number): Frame =>
      frame(there.udp({ dstPort: 4789 }).vxlan().ethernet().ipv4().udp({ dstPort: port }));
    const table = observe([packet(1), packet(2)], { maxFlows: 2 });
    expect(table.accounting()).toMatchObject({ inConnections: 2, notClassified: {} });
    expect(table.limits()).toMatchObject([{ limit: "flows", count: 1 }]);
  });
});
