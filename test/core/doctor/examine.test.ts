/**
 * Goal: each doubt about an input is told once, with what to do, and nothing is doubted without reason. Method: reports with one
 * thing wrong each; the ids and levels of the checks are compared, and a good report must have no warning.
 */
import { describe, expect, it } from "vitest";
import type { Checkup } from "../../../src/core/doctor/checkup.ts";
import { examine } from "../../../src/core/doctor/examine.ts";
import { renderCheckupText } from "../../../src/core/render/checkup-text.ts";
import { buildReport } from "../../../src/core/report/build-report.ts";
import type {
  Report,
  ReportCapture,
  ReportConnection,
  ReportVantagePoint,
} from "../../../src/core/report/report.ts";
import { META, richAnalysis } from "../../support/analysis.ts";
import { HOSTILE_TEXTS, hostileReport } from "../../support/hostile-report.ts";
import { connectionOf, findingOf, podParty, reportOf } from "../../support/report.ts";

const N1 = "ip-10-0-1-17.ec2.internal";
const N2 = "ip-10-0-2-17.ec2.internal";
const time = (second: number) => `2026-11-20T09:00:${String(second).padStart(2, "0")}.000000000Z`;

function captureOf(id: string, more: Partial<ReportCapture> = {}): ReportCapture {
  return {
    id,
    file: `${id}.pcap`,
    format: "pcap",
    linkTypes: ["EN10MB"],
    records: 10,
    bytes: 1000,
    capturedBytes: 1000,
    firstSeen: time(0),
    lastSeen: time(10),
    snaplen: 262_144,
    diagnostics: [],
    ...more,
  };
}

function seen(
  vantagePoint: string,
  orig: number,
  resp: number,
  last = 5,
): ReportConnection["observations"][number] {
  return {
    vantagePoint,
    orig: { address: "10.0.1.11", port: 40_000 },
    resp: { address: "10.0.2.21", port: 80 },
    records: { orig, resp },
    bytes: { orig, resp },
    firstRecord: 1,
    firstSeen: time(1),
    lastSeen: time(last),
  };
}

const web = podParty("web-0", "10.0.1.11", N1);
const api = podParty("api-0", "10.0.2.21", N2);
const place = (id: string, capture: string, more: Partial<ReportVantagePoint> = {}) => ({
  id,
  capture,
  node: N1,
  interface: "eth0",
  kind: "node-eni",
  because: "",
  ...more,
});
const KINDS = ["ip-addr", "ip-rule", "ip-route", "iptables", "conntrack"];

function good(more: Partial<Report> = {}): Report {
  const base = reportOf({
    nodes: [{ name: N1 }, { name: N2 }],
    connections: [
      connectionOf("conn-1", "pod-to-pod-direct", web, api, {
        observations: [seen("v1", 5, 5)],
        tcp: { state: "closed", origIsn: 1 },
      }),
    ],
  });
  return {
    ...base,
    captures: [captureOf("c1")],
    vantagePoints: [place("v1", "c1")],
    accounting: { records: 10, inConnections: 10, notClassified: {}, balanced: true },
    ...more,
    snapshot: {
      ...base.snapshot,
      takenAt: "2026-11-20T09:01:00Z",
      sources: [N1, N2].flatMap((node) =>
        KINDS.map((kind) => ({ file: `${node}.${kind}`, kind, entries: 1, node })),
      ),
      pods: [
        { namespace: "default", name: "api-0", node: N2, address: "10.0.2.21" },
        { namespace: "default", name: "idle-0", node: N2, address: "10.0.2.22" },
        { namespace: "default", name: "web-0", node: N1, address: "10.0.1.11" },
        { namespace: "kube-system", name: "aws-node-1", node: N1, hostNetwork: true },
      ],
      ...more.snapshot,
    },
  };
}

/** "drops note", for every check that is not good. */
function doubts(checkup: Checkup): string[] {
  const { captures, together, snapshot } = checkup;
  return [...captures.flatMap(({ checks }) => checks), ...together, ...snapshot.checks]
    .filter(({ status }) => status !== "good")
    .map(({ id, status }) => `${id} ${status}`);
}
const doubtsOf = (report: Report) => doubts(examine(report, []));
/** What the good report has as well. */
const ALWAYS = ["drops note", "unseen-pods note"];

describe("a good set of inputs", () => {
  it("has notes only, and passes", () => {
    const checkup = examine(good(), []);
    expect(doubts(checkup)).toEqual(ALWAYS);
    expect(checkup.verdict).toBe("good");
    expect(checkup.snapshot.nodes).toEqual([
      { name: N1, captured: true, missing: [] },
      { name: N2, captured: false, missing: [] },
    ]);
  });
});

describe("what is wrong with a capture", () => {
  const withCapture = (more: Partial<ReportCapture>) => good({ captures: [captureOf("c1", more)] });
  const odd = (code: string, severity: "error" | "warning") => ({
    code,
    severity,
    message: "x",
    count: 3,
    first: { file: "c1.pcap" },
    hint: "Do y.",
  });

  it.each<readonly [string, Report, readonly string[]]>([
    [
      "drop counters",
      withCapture({ drops: [{ interface: 0, droppedByOs: "7" }] }),
      ["drops warning", "unseen-pods note"],
    ],
    [
      "no drops",
      withCapture({ drops: [{ interface: 0, droppedByOs: "0" }] }),
      ["unseen-pods note"],
    ],
    [
      "a cut file",
      withCapture({ diagnostics: [odd("capture.record-truncated", "warning")] }),
      ["capture.record-truncated warning", ...ALWAYS],
    ],
    [
      "cut headers",
      withCapture({ snaplen: 34, diagnostics: [odd("wire.header-cut", "warning")] }),
      ["drops note", "snaplen warning", "unseen-pods note"],
    ],
    [
      "cut payload",
      withCapture({ snaplen: 96, capturedBytes: 500 }),
      ["drops note", "snaplen note", "unseen-pods note"],
    ],
    [
      "no packet",
      withCapture({ records: 0, firstSeen: null, lastSeen: null }),
      ["readable error", ...ALWAYS],
    ],
  ])("%s", (_, report, expected) => {
    const found = doubtsOf(report).filter((one) => one !== "snapshot-age note");
    expect(found).toEqual(expected);
  });

  it("a place that nobody knows, with how to name it; a doubt only where a verdict is open", () => {
    const vantagePoints = [
      { id: "v1", capture: "c1", kind: "unknown", because: "no MAC is known" },
    ];
    const told = (report: Report) =>
      examine(report, []).captures[0]?.checks.find(({ id }) => id === "vantage-point");
    const closed = good({ vantagePoints });
    expect(told(closed)).toMatchObject({ status: "note" });
    const open = [...closed.connections].map((one) => ({
      ...one,
      confidence: "possible" as const,
    }));
    const doubt = told({ ...closed, connections: open });
    expect(doubt).toMatchObject({ status: "warning" });
    expect(doubt?.message).toContain("no MAC is known");
    expect(doubt?.advice).toContain("NODE/IFACE=FILE");
  });

  const connections = (...observations: [orig: number, resp: number, state: string][]) =>
    observations.map(([orig, resp, state], i) =>
      connectionOf(`conn-${i + 1}`, "pod-to-pod-direct", web, api, {
        observations: [seen("v1", orig, resp)],
        tcp: { state },
        packets: { orig, resp },
      }),
    );

  it("one direction only, when that is the rule and not the exception", () => {
    const one = good({
      connections: connections([5, 0, "established"], [5, 5, "closed"], [5, 5, "closed"]),
    });
    expect(doubtsOf(one)).toContain("one-sided note");
    const most = good({
      connections: connections([5, 0, "established"], [0, 5, "closed"], [5, 5, "closed"]),
    });
    expect(doubtsOf(most)).toContain("one-sided warning");
    const unanswered = good({ connections: connections([5, 0, "syn-sent"], [5, 0, "syn-sent"]) });
    expect(doubtsOf(unanswered)).toEqual(ALWAYS);
  });

  it("a late start and an early end", () => {
    expect(doubtsOf(good({ connections: connections([5, 5, "mid-stream"]) }))).toContain(
      "missing-syn note",
    );
    const [first] = connections([1, 0, "syn-sent"]);
    const last = { ...first!, observations: [seen("v1", 1, 0, 10)] };
    expect(doubtsOf(good({ connections: [last] }))).toContain("tail note");
  });

  it("captures that never ran at the same time", () => {
    const later = captureOf("c2", { firstSeen: time(20), lastSeen: time(30) });
    const report = good({
      captures: [captureOf("c1"), later],
      vantagePoints: [place("v1", "c1"), place("v2", "c2", { interface: "eth1" })],
    });
    expect(doubtsOf(report).filter((one) => one === "overlap warning")).toHaveLength(2);
  });

  it("one place captured twice at once", () => {
    const vantagePoints = [place("v1", "c1"), place("v2", "c2")];
    const report = good({ captures: [captureOf("c1"), captureOf("c2")], vantagePoints });
    expect(doubtsOf(report)).toContain("duplicates note");
    const later = captureOf("c2", { firstSeen: time(20), lastSeen: time(30) });
    expect(doubtsOf(good({ captures: [captureOf("c1"), later], vantagePoints }))).not.toContain(
      "duplicates note",
    );
  });

  it("records in no connection, limits, and findings about the capturing", () => {
    const report = good({
      accounting: {
        records: 10,
        inConnections: 5,
        notClassified: { arp: 2, malformed: 3 },
        balanced: true,
      },
      limits: [{ limit: "MAX_FLOWS", value: 1, count: 2, effect: "x" }],
      findings: [
        findingOf("f1", "clock-skew", "warning", []),
        findingOf("f2", "unexpected-snat", "error", []),
      ],
    });
    expect(doubtsOf(report)).toEqual([
      "drops note",
      "clock-skew warning",
      "limit warning",
      "not-in-a-connection warning",
      "unseen-pods note",
    ]);
  });
});

describe("what is wrong with a snapshot", () => {
  const snapshot = (more: Partial<Report["snapshot"]>) =>
    good({ snapshot: more as Report["snapshot"] });

  it.each<readonly [string, Report, string]>([
    ["none", snapshot({ sources: [] }), "snapshot error"],
    ["hours too late", snapshot({ takenAt: "2026-11-20T14:00:00Z" }), "snapshot-age warning"],
    ["hours too early", snapshot({ takenAt: "2026-11-20T14:00:00+09:00" }), "snapshot-age warning"],
    ["a missing list", snapshot({ missing: ["aws ec2 describe-vpcs"] }), "missing-list note"],
  ])("%s", (_, report, expected) => {
    expect(doubtsOf(report)).toContain(expected);
  });

  it("a captured node without its own state matters when a verdict is open", () => {
    const sources = [{ file: "pods.json", kind: "kubectl-json", entries: 1 }];
    const closed = snapshot({ sources });
    expect(doubtsOf(closed)).toContain("node-state note");
    const open = [...closed.connections].map((one) => ({
      ...one,
      confidence: "possible" as const,
    }));
    const checkup = examine({ ...closed, connections: open }, []);
    expect(doubts(checkup)).toContain("node-state warning");
    expect(checkup.snapshot.nodes[0]?.missing[0]).toBe(
      `sudo conntrack -L -o extended > ${N1}.conntrack.txt`,
    );
  });
});

describe("a pod that is asked about", () => {
  const asked = (name: string, report = good()) => examine(report, [name]).pods;

  it("is shown in part at its node's ENI", () => {
    const [pod] = asked("web");
    expect(pod).toMatchObject({
      pod: "default/web-0",
      node: N1,
      connections: 1,
      verdict: "shown",
      commands: [],
    });
    expect(pod?.captures[0]?.shows).toBe("part");
  });

  it("is shown whole at its own interface", () => {
    const report = good({
      vantagePoints: [place("v1", "c1", { pod: "default/web-0", kind: "pod-veth" })],
    });
    expect(asked("default/web-0", report)[0]?.captures[0]?.shows).toBe("all");
  });

  it("is not shown on another node, and the command to capture it is given", () => {
    const [pod] = asked("idle-0");
    expect(pod?.verdict).toBe("not-shown");
    expect(pod?.captures[0]).toMatchObject({ shows: "elsewhere" });
    expect(pod?.commands).toEqual([
      {
        where: `on node ${N2}`,
        command: `sudo tcpdump -i any -n --immediate-mode -U -s 256 -B 8192 -w /tmp/${N2}.any.pcap`,
      },
    ]);
    expect(examine(good(), ["idle-0"]).verdict).toBe("doubtful");
  });

  it("cannot be told about when a capture's place is unknown", () => {
    const report = good({
      vantagePoints: [{ id: "v1", capture: "c1", kind: "unknown", because: "" }],
    });
    expect(asked("idle-0", report)[0]?.verdict).toBe("unknown");
  });

  it("shares its node's address when it has no network of its own", () => {
    expect(asked("aws-node")[0]?.captures[0]?.because).toContain("shares its node's address");
  });
});

describe("what to capture next", () => {
  const doubtful = (...wouldDecide: string[]) =>
    examine(
      good({
        connections: wouldDecide.map((words, i) =>
          connectionOf(`conn-${i + 1}`, "snat-egress", web, api, {
            confidence: "possible",
            wouldDecide: words,
          }),
        ),
      }),
      [],
    ).next;

  it("comes first when it settles most", () => {
    const next = doubtful("a", "b", "b");
    expect(next.map(({ decides, connections }) => [decides, [...connections]])).toEqual([
      ["b", ["conn-2", "conn-3"]],
      ["a", ["conn-1"]],
    ]);
  });
});

describe("for a person", () => {
  const text = (report: Report, pods: readonly string[] = []) =>
    [
      ...renderCheckupText(examine(report, pods), report, {
        color: false,
        width: 100,
        wide: false,
      }),
    ].join("");

  it("reads well", async () => {
    const report = buildReport(richAnalysis(), META);
    await expect(text(report, ["web"])).toMatchFileSnapshot("golden/rich.txt");
  });

  it.each(HOSTILE_TEXTS)("has no line of a stranger's: %j", (hostile) => {
    const report = hostileReport(good(), hostile);
    const shown = text(report, [hostile]);
    expect(shown).not.toMatch(/[^\P{Cc}\n]|[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
    expect(shown).not.toMatch(/^::/m);
  });
});
