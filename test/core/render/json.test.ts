// JSON must be valid and mean the same whatever strangers put into names, and be neutral on a terminal as well.
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { renderJson } from "../../../src/core/render/json.ts";
import { renderJsonLines } from "../../../src/core/render/jsonl.ts";
import { renderText } from "../../../src/core/render/text.ts";
import { buildReport } from "../../../src/core/report/build-report.ts";
import type { Report } from "../../../src/core/report/report.ts";
import { reportJsonSchema } from "../../../src/core/report/report-json-schema.ts";
import { META, richAnalysis } from "../../support/analysis.ts";
import { HOSTILE_TEXTS, hostileReport } from "../../support/hostile-report.ts";
import { parsedReport } from "../../support/parsed-report.ts";

const report = buildReport(richAnalysis(), META);
const json = (value: Report) => [...renderJson(value)].join("");
const lines = (value: Report) => [...renderJsonLines(value)].join("").split("\n").slice(0, -1);
/** What acts on a terminal: C0 but the line feeds of the format itself, DEL, C1, bidi and other format characters. */
const ACTS_ON_TERMINAL = /[^\P{Cc}\n]|[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

describe("renderJson", () => {
  it("is the report", () => {
    expect(JSON.parse(json(report))).toEqual(parsedReport(report));
  });

  it("is indented by two like JSON.stringify, so that any tool's diff of it is small", () => {
    expect(json(report)).toBe(`${JSON.stringify(report, null, 2)}\n`);
  });

  it("has the same key order whatever order the object has", () => {
    const turned = Object.fromEntries(Object.entries(report).reverse());
    expect(json(turned as Report)).toBe(json(report));
  });

  it("never makes one string of the whole report", () => {
    const [connection] = report.connections;
    const many = { ...report, connections: Array.from({ length: 500 }, () => connection as never) };
    const longest = Math.max(...[...renderJson(many)].map((chunk) => chunk.length));
    expect(longest).toBeLessThan(json(many).length / 100);
  });
});

describe("renderJsonLines", () => {
  it("gives the whole report back when its lines are put together", () => {
    const values = lines(report).map((line) => JSON.parse(line));
    const of = (type: string) =>
      values.filter((value) => value.type === type).map(({ type: _, ...rest }) => rest);
    const [rest] = of("report");
    expect({
      ...rest,
      connections: of("connection"),
      findings: of("finding"),
      diagnostics: of("diagnostic"),
    }).toEqual(parsedReport(report));
    expect(values[0].type).toBe("report");
  });
});

describe.each(HOSTILE_TEXTS)("a report whose every text is %j", (hostile) => {
  const evil = hostileReport(report, hostile);

  it("is valid JSON of the same value", () => {
    expect(JSON.parse(json(evil))).toEqual(evil);
    expect(json(evil)).not.toMatch(ACTS_ON_TERMINAL);
    expect(JSON.parse(lines(evil)[1] ?? "").class).toBe(evil.connections.at(0)?.class);
    for (const line of lines(evil)) expect(line).not.toMatch(ACTS_ON_TERMINAL);
  });

  it("still has the published shape", () => {
    const validate = new Ajv2020().compile(reportJsonSchema());
    expect(validate(JSON.parse(json(evil))), JSON.stringify(validate.errors)).toBe(true);
  });

  it("does nothing to a terminal and forges no line", () => {
    const benign = [
      ...renderText(hostileReport(report, "x"), { color: false, width: 1e9, wide: true }),
    ];
    const text = [...renderText(evil, { color: false, width: 1e9, wide: true })].join("");
    expect(text).not.toMatch(ACTS_ON_TERMINAL);
    expect(text.split("\n").length).toBe(benign.join("").split("\n").length);
  });

  it("keeps to the width", () => {
    const text = [...renderText(evil, { color: false, width: 100, wide: false })].join("");
    for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
  });
});
