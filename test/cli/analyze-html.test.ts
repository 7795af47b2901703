/** `-o html` as a user meets it: one file, the same every time, of a part where a filter was given, of nothing where there is nothing. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { pcapFile } from "../support/capture.ts";
import { runCli } from "../support/cli.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

describe("podpath -o html", () => {
  it("writes the same page to a file as to standard output, and the same every time", async () => {
    const file = join(temporaryDirectory(), "report.html");
    const { code, stdout, stderr } = await runCli(["samples/tour", "-o", "html"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout.startsWith("<!doctype html>\n")).toBe(true);
    expect(stdout.endsWith("</html>\n")).toBe(true);
    await runCli(["analyze", "samples/tour", "-o", "html", "--output", file]);
    expect(readFileSync(file, "utf8")).toBe(stdout);
  });

  it("allows by their hashes exactly the script and the style sheets that it holds", async () => {
    const { stdout } = await runCli(["samples/tour", "-o", "html"]);
    const [, policy = ""] = /Content-Security-Policy" content="([^"]+)"/.exec(stdout) ?? [];
    const allowed = new Set(policy.match(/sha256-[^&]+/g));
    const held = [
      ...stdout.matchAll(/<script>(.*?)<\/script>/gs),
      ...stdout.matchAll(/<style[^>]*>(.*?)<\/style>/gs),
    ].map(([, code = ""]) => `sha256-${createHash("sha256").update(code).digest("base64")}`);
    expect(held.length).toBeGreaterThan(4);
    expect(new Set(held)).toEqual(allowed);
  });

  it("says what a filter left out", async () => {
    const { stdout } = await runCli(["samples/tour", "-o", "html", "--class", "snat-egress"]);
    expect(stdout).toContain("1 of 6 connections: --class snat-egress");
    expect(stdout).toContain('<article id="conn-6"');
    expect(stdout).not.toContain('<article id="conn-1"');
  });

  it("draws the whole, the path of the worst connections, and their ladder where the packets are listed", async () => {
    const count = (html: string) => html.match(/<svg /g)?.length;
    const { stdout: plain } = await runCli(["samples/tour", "-o", "html"]);
    const { stdout } = await runCli(["samples/tour", "-o", "html", "--key-packets"]);
    // Three of the whole; four connections have findings.
    expect([count(plain), count(stdout)]).toEqual([3 + 4, 3 + 4 + 4]);
    const ids = [...stdout.matchAll(/<[^>]* id="([^"]+)"/g)].map(([, id]) => id);
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
  });

  it("of a capture without packets says that nothing was seen", async () => {
    const folder = temporaryDirectory({ "empty.pcap": pcapFile([]) });
    const { code, stdout } = await runCli([join(folder, "empty.pcap"), "-o", "html"]);
    expect(code).toBe(0);
    expect(stdout).toContain("no connection seen");
    expect(stdout).toContain("There is no connection to show.");
    expect(stdout).not.toContain("<svg");
  });

  it("keeps the exit code of the findings", async () => {
    const { code } = await runCli(["samples/tour", "-o", "html", "--fail-on", "error"]);
    expect(code).toBe(1);
  });
});
