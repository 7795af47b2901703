/**
 * The short way and the long way of packets must end in equal tables. Traffic of few ends in random order makes every packet a
 * candidate for prediction, and random changes of its bytes make every field once what prediction did not expect.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FlowTable } from "../../../src/core/flow/flow-table.ts";
import { BATCH_PACKETS } from "../../../src/core/flow/header-prediction.ts";
import { decodeFrame } from "../../../src/core/wire/decode-link.ts";
import { PacketView } from "../../../src/core/wire/packet-view.ts";
import { defaultWireSettings } from "../../../src/core/wire/settings.ts";
import { concat } from "../../support/bytes.ts";
import { a, dnsResponse } from "../../support/dns-message.ts";
import { ethernet, type PacketBuilder, sll2 } from "../../support/packet.ts";

interface Frame {
  readonly bytes: Uint8Array;
  readonly linkType: number;
  readonly interfaceIndex: number;
  readonly seconds: number;
  readonly nanos: number;
  readonly wireLength: number;
}

/** Everything that can be read of a table. */
function read(table: FlowTable): unknown {
  return {
    rows: [...table.observations()],
    taps: table.taps(),
    accounting: table.accounting(),
    limits: table.limits(),
    stops: table.decodeStops(),
    names: [...table.dnsNames()],
  };
}

/** Both ways over the same frames; `batches` are the sizes of the batches in turn. */
function bothWays(frames: readonly Frame[], batches: readonly number[] = [BATCH_PACKETS]) {
  const bytes = concat(new Uint8Array(16), ...frames.map((frame) => frame.bytes));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const packet = new PacketView(defaultWireSettings());
  const [long, short] = [new FlowTable(), new FlowTable()];
  long.beginCapture(0);
  short.beginCapture(0);
  const decode = (table: FlowTable, index: number, offset: number): void => {
    const { bytes: frame, linkType, interfaceIndex, seconds, nanos, wireLength } = frames[index]!;
    decodeFrame(view, offset, frame.length, wireLength, linkType, packet);
    table.observe(packet, view, index + 1, seconds, nanos, wireLength, interfaceIndex, linkType);
  };
  const offsets: number[] = [];
  let offset = 16;
  frames.forEach((frame, index) => {
    decode(long, index, offset);
    offsets.push(offset);
    offset += frame.bytes.length;
  });
  let start = 0;
  for (let turn = 0; start < frames.length; turn++) {
    const size = Math.min(batches[turn % batches.length]!, frames.length - start);
    const inBatch = frames.slice(start, start + size);
    inBatch.forEach(({ bytes: frame, linkType, interfaceIndex }, i) => {
      const at = offsets[start + i]!;
      short.prediction.look(i, view, at, at + frame.length, linkType, interfaceIndex);
    });
    short.prediction.locate(size);
    inBatch.forEach(({ bytes: frame, seconds, nanos, wireLength }, i) => {
      const at = offsets[start + i]!;
      const number = start + i;
      const isDone = short.prediction.count(
        i,
        view,
        at + frame.length,
        number + 1,
        seconds,
        nanos,
        wireLength,
        packet.udpPortRoles,
      );
      if (!isDone) decode(short, number, at);
    });
    start += size;
  }
  return { long, short, predicted: short.prediction.predicted };
}

const LINKS: readonly { readonly linkType: number; readonly open: () => PacketBuilder }[] = [
  { linkType: 1, open: () => ethernet() },
  { linkType: 1, open: () => ethernet().vlan(100) },
  { linkType: 276, open: () => sll2({ interfaceIndex: 3 }) },
  { linkType: 276, open: () => sll2({ interfaceIndex: 4 }) },
  { linkType: 1, open: () => ethernet().vlan(0) },
  { linkType: 1, open: () => ethernet().vlan(7).vlan(7) },
];

/** What makes a packet another one than the next of its stream. */
const oddity = fc.record({
  flags: fc.constantFrom("PA", "S", "SA", "FA", "R", ""),
  jump: fc.constantFrom(0, 0, 7, -3),
  ttl: fc.constantFrom(64, 63),
  window: fc.constantFrom(500, 0),
  wireLength: fc.constantFrom(100, 100, 0xffff_fff0),
  nanos: fc.constantFrom(1, -2, 90_000_000),
  /** Bytes cut from the end. */
  cut: fc.constantFrom(0, 0, 5, 30),
  /** A byte to overwrite, and with what. */
  change: fc.tuple(fc.nat(120), fc.nat(255)),
});

interface Oddity {
  readonly flags: string;
  readonly jump: number;
  readonly ttl: number;
  readonly window: number;
  readonly wireLength: number;
  readonly nanos: number;
  readonly cut: number;
  readonly change: readonly [at: number, value: number];
}

/** One packet of a few conversations. */
interface PacketPlan {
  readonly link: number;
  readonly ends: readonly [number, number];
  readonly protocol: string;
  readonly ports: readonly [number, number];
  readonly size: number;
  readonly oddity: Oddity | null;
}

const packetPlan: fc.Arbitrary<PacketPlan> = fc.record({
  link: fc.constantFrom(0, 0, 0, 1, 2, 3, 4, 5),
  ends: fc.constantFrom<[number, number]>([1, 2], [1, 2], [2, 1]),
  protocol: fc.constantFrom("tcp", "tcp", "udp"),
  ports: fc.constantFrom<[number, number]>([40000, 80], [40000, 80], [40000, 53], [53, 40000]),
  size: fc.constantFrom(0, 5, 5, 60),
  oddity: fc.oneof({ arbitrary: fc.constant(null), weight: 5 }, { arbitrary: oddity, weight: 1 }),
});

const PLAIN: Oddity = {
  flags: "PA",
  jump: 0,
  ttl: 64,
  window: 500,
  wireLength: 100,
  nanos: 1,
  cut: 0,
  change: [1000, 0],
};

function framesOf(plans: readonly PacketPlan[]): Frame[] {
  const sequences = new Map<string, number>();
  let nanos = 1_000_000;
  return plans.map((plan, index) => {
    const { flags, jump, ttl, window, wireLength, ...odd } = plan.oddity ?? PLAIN;
    const [from, to] = plan.ends;
    const tuple = `${plan.link} ${from} ${plan.ports}`;
    const seq = ((sequences.get(tuple) ?? 0xffff_ff00) + jump) >>> 0;
    const [srcPort, dstPort] = plan.ports;
    const { linkType, open } = LINKS[plan.link]!;
    const ip = open().ipv4({ src: `10.0.0.${from}`, dst: `10.0.0.${to}`, id: index, ttl });
    const transport =
      plan.protocol === "tcp"
        ? ip.tcp({ srcPort, dstPort, flags, seq, window })
        : ip.udp({ srcPort, dstPort });
    const answer = dnsResponse({
      id: index,
      records: [a("www.example.com", `10.9.9.${index & 7}`)],
    });
    const other = Uint8Array.from({ length: plan.size }, (_, i) => index + i * 7);
    const payload = srcPort === 53 && plan.size > 0 ? answer : other;
    const whole = transport.payload(payload).bytes();
    if (plan.protocol === "tcp") sequences.set(tuple, (seq + payload.length) >>> 0);
    const bytes = whole.slice(0, whole.length - odd.cut);
    const [at, value] = odd.change;
    if (at < bytes.length) bytes[at] = value;
    nanos += odd.nanos;
    const time = { seconds: 1_700_000_000 + Math.floor(nanos / 1e9), nanos: nanos % 1e9 };
    return { bytes, linkType, interfaceIndex: 0, ...time, wireLength };
  });
}

describe("header prediction", () => {
  it("counts what decoding would have counted, whatever the bytes are and however batches fall", () => {
    let predicted = 0;
    fc.assert(
      fc.property(
        fc.array(packetPlan, { minLength: 100, maxLength: 300, size: "max" }),
        fc.array(fc.integer({ min: 1, max: BATCH_PACKETS }), { minLength: 1, maxLength: 4 }),
        (plans, batches) => {
          const ways = bothWays(framesOf(plans), batches);
          predicted += ways.predicted;
          expect(read(ways.short)).toEqual(read(ways.long));
        },
      ),
      { numRuns: 150 },
    );
    // Without this the test could not fail: nothing predicted is nothing compared.
    expect(predicted).toBeGreaterThan(2000);
  });

  it("foretells nearly all packets of streams that only go on", () => {
    const plan: PacketPlan = {
      link: 0,
      ends: [1, 2],
      protocol: "tcp",
      ports: [40000, 80],
      size: 60,
      oddity: null,
    };
    const { predicted, long, short } = bothWays(framesOf(Array(1000).fill(plan)));
    // The first batch looks before the flow is known; a direction without SYN collects four fingerprints.
    expect(predicted).toBeGreaterThanOrEqual(1000 - BATCH_PACKETS);
    expect(read(short)).toEqual(read(long));
  });

  it("does not take a reused tuple's packets for those of the connection before", () => {
    const syn = (seq: number, flags: string, size = 0) =>
      ethernet()
        .ipv4({ src: "10.0.0.1", dst: "10.0.0.2" })
        .tcp({ srcPort: 40000, dstPort: 80, flags, seq })
        .payload(new Uint8Array(size))
        .bytes();
    const stream = (isn: number) => [
      syn(isn, "S"),
      ...Array.from({ length: 40 }, (_, i) => syn(isn + 1 + i, "PA", 1)),
    ];
    const frames = [...stream(100), ...stream(50_000)].map((bytes, i) => ({
      bytes,
      linkType: 1,
      interfaceIndex: 0,
      seconds: 1,
      nanos: i,
      wireLength: bytes.length,
    }));
    const { long, short, predicted } = bothWays(frames);
    expect(short.rows).toBe(2);
    expect(predicted).toBeGreaterThan(10);
    expect(read(short)).toEqual(read(long));
  });

  it("leaves every DNS answer to who reads it", () => {
    const frames = Array.from({ length: 100 }, (_, i) => {
      const answer = dnsResponse({ id: i, records: [a("www.example.com", `10.9.9.${i}`)] });
      const bytes = ethernet()
        .ipv4({ src: "10.0.0.2", dst: "10.0.0.1" })
        .udp({ srcPort: 53, dstPort: 40000 })
        .payload(answer)
        .bytes();
      return { bytes, linkType: 1, interfaceIndex: 0, seconds: 1, nanos: i, wireLength: 100 };
    });
    expect(bothWays(frames).short.dnsNames().size).toBe(100);
  });
});
