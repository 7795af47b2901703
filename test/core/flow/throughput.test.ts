// Bytes over time: no byte may be lost or counted twice, however the times jump, and no peak may appear that was not there.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FlowThroughput } from "../../../src/core/flow/flow-observation.ts";
import { ThroughputTable } from "../../../src/core/flow/throughput.ts";
import { MAX_THROUGHPUT_SERIES } from "../../../src/core/limits.ts";
import { FlowScript } from "../../support/observe.ts";

const MS = 1_000_000n;
const sum = (list: readonly number[]): number => list.reduce((total, one) => total + one, 0);

function seriesOf(script: FlowScript, row = 0): FlowThroughput {
  const { throughput } = script.row(row);
  if (throughput === undefined) throw new Error("no series");
  return throughput;
}

/** A frame of `wireLength` bytes from 10.0.0.1, `atMs` after the start. */
function send(script: FlowScript, atMs: number, wireLength: number, back = false): void {
  const ends = back
    ? { src: "10.0.0.2", dst: "10.0.0.1", srcPort: 53, dstPort: 40000 }
    : { src: "10.0.0.1", dst: "10.0.0.2" };
  const seconds = 1_700_000_000 + Math.floor(atMs / 1000);
  script.udp(ends, { seconds, nanos: (atMs % 1000) * 1e6, wireLength });
}

describe("bytes over time", () => {
  it("are kept of rows with much data only", () => {
    const script = new FlowScript();
    send(script, 0, 65_535);
    send(script, 1, 1000);
    expect(script.row(0)).not.toHaveProperty("throughput");
    send(script, 2, 1000);
    expect(sum(seriesOf(script).forward)).toBe(67_535);
  });

  it("stand in the bucket of their time, each direction apart", () => {
    const script = new FlowScript();
    send(script, 0, 70_000);
    send(script, 0, 1);
    send(script, 3, 200);
    send(script, 5, 30, true);
    expect(seriesOf(script)).toEqual({
      startNs: 1_700_000_000_000_000_000n,
      bucketNs: MS,
      forward: [70_001, 0, 0, 200, 0, 0],
      backward: [0, 0, 0, 0, 0, 30],
    });
  });

  it("begin with the mean of what came before there was a series", () => {
    const script = new FlowScript();
    send(script, 0, 65_530);
    send(script, 1, 6, true);
    send(script, 2, 7);
    send(script, 3, 1);
    expect(seriesOf(script).forward).toEqual([16_384, 16_384, 16_384, 16_386]);
    expect(seriesOf(script).backward).toEqual([1, 1, 1, 3]);
  });

  it("halve their resolution when time passes the last bucket", () => {
    const script = new FlowScript();
    send(script, 0, 70_000);
    send(script, 0, 10);
    send(script, 63, 20);
    expect(seriesOf(script)).toMatchObject({ bucketNs: MS });
    send(script, 64, 40);
    const { bucketNs, forward } = seriesOf(script);
    expect(bucketNs).toBe(2n * MS);
    expect(forward).toHaveLength(33);
    expect([forward[0], forward[31], forward[32]]).toEqual([70_010, 20, 40]);
  });

  it("are in the first bucket where a clock stepped back", () => {
    const script = new FlowScript();
    send(script, 5000, 70_000);
    send(script, 5000, 10);
    send(script, 4000, 5);
    expect(seriesOf(script).forward).toEqual([70_015]);
  });

  it("go on in a flow's second row, which is a connection of its own", () => {
    const script = new FlowScript();
    const syn = (seq: number, seconds: number) =>
      script.tcp({ flags: "S", seq }, { wireLength: 70_000, seconds });
    syn(1, 1_700_000_000);
    script.tcp({ flags: "F.", seq: 2 }, { wireLength: 70_000, seconds: 1_700_000_000 });
    syn(900_000, 1_700_000_100);
    script.tcp({ flags: ".", seq: 900_001 }, { wireLength: 5, seconds: 1_700_000_100 });
    expect(sum(seriesOf(script, 0).forward)).toBe(140_000);
    expect(sum(seriesOf(script, 1).forward)).toBe(70_005);
  });

  it("lose no byte and end in at most 64 buckets, whatever the times are", () => {
    const packet = fc.record({
      seconds: fc.integer({ min: 0, max: 0xffff_ffff }),
      nanos: fc.integer({ min: 0, max: 999_999_999 }),
      wireLength: fc.integer({ min: 0, max: 262_144 }),
    });
    fc.assert(
      fc.property(fc.array(packet, { minLength: 1, maxLength: 50 }), (packets) => {
        const script = new FlowScript();
        script.udp({}, { seconds: 5, nanos: 0, wireLength: 65_536 });
        for (const record of packets) script.udp({}, record);
        const { forward, backward, bucketNs } = seriesOf(script);
        expect(sum(forward)).toBe(script.row(0).forward.bytes);
        expect(forward.length).toBe(backward.length);
        expect(forward.length).toBeLessThanOrEqual(64);
        expect(bucketNs % MS).toBe(0n);
      }),
    );
  });
});

describe("more flows with much data than there is room for", () => {
  it("are counted, and the others keep theirs", () => {
    const script = new FlowScript();
    for (let port = 1; port <= MAX_THROUGHPUT_SERIES + 2; port++) {
      for (let packet = 0; packet < 3; packet++)
        script.udp({ srcPort: port }, { wireLength: 70_000 });
    }
    expect(script.row(0).throughput).toBeDefined();
    expect(script.row(MAX_THROUGHPUT_SERIES)).not.toHaveProperty("throughput");
    expect(script.table.limits()).toMatchObject([{ limit: "throughput-series", count: 2 }]);
  });

  it("leave each series to itself", () => {
    const table = new ThroughputTable();
    const slots = Array.from({ length: 40 }, () => table.open(100, 0));
    for (const slot of slots) table.add(slot, slot & 1, 100, 0, slot + 1);
    for (const slot of slots) {
      const { forward, backward } = table.read(slot);
      expect([sum(forward), sum(backward)]).toEqual(slot % 2 === 0 ? [slot + 1, 0] : [0, slot + 1]);
    }
  });
});
