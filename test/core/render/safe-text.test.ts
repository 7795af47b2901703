// Names from captures and snapshots are written by strangers: nothing of them may act on a terminal or a CI log.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { displayWidth, safeText } from "../../../src/core/render/safe-text.ts";

describe("safeText", () => {
  it.each([
    ["ESC and CSI", "\x1b[2J", "\\x1b[2J"],
    ["OSC 52, which writes the clipboard", "\x1b]52;c;aGk=\x07", "\\x1b]52;c;aGk=\\x07"],
    ["a new line that would forge a CI command", "a\n::error::b", "a\\n::error::b"],
    ["carriage return and tab", "a\rb\tc", "a\\rb\\tc"],
    ["NUL and DEL", "\0\x7f", "\\x00\\x7f"],
    ["C1 CSI", "\x9b31m", "\\x9b31m"],
    ["bidirectional override", "\u202Egnp.exe", "\\u{202e}gnp.exe"],
    ["isolates", "\u2066x\u2069", "\\u{2066}x\\u{2069}"],
    ["a lone surrogate", "\ud800x", "\\u{d800}x"],
    ["line separator", "a\u2028b", "a\\u{2028}b"],
    ["a zero-width space", "we\u200bb", "we\\u{200b}b"],
    ["a tag character outside the BMP", "a\u{e0041}", "a\\u{e0041}"],
    ["a noncharacter", "\ufffe", "\\u{fffe}"],
  ])("shows %s", (_, given, shown) => {
    expect(safeText(given)).toBe(shown);
  });

  it.each(["default/web-0", "캡처/노드1.pcap", "naïve → 12 × 3…", "🐳", "]]><script>", "C:\\new"])(
    "leaves %s alone",
    (text) => {
      expect(safeText(text)).toBe(text);
    },
  );

  it("leaves no control, format or surrogate character of any string", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(safeText(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      }),
    );
  });
});

describe("displayWidth", () => {
  it.each([
    ["web-0", 5],
    ["캡처", 4],
    ["e\u0301", 1],
    ["→", 1],
    ["🐳", 2],
  ])("of %s is %i columns", (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });
});
