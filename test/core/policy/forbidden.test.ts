/** Goal: `forbid` fails on what was seen, and leaves open what the captures leave open. */
import { describe, expect, it } from "vitest";
import type { ReportConnection } from "../../../src/core/report/report.ts";
import {
  API,
  check,
  checkOne,
  DOUBTFUL,
  MASQUERADED,
  of,
  seenAt,
  verdictOf,
  WEB,
  webToApi,
  wholeReport,
} from "../../support/policy.ts";
import { connectionOf, findingOf, nodeParty } from "../../support/report.ts";

describe("forbid", () => {
  it("a finding: fails on its connections and names the paths with packets", () => {
    const report = wholeReport({
      connections: [MASQUERADED, webToApi("conn-2")],
      findings: [findingOf("f1", "unexpected-snat", "error", ["conn-1"])],
    });
    const rule = checkOne("forbid: [{finding: unexpected-snat}]", report);
    expect(rule).toMatchObject({
      verdict: "fail",
      lookedAt: { connections: 2, packets: 36 },
      violations: { connections: 1, packets: 18 },
      affected: [
        {
          outcome: "violates",
          path: {
            from: "default/Deployment/web",
            to: "default/Deployment/api",
            class: "pod-to-pod-nat",
            nat: "snat",
          },
          witnesses: [
            {
              connection: "conn-1",
              packets: [
                { file: "c1.pcap", record: 4 },
                { file: "c2.pcap", record: 4 },
              ],
            },
          ],
        },
      ],
    });
    expect(check("forbid: [{finding: unexpected-snat}]", report).verdict).toBe("fail");
  });

  it("a finding about the whole run fails too, but not where a selector limits the rule", () => {
    const report = wholeReport({
      connections: [webToApi()],
      findings: [findingOf("f1", "capture-duplicates", "note", [])],
    });
    expect(checkOne("forbid: [{finding: capture-duplicates}]", report).verdict).toBe("fail");
    expect(
      checkOne("forbid: [{finding: capture-duplicates, match: {protocol: tcp}}]", report).verdict,
    ).toBe("pass");
  });

  it.each([
    ["note", "note", "fail"],
    ["warning", "note", "pass"],
    ["warning", "error", "fail"],
    ["error", "warning", "pass"],
  ] as const)("level %s with a finding of level %s: %s", (level, found, verdict) => {
    const report = wholeReport({
      connections: [webToApi()],
      findings: [findingOf("f1", "tcp-reset", found, ["conn-1"])],
    });
    expect(checkOne(`forbid: [{level: ${level}}]`, report).verdict).toBe(verdict);
  });

  it.each([
    ["class: pod-to-pod-nat", MASQUERADED, "fail"],
    ["class: pod-to-pod-nat", webToApi(), "pass"],
    ["class: pod-to-pod-overlay", DOUBTFUL, "inconclusive"],
    ["class: [pod-to-pod-overlay, pod-to-pod-direct]", DOUBTFUL, "fail"],
    ["finding: overlay-encapsulation", DOUBTFUL, "inconclusive"],
    ["overlay: any", DOUBTFUL, "inconclusive"],
    ["level: error", DOUBTFUL, "inconclusive"],
    ["match: {to: {workload: api}}", webToApi(), "fail"],
    ["match: {to: {workload: db}}", webToApi(), "pass"],
  ])("{%s}: %#", (says, connection, verdict) => {
    expect(verdictOf(`forbid: [{${says}}]`, connection as ReportConnection)).toBe(verdict);
  });

  it("tells what would decide a doubt", () => {
    const rule = checkOne("forbid: [{class: pod-to-pod-overlay}]", of(DOUBTFUL));
    expect(rule.hints).toEqual(["a capture of eth0 of n1"]);
    expect(rule.open).toEqual({ connections: 1, packets: 18 });
  });

  it("tells tunnels apart by kind, and AWS's own from an overlay", () => {
    const wrapped = webToApi("conn-1", "pod-to-pod-overlay", {
      observations: [
        seenAt(
          "n1/eth0",
          { orig: WEB, resp: API },
          { encapsulation: { kind: "vxlan", vni: 1, depth: 1 } },
        ),
      ],
    });
    expect(verdictOf("forbid: [{overlay: vxlan}]", wrapped)).toBe("fail");
    expect(verdictOf("forbid: [{overlay: geneve}]", wrapped)).toBe("pass");
    expect(verdictOf("forbid: [{overlay: any}]", { ...wrapped, class: "pod-to-pod-direct" })).toBe(
      "pass",
    );
  });

  it("leaves open what a sealed tunnel between nodes carries", () => {
    const sealed = connectionOf(
      "conn-1",
      "overlay-tunnel",
      nodeParty("n1", "10.0.1.17"),
      nodeParty("n2", "10.0.2.17"),
    );
    expect(verdictOf("forbid: [{finding: overlay-encapsulation}]", sealed)).toBe("inconclusive");
  });

  it("cannot tell that paths agree with rules that nobody knows", () => {
    const rule = "forbid: [{finding: path-differs-from-rules}]";
    expect(verdictOf(rule, webToApi())).toBe("inconclusive");
    const expected = { class: "pod-to-pod-direct", because: "rules" };
    expect(verdictOf(rule, webToApi("conn-1", "pod-to-pod-direct", { expected }))).toBe("pass");
  });

  it("cannot tell that the right ENI was used where none was captured", () => {
    const inside = webToApi("conn-1", "pod-to-pod-direct", {
      observations: [seenAt("n1/eni1", { orig: WEB, resp: API })],
    });
    expect(verdictOf("forbid: [{finding: wrong-eni}]", inside)).toBe("inconclusive");
    expect(verdictOf("forbid: [{finding: wrong-eni}]", webToApi())).toBe("pass");
  });
});
