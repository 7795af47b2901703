/**
 * Goal: the page's filter means what the command line's means. Method: rows by hand for every field, and both filters asked the
 * same about the samples' reports.
 */
import { describe, expect, it } from "vitest";
import { rowFacts } from "../../src/core/render/html/row-facts.ts";
import { filterReport } from "../../src/core/report/filter-report.ts";
import type { Report } from "../../src/core/report/report.ts";
import type { FilterTerm as ReportTerm } from "../../src/core/report/report-filter.ts";
import { parseFilter } from "../../src/web/filter-query.ts";
import { rowFilter } from "../../src/web/filter-rows.ts";
import { readText } from "../support/repository.ts";
import { end, row } from "../support/rows.ts";

const f1 = { id: "f1", rule: "unexpected-snat", level: "error" };
const ROWS = [
  row("conn-1", { orig: end("web-1"), resp: end("web-10"), findings: [f1] }),
  row("conn-2", {
    orig: end("api-0", { namespace: "shop", port: 8080 }),
    resp: end("", { kind: "external", dnsNames: ["www.example.com"] }),
    addresses: ["10.0.3.3", "10.0.9.9", "2001:db8::7"],
    ports: [443],
    nodes: ["n2.ap-northeast-2.compute.internal"],
    class: "snat-egress",
    confidence: "inferred",
    state: "refused",
  }),
  row("conn-3", { protocol: "icmp", state: "", ports: [], nodes: ["n1", "n10"] }),
];

function shown(text: string): string {
  const { terms, problem } = parseFilter(text);
  expect(problem).toBeNull();
  const filter = rowFilter(ROWS, terms);
  expect(filter.problem).toBeUndefined();
  return ROWS.filter((one) => filter.matches?.(one))
    .map(({ id }) => id.slice(5))
    .join(" ");
}

describe("rows", () => {
  it.each([
    ["", "1 2 3"],
    ["pod:web", "1 3"],
    ["pod:web-1", "1"],
    ["pod:default/web-1", "1"],
    ["from-pod:web-1", "1"],
    ["to-pod:web-10", "1"],
    ["to-pod:web-1", ""],
    ["namespace:shop", "2"],
    ["node:n2", "2"],
    ["node:n1", "1 3"],
    ["ip:10.0.9.9", "2"],
    ["ip:10.0.0.0/16", "1 2 3"],
    ["ip:2001:db8::/32", "2"],
    ["port:443", "2"],
    ["-port:443", "1 3"],
    ["class:snat-egress", "2"],
    ["class:snat-egress class:pod-to-pod-direct", "1 2 3"],
    ["class:pod-to-pod-direct protocol:icmp", "3"],
    ["finding:f1", "1"],
    ["finding:error", "1"],
    ["finding:unexpected-snat", "1"],
    ["confidence:inferred", "2"],
    ["REFUSED", "2"],
    ["example.com", "2"],
    ["shop/api-0:8080", "2"],
    ["web tcp", "1"],
    ["-tcp", "3"],
  ])("%j shows %s", (text, expected) => {
    expect(shown(text)).toBe(expected);
  });

  it.each([
    ["pod:wbe-1", "pod wbe-1: no connection here has it, did you mean web-1?"],
    ["pod:shop/web-1", "pod shop/web-1: no connection here has it"],
    ["-class:nlb-pi", "class nlb-pi: no connection here has it"],
    ["port:http", "port http: a port is a number from 0 to 65535"],
    ["port:70000", "port 70000: a port is a number from 0 to 65535"],
    ["ip:10.0.0", /^ip 10\.0\.0: is neither an address nor a CIDR/],
    ["node:n3", /^node n3: no connection here has it/],
  ])("%j is told, not answered with nothing", (text, problem) => {
    const filter = rowFilter(ROWS, parseFilter(text).terms);
    expect(filter.problem).toMatch(
      problem instanceof RegExp ? problem : new RegExp(`^${problem.replace("?", "\\?")}`),
    );
  });
});

describe("the page and the command line agree", () => {
  const FLAGS: readonly (readonly [ReportTerm["field"], (report: Report) => readonly string[]])[] =
    [
      ["class", (report) => Object.keys(report.summary.classes)],
      ["finding", ({ findings }) => findings.flatMap(({ rule, level }) => [rule, level])],
      [
        "pod",
        ({ snapshot }) =>
          (snapshot.pods ?? []).flatMap((pod) => [
            pod.name,
            `${pod.namespace}/${pod.name}`,
            pod.name.slice(0, 4),
          ]),
      ],
      ["from-pod", ({ snapshot }) => (snapshot.pods ?? []).map(({ name }) => name)],
      ["to-pod", ({ snapshot }) => (snapshot.pods ?? []).map(({ name }) => name)],
      ["namespace", ({ snapshot }) => (snapshot.pods ?? []).map(({ namespace }) => namespace)],
      [
        "node",
        ({ snapshot }) =>
          (snapshot.nodes ?? []).flatMap(({ name }) => [name, name.split(".")[0] ?? ""]),
      ],
      ["ip", ({ snapshot }) => [...snapshot.vpcCidrs, "192.168.1.0/24", "203.0.113.10", "::/0"]],
      ["port", () => ["80", "8080", "443", "53", "1704", "0"]],
    ];

  const questionsOf = (report: Report) =>
    FLAGS.flatMap(([field, valuesOf]) =>
      [...new Set(valuesOf(report))].flatMap((value) =>
        [false, true].map((negated): ReportTerm => ({ field, value, negated })),
      ),
    );

  it.each(["tour", "service-clusterip", "nlb-instance", "overlay-vxlan", "snat-egress"])(
    "about the sample %s",
    (name) => {
      const report: Report = JSON.parse(readText(`samples/${name}/expected.report.json`));
      const findings = new Map(report.findings.map((finding) => [finding.id, finding]));
      const rows = [...report.connections].map((one) => rowFacts(report, one, findings));
      const questions = questionsOf(report);
      expect(questions.length).toBeGreaterThan(40);
      for (const term of questions) {
        const { field, value, negated } = term;
        const expected = [...(filterReport(report, [term]).report?.connections ?? [])];
        const page = rowFilter(rows, parseFilter(`${negated ? "-" : ""}${field}:${value}`).terms);
        const shown = rows.filter((one) => page.matches?.(one)).map(({ id }) => id);
        // The snapshot knows names that no connection has; the page says that none has them.
        const agreed = page.problem !== undefined && negated ? [] : expected.map(({ id }) => id);
        expect([term, shown]).toEqual([term, agreed]);
      }
    },
  );
});
