import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { xmlSafe } from "../../../src/core/diagram/xml-safe.ts";
import { MAX_TOOLTIP_LENGTH } from "../../../src/core/limits.ts";

/** XML 1.0 section 2.2, production [2] Char. */
function isXmlCharacter(code: number): boolean {
  return (
    code === 0x9 ||
    code === 0xa ||
    code === 0xd ||
    (code >= 0x20 && code <= 0xd7ff) ||
    (code >= 0xe000 && code <= 0xfffd) ||
    (code >= 0x10000 && code <= 0x10ffff)
  );
}

describe("text on its way into a picture", () => {
  it("stays as it is when it is harmless, in any script", () => {
    for (const text of [
      "web-7757d5dd99-9dr8p",
      "운영 클러스터",
      "naïve → 10.0.0.1",
      "🦊",
      "e\u0301",
    ]) {
      expect(xmlSafe(text)).toBe(text);
    }
  });

  it.each([
    ["\u0000", "\\u{0}"],
    ["\u001b[31m", "\\u{1b}[31m"],
    ["\u0085", "\\u{85}"],
    ["\u202egnp", "\\u{202e}gnp"],
    ["a\u200bb", "a\\u{200b}b"],
    ["\ud800", "\\u{d800}"],
    ["x\udc00y", "x\\u{dc00}y"],
    ["\ufffe", "\\u{fffe}"],
    ["\uffff", "\\u{ffff}"],
    ["a\nb", "a\\u{a}b"],
  ])("shows %j as %s", (text, shown) => {
    expect(xmlSafe(text)).toBe(shown);
  });

  it("keeps a name of a thousand characters and bounds a megabyte", () => {
    expect(xmlSafe("x".repeat(1_000))).toBe("x".repeat(1_000));
    expect(xmlSafe("x".repeat(MAX_TOOLTIP_LENGTH))).toHaveLength(MAX_TOOLTIP_LENGTH);
    for (const unit of ["x", "\u0000", "🦊", "x🦊"]) {
      const text = xmlSafe(unit.repeat(1_000_000));
      expect(text.length).toBeLessThanOrEqual(MAX_TOOLTIP_LENGTH);
      expect(text.endsWith("…")).toBe(true);
      expect(text).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])|ud83e/);
    }
  });

  it("never holds a character that XML forbids", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary" }),
        fc.array(fc.integer({ min: 0, max: 0xffff })),
        (a, b) => {
          const text = xmlSafe(a + String.fromCharCode(...b));
          for (const character of text)
            expect(isXmlCharacter(character.codePointAt(0) ?? 0)).toBe(true);
        },
      ),
    );
  });
});
