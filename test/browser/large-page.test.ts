/**
 * Goal: a hundred thousand connections do not freeze the page. Method: no clock; the number of elements in the document is
 * bounded whatever is filtered, sorted and turned to, and so is the file.
 */
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { renderHtmlPage } from "../../src/node/render-html.ts";
import { BROWSER_TIMEOUT_MS, skipsBrowser, useBrowser } from "../support/browser.ts";
import { clusterReport } from "../support/report.ts";

const SIZE = { nodes: 100, pods: 4_000, connections: 100_000, findingEvery: 500 };
/** A page of rows, the other sections and the map. */
const MOST_ELEMENTS = 12_000;

describe.skipIf(skipsBrowser)(
  "a report of a hundred thousand connections",
  { timeout: BROWSER_TIMEOUT_MS },
  () => {
    const browser = useBrowser();
    const elements = (page: Page): Promise<number> =>
      page.evaluate(`document.querySelectorAll("*").length`);
    const rows = (page: Page): Promise<number> => page.locator("#rows tbody tr").count();
    const told = (page: Page): Promise<string> => page.locator("#filter-told").innerText();

    it("opens, filters, sorts, turns pages and opens connections with few elements", async () => {
      const html = [...(await renderHtmlPage(clusterReport(SIZE)))].join("");
      expect(html.length).toBeLessThan(5.5 * 1024 * 1024);
      const { page, misdeeds, close } = await browser.open(html);
      expect(await rows(page)).toBe(100);
      expect(await elements(page)).toBeLessThan(MOST_ELEMENTS);
      expect(await told(page)).toBe("5,000 connections in this file; 1 to 100 shown");
      await expect(page.locator("#not-in-file").innerText()).resolves.toMatch(
        /^5,000 of 100,000 connections/,
      );

      await page.locator("#filter").fill("finding:error");
      expect(await told(page)).toMatch(/^\d+ of 5,000 connections in this file/);
      expect(await rows(page)).toBeLessThanOrEqual(100);
      await page.locator("#filter").fill("e");
      await page.getByRole("button", { name: "Data" }).click();
      await page.getByRole("button", { name: "Next" }).click();
      expect(await told(page)).toMatch(/101 to 200 shown$/);
      await page.locator("#rows tbody button").first().click();
      expect(await rows(page)).toBe(101);
      expect(await elements(page)).toBeLessThan(MOST_ELEMENTS);

      // What is not told in the file has the command that tells it.
      await page.locator("#filter").fill("");
      await page.getByRole("button", { name: "Findings" }).click();
      for (let i = 0; i < 48; i++) await page.getByRole("button", { name: "Next" }).click();
      await page.locator("#rows tbody button").last().click();
      await expect(page.locator("tr.opened").innerText()).resolves.toMatch(
        /podpath explain conn-\d+/,
      );
      expect(await elements(page)).toBeLessThan(MOST_ELEMENTS);
      await close();
      expect(misdeeds).toEqual([]);
    });
  },
);
