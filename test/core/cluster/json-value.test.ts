import { describe, expect, it } from "vitest";
import { JsonValue } from "../../../src/core/cluster/json-value.ts";

const root = new JsonValue(
  JSON.parse(
    '{"a":{"b/c":[{"~":"x"}]},"__proto__":{"p":"own"},"n":null,"s":"12","labels":{"__proto__":"l","k":1}}',
  ),
);

describe("JsonValue", () => {
  it("knows its pointer, escaped as RFC 6901 says", () => {
    expect(root.pointer).toBe("");
    expect(root.get("a", "b/c").items()[0]?.get("~").pointer).toBe("/a/b~1c/0/~0");
  });

  it("reads missing and mistyped members as undefined", () => {
    expect(root.string("a", "nothing", "below")).toBeUndefined();
    expect(root.string("n")).toBeUndefined();
    expect(root.number("s")).toBe(12);
    expect(root.number("a")).toBeUndefined();
    expect(root.get("s").items()).toEqual([]);
    expect(root.get("s").get("length").raw).toBeUndefined();
  });

  it("sees own members only", () => {
    expect(root.string("__proto__", "p")).toBe("own");
    expect(root.get("a", "__proto__").raw).toBeUndefined();
    expect(root.get("constructor").raw).toBeUndefined();
    expect(Object.entries(root.stringMap("labels"))).toEqual([["__proto__", "l"]]);
    expect(Object.getPrototypeOf(root.stringMap("labels"))).toBe(Object.prototype);
  });
});
