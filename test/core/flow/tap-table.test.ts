import { describe, expect, it } from "vitest";
import { TapTable } from "../../../src/core/flow/tap-table.ts";
import { PacketView } from "../../../src/core/wire/packet-view.ts";
import { defaultWireSettings } from "../../../src/core/wire/settings.ts";
import { FlowScript, type RecordFields } from "../../support/observe.ts";

const SLL = 113;
const SLL2 = 276;

function taps(...records: readonly RecordFields[]): readonly object[] {
  const script = new FlowScript();
  for (const record of records) script.udp({}, record);
  return script.table.taps();
}

describe("taps", () => {
  it("are numbered as they appear, with their records", () => {
    expect(taps({}, { interfaceIndex: 1 }, {})).toEqual([
      {
        index: 0,
        capture: 0,
        interfaceIndex: 0,
        linkType: 1,
        sllInterface: 0,
        sll: null,
        vlan: null,
        innerVlan: null,
        records: 2,
        firstRecord: 1,
      },
      expect.objectContaining({ index: 1, interfaceIndex: 1, records: 1, firstRecord: 2 }),
    ]);
  });

  it("keep captures apart", () => {
    const script = new FlowScript().udp();
    script.beginCapture(1);
    script.udp();
    expect(script.table.taps()).toMatchObject([{ capture: 0 }, { capture: 1, firstRecord: 1 }]);
    expect(script.rows.map((row) => row.tap.capture)).toEqual([0, 1]);
  });

  it("of SLL2 are the interfaces of the host", () => {
    const at = (sllInterface: number, sllPacketType: number): RecordFields => ({
      linkType: SLL2,
      sllInterface,
      sllPacketType,
      macs: [sllPacketType + 1, 0],
    });
    expect(taps(at(2, 0), at(2, 4), at(9, 0))).toMatchObject([
      { sllInterface: 2, sll: null, records: 2 },
      { sllInterface: 9, sll: null, records: 1 },
    ]);
  });

  it("of SLL are pairs of direction and link address: everything but outgoing is in", () => {
    const at = (sllPacketType: number, mac: number): RecordFields => ({
      linkType: SLL,
      sllPacketType,
      macs: [mac, 0],
    });
    expect(taps(at(0, 1), at(3, 1), at(4, 1), at(0, 2))).toMatchObject([
      { sll: { direction: "in", mac: "00:00:00:00:00:01" }, records: 2 },
      { sll: { direction: "out", mac: "00:00:00:00:00:01" } },
      { sll: { direction: "in", mac: "00:00:00:00:00:02" } },
    ]);
  });

  it("of SLL without a 6-byte address have none", () => {
    expect(taps({ linkType: SLL, sllPacketType: 4, macs: null })).toMatchObject([
      { sll: { direction: "out", mac: null } },
    ]);
  });

  it("of VLANs are told apart by the outermost and innermost id", () => {
    const found = taps(
      {},
      { vlans: [101] },
      { vlans: [101, 7] },
      { vlans: [101, 8, 7] },
      { vlans: [5, 5] },
    );
    expect(found).toMatchObject([
      { vlan: null, innerVlan: null },
      { vlan: 101, innerVlan: null },
      { vlan: 101, innerVlan: 7, records: 2 },
      { vlan: 5, innerVlan: null },
    ]);
  });

  it("are not made of link addresses elsewhere", () => {
    expect(taps({ macs: [1, 2] }, { macs: [3, 4] })).toHaveLength(1);
  });

  it.each([
    [2, 2, 0],
    [3, 3, 0],
    [4, 3, 1],
    [6, 3, 3],
  ])(
    "from %i places are %i within a bound of three; the rest share the last",
    (places, kept, folded) => {
      const table = new TapTable(0, 3);
      const packet = new PacketView(defaultWireSettings());
      const indexes = Array.from({ length: places }, (_, i) => table.count(packet, i, 1, i + 1));
      expect(table.size).toBe(kept);
      expect(table.folded).toBe(folded);
      expect(indexes.slice(3)).toEqual(Array(folded).fill(2));
      expect(table.tap(2).records).toBe(places < 3 ? 0 : 1 + folded);
    },
  );

  it("beyond the bound are counted record by record, also in a row from one place", () => {
    const table = new TapTable(0, 1);
    const packet = new PacketView(defaultWireSettings());
    table.count(packet, 0, 1, 1);
    for (let record = 2; record < 6; record++) table.count(packet, 5, 1, record);
    expect(table.folded).toBe(4);
    expect(table.tap(0).records).toBe(5);
  });
});
