/** Goal: docs/coverage.md names rules and tests that exist, and claims no gap that has been closed. */
import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { FINDING_RULES, PATH_RULES } from "../src/core/classify/rule-list.ts";
import { ROOT, readText } from "./support/repository.ts";

interface Row {
  readonly ids: readonly string[];
  readonly toldBy: string;
  readonly heldBy: string;
}

/** Rows of the page's two tables. */
function rows(): Row[] {
  return readText("docs/coverage.md")
    .split("\n")
    .filter((line) => /^\| (?:[A-Z]\d|\d)/.test(line))
    .map((line) => {
      const [, ids = "", , toldBy = "", heldBy = ""] = line.split("|");
      return { ids: ids.split(",").map((id) => id.trim()), toldBy, heldBy: heldBy.trim() };
    });
}

const quoted = (text: string): string[] =>
  [...text.matchAll(/`([^`]+)`/g)].map(([, one = ""]) => one);
const known = [...PATH_RULES, ...FINDING_RULES].map(({ meta }) => meta.id);

test("every rule of the page exists", () => {
  const named = rows().flatMap(({ toldBy }) => quoted(toldBy));
  expect(named.length).toBeGreaterThan(50);
  expect(named.filter((id) => !known.includes(id))).toEqual([]);
});

test("every test of the page exists", () => {
  const named = rows().flatMap(({ heldBy }) => quoted(heldBy));
  expect(named.length).toBeGreaterThan(40);
  expect(named.filter((path) => !existsSync(`${ROOT}${path}`))).toEqual([]);
});

test("a row without a rule says why, and one with a rule and no gap has a test", () => {
  const gap = /\*\*(?:not yet|in part|not decidable)\*\*/;
  const bare = rows().filter(({ toldBy }) => quoted(toldBy).length === 0 && !gap.test(toldBy));
  expect(bare).toEqual([]);
  const untested = rows().filter(({ toldBy, heldBy }) => heldBy === "" && !gap.test(toldBy));
  expect(untested.map(({ ids }) => ids.join())).toEqual(["S11"]);
});

test("every misconfiguration of the rule book has its row, once", () => {
  const ids = rows()
    .flatMap((row) => row.ids)
    .filter((id) => id.startsWith("M"));
  const inOrder = ids.sort((a, b) => Number(a.slice(1)) - Number(b.slice(1)));
  expect(inOrder).toEqual(Array.from({ length: 38 }, (_, index) => `M${index + 1}`));
});
