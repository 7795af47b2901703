// `podpath diff`: captures or reports, exit codes, forms.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { diffReports } from "../../src/core/policy/diff-reports.ts";
import { renderDiffMarkdown } from "../../src/core/render/diff-markdown.ts";
import { renderDiffText } from "../../src/core/render/diff-text.ts";
import { runCli } from "../support/cli.ts";
import { HOSTILE_TEXTS, hostileReport } from "../support/hostile-report.ts";
import { webToApi, wholeReport } from "../support/policy.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

describe("podpath diff", () => {
  it("of the same captures ends with 0", async () => {
    const { code, stdout, stderr } = await runCli(["diff", "samples/tour", "samples/tour"]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("verdict   SAME: 4 unchanged");
  });

  it("of captures before and after a fault ends with 1 and shows both ways", async () => {
    const { code, stdout } = await runCli([
      "diff",
      "samples/overlay-vxlan",
      "samples/unexpected-snat",
      "-o",
      "wide",
    ]);
    expect(code).toBe(1);
    expect(stdout).toContain("CHANGED (1)");
    expect(stdout).toMatch(/- pod-to-pod-direct; .*\n.*\+ pod-to-pod-nat, snat; /);
  });

  it("takes reports for either side and says the same", async () => {
    const file = join(temporaryDirectory(), "base.json");
    await runCli(["analyze", "samples/tour", "-o", "json", "--output", file]);
    const captures = await runCli(["diff", "samples/tour", "samples/pod-to-pod", "-o", "json"]);
    const mixed = await runCli(["diff", file, "samples/pod-to-pod", "-o", "json"]);
    expect(mixed.stdout).toBe(captures.stdout);
    expect(JSON.parse(mixed.stdout).schema).toBe("podpath.diff/1");
    expect(readFileSync(file, "utf8").length).toBeGreaterThan(100);
  });

  it.each([
    [["samples/tour"], 2],
    [["-", "-"], 2],
    [["samples/tour", "no-such"], 3],
    [["no-such", "samples/tour"], 3],
  ])("%j ends with %i", async (argv, code) => {
    expect((await runCli(["diff", ...argv])).code).toBe(code);
  });

  it("draws what changed", async () => {
    const { code, stdout } = await runCli([
      "diff",
      "samples/tour",
      "samples/pod-to-pod",
      "-o",
      "svg",
    ]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
    expect(stdout).toContain("DIFFERENT: 1 added, 3 gone, 1 unchanged");
  });

  it("with --strict ends with 4 where something could hide a difference", async () => {
    const argv = ["diff", "samples/tour", "samples/tour", "--max-connections", "2"];
    expect((await runCli(argv)).code).toBe(0);
    expect((await runCli([...argv, "--strict"])).code).toBe(4);
  });
});

describe("hostile names in a comparison", () => {
  const report = wholeReport({ connections: [webToApi("conn-1", "pod-to-pod-nat")] });

  it.each(HOSTILE_TEXTS.map((text) => [JSON.stringify(text).slice(0, 40), text]))(
    "%s",
    (_shown, text) => {
      const diff = diffReports(report, hostileReport(report, text));
      for (const output of [
        [...renderDiffText(diff, { color: false, width: 100, wide: true })].join(""),
        [...renderDiffMarkdown(diff)].join(""),
      ]) {
        expect(output).not.toMatch(/[^\P{C}\n]/u);
        expect(output).not.toMatch(/^::error/m);
      }
    },
  );
});
