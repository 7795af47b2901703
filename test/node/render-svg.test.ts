import { spawnSync } from "node:child_process";
import { D3Node } from "d3-node";
import { describe, expect, it } from "vitest";
import { DIAGRAMS, layOutDiagram } from "../../src/core/diagram/diagram.ts";
import type { Report } from "../../src/core/report/report.ts";
import { renderSceneSvg } from "../../src/node/render-svg.ts";
import {
  BIG,
  clusterReport,
  connectionOf,
  findingOf,
  MEDIUM,
  partyOf,
  podParty,
  reportOf,
  SMALL,
  shuffled,
} from "../support/report.ts";

/** What is used of a DOM here: the tests have no types of one. */
interface XmlElement {
  readonly tagName: string;
  readonly textContent: string;
  readonly attributes: Iterable<{ readonly name: string; readonly value: string }>;
  getAttribute(name: string): string | null;
  querySelector(selector: string): XmlElement | null;
  querySelectorAll(selector: string): Iterable<XmlElement>;
}
interface DomWindow {
  readonly DOMParser: new () => {
    parseFromString(text: string, type: string): { readonly documentElement: XmlElement };
  };
}

/** Parses strictly as XML: anything not well-formed throws. */
function parse(svg: string): XmlElement {
  const window = new D3Node().window as unknown as DomWindow;
  const root = new window.DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
  if (root.tagName !== "svg") throw new Error(root.textContent);
  return root;
}

function renderTopologySvg(report: Report): Promise<string> {
  return renderSceneSvg(layOutDiagram("topology", report));
}

const HOSTILE = [
  "<script>alert(1)</script>",
  "]]>",
  "<![CDATA[",
  "<!--",
  '" onload="alert(1)',
  "&nbsp;&lt;",
  "\u0000\u0007\u001b]0;x\u0007",
  "\ud800",
  "\udc00\ud800",
  "\ufffe\uffff",
  "\u202egnp.exe",
  "javascript:alert(1)",
  "</style><script>",
  "}</style>",
  "__proto__",
  "x".repeat(1_000_000),
];

function hostileReport(text: string) {
  const pod = podParty(text, "10.0.0.1", text, {
    namespace: text,
    workload: text,
    ambiguousWith: [text],
  });
  return reportOf({
    cluster: text,
    vpcCidrs: [text],
    nodes: [{ name: text, address: text, zone: text }],
    counts: { pods: 1, nodes: 1 },
    connections: [
      connectionOf("c1", text, pod, partyOf("external", text, { dnsNames: [text] })),
      connectionOf("c2", "nlb-ip", partyOf("load-balancer", text, { name: text }), pod),
    ],
    findings: [findingOf("f1", text, "error", ["c1"], text)],
  });
}

describe("the traffic map as SVG", () => {
  it("is the same to the byte every time, and for connections in any order", async () => {
    const report = clusterReport(MEDIUM);
    const svg = await renderTopologySvg(report);
    expect(await renderTopologySvg(report)).toBe(svg);
    const other = { ...report, connections: shuffled([...report.connections], 3) };
    expect(await renderTopologySvg(other)).toBe(svg);
    expect(svg.endsWith("</svg>\n")).toBe(true);
  });

  it.each<readonly [name: string, report: Report]>([
    ["an empty report", reportOf({})],
    ["a small cluster", clusterReport(SMALL)],
    ["a big cluster", clusterReport(BIG)],
    ...HOSTILE.map(
      (text) => [`the name ${JSON.stringify(text.slice(0, 30))}`, hostileReport(text)] as const,
    ),
  ])("is well-formed XML for %s", async (_, report) => {
    const svg = await renderTopologySvg(report);
    const root = parse(svg);
    expect(root.getAttribute("xmlns")).toBe("http://www.w3.org/2000/svg");
    expect(svg.length).toBeLessThan(1_000_000);
    const tags = new Set([...root.querySelectorAll("*")].map(({ tagName }) => tagName));
    for (const tag of tags) {
      expect(["title", "desc", "style", "g", "rect", "path", "text"]).toContain(tag);
    }
    for (const element of root.querySelectorAll("*")) {
      for (const { name } of element.attributes) expect(name).not.toMatch(/^on|href|^style$/);
    }
  });

  it.each(DIAGRAMS.map(({ id }) => id))(
    "is well-formed XML for hostile names in a %s",
    async (id) => {
      for (const text of HOSTILE) {
        const report = hostileReport(text);
        const connection = report.connections.at(0);
        const options = connection === undefined ? {} : { connection };
        const root = parse(await renderSceneSvg(layOutDiagram(id, report, options)));
        expect(root.getAttribute("role")).toBe("img");
      }
    },
  );

  it("leads by keyboard to what a page tells, and only where the page has a place for it", async () => {
    const report = clusterReport(MEDIUM);
    const scene = layOutDiagram("timeline", report);
    const hrefOf = ({ kind, id }: { kind: string; id?: string }) =>
      kind === "connection" ? `#${id}` : null;
    const root = parse(await renderSceneSvg(scene, { hrefOf }));
    expect(root.getAttribute("role")).toBe("group");
    const links = [...root.querySelectorAll("a")].map((link) => link.getAttribute("href"));
    expect(links).toHaveLength(scene.boxes.filter(({ role }) => role === "bar").length);
    expect(links.every((href) => /^#conn-\d+$/.test(href ?? ""))).toBe(true);
    expect(await renderSceneSvg(scene)).not.toContain("<a");
  });

  it.skipIf(spawnSync("xmllint", ["--version"]).error !== undefined)(
    "is well-formed for libxml2 as well",
    async () => {
      for (const text of HOSTILE) {
        const input = await renderTopologySvg(hostileReport(text));
        const { stderr, status } = spawnSync("xmllint", ["--noout", "-"], { input });
        expect(`${status} ${stderr}`).toBe("0 ");
      }
    },
  );

  it("tells a screen reader what it shows", async () => {
    const root = parse(await renderTopologySvg(clusterReport(MEDIUM)));
    expect(root.getAttribute("role")).toBe("img");
    const ids = (root.getAttribute("aria-labelledby") ?? "").split(" ");
    const texts = ids.map((id) => root.querySelector(`#${id}`)?.textContent ?? "");
    expect(texts[0]).toBe("Traffic map of cluster myeks");
    expect(texts[1]).toMatch(
      /60 of 60 connections.*Path classes: .*pod-to-pod-direct \d+.*overlay-encapsulation/s,
    );
  });

  it("says on every line who talks to whom", async () => {
    const root = parse(await renderTopologySvg(clusterReport(MEDIUM)));
    const edges = [...root.querySelectorAll("g.edge")];
    expect(edges.length).toBeGreaterThan(30);
    for (const edge of edges) {
      expect(edge.querySelector("title")?.textContent).toMatch(/^.+ → .+\n/);
    }
  });

  it("asks for nothing from elsewhere and runs nothing", async () => {
    const svg = await renderTopologySvg(clusterReport(MEDIUM));
    const addresses = svg.match(/[a-z]+:\/\/[^"<\s]+/g) ?? [];
    expect([...new Set(addresses)]).toEqual(["http://www.w3.org/2000/svg"]);
    expect(svg).not.toMatch(/url\(|@import|@font-face|<script|<image|<use|foreignObject|href/);
  });

  it("follows dark mode and print by one style sheet, and works in viewers that know none", async () => {
    const root = parse(await renderTopologySvg(clusterReport(SMALL)));
    expect([...root.querySelectorAll("style")]).toHaveLength(1);
    const sheet = root.querySelector("style")?.textContent ?? "";
    expect(sheet).toContain("@media (prefers-color-scheme:dark)");
    expect(sheet).toContain("@media print");
    for (const shape of root.querySelectorAll("rect, text")) {
      expect(shape.getAttribute("fill")).toMatch(/^#[0-9a-f]{6}$/);
    }
  });

  it("writes no number with more than two decimals", async () => {
    const svg = await renderTopologySvg(clusterReport(BIG));
    expect(svg.match(/="[^"a-zA-Z]*\d\.\d{3,}/g)).toBeNull();
    expect(svg.match(/ d="[^"]*\.\d{3,}[^"]*"/g)).toBeNull();
  });

  it("writes Korean names as they are", async () => {
    const pod = podParty("결제-서버", "10.0.0.1", "n1");
    const report = reportOf({
      cluster: "운영",
      counts: { pods: 1, nodes: 1 },
      connections: [connectionOf("c1", "snat-egress", pod, partyOf("external", "8.8.8.8"))],
    });
    const svg = await renderTopologySvg(report);
    expect(svg).toContain(">결제-서버</text>");
    expect(svg).toContain("Malgun Gothic");
  });
});
