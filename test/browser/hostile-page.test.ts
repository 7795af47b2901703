/**
 * Goal: whatever stands in a capture or a snapshot, the page runs nothing, asks for nothing and shows the text as it is.
 * Method: one hostile text at a time in every field of a report, opened in Chromium with everything watched.
 */
import { describe, expect, it } from "vitest";
import { safeText } from "../../src/core/render/safe-text.ts";
import type { Report } from "../../src/core/report/report.ts";
import { renderHtmlPage } from "../../src/node/render-html.ts";
import { BROWSER_TIMEOUT_MS, skipsBrowser, useBrowser } from "../support/browser.ts";
import { HOSTILE_TEXTS, hostileReport } from "../support/hostile-report.ts";
import { readText } from "../support/repository.ts";

/** What ends an element, an attribute, a style sheet, a title, a block of data, a comment; what runs, loads and leads away. */
const ACTIVE_TEXTS: readonly string[] = [
  "<script>alert(1)</script>",
  "</title><script>alert(1)</script>",
  "</style><script>alert(1)</script>",
  "--><script>alert(1)</script><!--",
  "]]></title><img src=x onerror=alert(1)>",
  "<img src='//192.0.2.1/x' onerror='alert(1)'>",
  "\"><svg onload=alert(1)><foreignObject><iframe srcdoc='<script>alert(1)</script>'>",
  "' autofocus onfocus='alert(1)' x='",
  "javascript:alert(1)",
  "jav\tascript:alert(1)",
  "&lt;script&gt;alert(1)&lt;/script&gt;",
  "&#60;script&#62;alert(1)",
  "<a href='https://example.com/' ping='https://example.com/'>",
  "<link rel=stylesheet href=//192.0.2.1/x><meta http-equiv=refresh content='0;url=//192.0.2.1/'>",
  "<form action=//192.0.2.1/><input autofocus name=q></form>",
  "<base href='//192.0.2.1/'>",
  "{{constructor.constructor('alert(1)')()}} \u0024{alert(1)}",
  '{"texts":["\\u003c/script>"]}',
  "constructor",
  "toString",
  "1e999",
  "\ufffe\uffff\ufeff",
  "e\u0301\u200b\u00ad\u{1f468}\u200d\u{1f469}",
];

const BASE: Report = JSON.parse(readText("samples/tour/expected.report.json"));

describe.skipIf(skipsBrowser)("a page full of one text", { timeout: BROWSER_TIMEOUT_MS }, () => {
  const browser = useBrowser();

  it.each([...HOSTILE_TEXTS, ...ACTIVE_TEXTS])("%j", async (hostile) => {
    const report = hostileReport(BASE, hostile);
    const html = [...(await renderHtmlPage(report))].join("");
    const { page, misdeeds, close } = await browser.open(html);
    const cut =
      hostile.length > 2_000
        ? `${hostile.slice(0, 2_000)}… ${hostile.length - 2_000} more characters`
        : hostile;
    const shown = safeText(cut);

    expect(await page.locator("script").count()).toBe(2);
    expect(
      await page.locator("iframe, img, object, embed, form, base, foreignObject").count(),
    ).toBe(0);
    const active: string[] =
      await page.evaluate(`[...document.querySelectorAll("*")].flatMap((element) =>
      [...element.attributes].filter(({ name, value }) =>
        /^on|^(?:src|srcset|action|formaction|ping|style)$/.test(name) || (/href$/.test(name) && !/^(?:#|data:,$)/.test(value)))
        .map(({ name }) => element.tagName + " " + name))`);
    expect(active).toEqual([]);

    const textOf = (selector: string): Promise<string> =>
      page.evaluate(`document.querySelector(${JSON.stringify(selector)}).textContent`);
    expect(await textOf("#f1 h3")).toBe(shown);
    expect(await textOf("#f1 dd")).toBe(shown);
    expect(await textOf("#inputs tbody th")).toBe(`${shown}c1`);
    expect(await page.title()).toContain("2 errors");

    // Everything that the script can be made to do with it.
    await page.locator("#filter").fill(hostile);
    await page.locator("#filter").fill("");
    await page.getByRole("button", { name: "conn-4", exact: true }).click();
    await page.getByRole("button", { name: "From" }).click();
    for (const select of await page.locator(".choice select").all()) {
      const last = await select.locator("option").last().getAttribute("value");
      await select.selectOption({ value: last ?? "" });
    }
    await page.locator("#filter").fill("");
    await page.getByRole("button", { name: "Help" }).click();
    await close();
    expect(misdeeds).toEqual([]);
  });

  it("in the address is read as a filter and nothing else", async () => {
    const html = [...(await renderHtmlPage(BASE))].join("");
    const hash = `#filter=${encodeURIComponent("<img src=x onerror=alert(1)>")}&open=%3Cscript%3E&sort=__proto__&page=-1&diagram=${encodeURIComponent("'\"<x>")}`;
    const { page, misdeeds, close } = await browser.open(html, {}, hash);
    expect(await page.locator("#filter").inputValue()).toBe("<img src=x onerror=alert(1)>");
    expect(await page.locator("img").count()).toBe(0);
    await close();
    expect(misdeeds).toEqual([]);
  });

  it("would be seen if it did something: the watch is shown a page that does", async () => {
    const bad =
      "<!doctype html><meta http-equiv=Content-Security-Policy content=\"img-src 'none'\">" +
      "<img src=x.png><script>fetch('missing.json').catch(() => {}); alert(1); throw new Error('seen')</script>";
    const { page, misdeeds, close } = await browser.open(bad);
    await page.waitForTimeout(200);
    await close();
    for (const kind of [
      "dialog: 1",
      "exception: seen",
      "console: policy violated: img-src",
      "request: file:",
    ])
      expect(misdeeds.some((misdeed) => misdeed.startsWith(kind))).toBe(true);
  });
});
