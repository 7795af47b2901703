import { describe, expect, it } from "vitest";
import {
  markdownCode,
  markdownCodeBlock,
  markdownText,
} from "../../../src/core/render/markdown-text.ts";

describe("text in Markdown", () => {
  it.each([
    ["a_b*c", "a\\_b\\*c"],
    ["[x](http://e)", "\\[x\\](http://e)"],
    ["<img src=x>", "\\<img src=x\\>"],
    ["a | b & c ~ d # e", "a \\| b \\& c \\~ d \\# e"],
    ["- item", "\\- item"],
    ["12. item", "12\\. item"],
    ["10.0.1.11:80 → 10.0.1.12", "10.0.1.11:80 → 10.0.1.12"],
    // The line feed has become a backslash and an n, and the backslash is text.
    ["a\nb", "a\\\\nb"],
  ])("%j", (text, expected) => {
    expect(markdownText(text)).toBe(expected);
  });

  it("has code whose fence nothing inside can close", () => {
    expect(markdownCode("a")).toBe("`a`");
    expect(markdownCode("a``b`")).toBe("``` a``b` ```");
    expect(markdownCode(" ")).toBe("`   `");
    expect(markdownCodeBlock(["echo '````'"])).toBe("`````sh\necho '````'\n`````\n");
  });
});
