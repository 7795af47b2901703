import fc from "fast-check";
import { expect, it } from "vitest";
import { FirstFew } from "../../../src/core/render/first-few.ts";

it("keeps what stands first in a stable sort", () => {
  const keys = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 60 });
  fc.assert(
    fc.property(keys, fc.integer({ min: 1, max: 12 }), (values, limit) => {
      const compare = (a: number, b: number): number =>
        (values[a] ?? 0) - (values[b] ?? 0) || a - b;
      const few = new FirstFew(limit, compare);
      for (const i of values.keys()) few.offer(i);
      expect(few.items).toEqual([...values.keys()].sort(compare).slice(0, limit));
    }),
  );
});

it("compares once what comes later than all that are kept", () => {
  let compared = 0;
  const few = new FirstFew(3, (a, b) => {
    compared += 1;
    return a - b;
  });
  for (let i = 0; i < 10_003; i++) few.offer(i);
  expect(compared).toBeLessThanOrEqual(10_003);
  expect(few.items).toEqual([0, 1, 2]);
});
