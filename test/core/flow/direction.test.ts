/** What a direction keeps in places that most directions do not need. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ContextTable } from "../../../src/core/flow/context-table.ts";
import { SparseColumn } from "../../../src/core/flow/sparse-column.ts";
import { FlowScript } from "../../support/observe.ts";

describe("sums beyond 32 bits", () => {
  const wireLength = 0xffff_ffff;
  it("are exact in both directions", () => {
    const script = new FlowScript();
    for (let i = 0; i < 5; i++) script.udp({ payload: "abc" }, { wireLength });
    for (let i = 0; i < 3; i++)
      script.udp({ src: "10.0.0.2", dst: "10.0.0.1", srcPort: 53, dstPort: 40000 }, { wireLength });
    const { forward, backward } = script.row(0);
    expect([forward.bytes, backward.bytes]).toEqual([5 * wireLength, 3 * wireLength]);
    expect([forward.payloadBytes, backward.payloadBytes]).toEqual([15, 0]);
    expect(script.table.columns().bytes(0)).toBe(5 * wireLength);
  });
});

describe("the ISN of a direction", () => {
  const expected = { isn: 99, isnRecord: 2, isnFrom: "syn", synOptions: 7 };

  it("is kept when its SYN is not the direction's first packet", () => {
    const script = new FlowScript().tcp({ seq: 100, payload: "first" });
    script.tcp({ seq: 99, flags: "S", synOptions: 7 });
    const { forward } = script.row(0);
    expect(forward).toMatchObject({ ...expected, sequenceStart: 99, firstRecord: 1 });
    // The data came before a SYN was seen, so that it left a mark.
    expect(forward.fingerprints).toHaveLength(1);
  });

  it("stays when a segment with a lower number comes later", () => {
    const script = new FlowScript().tcp({ seq: 99, flags: "S", synOptions: 7 });
    script.tcp({ seq: 90, payload: "12345" });
    const { forward } = script.row(0);
    expect(forward).toMatchObject({ ...expected, isnRecord: 1, sequenceStart: 90 });
  });

  it.each([1, 3])("takes its options from a later SYN when the first had none", (data) => {
    const script = new FlowScript().tcp({ seq: 99, flags: "S" });
    if (data === 3) script.tcp({ seq: 90, payload: "12345" });
    script.tcp({ seq: 99, flags: "S", synOptions: 7 });
    expect(script.row(0).forward).toMatchObject({ ...expected, isnRecord: 1 });
  });

  it("is read alike from the columns", () => {
    const script = new FlowScript().tcp({ seq: 100, payload: "first" });
    script.tcp({ seq: 99, flags: "S", synOptions: 7 });
    const columns = script.table.columns();
    expect([columns.hasIsn(0), columns.isn(0), columns.isnRecord(0)]).toEqual([true, 99, 2]);
    expect(columns.fingerprint(0, 0) >>> 0).toBe(script.row(0).forward.fingerprints[0]);
  });
});

describe("SparseColumn", () => {
  it("holds what a map would hold", () => {
    const change = fc.tuple(fc.integer({ min: 0, max: 20_000 }), fc.integer());
    fc.assert(
      fc.property(fc.array(change), fc.array(fc.nat(30_000)), (changes, asked) => {
        const column = new SparseColumn();
        const map = new Map<number, number>();
        for (const [index, value] of changes) {
          column.add(index, value);
          map.set(index, (map.get(index) ?? 0) + value);
        }
        for (const index of [...asked, ...map.keys()])
          expect(column.get(index)).toBe(map.get(index) ?? 0);
      }),
    );
  });
});

describe("tunnels beyond the bound", () => {
  it("share the last one and are counted", () => {
    const contexts = new ContextTable(0, 2);
    const made = [10, 11, 12, 13, 11].map((vni) => contexts.intern(0, 1, vni, 1, 0));
    expect(made).toEqual([65_536, 65_537, 65_537, 65_537, 65_537]);
    expect(contexts.folded).toBe(2);
  });
});
