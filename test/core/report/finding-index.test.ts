// The turned-round lists must say what the lists say: held against the plain way of turning them.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findingIndex, mentionedOnce } from "../../../src/core/report/finding-index.ts";

const CONNECTIONS = 40;
/** Some out of range, some twice, in any order. */
const anyIndexes = fc.array(fc.integer({ min: -2, max: CONNECTIONS + 2 }), { maxLength: 60 });

describe("mentionedOnce", () => {
  it("gives the indexes of connections ascending and each once", () => {
    fc.assert(
      fc.property(anyIndexes, (indexes) => {
        const valid = indexes.filter((index) => index >= 0 && index < CONNECTIONS);
        const expected = [...new Set(valid)].sort((a, b) => a - b);
        expect([...mentionedOnce(indexes, CONNECTIONS)]).toEqual(expected);
      }),
    );
  });

  it("copies nothing where they are so already", () => {
    const indexes = [0, 3, 7];
    expect(mentionedOnce(indexes, 8)).toBe(indexes);
    expect(mentionedOnce(indexes, 7)).not.toBe(indexes);
  });
});

describe("findingIndex", () => {
  it("lists for each connection the findings that mention it, ascending", () => {
    fc.assert(
      fc.property(fc.array(anyIndexes, { maxLength: 12 }), (lists) => {
        const findings = lists.map((list) => mentionedOnce(list, CONNECTIONS));
        const index = findingIndex(findings, CONNECTIONS);
        for (let connection = 0; connection < CONNECTIONS; connection++) {
          const expected = lists.flatMap((list, i) => (list.includes(connection) ? [i] : []));
          expect([...index.of(connection)]).toEqual(expected);
          expect(index.worstOf(connection)).toBe(expected[0] ?? null);
        }
      }),
    );
  });

  it("has nothing to say where there is no connection or no finding", () => {
    expect([...findingIndex([], 1).of(0)]).toEqual([]);
    expect(findingIndex([[]], 0).worstOf(0)).toBeNull();
  });

  it("tells more findings apart than sixteen bits can", () => {
    const findings = Array.from({ length: 70_000 }, (_, i) => (i === 66_000 ? [1] : []));
    expect([...findingIndex(findings, 2).of(1)]).toEqual([66_000]);
  });
});
