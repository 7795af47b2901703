/**
 * Goal: the words are for somebody woken at night: complete, in order, and no stranger's text can act in them. Method: goldens of
 * a hand-made report with one of everything, to be read; queries in every form; hostile names in every format.
 */
import { describe, expect, it } from "vitest";
import { explain } from "../../../src/core/explain/explain.ts";
import type { Explanation } from "../../../src/core/explain/explanation.ts";
import { renderExplanationMarkdown } from "../../../src/core/render/explanation-markdown.ts";
import { renderExplanationText } from "../../../src/core/render/explanation-text.ts";
import { buildReport } from "../../../src/core/report/build-report.ts";
import { filterReport } from "../../../src/core/report/filter-report.ts";
import type { Report } from "../../../src/core/report/report.ts";
import { META, richAnalysis } from "../../support/analysis.ts";
import { HOSTILE_TEXTS, hostileReport } from "../../support/hostile-report.ts";

const REPORT = buildReport(richAnalysis(), META);
/** What acts on a terminal: C0 but line feeds, DEL, C1, bidi and other format characters. */
const ACTS_ON_TERMINAL = /[^\P{Cc}\n]|[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

function told(query: string, report: Report = REPORT, limit = 99): Explanation {
  const { explanation, problem } = explain(report, query, limit);
  expect(problem).toBeUndefined();
  return explanation!;
}
const ids = (query: string) => told(query).explained.map(({ id }) => id);
const text = (explanation: Explanation, report: Report = REPORT) =>
  [...renderExplanationText(explanation, report, { color: false, width: 100, wide: false })].join(
    "",
  );
const markdown = (explanation: Explanation, report: Report = REPORT) =>
  [...renderExplanationMarkdown(explanation, report)].join("");

describe("what is meant", () => {
  it.each([
    ["conn-1", ["conn-1"]],
    ["tcp 192.168.1.145:52838 93.184.216.34:443", ["conn-1"]],
    ["192.168.1.5:39483->93.184.216.34:443", ["conn-1"]],
    ["93.184.216.34:443->192.168.1.5:39483", ["conn-1"]],
    ["192.168.1.145 10.100.7.20:80", ["conn-2"]],
    ["10.100.7.20", ["conn-2"]],
    ["IP 192.168.2.77.61822 > 192.168.2.9.8080:", ["conn-3"]],
    ["default/web-6d4cf56db6-x2x7q", ["conn-1", "conn-2", "conn-8"]],
    ["web", ["conn-1", "conn-2", "conn-8"]],
  ])("by %s", (query, expected) => {
    expect(ids(query)).toEqual(expected);
  });

  it.each([
    ["conn-99", /no such connection/, /conn-1 to conn-/],
    ["udp 192.168.1.145:52838 93.184.216.34:443", /no connection in these captures/, /--ip/],
    ["192.168.1.145:1 93.184.216.34:443", /no connection in these captures/, /./],
    ["wbe", /did you mean web\?/, /Name a connection/],
  ])("%s is told to mean nothing", (query, message, advice) => {
    const { problem } = explain(REPORT, query, 5);
    expect(problem?.message).toMatch(message);
    expect(problem?.advice).toMatch(advice);
  });

  it("says what the filter hides, and how many were left out", () => {
    const { report } = filterReport(REPORT, [{ field: "class", value: "nlb-ip", negated: false }]);
    expect(explain(report!, "conn-1", 5).problem?.message).toMatch(/not among .* filter shows/);
    const some = told("web", REPORT, 1);
    expect(some.matched).toBe(3);
    expect([...some.notExplained]).toEqual(["conn-2", "conn-8"]);
    expect(text(some)).toContain("not shown 2 connections that fit as well: conn-2, conn-8");
  });
});

describe("the words", () => {
  it("tell an egress through SNAT", async () => {
    await expect(text(told("conn-1"))).toMatchFileSnapshot("golden/snat-egress.txt");
  });

  it("tell every other kind of connection", async () => {
    const all = [...REPORT.connections].slice(1).map(({ id }) => text(told(id)));
    await expect(all.join("\n")).toMatchFileSnapshot("golden/others.txt");
  });

  it("are the same in Markdown", async () => {
    await expect(markdown(told("conn-1"))).toMatchFileSnapshot("golden/snat-egress.md.txt");
  });

  it("put each rewrite between the places that show its sides", () => {
    const [one] = told("conn-1").explained;
    expect(one?.path.map(({ kind }) => kind)).toEqual(["seen", "rewritten", "seen"]);
    const packets = one?.path.flatMap(({ sentence }) => sentence.packets);
    expect(packets).toEqual([
      { capture: "c1", record: 3 },
      { capture: "c2", record: 5 },
    ]);
  });

  it("tell a rewrite that no capture saw the far side of after all sightings", () => {
    const [first] = REPORT.connections;
    const half = { ...first!, observations: first!.observations.slice(0, 1) };
    const [one] = told("conn-1", { ...REPORT, connections: [half] }).explained;
    expect(one?.path.map(({ kind }) => kind)).toEqual(["seen", "rewritten"]);
  });
});

describe.each(HOSTILE_TEXTS)("a stranger's text %j", (hostile) => {
  const report = hostileReport(REPORT, hostile);

  it("does nothing to a terminal or to the lines of a text", () => {
    for (const { id } of report.connections) {
      const shown = text(told(id, report), report);
      expect(shown).not.toMatch(ACTS_ON_TERMINAL);
      expect(shown).not.toMatch(/^::/m);
    }
  });

  it("is no markup in Markdown", () => {
    const shown = markdown(told("conn-1", report), report);
    expect(shown).not.toMatch(ACTS_ON_TERMINAL);
    const prose = shown
      .replace(/^(`{3,})sh\n[\s\S]*?^\1$/gm, "")
      .replace(/(`+)[^`][\s\S]*?\1/g, "");
    expect(prose).not.toMatch(/(?<!\\)<|^::/m);
  });
});

describe("the client behind a load balancer", () => {
  it.each([
    ["proxy-protocol", "A PROXY protocol header names 203.0.113.7:5000 as the client behind it."],
    [
      "x-forwarded-for",
      "An X-Forwarded-For header names 203.0.113.7:5000 as the client behind it.",
    ],
  ] as const)("is named by the header that names it: %s", (clientFrom, words) => {
    const connections = [...REPORT.connections].map((one) => ({
      ...one,
      client: { address: "203.0.113.7", port: 5000 },
      clientFrom,
    }));
    const report: Report = { ...REPORT, connections };
    expect(text(told("conn-1", report), report).replace(/\s+/g, " ")).toContain(words);
  });
});
