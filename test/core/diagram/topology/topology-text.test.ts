import { describe, expect, it } from "vitest";
import { layOutTopology } from "../../../../src/core/diagram/topology/topology-layout.ts";
import { buildTopologyModel } from "../../../../src/core/diagram/topology/topology-model.ts";
import {
  commonDomain,
  edgeLabel,
  edgeTooltip,
  leftOut,
  mapDescription,
  mapSummary,
  placeText,
} from "../../../../src/core/diagram/topology/topology-text.ts";
import {
  BIG,
  clusterReport,
  connectionOf,
  findingOf,
  MEDIUM,
  partyOf,
  podParty,
  reportOf,
} from "../../../support/report.ts";

const EDGE = {
  id: "e",
  from: "a",
  to: "b",
  class: "snat-egress",
  connections: 1,
  packets: 3,
  bytes: 512,
  findings: [],
  unproven: 0,
};

describe("the words on a line", () => {
  it.each([
    [1, "S 1"],
    [999, "S 999"],
    [1_000, "S 1k"],
    [1_290, "S 1.2k"],
    [45_600, "S 45k"],
    [3_400_000, "S 3.4M"],
  ])("shorten %d connections to %s", (connections, label) => {
    expect(edgeLabel({ ...EDGE, connections })).toBe(label);
  });

  it("carry a question mark unless every connection is proven", () => {
    expect(edgeLabel({ ...EDGE, connections: 5, unproven: 1 })).toBe("S 5?");
  });

  it("are told in full when pointed at", () => {
    const edge = { ...EDGE, connections: 1_234, bytes: 1_500_000, findings: [1, 4], unproven: 2 };
    expect(edgeTooltip(edge, "default/web-1", "Internet")).toContain(
      "\n1,234 connections, 2 of them not proven, 3 packets, 1.5 MB\nfindings 1, 4",
    );
    expect(edgeTooltip(EDGE, "a", "b")).toContain("1 connection, 3 packets, 512 B");
  });
});

describe("the box of the Internet", () => {
  const textOf = (...outside: readonly ReturnType<typeof partyOf>[]) => {
    const pod = podParty("web-1", "10.0.0.20", "n1");
    const connections = outside.map((party, i) => connectionOf(`c${i}`, "snat-egress", pod, party));
    const { places } = buildTopologyModel(reportOf({ counts: { pods: 1, nodes: 1 }, connections }));
    const internet = places.find(({ kind }) => kind === "internet");
    if (internet === undefined) throw new Error("no Internet");
    return placeText(internet);
  };
  const example = partyOf("external", "203.0.113.10", { dnsNames: ["a.example", "b.example"] });

  it("shows what DNS answers call its only address", () => {
    expect(textOf(example).detail).toBe("203.0.113.10 a.example b.example");
    expect(textOf(partyOf("external", "203.0.113.10")).detail).toBe("203.0.113.10");
  });

  it("shows the names of several addresses when pointed at", () => {
    const text = textOf(example, partyOf("external", "203.0.113.11"));
    expect(text.detail).toBe("2 addresses");
    expect(text.tooltip).toContain("203.0.113.10 a.example b.example, 203.0.113.11");
  });

  it("shows no character of a name that acts", () => {
    const hostile = partyOf("external", "203.0.113.10", { dnsNames: ["\x1b[2J\u202e"] });
    expect(textOf(hostile).detail).toBe("203.0.113.10 \\u{1b}[2J\\u{202e}");
  });
});

describe("the domain that node names share", () => {
  it("is everything behind the first dot when all names have it", () => {
    const names = ["ip-10-0-0-1.ec2.internal", "ip-10-0-0-2.ec2.internal"];
    expect(commonDomain(names)).toBe(".ec2.internal");
  });

  it.each([[["a.x", "b.y"]], [["a", "b"]], [[".x", ".x"]], [[]], [["a.x", ".x"]]])(
    "is nothing for %j",
    (names) => {
      expect(commonDomain(names)).toBe("");
    },
  );
});

describe("the lines under and over the map", () => {
  it("say how much of the cluster is drawn, and how", () => {
    expect(mapSummary(buildTopologyModel(clusterReport(BIG)))).toMatch(
      /^\d+ of 2,000 connections · 400 of 412 pods with traffic, one box per node · 20 of 20 nodes$/,
    );
  });

  it("say when the packets were seen", () => {
    const capture = (firstSeen: string, lastSeen: string) => ({
      id: "c",
      file: "a.pcap",
      format: "pcap",
      linkTypes: [],
      records: 1,
      bytes: 1,
      capturedBytes: 1,
      firstSeen,
      lastSeen,
      snaplen: 0,
      diagnostics: [],
    });
    const report = {
      ...reportOf({}),
      captures: [
        capture("2026-11-20T09:00:01.000000000Z", "2026-11-20T09:00:02.000000000Z"),
        capture("2026-11-20T09:00:00.500000000Z", "2026-11-20T09:00:01.000000000Z"),
      ],
    };
    const summary = mapSummary(buildTopologyModel(report));
    expect(summary).toContain("2026-11-20 09:00:00 to 09:00:02 UTC");
  });

  it("say what is not drawn and why", () => {
    const pod = podParty("web-1", "10.0.0.1", "n1");
    const report = reportOf({
      counts: { pods: 1, nodes: 1 },
      connections: [
        connectionOf("c1", "unclassified", pod, partyOf("special", "224.0.0.1")),
        connectionOf(
          "c2",
          "external",
          partyOf("external", "8.8.8.8"),
          partyOf("peer", "172.31.0.1"),
        ),
        connectionOf("c3", "snat-egress", pod, partyOf("external", "8.8.8.8")),
      ],
      findings: [findingOf("f1", "mid-stream", "note", ["c3"])],
    });
    const [first, second, ...rest] = leftOut(buildTopologyModel(report));
    expect(first).toMatch(/^Not drawn, since .*: 1 external, 1 unclassified\.$/);
    expect(second).toBe("1 finding of level note: see the report.");
    expect(rest).toEqual([]);
    const shown = layOutTopology(report)
      .labels.map(({ text }) => text)
      .join(" ");
    expect(shown).toContain("1 external, 1 unclassified.");
  });

  it("say how many lines were too many", () => {
    const sentences = leftOut(buildTopologyModel(clusterReport(BIG)));
    expect(sentences[0]).toMatch(
      /^Not drawn, because only the 120 lines .*: [\d,]+ pod-to-pod-direct/,
    );
  });

  it("say nothing is left out when nothing is", () => {
    const whole = clusterReport({ ...MEDIUM, findingEvery: 0 });
    expect(leftOut(buildTopologyModel({ ...whole, findings: [] }))).toEqual([]);
  });

  it("describe the picture in words", () => {
    expect(mapDescription(buildTopologyModel(clusterReport(MEDIUM)))).toMatch(
      /Path classes: pod-to-pod-direct \d+.*\nFindings: 1 overlay-encapsulation \(Pod traffic is wrapped in a tunnel\); 2 /,
    );
  });

  it("tell a finding in its own words and cut them at the end, not in the middle", () => {
    const pod = podParty("web-1", "10.0.0.1", "n1");
    const finding = findingOf("f1", "unexpected-snat", "error", ["c1"]);
    const message = `${"rewritten by a rule ".repeat(60)}END.`;
    const report = reportOf({
      counts: { pods: 1, nodes: 1 },
      connections: [connectionOf("c1", "snat-egress", pod, partyOf("external", "8.8.8.8"))],
      findings: [{ ...finding, message }],
    });
    const lines = layOutTopology(report).labels.filter(({ text }) => text.includes("rewritten by"));
    expect(lines).toHaveLength(2);
    expect(lines[1]?.text).toMatch(/…$/);
    expect(lines[1]?.tooltip).toBe(message);
  });
});
