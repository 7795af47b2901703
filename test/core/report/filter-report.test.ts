/**
 * Goal: each filter flag lets through exactly what its help says. Method: one small report with one of everything, each flag alone,
 * negated, repeated and with others; the sums and the sentence about the part are looked at once.
 */
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { filterReport } from "../../../src/core/report/filter-report.ts";
import type { Report } from "../../../src/core/report/report.ts";
import type { FilterField, FilterTerm } from "../../../src/core/report/report-filter.ts";
import { reportJsonSchema } from "../../../src/core/report/report-json-schema.ts";
import { HOSTILE_TEXTS, hostileReport } from "../../support/hostile-report.ts";
import { parsedReport } from "../../support/parsed-report.ts";
import {
  connectionOf,
  findingOf,
  nodeParty,
  partyOf,
  podParty,
  reportOf,
} from "../../support/report.ts";

const N1 = "ip-10-0-1-17.ec2.internal";
const N2 = "ip-10-0-2-17.ec2.internal";
const web1 = podParty("web-1", "10.0.1.11", N1, { port: 40_000 });
const web10 = podParty("web-10", "10.0.1.12", N1, { port: 40_001 });
const api = podParty("api-0", "10.0.2.21", N2, { namespace: "shop", port: 8080 });
const outside = partyOf("external", "203.0.113.9", { port: 443 });
const time = (second: number) => `2026-11-20T09:00:${String(second).padStart(2, "0")}.000000000Z`;
const at = (from: number, to: number) => ({ firstSeen: time(from), lastSeen: time(to) });
const ends = (orig: string, port: number, resp: string, other: number) => ({
  orig: { address: orig, port },
  resp: { address: resp, port: other },
});

const REPORT: Report = {
  ...reportOf({
    nodes: [{ name: N1 }, { name: N2 }, { name: "ip-10-0-3-17.ec2.internal" }],
    connections: [
      connectionOf("conn-1", "pod-to-pod-direct", web1, api, at(0, 3)),
      connectionOf("conn-2", "pod-to-pod-direct", api, { ...web1, port: 80 }, at(1, 2)),
      connectionOf("conn-3", "snat-egress", web10, outside, {
        ...at(4, 6),
        nat: [
          {
            kind: "snat",
            node: N1,
            before: ends("10.0.1.12", 40_001, "203.0.113.9", 443),
            after: ends("10.0.1.17", 23_456, "203.0.113.9", 443),
            matchedBy: "tcp-isn",
            confidence: "proven",
          },
        ],
      }),
      connectionOf(
        "conn-4",
        "node-to-node",
        nodeParty(N1, "10.0.1.17"),
        nodeParty(N2, "10.0.2.17"),
        {
          ...at(5, 9),
          observations: [
            {
              vantagePoint: "v3",
              ...ends("10.0.1.17", 443, "10.0.2.17", 443),
              records: { orig: 1, resp: 1 },
              bytes: { orig: 1, resp: 1 },
              firstRecord: 1,
              ...at(5, 9),
            },
          ],
        },
      ),
      connectionOf(
        "conn-5",
        "pod-to-pod-direct",
        { ...web1, port: 443 },
        { ...api, port: 443 },
        { ...at(9, 9), protocol: "icmp" },
      ),
      connectionOf(
        "conn-6",
        "nlb-ip",
        partyOf("load-balancer", "2001:db8::5", { name: "nlb" }),
        { ...api, address: "2001:db8:1::21" },
        { ...at(9, 9), client: { address: "198.51.100.7", port: 5555 } },
      ),
    ],
    findings: [
      findingOf("f1", "unexpected-snat", "error", ["conn-1", "conn-3"]),
      findingOf("f2", "double-nat", "warning", ["conn-4"]),
      findingOf("f3", "wrong-vantage", "warning", []),
    ],
  }),
  vantagePoints: [
    { id: "v3", capture: "c1", node: "ip-10-0-3-17.ec2.internal", kind: "node-eni", because: "x" },
  ],
  captures: [
    {
      id: "c1",
      file: "a.pcap",
      format: "pcap",
      linkTypes: [],
      records: 0,
      bytes: 0,
      capturedBytes: 0,
      firstSeen: time(0),
      lastSeen: time(10),
      snaplen: 0,
      diagnostics: [],
    },
  ],
};

/** "--pod web --not --port 53" as terms. */
function terms(text: string): FilterTerm[] {
  const words = text.split(" ");
  const found: FilterTerm[] = [];
  let negated = false;
  for (let i = 0; i < words.length; i++) {
    if (words[i] === "--not") negated = true;
    else {
      const field = words[i]!.slice(2) as FilterField;
      found.push({ field, value: words[++i] ?? "", negated });
      negated = false;
    }
  }
  return found;
}

function filtered(text: string): Report {
  const { report, problem } = filterReport(REPORT, terms(text));
  expect(problem).toBeUndefined();
  return report!;
}

const shown = (text: string) =>
  [...filtered(text).connections].map(({ id }) => Number(id.slice(5)));

describe("a filter", () => {
  it.each([
    ["--namespace shop", [1, 2, 5, 6]],
    ["--pod default/web-1", [1, 2, 5]],
    ["--pod web-1", [1, 2, 5]],
    ["--pod web", [1, 2, 3, 5]],
    ["--pod shop/ap", [1, 2, 5, 6]],
    ["--from-pod web-1", [1, 5]],
    ["--to-pod web-1", [2]],
    ["--from-pod web-1 --to-pod api-0", [1, 5]],
    ["--node ip-10-0-3-17", [4]],
    [`--node ${N2}`, [1, 2, 4, 5, 6]],
    ["--node ip-10-0-1-17", [1, 2, 3, 4, 5]],
    ["--ip 10.0.1.17", [3, 4]],
    ["--ip 203.0.113.0/24", [3]],
    ["--ip 10.0.1.99/24", [1, 2, 3, 4, 5]],
    ["--ip 2001:db8::/47", [6]],
    ["--ip 0.0.0.0/0", [1, 2, 3, 4, 5, 6]],
    ["--ip 198.51.100.7", [6]],
    ["--port 443", [3, 4, 6]],
    ["--port 23456", [3]],
    ["--port 5555", [6]],
    ["--class snat-egress", [3]],
    ["--class snat-egress --class nlb-ip", [3, 6]],
    ["--finding unexpected-snat", [1, 3]],
    ["--finding warning", [4]],
    ["--since 2026-11-20T09:00:05Z", [3, 4, 5, 6]],
    ["--since 2026-11-20T18:00:05+09:00", [3, 4, 5, 6]],
    ["--since 4s", [3, 4, 5, 6]],
    ["--until 9s", [1, 2]],
    ["--since 8s --until 7s", [1, 2]],
    ["--not --pod web-1", [3, 4, 6]],
    ["--not --pod web-1 --not --class nlb-ip", [3, 4]],
    ["--not --pod web-1 --port 443", [3, 4, 6]],
    ["--class pod-to-pod-direct --not --port 80", [1, 5]],
    ["--not --ip 10.0.0.0/8", [6]],
  ])("%s shows connections %j", (text, expected) => {
    expect(shown(text)).toEqual(expected);
  });

  it("says in the report that it is a part, sums up the part, and leaves the accounting alone", () => {
    const report = filtered("--class snat-egress");
    expect(report.filter).toEqual({ expression: "--class snat-egress", shown: 1, of: 6 });
    expect(Object.keys(report.summary.classes)).toEqual(["snat-egress"]);
    expect(report.summary.findings).toEqual({ error: 1, warning: 1, note: 0 });
    expect(report.findings.map(({ id, connections }) => [id, [...connections]])).toEqual([
      ["f1", ["conn-3"]],
      ["f3", []],
    ]);
    expect(report.accounting).toBe(REPORT.accounting);
    const validate = new Ajv2020().compile(reportJsonSchema());
    expect(validate(parsedReport(report)), JSON.stringify(validate.errors)).toBe(true);
  });

  it("counts from the whole when it is the second one", () => {
    const { report } = filterReport(filtered("--namespace shop"), terms("--class nlb-ip"));
    const expression = "--namespace shop --class nlb-ip";
    expect(report?.filter).toEqual({ expression, shown: 1, of: 6 });
  });

  it("without terms is the same report", () => {
    expect(filterReport(REPORT, []).report).toBe(REPORT);
  });

  it("may leave nothing", () => {
    expect(shown("--class snat-egress --to-pod web-1")).toEqual([]);
  });
});

describe("a value that means nothing is a problem, not an empty report", () => {
  it.each([
    ["--class snat-egres", /is no path class, did you mean snat-egress\?/, /^Allowed are /],
    ["--finding unexpected-snt", /did you mean unexpected-snat\?/, /error, warning, note\.$/],
    ["--ip 10.0.0.300", /neither an address nor a CIDR/, /10\.0\.0\.0\/16/],
    ["--ip 10.0.0.0/33", /neither an address nor a CIDR/, /./],
    ["--port 65536", /is no port/, /65535/],
    ["--port -1", /is no port/, /./],
    ["--since yesterday", /is no time/, /RFC 3339/],
    ["--since 2026-02-30T00:00:00Z", /is no time/, /./],
    ["--since 1s --since 2s", /given twice/, /./],
    ["--not --until 1s", /--not cannot stand before/, /--since/],
    ["--pod wbe", /did you mean web\?/, /web-1, web-10/],
    ["--pod shop/web-1", /neither the snapshot nor the captures know it/, /shop\/api-0/],
    ["--pod a/b/c", /names nothing/, /NAMESPACE\/NAME/],
    ["--namespace shpo", /did you mean shop\?/, /default, shop/],
    ["--node ip-10-0-9-17", /did you mean ip-10-0-/, /ip-10-0-1-17/],
  ])("%s", (text, message, advice) => {
    const { problem } = filterReport(REPORT, terms(text));
    expect(problem?.message).toMatch(message);
    expect(problem?.advice).toMatch(advice);
  });

  it("asks for a snapshot where nothing has a name", () => {
    const { problem } = filterReport(reportOf({}), terms("--pod web"));
    expect(problem).toEqual({
      message: "--pod web: no pod is known",
      advice: "Add a snapshot of the cluster (-s).",
    });
  });
});

it.each(HOSTILE_TEXTS)("names like %j are data", (hostile) => {
  const report = hostileReport(REPORT, hostile);
  for (const field of ["namespace", "pod", "node", "ip", "class", "since"] as const) {
    const result = filterReport(report, [{ field, value: hostile, negated: false }]);
    expect(result.report ?? result.problem).toBeDefined();
  }
});
