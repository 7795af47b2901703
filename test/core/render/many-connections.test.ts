// A capture of a scan has millions of connections. What is not shown must not be made: counted here, never timed.
import { describe, expect, it } from "vitest";
import { examine } from "../../../src/core/doctor/examine.ts";
import { explain } from "../../../src/core/explain/explain.ts";
import { renderJson } from "../../../src/core/render/json.ts";
import { renderJsonLines } from "../../../src/core/render/jsonl.ts";
import { renderText } from "../../../src/core/render/text.ts";
import { buildReport } from "../../../src/core/report/build-report.ts";
import { filterReport } from "../../../src/core/report/filter-report.ts";
import type { Report } from "../../../src/core/report/report.ts";
import { META } from "../../support/analysis.ts";
import { countedAnalysis } from "../../support/counted-analysis.ts";

const MANY = 300_000;

function counted(connections: number): { report: Report; made: () => number } {
  const { analysis, made } = countedAnalysis(connections);
  return { report: buildReport(analysis, META), made };
}

describe("300,000 connections", () => {
  it("are counted, summed and tied to their findings without making one", () => {
    const { report, made } = counted(MANY);
    expect(report.connections.length).toBe(MANY);
    const { classes } = report.summary;
    expect(Object.values(classes).reduce((sum, one) => sum + one.connections, 0)).toBe(MANY);
    expect(report.findings.find(({ rule }) => rule === "syn-unanswered")?.connections.at(-1)).toBe(
      "conn-299998",
    );
    expect(made()).toBe(0);
  });

  it("are rendered as text by making ten of each class", () => {
    const { report, made } = counted(MANY);
    const text = [...renderText(report, { color: false, width: 100, wide: false })].join("");
    expect(text).toContain("300,000 connections");
    expect(text).toContain("of 300,000 paths proven");
    expect(made()).toBe(10 * Object.keys(report.summary.classes).length);
  });

  it("are filtered by class and finding without making one", () => {
    const { report, made } = counted(MANY);
    const part = filterReport(report, [
      { field: "class", value: "snat-egress", negated: false },
      { field: "finding", value: "syn-unanswered", negated: false },
    ]).report;
    // Two kinds of eight are of the class, every third connection has the finding: two of 24.
    const shown = (2 * MANY) / 24;
    expect(part?.filter?.shown).toBe(shown);
    expect(part?.summary.classes["snat-egress"]?.connections).toBe(shown);
    const finding = part?.findings.find(({ rule }) => rule === "syn-unanswered");
    expect(finding?.connections.length).toBe(shown);
    expect(made()).toBe(0);
  });
});

describe("questions about 30,000 connections", () => {
  it("make only the one that is asked for by its id", () => {
    const { report, made } = counted(30_000);
    const { explanation } = explain(report, "conn-29999", 5);
    expect(explanation?.explained.map(({ id }) => id)).toEqual(["conn-29999"]);
    expect(made()).toBe(1);
  });

  it("make each once to find those of an address, and again those that are explained", () => {
    const { report, made } = counted(30_000);
    const address = report.connections.at(0)?.orig.address ?? "";
    const before = made();
    const { explanation } = explain(report, address, 5);
    expect(explanation?.explained).toHaveLength(5);
    expect(explanation?.notExplained.length).toBe((explanation?.matched ?? 0) - 5);
    expect(made() - before).toBe(30_000 + 5);
  });

  it("are answered by doctor in one walk", () => {
    const { report, made } = counted(30_000);
    const checkup = examine(report, []);
    expect(checkup.verdicts.proven + checkup.verdicts.open).toBe(30_000);
    expect(made()).toBe(30_000);
  });

  it("walk once for the names and once for the connections of a pod", () => {
    const { report, made } = counted(30_000);
    const part = filterReport(report, [{ field: "pod", value: "web", negated: false }]).report;
    expect(part?.connections.length).toBeGreaterThan(0);
    expect(made()).toBe(2 * 30_000);
  });
});

describe("a program's format", () => {
  it.each([
    ["JSON", renderJson],
    ["JSON lines", renderJsonLines],
  ])("makes each connection once for %s, when its turn comes", (_, render) => {
    const { report, made } = counted(2_000);
    let ahead = 0;
    let seen = 0;
    for (const chunk of render(report)) {
      seen += chunk.split(/"id": ?"conn-/).length - 1;
      ahead = Math.max(ahead, made() - seen);
    }
    expect([made(), seen]).toEqual([2_000, 2_000]);
    expect(ahead).toBe(0);
  });

  it("never holds the text of a finding about all connections", () => {
    const { report } = counted(MANY);
    const finding = { ...report, connections: [] };
    for (const render of [renderJson, renderJsonLines])
      for (const chunk of render(finding)) expect(chunk.length).toBeLessThan(10_000);
  });
});
