/** The harness is judged: of bugs that we put in ourselves it must find nearly all within the cases of an ordinary run. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ROOT } from "../support/repository.ts";
import { applyPatch, PatchDoesNotFit } from "./build-target.ts";
import { huntAll, huntTable } from "./hunt.ts";
import { PLANTED_BUGS } from "./planted-bugs.ts";

const SEED = 1;
const FEWEST = 40;
const SHARE = 0.9;

describe("planted bugs", () => {
  test("are many, of many kinds, and have names of their own", () => {
    expect(PLANTED_BUGS.length).toBeGreaterThanOrEqual(FEWEST);
    expect(new Set(PLANTED_BUGS.map(({ kind }) => kind)).size).toBeGreaterThanOrEqual(10);
    expect(new Set(PLANTED_BUGS.map(({ name }) => name)).size).toBe(PLANTED_BUGS.length);
  });

  test("that no longer fit the source are refused", () => {
    const patch = { file: "a.ts", find: "x", replace: "y" };
    expect(applyPatch("a x b", patch)).toBe("a y b");
    expect(() => applyPatch("a b", patch)).toThrow(PatchDoesNotFit);
    expect(() => applyPatch("x x", patch)).toThrow(PatchDoesNotFit);
  });

  test.each(PLANTED_BUGS)("$name fits the source", (bug) => {
    expect(() => applyPatch(readFileSync(`${ROOT}${bug.file}`, "utf8"), bug)).not.toThrow();
  });

  test("are found, nearly all of them", { timeout: 600_000 }, async () => {
    const found = await huntAll(PLANTED_BUGS, {
      folder: `${ROOT}dist/fuzz/bugs`,
      samples: `${ROOT}samples`,
      seed: SEED,
    });
    const caught = found.filter(({ runs }) => runs !== null).length;
    expect(caught / found.length, huntTable(found)).toBeGreaterThanOrEqual(SHARE);
  });
});
