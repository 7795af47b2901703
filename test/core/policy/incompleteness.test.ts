/**
 * Goal: nothing that was skipped turns into green. Method: every reason for incompleteness against every kind of assertion, the
 * expected answers written by hand. Each assertion holds on the whole report: where the reason could hide a violation the
 * answer must be "inconclusive", where it cannot it must stay "pass"; and what is violated stays violated.
 */
import { describe, expect, it } from "vitest";
import { evaluate } from "../../../src/core/policy/evaluate.ts";
import type { Report, ReportConnection } from "../../../src/core/report/report.ts";
import {
  captureOf,
  check,
  checkOne,
  policyOf,
  webToApi,
  wholeReport,
} from "../../support/policy.ts";
import { findingOf, reportOf } from "../../support/report.ts";
import { filesBelow, readText } from "../../support/repository.ts";

const EXPECTED = { class: "pod-to-pod-direct", because: "the rules" };
const HEALTHY = wholeReport({
  connections: [webToApi("conn-1", "pod-to-pod-direct", { expected: EXPECTED })],
});

/** What violates every assertion below. */
const WRONG: Partial<ReportConnection> = {
  nat: [
    {
      kind: "snat",
      before: {
        orig: { address: "10.0.1.11", port: 1 },
        resp: { address: "10.0.2.22", port: 8_080 },
      },
      after: {
        orig: { address: "10.0.1.17", port: 1 },
        resp: { address: "10.0.2.22", port: 8_080 },
      },
      matchedBy: "isn",
      confidence: "proven",
    },
  ],
  observations: webToApi().observations.map((one) => ({
    ...one,
    vantagePoint: one.vantagePoint.replace("n1/eth0", "n1/eth1"),
    encapsulation: { kind: "vxlan", depth: 1 },
  })),
};

const BY_ADDRESS = "match: {to: {address: 10.0.2.22}}";

/** Letters of the columns below; the class of a connection that violates it, and the finding that it then has. */
const ASSERTIONS: readonly (readonly [
  letter: string,
  policy: string,
  wrongClass: string,
  finding: string,
])[] = [
  ["c", "forbid: [{class: pod-to-pod-nat}]", "pod-to-pod-nat", ""],
  [
    "o",
    "forbid: [{finding: overlay-encapsulation}]",
    "pod-to-pod-overlay",
    "overlay-encapsulation",
  ],
  ["t", "forbid: [{overlay: any}]", "pod-to-pod-overlay", ""],
  ["i", "forbid: [{finding: icmp-error}]", "pod-to-pod-direct", "icmp-error"],
  [
    "x",
    "forbid: [{finding: proxy-protocol-mismatch}]",
    "pod-to-pod-direct",
    "proxy-protocol-mismatch",
  ],
  ["l", "forbid: [{level: warning}]", "pod-to-pod-direct", "tcp-reset"],
  ["k", "expect: [{class: pod-to-pod-direct}]", "pod-to-pod-nat", ""],
  ["n", `expect: [{${BY_ADDRESS}, nat: none}]`, "pod-to-pod-nat", ""],
  ["e", "expect: [{eni: own}]", "pod-to-pod-direct", ""],
  ["d", "expect: [{node-local: false}]", "pod-to-pod-direct", ""],
  ["a", "expect: [{client-address: preserved}]", "pod-to-pod-nat", ""],
  ["m", `expect: [{${BY_ADDRESS}, at-most: 1}]`, "pod-to-pod-direct", ""],
  ["s", `expect: [{${BY_ADDRESS}, at-least: 1}]`, "", ""],
];

type Change = (report: Report) => Report;

function diagnosed(code: string, severity: "error" | "warning" | "note" = "warning"): Change {
  return (report) => ({
    ...report,
    diagnostics: [
      { code, severity, message: "odd", count: 1, first: { file: "c1.pcap" }, hint: "look" },
    ],
  });
}

function unread(reason: string): Change {
  return (report) => ({
    ...report,
    accounting: { records: 20, inConnections: 18, notClassified: { [reason]: 2 }, balanced: true },
  });
}

function limited(limit: string): Change {
  return (report) => ({ ...report, limits: [{ limit, value: 1, count: 2, effect: "cut" }] });
}

function captured(more: Partial<Report["captures"][number]>): Change {
  return (report) => ({ ...report, captures: [captureOf("c1", more), captureOf("c2")] });
}

function found(rule: string): Change {
  return (report) => ({
    ...report,
    findings: [...report.findings, findingOf("f9", rule, "note", [])],
  });
}

const ALL_BUT_EXISTENCE = "cotixlknedam";
const IDENTITY = "cotixlkeda";
const WIRE = "otlked";

/** Reason, what brings it about, the letters of the assertions that it could hide a violation of. */
const REASONS: readonly (readonly [what: string, change: Change, hidden: string, id: string])[] = [
  ["a cut file", diagnosed("capture.record-truncated"), ALL_BUT_EXISTENCE, "capture-cut"],
  [
    "a damaged record",
    diagnosed("capture.record-damaged", "error"),
    ALL_BUT_EXISTENCE,
    "capture-cut",
  ],
  ["a cut gzip file", diagnosed("input.compressed-truncated"), ALL_BUT_EXISTENCE, "capture-cut"],
  ["an unknown link type", unread("unknown-link-type"), ALL_BUT_EXISTENCE, "unknown-link-type"],
  [
    "an unknown link type, as the decoder tells it",
    diagnosed("wire.unknown-link-type", "error"),
    ALL_BUT_EXISTENCE,
    "unknown-link-type",
  ],
  ["an undecodable record", unread("malformed"), ALL_BUT_EXISTENCE, "undecodable"],
  [
    "a record cut before its addresses",
    unread("truncated-before-ip"),
    ALL_BUT_EXISTENCE,
    "undecodable",
  ],
  ["a cut header", diagnosed("wire.header-cut"), ALL_BUT_EXISTENCE, "undecodable"],
  ["a tunnel too deep", diagnosed("wire.too-deep"), ALL_BUT_EXISTENCE, "tunnel-too-deep"],
  [
    "a fragment without its first",
    unread("fragment-without-first"),
    ALL_BUT_EXISTENCE,
    "fragments",
  ],
  [
    "the flow cap, as accounting tells it",
    unread("flow-table-full"),
    ALL_BUT_EXISTENCE,
    "flow-cap",
  ],
  ["the flow cap", limited("flows"), ALL_BUT_EXISTENCE, "flow-cap"],
  [
    "dropped packets",
    captured({ drops: [{ interface: 0, droppedByOs: "3" }] }),
    ALL_BUT_EXISTENCE,
    "dropped",
  ],
  [
    "a drop counter that is no number",
    captured({ drops: [{ interface: 0, droppedByInterface: "x" }] }),
    ALL_BUT_EXISTENCE,
    "dropped",
  ],
  [
    "a file that was left out",
    diagnosed("input.not-readable"),
    ALL_BUT_EXISTENCE,
    "input-left-out",
  ],
  [
    "an oddity that this version does not know",
    diagnosed("future.oddity"),
    ALL_BUT_EXISTENCE,
    "input-left-out",
  ],
  [
    "a limit that this version does not know",
    limited("future-limit"),
    ALL_BUT_EXISTENCE,
    "limit-reached",
  ],
  [
    "a reason that this version does not know",
    unread("future-reason"),
    ALL_BUT_EXISTENCE,
    "records-lost",
  ],
  [
    "records that do not add up",
    (report) => ({ ...report, accounting: { ...report.accounting, balanced: false } }),
    ALL_BUT_EXISTENCE,
    "records-lost",
  ],
  [
    "a filtered report",
    (report) => ({ ...report, filter: { expression: "--pod web", shown: 1, of: 2 } }),
    ALL_BUT_EXISTENCE,
    "filtered",
  ],
  ["a stale snapshot", found("stale-snapshot"), IDENTITY, "stale-snapshot"],
  [
    "no snapshot",
    (report) => ({ ...report, snapshot: reportOf({}).snapshot }),
    IDENTITY,
    "no-snapshot",
  ],
  ["a damaged snapshot", diagnosed("snapshot.json-syntax", "error"), IDENTITY, "snapshot-damaged"],
  [
    "no ENI captured",
    (report) => ({
      ...report,
      vantagePoints: report.vantagePoints.map((point) => ({ ...point, kind: "unknown" })),
    }),
    WIRE,
    "no-eni-captured",
  ],
  ["places that share one name", limited("taps"), WIRE, "place-cap"],
  ["more ICMP errors than are kept", limited("icmp-errors"), "il", "icmp-cap"],
  ["payload cut off", captured({ snaplen: 96, capturedBytes: 900 }), "xla", "payload-cut"],
  ["times that cannot be", diagnosed("capture.time-out-of-range"), "cotixlkneda", "time"],
  ["ordinary records that no connection can hold", unread("arp"), "", ""],
  ["a note", diagnosed("capture.concatenated", "note"), "", ""],
  ["less of what no rule can ask for", limited("dns-names"), "", ""],
];

describe.each(REASONS)("%s", (_what, change, hidden, id) => {
  const degraded = change(HEALTHY);

  it.each(ASSERTIONS)("assertion %s: %s", (letter, policy) => {
    expect(checkOne(policy, HEALTHY).verdict).toBe("pass");
    const rule = checkOne(policy, degraded);
    expect(rule.verdict).toBe(hidden.includes(letter) ? "inconclusive" : "pass");
    if (rule.verdict === "inconclusive" && id !== "no-eni-captured") {
      expect(rule.hiddenBy).toContain(id);
      expect(rule.hints.length).toBeGreaterThan(0);
    }
  });

  it.each(ASSERTIONS.filter(([, , wrongClass]) => wrongClass !== ""))(
    "what violates assertion %s is never green",
    (letter, policy, wrongClass, finding) => {
      const wrong = webToApi("conn-1", wrongClass, { ...WRONG, expected: EXPECTED });
      const onOneNode = { ...wrong, resp: { ...wrong.resp, node: "n1" } };
      const report = wholeReport({
        connections:
          letter === "m"
            ? [wrong, { ...wrong, id: "conn-2" }]
            : letter === "d"
              ? [{ ...onOneNode, observations: [] }]
              : [wrong],
        findings: finding === "" ? [] : [findingOf("f1", finding, "warning", ["conn-1"])],
      });
      expect(checkOne(policy, report).verdict).toBe("fail");
      expect(checkOne(policy, change(report)).verdict).not.toBe("pass");
    },
  );
});

describe("nodes on which nothing was captured", () => {
  const report = {
    ...HEALTHY,
    snapshot: { ...HEALTHY.snapshot, nodes: [{ name: "n1" }, { name: "n2" }, { name: "n3" }] },
  };

  it("matter only to a policy that speaks of the whole cluster", () => {
    const rule = "forbid: [{finding: overlay-encapsulation}]";
    expect(checkOne(rule, report).verdict).toBe("pass");
    const whole = checkOne(`coverage: cluster\n${rule}`, report);
    expect(whole).toMatchObject({ verdict: "inconclusive", hiddenBy: ["nodes-not-captured"] });
    expect(check(`coverage: cluster\n${rule}`, report).reasons[0]?.details).toEqual([
      "no ENI was captured of n3",
    ]);
  });
});

describe("a pod that no capture can show", () => {
  it("leaves rules open that name a pod, and only those", () => {
    const report = { ...HEALTHY, findings: [findingOf("f1", "wrong-vantage", "warning", [])] };
    expect(checkOne("expect: [{match: {either: {pod: batch}}, nat: none}]", report)).toMatchObject({
      verdict: "inconclusive",
      hiddenBy: ["wrong-vantage"],
    });
    expect(
      checkOne("expect: [{match: {either: {workload: web}}, nat: none}]", report).verdict,
    ).toBe("pass");
  });
});

describe("accept", () => {
  const rule = "forbid: [{class: clb}]";
  const accepting = (reason: string, most: number) =>
    `accept: [{reason: ${reason}, at-most: ${most}, because: known}]\n${rule}`;

  it.each([
    ["undecodable", 2, unread("malformed"), "pass"],
    ["undecodable", 1, unread("malformed"), "inconclusive"],
    ["dropped", 2, unread("malformed"), "inconclusive"],
    ["dropped", 7, captured({ drops: [{ interface: 0, droppedByOs: "7" }] }), "pass"],
    ["dropped", 6, captured({ drops: [{ interface: 0, droppedByOs: "7" }] }), "inconclusive"],
    ["clutter", 1, diagnosed("input.not-recognised"), "pass"],
    ["undecodable", 9, diagnosed("capture.record-truncated"), "inconclusive"],
  ] as const)("%s, at most %i: %#", (reason, most, change, verdict) => {
    const gate = check(accepting(reason, most), change(HEALTHY));
    expect(gate.verdict).toBe(verdict);
    expect(gate.accepted).toHaveLength(verdict === "pass" ? 1 : 0);
  });
});

describe("a baseline", () => {
  const place = { line: 1, column: 1 };
  const path = {
    from: "default/Deployment/web",
    to: "default/Deployment/api",
    protocol: "tcp",
    class: "pod-to-pod-direct",
    nat: "none" as const,
    overlay: [],
  };
  const judge = (report: Report, paths = [{ path, candidates: [], place }]) =>
    evaluate(policyOf("expect: [{at-least: 1, optional: true}]"), report, {
      today: null,
      failOn: "error",
      baseline: { file: "b.yaml", paths },
    }).rules.at(-1)?.verdict;

  it.each(REASONS)("%s", (_what, change, hidden) => {
    expect(judge(HEALTHY)).toBe("pass");
    const isHidden = hidden.includes("k");
    expect(judge(change(HEALTHY))).toBe(isHidden ? "inconclusive" : "pass");
    const added = wholeReport({ connections: [...HEALTHY.connections, webToApi("conn-2", "clb")] });
    expect(judge(change(added))).toBe("fail");
    const gone = [
      { path, candidates: [], place },
      { path: { ...path, to: "external" }, candidates: [], place },
    ];
    expect(judge(HEALTHY, gone)).toBe("fail");
    expect(judge(change(HEALTHY), gone)).toBe(isHidden ? "inconclusive" : "fail");
  });
});

describe("the table knows what this version can report", () => {
  const sources = filesBelow("src/core")
    .filter((path) => path.endsWith(".ts"))
    .map(readText);
  const all = (pattern: RegExp) =>
    sources.flatMap((text) => [...text.matchAll(pattern)].map(([, found = ""]) => found));
  const reasonOf = (change: Change) =>
    check("forbid: [{class: clb}]", change(HEALTHY)).reasons.map(({ id }) => id);

  it("each oddity of captures and packets", () => {
    const codes = all(/code: "((?:capture|wire)\.[^"]+)",\s*severity: "(?:error|warning)"/g);
    expect(codes.length).toBeGreaterThan(15);
    for (const code of codes)
      expect(reasonOf(diagnosed(code)), code).not.toContain("input-left-out");
  });

  it("each bound of the flow table", () => {
    const limits = all(/limit: "([^"]+)"/g);
    expect(limits.length).toBeGreaterThan(5);
    for (const limit of limits)
      expect(reasonOf(limited(limit)), limit).not.toContain("limit-reached");
  });

  it("each reason why a record is in no connection", () => {
    const reasons = all(/^ {2}\| "([a-z-]+)"$/gm).filter((one) =>
      /^(?:arp|non-ip|unknown-link|truncated|malformed|fragment|flow-table)/.test(one),
    );
    expect(reasons.length).toBeGreaterThan(5);
    for (const reason of reasons)
      expect(reasonOf(unread(reason)), reason).not.toContain("records-lost");
  });
});
