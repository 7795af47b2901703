import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { WordTupleTable } from "../../../src/core/flow/word-tuple-table.ts";

const word = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const tuple = fc.tuple(
  fc.oneof(word, fc.constantFrom(0, 1, -1)),
  fc.oneof(word, fc.constantFrom(0, 1, -1)),
);

describe("WordTupleTable", () => {
  it("numbers distinct tuples in order of appearance, whatever the seed", () => {
    fc.assert(
      fc.property(fc.array(tuple, { maxLength: 200 }), word, (tuples, seed) => {
        const table = new WordTupleTable(2, seed);
        const expected = new Map<string, number>();
        for (const [a, b] of tuples) {
          table.key[0] = a;
          table.key[1] = b;
          const known = expected.get(`${a} ${b}`);
          expect(table.find()).toBe(known ?? -1);
          if (known === undefined) expected.set(`${a} ${b}`, expected.size);
          const index = table.intern();
          expect(index).toBe(expected.get(`${a} ${b}`));
          expect(table.matches(index)).toBe(true);
          expect([table.word(index, 0), table.word(index, 1)]).toEqual([a, b]);
        }
        expect(table.size).toBe(expected.size);
      }),
    );
  });

  it("keeps what it has while it grows", () => {
    const table = new WordTupleTable(1, 7);
    for (let i = 0; i < 5000; i++) {
      table.key[0] = i * i;
      expect(table.intern()).toBe(i);
    }
    for (let i = 0; i < 5000; i++) {
      table.key[0] = i * i;
      expect(table.find()).toBe(i);
    }
  });
});
