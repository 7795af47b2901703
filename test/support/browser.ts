/**
 * Debian's Chromium for tests of pages. A person without it sees the tests skipped and is told so; CI must have it, or a page
 * that runs somebody's script could pass for a safe one.
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll } from "vitest";

const CHROMIUM = process.env.PODPATH_CHROMIUM ?? "/usr/bin/chromium";

/** It asks for nothing of its own: what is in the request log is the page's. */
const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** A browser shares the machine with the other tests; what takes long on a busy one is no failure. */
export const BROWSER_TIMEOUT_MS = 120_000;

/** For an element that does not come. Not a measure of anything: a test that waits for nothing should say so soon. */
const MOST_WAITING_MS = 10_000;

/** Whether the tests of pages are left out. Under CI they never are: there a missing browser fails them. */
export const skipsBrowser = !existsSync(CHROMIUM) && process.env.CI === undefined;
if (skipsBrowser) {
  console.warn(`no ${CHROMIUM} (apt-get install chromium): the tests of pages are skipped`);
}

/** What a page did that no report may do. */
export interface Watched {
  readonly page: Page;
  /** Dialogs, exceptions, refused or foreign requests, violations of the page's policy; empty when all is well. */
  readonly misdeeds: string[];
  readonly close: () => Promise<void>;
}

export interface TestBrowser {
  /** Opens the HTML from a file, as a person would. `hash` begins with "#". */
  open(html: string, options?: BrowserContextOptions, hash?: string): Promise<Watched>;
}

/** One browser for the tests of a file, with an empty profile. */
export function useBrowser(): TestBrowser {
  let browser: Browser | undefined;
  let folder = "";
  let files = 0;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "podpath-pages-"));
    if (!skipsBrowser) browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    async open(html, options = {}, hash = "") {
      if (browser === undefined) throw new Error(`no ${CHROMIUM}`);
      const path = join(folder, `${++files}.html`);
      writeFileSync(path, html);
      const address = pathToFileURL(path).href;
      const context = await browser.newContext(options);
      context.setDefaultTimeout(MOST_WAITING_MS);
      const page = await context.newPage();
      const misdeeds = watch(page, address);
      await page.addInitScript(REPORT_VIOLATIONS);
      await page.goto(address + hash);
      return { page, misdeeds, close: () => context.close() };
    },
  };
}

/** Runs in the page before anything of it does. */
const REPORT_VIOLATIONS = `addEventListener("securitypolicyviolation", (event) =>
  console.error("policy violated: " + event.effectiveDirective + " " + event.blockedURI));`;

function watch(page: Page, address: string): string[] {
  const misdeeds: string[] = [];
  page.on("dialog", (dialog) => {
    misdeeds.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("pageerror", (error) => misdeeds.push(`exception: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning")
      misdeeds.push(`console: ${message.text().slice(0, 300)}`);
  });
  page.on("request", (request) => {
    const url = request.url();
    if (url.split("#")[0] !== address) misdeeds.push(`request: ${url.slice(0, 300)}`);
  });
  page.on("popup", () => misdeeds.push("popup"));
  return misdeeds;
}
