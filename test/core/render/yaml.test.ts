// YAML must mean what the JSON report means, whatever strangers put into names; the library that reads policies reads it back.
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { renderYaml } from "../../../src/core/render/yaml.ts";
import { buildReport } from "../../../src/core/report/build-report.ts";
import type { Report } from "../../../src/core/report/report.ts";
import { META, richAnalysis } from "../../support/analysis.ts";
import { countedAnalysis } from "../../support/counted-analysis.ts";
import { HOSTILE_TEXTS, hostileReport } from "../../support/hostile-report.ts";
import { parsedReport } from "../../support/parsed-report.ts";
import { reportOf } from "../../support/report.ts";

const report = buildReport(richAnalysis(), META);
const yaml = (value: Report): string => [...renderYaml(value)].join("");
const read = (text: string, version: "1.1" | "1.2" = "1.2"): unknown => parse(text, { version });

describe("the report as YAML", () => {
  it("means what the JSON report means, to old readers as well", () => {
    expect(read(yaml(report))).toEqual(parsedReport(report));
    // YAML 1.1 has timestamps and octal numbers: nothing of the report may turn into one.
    expect(read(yaml(report), "1.1")).toEqual(parsedReport(report));
  });

  it("is one fact a line, in the order of the JSON report", async () => {
    await expect(yaml(report)).toMatchFileSnapshot("golden/rich.yaml");
  });

  it("has empty lists where there is nothing", () => {
    expect(read(yaml(reportOf({})))).toEqual(reportOf({}));
  });

  it("makes each connection once, when its turn comes", () => {
    const { analysis, made } = countedAnalysis(200);
    let ahead = 0;
    let seen = 0;
    for (const chunk of renderYaml(buildReport(analysis, META))) {
      seen += chunk.split("- id: conn-").length - 1;
      ahead = Math.max(ahead, made() - seen);
    }
    expect([made(), seen]).toEqual([200, 200]);
    // The first is made before the line that begins the list.
    expect(ahead).toBe(1);
  });
});

const ACTS_ON_TERMINAL = /[^\P{Cc}\n]|[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

it.each([...HOSTILE_TEXTS, "\u{e0041}tag", "- a\n  b: c\n\n", "no", "0x10", "# c", "%TAG !"])(
  "a report whose every text is %j is YAML of the same value",
  (hostile) => {
    const evil = hostileReport(report, hostile);
    expect(read(yaml(evil))).toEqual(evil);
    expect(yaml(evil)).not.toMatch(ACTS_ON_TERMINAL);
  },
);
