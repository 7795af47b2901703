// A sequence stands in for an array wherever one was; it must answer as an array does.
import { expect, it } from "vitest";
import { IndexList } from "../../../src/core/report/index-list.ts";
import { lazySequence } from "../../../src/core/report/lazy-sequence.ts";
import type { Sequence } from "../../../src/core/sequence.ts";

const squares = [0, 1, 4, 9, 16];
const pushed = new IndexList();
for (const square of squares) pushed.push(square);

const sequences: readonly (readonly [string, Sequence<number>])[] = [
  ["a lazy sequence", lazySequence(5, (i) => i * i)],
  ["a list of indexes", pushed],
];

it.each(sequences)("%s is walked, counted and indexed like an array", (_, sequence) => {
  expect([...sequence]).toEqual(squares);
  expect(sequence.length).toBe(5);
  for (const index of [-7, -6, -5, -1, 0, 4, 5, 1e9]) {
    expect(sequence.at(index), `at(${index})`).toBe(squares.at(index));
  }
});

it("makes an item when it is asked for, and keeps none", () => {
  let made = 0;
  const sequence = lazySequence(1_000_000, () => ({ number: made++ }));
  expect(made).toBe(0);
  expect(sequence.at(5)).not.toBe(sequence.at(5));
  expect(made).toBe(2);
});

it("stops making when the walk stops", () => {
  let made = 0;
  for (const item of lazySequence(1_000_000, () => ++made)) if (item === 3) break;
  expect(made).toBe(3);
});

it("is an array to JSON.stringify", () => {
  expect(JSON.stringify({ list: lazySequence(3, String) })).toBe('{"list":["0","1","2"]}');
});

it("holds more indexes than it began with room for", () => {
  const list = new IndexList();
  for (let i = 0; i < 100_000; i++) list.push(i);
  list.sort((a, b) => b - a);
  expect([list.length, list.at(0), list.at(-1)]).toEqual([100_000, 99_999, 0]);
});
