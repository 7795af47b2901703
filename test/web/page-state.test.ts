import { describe, expect, it } from "vitest";
import {
  FIRST_STATE,
  type PageState,
  stateFromHash,
  stateToHash,
} from "../../src/web/page-state.ts";

const STATE: PageState = {
  filter: 'pod:web "no answer" & 결제=1 #',
  order: { key: "bytes", descending: true },
  page: 3,
  open: "conn-4",
  diagram: "path",
};

describe("the hash", () => {
  it("brings back what was set", () => {
    expect(stateFromHash(stateToHash(STATE))).toEqual(STATE);
    expect(stateFromHash(stateToHash(FIRST_STATE))).toEqual(FIRST_STATE);
  });

  it("is empty where nothing was set, and says only what was", () => {
    expect(stateToHash(FIRST_STATE)).toBe("");
    expect(stateToHash({ ...FIRST_STATE, filter: "port:53" })).toBe("#filter=port%3A53");
  });

  it("takes half of a surrogate pair for the sign that it is none", () => {
    expect(stateFromHash(stateToHash({ ...FIRST_STATE, filter: "a\ud800" }))?.filter).toBe(
      "a\ufffd",
    );
  });

  it("may be a place of the page instead", () => {
    expect(stateFromHash("#findings")).toBeNull();
    expect(stateFromHash("#conn-4")).toBeNull();
    expect(stateFromHash("")).toEqual(FIRST_STATE);
  });

  it.each([
    ["#filter=%zz", { filter: "%zz" }],
    ["#page=-3&sort=nonsense", {}],
    ["#page=1e99", {}],
    ["#__proto__=1&sort=-class", { order: { key: "class", descending: true } }],
    ["#filter=a=b", { filter: "a=b" }],
  ])("%j, written by anybody, is read as far as it means something", (hash, expected) => {
    expect(stateFromHash(hash)).toEqual({ ...FIRST_STATE, ...expected });
  });
});
