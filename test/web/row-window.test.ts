import { describe, expect, it } from "vitest";
import { pageOf, rowWindow } from "../../src/web/row-window.ts";

describe("a page of rows", () => {
  it.each([
    [0, 1, { page: 1, pages: 1, from: 0, to: 0 }],
    [1, 1, { page: 1, pages: 1, from: 0, to: 1 }],
    [100, 1, { page: 1, pages: 1, from: 0, to: 100 }],
    [101, 2, { page: 2, pages: 2, from: 100, to: 101 }],
    [5_000, 50, { page: 50, pages: 50, from: 4_900, to: 5_000 }],
    [250, 99, { page: 3, pages: 3, from: 200, to: 250 }],
    [250, -1, { page: 1, pages: 3, from: 0, to: 100 }],
    [250, Number.NaN, { page: 1, pages: 3, from: 0, to: 100 }],
  ])("of %i rows, page %d", (count, page, expected) => {
    expect(rowWindow(count, page)).toEqual(expected);
  });

  it("holds the position that it was asked for", () => {
    for (const position of [0, 99, 100, 4_999]) {
      const { from, to } = rowWindow(5_000, pageOf(position));
      expect(from <= position && position < to).toBe(true);
    }
  });
});
