/**
 * Goal: the HTML report in a real browser does what it says and nothing else. Method: Debian's Chromium opens the file with
 * its requests, dialogs, exceptions and policy violations watched; axe-core judges accessibility.
 */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import type { Report } from "../../src/core/report/report.ts";
import { renderHtmlPage } from "../../src/node/render-html.ts";
import { BROWSER_TIMEOUT_MS, skipsBrowser, useBrowser, type Watched } from "../support/browser.ts";
import { ROOT, readText } from "../support/repository.ts";

const SAMPLES = readdirSync(`${ROOT}samples`, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort();

function sample(name: string): Report {
  return JSON.parse(readText(`samples/${name}/expected.report.json`));
}

async function html(report: Report): Promise<string> {
  return [...(await renderHtmlPage(report))].join("");
}

/** Each violation of WCAG 2.2 A and AA and of axe-core's best practices, with where it is. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(
    `axe.run(document).then(({ violations }) => violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html }) => id + ": " + html.slice(0, 200))))`,
  );
}

function ids(page: Page): Promise<string> {
  return page.evaluate(
    `[...document.querySelectorAll("#rows tbody tr:not(.opened) th button")].map((b) => b.textContent).join(" ")`,
  );
}

async function isWithoutSideways(page: Page): Promise<boolean> {
  return page.evaluate(
    "document.documentElement.scrollWidth <= document.documentElement.clientWidth",
  );
}

describe.skipIf(skipsBrowser)(
  "the HTML report in Chromium",
  { timeout: BROWSER_TIMEOUT_MS },
  () => {
    const browser = useBrowser();
    const done = async ({ misdeeds, close }: Watched): Promise<void> => {
      await close();
      expect(misdeeds).toEqual([]);
    };

    describe.each(SAMPLES)("of the sample %s", (name) => {
      it("is accessible, light and wide as well as dark and narrow, with a connection open", async () => {
        const page = await html(sample(name));
        for (const [colorScheme, width] of [
          ["light", 1280],
          ["dark", 360],
        ] as const) {
          const viewport = { width, height: 800 };
          const opened = await browser.open(page, { colorScheme, viewport }, "#open=conn-1");
          expect(await violations(opened.page)).toEqual([]);
          expect(await isWithoutSideways(opened.page)).toBe(true);
          await done(opened);
        }
      });
    });

    it("can be read without its script: every finding, every connection, every sentence of evidence", async () => {
      const report = sample("tour");
      const opened = await browser.open(await html(report), { javaScriptEnabled: false });
      const visible = await opened.page.locator("body").innerText();
      for (const { message, proves, doesNotProve, advice, rule } of report.findings) {
        // The text is short names; the part before the first node's name is the same.
        expect(visible).toContain(message.slice(0, 60));
        for (const said of [proves, doesNotProve, advice, rule]) expect(visible).toContain(said);
      }
      for (const { id, class: pathClass } of report.connections) {
        expect(visible).toContain(id);
        expect(visible).toContain(pathClass);
        await expect(opened.page.locator(`article#${id}`).isVisible()).resolves.toBe(true);
      }
      expect(visible).toContain("frame.number in {");
      expect(visible).toContain("224 = 204 in connections + 20 arp");
      // What only the script could serve is not there.
      expect(await opened.page.locator("button, input, select").count()).toBe(0);
      await done(opened);
    });

    it("filters as one types, says how many are left, and says when a filter means nothing", async () => {
      const opened = await browser.open(await html(sample("tour")));
      const { page } = opened;
      expect(await ids(page)).toBe("conn-1 conn-2 conn-3 conn-4 conn-5 conn-6");
      await page.keyboard.press("/");
      await page.keyboard.type("class:pod-to-pod-nat -pod:jw4z4 pod:netshoot");
      const told = page.locator("#filter-told");
      await expect(told.innerText()).resolves.toMatch(/jw4z4: no connection here has it/);
      expect(await ids(page)).toBe("");
      await page.locator("#filter").fill("class:pod-to-pod-nat -port:57126");
      expect(await ids(page)).toBe("conn-1 conn-3 conn-4");
      await expect(told.innerText()).resolves.toBe("3 of 6 connections");
      expect(await told.getAttribute("aria-live")).toBe("polite");
      await page.locator("#choose-class").selectOption("snat-egress");
      expect(await page.locator("#filter").inputValue()).toBe("-port:57126 class:snat-egress");
      expect(await ids(page)).toBe("conn-6");
      await page.getByRole("button", { name: "Clear" }).click();
      expect(await ids(page)).toBe("conn-1 conn-2 conn-3 conn-4 conn-5 conn-6");
      await done(opened);
    });

    it("keeps filter, order and open connection in the hash, and reads them from it", async () => {
      const report = await html(sample("tour"));
      const opened = await browser.open(report);
      const { page } = opened;
      await page.locator("#filter").fill("pod:netshoot -port:80");
      await page.getByRole("button", { name: "Data" }).click();
      await page.getByRole("button", { name: "conn-4" }).click();
      const hash: string = await page.evaluate("location.hash");
      expect(hash).toBe("#filter=pod%3Anetshoot%20-port%3A80&sort=-bytes&open=conn-4");
      const shown = await ids(page);
      await done(opened);
      const again = await browser.open(report, {}, hash);
      expect(await ids(again.page)).toBe(shown);
      expect(shown).toMatch(/^conn-4 /);
      await expect(again.page.locator("article#conn-4").isVisible()).resolves.toBe(true);
      expect(await again.page.locator("[aria-sort]").getAttribute("aria-sort")).toBe("descending");
      await done(again);
    });

    it("is worked by keys: j, k, Enter, Escape, ?", async () => {
      const opened = await browser.open(await html(sample("tour")));
      const { page } = opened;
      const focused = () => page.evaluate("document.activeElement.textContent");
      await page.keyboard.press("j");
      expect(await focused()).toBe("conn-1");
      await page.keyboard.press("j");
      await page.keyboard.press("j");
      await page.keyboard.press("k");
      expect(await focused()).toBe("conn-2");
      await page.keyboard.press("Enter");
      const button = page.getByRole("button", { name: "conn-2", exact: true });
      expect(await button.getAttribute("aria-expanded")).toBe("true");
      await expect(page.locator("article#conn-2").isVisible()).resolves.toBe(true);
      expect(await focused()).toBe("conn-2");
      await page.keyboard.press("j");
      expect(await focused()).toBe("conn-3");
      await page.keyboard.press("Escape");
      expect(await page.locator("article").count()).toBe(0);
      await page.keyboard.press("?");
      await expect(page.getByRole("dialog").isVisible()).resolves.toBe(true);
      expect(await violations(page)).toEqual([]);
      // Single keys can be switched off.
      await page.getByLabel("Single keys act").uncheck();
      await page.getByRole("button", { name: "Close" }).click();
      await page.keyboard.press("/");
      expect(await page.evaluate("document.activeElement.id")).not.toBe("filter");
      await done(opened);
    });

    it("goes from a finding to its connections and back, and from a link that the page without script had", async () => {
      const report = await html(sample("tour"));
      const opened = await browser.open(report, {}, "#conn-5");
      const { page } = opened;
      await expect(page.locator("article#conn-5").isVisible()).resolves.toBe(true);
      await page.locator("#f1").getByRole("link", { name: "3 connections" }).click();
      expect(await ids(page)).toBe("conn-1 conn-2 conn-4");
      await page.locator("#f2").getByRole("link", { name: "conn-3" }).click();
      await expect(page.locator("article#conn-3").isVisible()).resolves.toBe(true);
      await page.locator("article#conn-3").getByRole("link", { name: "f2" }).click();
      expect(await page.evaluate("document.activeElement.id")).toBe("f2");
      await page.keyboard.press("Tab");
      await done(opened);
    });

    it("switches diagrams by tabs and arrow keys, remembers which, and prints them all", async () => {
      const report = await html(sample("tour"));
      const opened = await browser.open(report);
      const { page } = opened;
      const visible = (): Promise<string> =>
        page.evaluate(
          `[...document.querySelectorAll("[data-kind]")].filter((one) => one.checkVisibility()).map(({ id }) => id).join(" ")`,
        );
      expect(await visible()).toBe("diagram-topology");
      await page.getByRole("tab", { name: "Traffic flows" }).click();
      expect(await visible()).toBe("diagram-sankey");
      await page.keyboard.press("ArrowRight");
      expect(await visible()).toBe("diagram-timeline");
      const hash: string = await page.evaluate("location.hash");
      expect(hash).toBe("#diagram=timeline");
      await page.emulateMedia({ media: "print" });
      expect(await visible()).toBe("diagram-topology diagram-sankey diagram-timeline");
      await done(opened);
      const again = await browser.open(report, {}, hash);
      expect(await again.page.getByRole("tab", { selected: true }).innerText()).toBe(
        "Connections over time",
      );
      await done(again);
      const plain = await browser.open(report, { javaScriptEnabled: false });
      expect(await plain.page.locator("[data-kind] svg:visible").count()).toBe(3);
      expect(await plain.page.locator("article#conn-1 svg:visible").count()).toBe(1);
      await done(plain);
    });

    it("puts a filter into the clipboard as it stands", async () => {
      const opened = await browser.open(await html(sample("tour")), {
        permissions: ["clipboard-read", "clipboard-write"],
      });
      await opened.page.locator("#f1 pre button").first().click();
      const copied = await opened.page.evaluate("navigator.clipboard.readText()");
      expect(copied).toBe("frame.number in {1, 4, 5, 8, 25, 26, 27, 28, 57, 60, 61, 64}");
      await done(opened);
    });

    it("prints every finding opened and every row of the filter, and nothing to press", async () => {
      const report = sample("tour");
      const opened = await browser.open(await html(report));
      const { page } = opened;
      for (const summary of await page.locator("details.finding > summary").all())
        await summary.click();
      expect(await page.locator("details.finding[open]").count()).toBe(0);
      await page.emulateMedia({ media: "print" });
      await page.evaluate(`dispatchEvent(new Event("beforeprint"))`);
      const printed = await page.locator("body").innerText();
      for (const { advice, doesNotProve } of report.findings) {
        expect(printed).toContain(advice);
        expect(printed).toContain(doesNotProve);
      }
      for (const control of ["nav", ".filter-bar", ".copy"])
        await expect(page.locator(control).first().isVisible()).resolves.toBe(false);
      await done(opened);
    });

    it.skipIf(spawnSync("pdftotext", ["-v"]).error !== undefined)(
      "is a PDF with every finding, whatever is closed on the screen, with the script and without",
      async () => {
        const report = sample("tour");
        const page = await html(report);
        for (const javaScriptEnabled of [true, false]) {
          const opened = await browser.open(page, { javaScriptEnabled });
          for (const summary of await opened.page.locator("details.finding > summary").all())
            await summary.click();
          expect(await opened.page.locator("details.finding[open]").count()).toBe(0);
          const pdf = await opened.page.pdf({ format: "A4" });
          const { stdout } = spawnSync("pdftotext", ["-", "-"], { input: pdf, encoding: "utf8" });
          const words = stdout.replace(/\s+/g, " ");
          for (const { advice, doesNotProve, rule } of report.findings)
            for (const said of [advice, doesNotProve, rule]) expect(words).toContain(said);
          for (const { id } of report.connections) expect(words).toContain(id);
          await done(opened);
        }
      },
    );

    it("renders Korean names", async () => {
      const text = JSON.stringify(sample("tour")).replaceAll("netshoot-pod", "결제-서버");
      const opened = await browser.open(await html(JSON.parse(text)), {}, "#filter=결제");
      expect(await ids(opened.page)).toBe("conn-1 conn-2 conn-3 conn-4 conn-5 conn-6");
      await expect(opened.page.locator("#rows").innerText()).resolves.toContain(
        "default/결제-서버-7757d5dd99",
      );
      await done(opened);
    });
  },
);
