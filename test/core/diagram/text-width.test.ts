import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fitText, textWidth } from "../../../src/core/diagram/text-width.ts";

describe("the width of a text", () => {
  it("is the sum of its characters' advances", () => {
    expect(textWidth("", 12)).toBe(0);
    expect(textWidth("ab", 10)).toBeCloseTo(6.13 + 6.35);
    expect(textWidth("ab", 10, "bold")).toBeCloseTo(6.75 + 7.16);
    expect(textWidth("10.0.0.1", 10, "mono")).toBeCloseTo(8 * 6.02);
  });

  it("is one em for a Korean syllable, composed or not", () => {
    expect(textWidth("한글", 12)).toBe(24);
    expect(textWidth("漢字", 12)).toBe(24);
    expect(textWidth("ｗ", 12)).toBe(12);
  });

  it("does not grow by combining marks", () => {
    expect(textWidth("e\u0301\u0323", 12)).toBe(textWidth("e", 12));
  });

  it("is larger for a letter with an accent than for the plain one, to be on the safe side", () => {
    expect(textWidth("é", 12)).toBeGreaterThan(textWidth("e", 12));
  });
});

describe("fitting a text into a box", () => {
  it("leaves a text that fits alone", () => {
    expect(fitText("web-1", 100, 12)).toBe("web-1");
  });

  it("cuts the middle out and keeps the random suffix", () => {
    const text = fitText("netshoot-pod-with-a-very-long-name-7757d5dd99-9dr8p", 160, 12);
    expect(text).toMatch(/^netshoot-.*…-9dr8p$/);
  });

  it("keeps only the head where there is no room for more", () => {
    expect(fitText("abcdefghijklmnop", 40, 12)).toMatch(/^[a-d]+…$/);
  });

  it("cuts sentences at their end", () => {
    const text = fitText("rewritten by ip-192-168-1-5 with a long rule", 140, 12, "regular", "end");
    expect(text).toMatch(/^rewritten by ip-192-1.*…$/);
  });

  it("parts no base character from its marks and no pair of surrogates", () => {
    const marked = "e\u0301".repeat(200);
    const cut = fitText(marked, 100, 12);
    expect(cut.replace("…", "")).toMatch(/^(?:e\u0301)+$/);
    expect(fitText("🦊".repeat(200), 100, 12)).toMatch(/^(?:🦊)+…(?:🦊)*$/u);
  });

  it("never gives more than the room, whatever the text", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme", maxLength: 3_000 }),
        fc.integer({ min: 20, max: 400 }),
        fc.constantFrom("regular" as const, "bold" as const, "mono" as const),
        (text, room, style) => {
          expect(textWidth(fitText(text, room, 12, style), 12, style)).toBeLessThanOrEqual(room);
        },
      ),
    );
  });
});
