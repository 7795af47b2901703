import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FragmentTable, NO_FLOW } from "../../../src/core/flow/fragment-table.ts";
import { IpLayer } from "../../../src/core/wire/packet-view.ts";

const KIND = 17;

function fragment(ipId: number, source = 1): IpLayer {
  const layer = new IpLayer();
  layer.version = 4;
  layer.src0 = source;
  layer.dst0 = 2;
  layer.ipId = ipId;
  return layer;
}

/** A table that is used as one of first fragments only. */
function tableOf(capacity: number, seed = 0) {
  const forgotten: number[] = [];
  const table = new FragmentTable(seed, (entry) => forgotten.push(entry), capacity);
  return {
    table,
    forgotten,
    remember: (layer: IpLayer, flow: number, context = 0): void =>
      table.setFlow(table.enter(context, KIND, layer, 0), flow),
    find: (layer: IpLayer, context = 0): number => {
      const entry = table.find(context, KIND, layer, 0);
      return entry < 0 ? -1 : table.flow(entry);
    },
  };
}

describe("FragmentTable", () => {
  it.each([
    [3, 0, [10, 11, 12]],
    [4, 1, [-1, 11, 12, 13]],
    [6, 3, [-1, -1, -1, 13, 14, 15]],
  ])("of three places keeps the newest of %i datagrams", (datagrams, count, found) => {
    const { table, forgotten, remember, find } = tableOf(3);
    for (let id = 0; id < datagrams; id++) remember(fragment(id), 10 + id);
    expect(found.map((_, id) => find(fragment(id)))).toEqual(found);
    expect(table.forgotten).toBe(count);
    expect(forgotten).toEqual([0, 1, 2].slice(0, count));
  });

  it("knows nothing before the first datagram", () => {
    expect(tableOf(4).find(fragment(3))).toBe(-1);
  });

  it("gives a reused identification its newest datagram without taking another place", () => {
    const { table, remember, find } = tableOf(2);
    remember(fragment(9), 4);
    remember(fragment(8), 5);
    remember(fragment(9), 6);
    expect([find(fragment(9)), find(fragment(8))]).toEqual([6, 5]);
    expect(table.forgotten).toBe(0);
  });

  it.each([
    ["60 s later", 160, 7],
    ["61 s later", 161, NO_FLOW],
    ["60 s before, as clocks step back", 40, 7],
    ["61 s before", 39, NO_FLOW],
  ])("takes an identification for the same datagram's %s or not", (_name, seconds, flow) => {
    const { table, forgotten } = tableOf(2);
    table.setFlow(table.enter(0, KIND, fragment(9), 100), 7);
    const entry = table.find(0, KIND, fragment(9), seconds);
    expect(entry < 0 ? NO_FLOW : table.flow(entry)).toBe(flow);
    expect(table.flow(table.enter(0, KIND, fragment(9), seconds))).toBe(flow);
    expect(forgotten.length).toBe(flow === NO_FLOW ? 1 : 0);
  });

  it("keeps the halves of an IPv6 address apart", () => {
    const { remember, find } = tableOf(8);
    const long = (src2: number, src3: number): IpLayer => {
      const layer = fragment(1);
      layer.version = 6;
      layer.src2 = src2;
      layer.src3 = src3;
      return layer;
    };
    remember(long(3, 4), 1);
    remember(long(4, 3), 2);
    expect([find(long(3, 4)), find(long(4, 3)), find(long(3, 3))]).toEqual([1, 2, -1]);
  });

  it("behaves like a list that drops its oldest entry", () => {
    const datagram = fc.tuple(
      fc.integer({ min: 0, max: 2 }),
      fc.integer({ min: -1, max: 1 }),
      fc.integer({ min: 0xffff_fffe, max: 0xffff_ffff }),
    );
    fc.assert(
      fc.property(
        fc.array(datagram, { maxLength: 60 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer(),
        (datagrams, capacity, seed) => {
          const { remember, find } = tableOf(capacity, seed | 0);
          const model: { key: string; found: number }[] = [];
          datagrams.forEach(([context, source, ipId], found) => {
            const key = `${context} ${source} ${ipId}`;
            const known = model.find((entry) => entry.key === key);
            expect(find(fragment(ipId, source), context)).toBe(known?.found ?? -1);
            remember(fragment(ipId, source), found, context);
            if (known !== undefined) known.found = found;
            else if (model.push({ key, found }) > capacity) model.shift();
          });
        },
      ),
    );
  });
});
