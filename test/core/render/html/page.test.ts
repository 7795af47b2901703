/**
 * Goal: a page that says all the report says, within its size, with nothing in it that runs. Method: the page's text against
 * the report, its links against its ids, and one small page that people read (golden/).
 */
import { describe, expect, it } from "vitest";
import { renderHtml } from "../../../../src/core/render/html/page.ts";
import type {
  Report,
  ReportConnection,
  ReportConnections,
} from "../../../../src/core/report/report.ts";
import { columnsOf, type ReportColumns } from "../../../../src/core/report/report-columns.ts";
import { HOSTILE_TEXTS, hostileReport } from "../../../support/hostile-report.ts";
import {
  BIG,
  clusterReport,
  connectionOf,
  findingOf,
  partyOf,
  podParty,
  reportOf,
} from "../../../support/report.ts";
import { readText } from "../../../support/repository.ts";

/** Stands for what is built from src/web, so that the golden holds the report alone. */
const PARTS = { script: "/* script */", style: "/* style */", pictures: [], sha256: () => "hash" };

function page(report: Report): string {
  return [...renderHtml(report, PARTS)].join("");
}

function sample(name: string): Report {
  return JSON.parse(readText(`samples/${name}/expected.report.json`));
}

/** Connections made when asked for, with their columns beside them; counts how many were made. */
class Counted implements ReportConnections {
  made = 0;
  readonly columns: ReportColumns;
  readonly #all: readonly ReportConnection[];

  constructor(all: readonly ReportConnection[], report: Report) {
    this.#all = all;
    this.columns = columnsOf({ ...report, connections: all });
  }

  get length(): number {
    return this.#all.length;
  }

  at(index: number): ReportConnection | undefined {
    this.made += 1;
    return this.#all[index];
  }

  *[Symbol.iterator](): Iterator<ReportConnection> {
    for (let i = 0; i < this.length; i++) {
      const one = this.at(i);
      if (one !== undefined) yield one;
    }
  }
}

describe("the page of a sample", () => {
  it("is the one that was read", async () => {
    const report = sample("pod-to-pod");
    const html = page({ ...report, tool: { name: "podpath", version: "0.0.0" } });
    await expect(html).toMatchFileSnapshot("golden/pod-to-pod.html");
  });

  it.each(["tour", "service-clusterip", "nlb-instance", "overlay-vxlan"])(
    "%s has every finding and every connection with its evidence",
    (name) => {
      const report = sample(name);
      const html = page(report);
      for (const { id, title, advice } of report.findings) {
        expect(html).toContain(`id="${id}"`);
        expect(html).toContain(encoded(title));
        expect(html).toContain(encoded(advice));
      }
      for (const { id } of report.connections) expect(html).toContain(`<article id="${id}"`);
    },
  );

  it("links to places that are there, each id once", () => {
    expect(brokenLinks(page(sample("tour")))).toEqual([]);
  });

  it("is the same to the byte every time", () => {
    expect(page(sample("tour"))).toBe(page(sample("tour")));
  });

  it("allows its own script and style and nothing else", () => {
    const html = page(sample("tour"));
    const [, policy = ""] = /Content-Security-Policy" content="([^"]+)"/.exec(html) ?? [];
    expect(policy.replaceAll("&#39;", "'").split("; ")).toEqual([
      "default-src 'none'",
      "script-src 'sha256-hash'",
      "style-src 'sha256-hash'",
      "img-src data:",
      "base-uri 'none'",
      "form-action 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ]);
    const tags = html.match(/<[a-z][^>]*>/g) ?? [];
    expect(tags.length).toBeGreaterThan(100);
    const active = /\s(?:on\w+|style|src|srcset|action|formaction|ping)=/;
    expect(tags.filter((tag) => active.test(tag))).toEqual([]);
  });
});

/** Ids that stand twice, and links to places that are not there. */
function brokenLinks(html: string): string[] {
  const ids = new Set<string>();
  const broken: string[] = [];
  for (const [, id = ""] of html.matchAll(/ id="([^"]+)"/g)) {
    if (ids.has(id)) broken.push(`${id} stands twice`);
    ids.add(id);
  }
  const targets = [...html.matchAll(/ href="#([^"]+)"/g)].map(([, id = ""]) => id);
  expect(targets.length).toBeGreaterThan(20);
  return [...broken, ...targets.filter((id) => !ids.has(id)).map((id) => `${id} is not there`)];
}

function encoded(text: string): string {
  return text.replaceAll("'", "&#39;").replaceAll('"', "&quot;");
}

describe("a hostile report", () => {
  const base = sample("tour");
  const tagsOf = (html: string) =>
    new Set([...html.matchAll(/<([a-z!/][\w-]*)/gi)].map(([, tag]) => tag));
  const usual = tagsOf(page(base));

  it.each(HOSTILE_TEXTS)("with %j everywhere stays one page with the same elements", (hostile) => {
    const html = page(hostileReport(base, hostile));
    expect(html.match(/<script/g)).toHaveLength(2);
    expect(html.match(/<\/html>/g)).toHaveLength(1);
    expect([...tagsOf(html)].filter((tag) => !usual.has(tag))).toEqual([]);
  });
});

describe("a report of any size", () => {
  it("without connections says so", () => {
    const html = page(reportOf({}));
    expect(html).toContain("no connection seen");
    expect(html).toContain("Nothing was found that should not be there.");
    expect(html).not.toContain("row-facts");
  });

  it("of a hundred thousand connections makes those that it shows, the worst, and says what it leaves out", () => {
    const pod = podParty("web-0", "10.0.0.1", "n1");
    const bad = new Set(["conn-70001", "conn-99999"]);
    const findings = [findingOf("f1", "syn-unanswered", "error", [...bad])];
    const all = Array.from({ length: 100_000 }, (_, i) => {
      const id = `conn-${i + 1}`;
      const host = partyOf("vpc", `10.1.${(i >> 8) & 255}.${i & 255}`);
      const one = connectionOf(id, "pod-to-vpc", pod, host);
      return bad.has(id) ? { ...one, findings: ["f1"] } : one;
    });
    const empty = reportOf({ findings });
    const connections = new Counted(all, empty);
    const html = page({ ...empty, connections });
    expect(connections.made).toBe(5_000);
    expect(html.length).toBeLessThan(5.5 * 1024 * 1024);
    expect(html.match(/<tr(?: id="conn-\d+")?><th scope="row">(?:<a href="#)?conn-/g)).toHaveLength(
      5_000,
    );
    expect(brokenLinks(html)).toEqual([]);
    expect(html.indexOf('href="#conn-70001"')).toBeLessThan(html.indexOf('href="#conn-1"'));
    expect(html).toContain("5,000 of 100,000 connections are in this file");
    expect(html).toMatch(/further connections of the table would make this file too large/);
  });

  it("with hundreds of clocks tells two at the top and the others with the inputs", () => {
    const base = sample("tour");
    const [first] = base.captures;
    const captures = Array.from({ length: 300 }, (_, i) => ({
      ...first!,
      id: `c${i + 1}`,
      file: `n${i + 1}.pcap`,
      clockOffset: { reference: "c1", seconds: i, uncertaintySeconds: 0.001, connections: 1 },
    }));
    const html = page({ ...base, captures });
    const [header = ""] = html.split("</header>");
    expect(header.match(/ahead of/g)).toHaveLength(2);
    // Captures that are off by the same are told together.
    expect(header).toMatch(/… \d{2,3} more clocks told with the inputs/);
    expect(html).toContain("<li>n9.pcap is 8.0 s ahead of n1.pcap");
  });

  it("with names of a megabyte stays small", () => {
    const report = clusterReport(BIG);
    const html = page(hostileReport(report, "x".repeat(1_000_000)));
    expect(html.length).toBeLessThan(7 * 1024 * 1024);
  });

  it("with thousands of findings tells the worst, names others, and counts the rest", () => {
    const web = podParty("web-0", "10.0.0.1", "n1");
    const findings = Array.from({ length: 5_000 }, (_, i) => ({
      ...findingOf(`f${i + 1}`, i < 1_000 ? "double-nat" : "mid-stream", "warning", ["conn-1"]),
      proves: "p".repeat(500),
      doesNotProve: "d".repeat(500),
      advice: "a".repeat(500),
    }));
    const connections = [connectionOf("conn-1", "pod-to-pod-direct", web, web)];
    const html = page(reportOf({ findings, connections }));
    expect(html.length).toBeLessThan(1_500_000);
    expect(brokenLinks(html)).toEqual([]);
    expect(html).toMatch(/4,\d\d\d more findings would make this file too large/);
    expect(html).toContain(" f1999 mid-stream: About mid-stream (1 connection)");
    expect(html).toContain("… 3,000 more");
  });
});
