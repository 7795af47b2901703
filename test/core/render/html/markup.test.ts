/** Goal: no text becomes markup. Method: hostile texts through every encoder, and what must not compile. */
import { describe, expect, it } from "vitest";
import {
  element,
  jsonBlock,
  type Markup,
  open,
  ownScript,
  ownStyle,
  text,
} from "../../../../src/core/render/html/markup.ts";
import { HOSTILE_TEXTS } from "../../../support/hostile-report.ts";

const RAW = "<b>raw</b>";

describe("text", () => {
  it.each([
    ["a<b>&\"'", "a&lt;b&gt;&amp;&quot;&#39;"],
    ["&lt;", "&amp;lt;"],
    ["결제-서버 → web", "결제-서버 → web"],
    ["a\u0000b\u001b[1m\n", "a\\x00b\\x1b[1m\\n"],
    ["\u202egnp\u2028", "\\u{202e}gnp\\u{2028}"],
    ["\ud800", "\\u{d800}"],
  ])("%j becomes %j", (value, expected) => {
    expect(text(value)).toBe(expected);
  });

  it("of a megabyte is cut, with a word on how much", () => {
    const shown = text(`${"x".repeat(1_999)}😀${"y".repeat(100)}`);
    expect(shown).toBe(`${"x".repeat(1_999)}… 102 more characters`);
  });
});

describe("an element", () => {
  it("holds markup only: a plain string does not compile", () => {
    // @ts-expect-error a string is no markup
    const child = element("p", {}, RAW);
    // @ts-expect-error nor is it made one by being returned
    const made: Markup = RAW;
    expect([child, made]).toHaveLength(2);
  });

  it("has no attribute that runs or loads", () => {
    // @ts-expect-error no event handlers
    open("p", { onclick: "alert(1)" });
    // @ts-expect-error no style attribute, which the page's policy would refuse
    open("p", { style: "color:red" });
    // @ts-expect-error links lead to places of the page
    open("a", { href: "javascript:alert(1)" });
    // @ts-expect-error no scripts, frames, images
    open("script", {});
    expect(open("a", { href: "#f1" })).toBe('<a href="#f1">');
  });

  it("encodes attributes so that no text ends one", () => {
    for (const value of [...HOSTILE_TEXTS, '" onload="alert(1)', "' x", "javascript:alert(1)"]) {
      const [, inside] = /^<p title="([^"]*)">$/.exec(open("p", { title: value })) ?? [];
      expect(inside).toBeDefined();
      expect(inside).not.toMatch(/[<>"']/);
      const [, target] = /^<a href="(#[^"]*)">$/.exec(open("a", { href: `#${value}` })) ?? [];
      expect(target).not.toMatch(/[<>"']/);
    }
  });

  it("leaves out what is not set", () => {
    expect(open("details", { open: false })).toBe("<details>");
    expect(open("details", { open: true, id: "a" })).toBe('<details open id="a">');
  });
});

describe("a block of data", () => {
  it.each([...HOSTILE_TEXTS, "</SCRIPT >", "<!--<script>", "\u2028"])(
    "brings back %j and cannot be ended by it",
    (value) => {
      const block = jsonBlock("facts", { [value]: value });
      const inside = block.slice(block.indexOf(">") + 1, block.lastIndexOf("</script>"));
      expect(inside).not.toMatch(/[<>&\p{Zl}\p{Zp}\p{Cc}]/u);
      // Halves of surrogate pairs are escapes in JSON: they come back as they were.
      expect(JSON.parse(inside)).toEqual({ [value]: value });
    },
  );
});

describe("podpath's own script and style", () => {
  it("are refused where their text would end the element", () => {
    expect(() => ownScript("const a = '</script>'")).toThrow(/end its own element/);
    expect(() => ownScript("<!-- <script>")).toThrow();
    expect(() => ownStyle("a{content:'</style>'}")).toThrow(/end its element/);
    expect(ownScript("a < b")).toBe("<script>a < b</script>\n");
  });
});
