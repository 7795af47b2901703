/** A link stands at both connections, in JSON, in the wide text and in `explain`, and changes nothing else. */
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, it } from "vitest";
import type { ProxiedLink } from "../../../src/core/classify/proxied.ts";
import { explain } from "../../../src/core/explain/explain.ts";
import { renderText } from "../../../src/core/render/text.ts";
import { buildReport } from "../../../src/core/report/build-report.ts";
import { reportJsonSchema } from "../../../src/core/report/report-json-schema.ts";
import { META, richAnalysis } from "../../support/analysis.ts";
import { evidence } from "../../support/analysis-parts.ts";
import { parsedReport } from "../../support/parsed-report.ts";

const LINK: ProxiedLink = {
  front: 1,
  back: 2,
  confidence: "possible",
  because: "nothing else was open",
  evidence: [evidence("One ends where the other begins.", [[0, 31]])],
};
const plain = buildReport(richAnalysis(), META);
const linked = buildReport({ ...richAnalysis(), proxied: [LINK] }, META);

it("is in the schema, and names the other connection and its side at both", () => {
  const validate = new Ajv2020({ allErrors: true }).compile(reportJsonSchema());
  validate(parsedReport(linked));
  expect(validate.errors).toBeNull();
  const told = [...linked.connections].map(({ id, links = [] }) => [
    id,
    ...links.map(({ connection, side }) => `${side} ${connection}`),
  ]);
  expect(told.filter((one) => one.length > 1)).toEqual([
    ["conn-2", "back conn-3"],
    ["conn-3", "front conn-2"],
  ]);
  expect(linked.connections.at(1)?.links?.[0]?.evidence[0]?.packets).toEqual([
    { capture: "c1", record: 31 },
  ]);
});

it("leaves everything else as it was", () => {
  const connections = [...linked.connections].map(({ links: _links, ...rest }) => rest);
  expect({ ...parsedReport(linked), connections }).toEqual(parsedReport(plain));
});

it("is a sentence of explain, from either side", () => {
  const told = (id: string): string | undefined =>
    explain(linked, id, 1).explanation?.explained[0]?.ends.at(-1)?.statement;
  expect(told("conn-2")).toBe(
    "Pod shop/api-0 (StatefulSet/api) on ip-192-168-2-6.ec2.internal opened conn-3 on behalf of it, possible: nothing else was open.",
  );
  expect(told("conn-3")).toBe(
    "Load balancer k8s-shop-api-1a2b3c opened it on behalf of conn-2, possible: nothing else was open.",
  );
});

it("is shown in the wide text only", () => {
  const text = (wide: boolean): string =>
    [...renderText(linked, { color: false, width: 160, wide })].join("");
  expect(text(true)).toContain("proxied: conn-3 opened on behalf of it, possible");
  expect(text(true)).toContain("proxied: opened for conn-2, possible");
  expect(text(false)).not.toContain("proxied");
});
