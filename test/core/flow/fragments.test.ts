import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FragmentTable } from "../../../src/core/flow/fragments.ts";

const KIND = 17;

describe("FragmentTable", () => {
  it.each([
    [3, 0, [10, 11, 12]],
    [4, 1, [-1, 11, 12, 13]],
    [6, 3, [-1, -1, -1, 13, 14, 15]],
  ])("of three places keeps the newest of %i datagrams", (datagrams, forgotten, found) => {
    const table = new FragmentTable(0, 3);
    for (let id = 0; id < datagrams; id++) table.remember(0, KIND, 1, 2, id, 10 + id);
    expect(found.map((_, id) => table.find(0, KIND, 1, 2, id))).toEqual(found);
    expect(table.forgotten).toBe(forgotten);
  });

  it("knows nothing before the first datagram", () => {
    expect(new FragmentTable(0).find(0, KIND, 1, 2, 3)).toBe(-1);
  });

  it("gives a reused identification its newest datagram without taking another place", () => {
    const table = new FragmentTable(0, 2);
    table.remember(0, KIND, 1, 2, 9, 4);
    table.remember(0, KIND, 1, 2, 8, 5);
    table.remember(0, KIND, 1, 2, 9, 6);
    expect([table.find(0, KIND, 1, 2, 9), table.find(0, KIND, 1, 2, 8)]).toEqual([6, 5]);
    expect(table.forgotten).toBe(0);
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
          const table = new FragmentTable(seed | 0, capacity);
          const model: { key: string; found: number }[] = [];
          datagrams.forEach(([context, source, ipId], found) => {
            const key = `${context} ${source} ${ipId}`;
            const known = model.find((entry) => entry.key === key);
            expect(table.find(context, KIND, source, 2, ipId)).toBe(known?.found ?? -1);
            table.remember(context, KIND, source, 2, ipId, found);
            if (known !== undefined) known.found = found;
            else if (model.push({ key, found }) > capacity) model.shift();
          });
        },
      ),
    );
  });
});
