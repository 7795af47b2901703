import { describe, expect, it } from "vitest";
import { shortcutOf } from "../../src/web/shortcuts.ts";

const press = (key: string, more = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...more,
});

describe("a key", () => {
  it.each([
    ["/", "find"],
    ["j", "next"],
    ["k", "previous"],
    ["?", "help"],
    ["Escape", "leave"],
    ["x", null],
    ["Enter", null],
  ])("%s means %s", (key, name) => {
    expect(shortcutOf(press(key), false)).toBe(name);
  });

  it("is text while somebody types, but for Escape", () => {
    expect(shortcutOf(press("j"), true)).toBeNull();
    expect(shortcutOf(press("Escape"), true)).toBe("leave");
  });

  it.each(["ctrlKey", "metaKey", "altKey"])(
    "together with %s belongs to the browser",
    (modifier) => {
      expect(shortcutOf(press("k", { [modifier]: true }), false)).toBeNull();
    },
  );
});
