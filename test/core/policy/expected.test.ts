/** Goal: each expectation says pass, fail or inconclusive for the right reason. Method: one or two connections made by hand. */
import { describe, expect, it } from "vitest";
import type { ReportConnection } from "../../../src/core/report/report.ts";
import {
  API,
  captureOf,
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
import { connectionOf, partyOf } from "../../support/report.ts";

describe("expect", () => {
  it.each([
    ["class: pod-to-pod-direct", webToApi(), "pass"],
    ["class: pod-to-pod-direct", MASQUERADED, "fail"],
    ["class: pod-to-pod-direct", DOUBTFUL, "inconclusive"],
    ["class: [pod-to-pod-direct, pod-to-pod-overlay]", DOUBTFUL, "pass"],
    ["class: snat-egress", DOUBTFUL, "fail"],
    ["nat: none", webToApi(), "pass"],
    ["nat: none", MASQUERADED, "fail"],
    ["nat: [snat, both]", MASQUERADED, "pass"],
    ["nat: dnat", MASQUERADED, "fail"],
    ["at-least: 2", webToApi(), "fail"],
    ["at-least: 1", webToApi(), "pass"],
    ["at-most: 1", webToApi(), "pass"],
    ["at-most: 0", webToApi(), "fail"],
    ["node-local: false", webToApi(), "pass"],
    ["node-local: true", webToApi(), "fail"],
    ["eni: primary", webToApi(), "pass"],
    ["eni: eth0", webToApi(), "pass"],
    ["eni: own", webToApi(), "pass"],
    ["eni: secondary", webToApi(), "fail"],
    ["client-address: preserved", webToApi(), "pass"],
    ["client-address: preserved", MASQUERADED, "fail"],
    ["client-address: lost", MASQUERADED, "pass"],
  ])("{%s}: %#", (says, connection, verdict) => {
    expect(verdictOf(`expect: [{${says}}]`, connection as ReportConnection)).toBe(verdict);
  });

  it("nat: a rewrite that was seen counts, whatever else is not known", () => {
    const seen: ReportConnection = {
      ...MASQUERADED,
      confidence: "possible",
      candidates: ["pod-to-pod-nat", "service-clusterip"],
    };
    expect(verdictOf("expect: [{nat: none}]", seen)).toBe("fail");
    expect(verdictOf("expect: [{nat: dnat}]", seen)).toBe("fail");
    expect(verdictOf("expect: [{nat: both}]", seen)).toBe("inconclusive");
    const unseen: ReportConnection = {
      ...DOUBTFUL,
      candidates: ["pod-to-pod-direct", "pod-to-pod-nat"],
    };
    expect(verdictOf("expect: [{nat: none}]", unseen)).toBe("inconclusive");
    expect(verdictOf("expect: [{nat: none}]", DOUBTFUL)).toBe("pass");
  });

  it("eni: own tells the ENI of the pod's address from the one that was used", () => {
    const misrouted = webToApi("conn-1", "pod-to-pod-direct", {
      observations: [
        seenAt("n1/eth1", { orig: WEB, resp: API }),
        seenAt("n2/eth0", { orig: WEB, resp: API }),
      ],
    });
    const rule = checkOne("expect: [{eni: own}]", of(misrouted));
    expect(rule).toMatchObject({ verdict: "fail" });
    expect(rule.affected[0]?.what).toContain(
      "it passed eth1 of n1, while 10.0.1.11 belongs to ENI 0",
    );
  });

  it("eni and node-local are open where no ENI of the node was captured", () => {
    const onePod = { ...API, node: "n1" };
    const local = connectionOf("conn-1", "pod-to-pod-direct", WEB, onePod, {
      observations: [seenAt("n1/eni1", { orig: WEB, resp: onePod })],
    });
    expect(verdictOf("expect: [{node-local: true}]", local)).toBe("pass");
    const points = [
      {
        id: "n1/eni1",
        capture: "c1",
        node: "n1",
        interface: "eni1",
        kind: "pod-veth",
        because: "",
      },
    ];
    const blind = wholeReport({ connections: [local], points });
    expect(checkOne("expect: [{node-local: true}]", blind)).toMatchObject({
      verdict: "inconclusive",
      hints: expect.arrayContaining([expect.stringContaining("n1")]),
    });
    expect(
      checkOne(
        "expect: [{eni: own}]",
        wholeReport({
          connections: [webToApi("conn-1", "pod-to-pod-direct", { observations: [] })],
        }),
      ).verdict,
    ).toBe("inconclusive");
  });

  it("client-address: a header tells it, unless its beginning was not captured", () => {
    const balancer = partyOf("load-balancer", "10.0.0.250", { name: "k8s-web" });
    const proxied = connectionOf("conn-1", "nlb-ip", balancer, API);
    expect(verdictOf("expect: [{client-address: lost}]", proxied)).toBe("pass");
    const told = {
      ...proxied,
      client: { address: "203.0.113.9", port: 5 },
      clientFrom: "proxy-protocol" as const,
    };
    expect(verdictOf("expect: [{client-address: [preserved, told]}]", told)).toBe("pass");
    expect(verdictOf("expect: [{client-address: preserved}]", told)).toBe("fail");
    const late = { ...proxied, tcp: { state: "mid-stream" } };
    expect(verdictOf("expect: [{client-address: told}]", late)).toBe("inconclusive");
  });

  it("counts apart what it may be about", () => {
    const unknown = connectionOf("conn-2", "pod-to-pod-direct", WEB, {
      ...API,
      ambiguousWith: ["default/other-1"],
    });
    const rule = "expect: [{match: {to: {workload: api}}, at-most: 1}]";
    expect(checkOne(rule, of(webToApi(), unknown))).toMatchObject({
      verdict: "inconclusive",
      lookedAt: { connections: 1 },
      maybe: { connections: 1 },
    });
  });
});

describe("a rule that matched nothing", () => {
  const RULE = "match: {from: {workload: nobody}}, nat: none";

  it("fails, because it checks nothing", () => {
    expect(checkOne(`expect: [{${RULE}}]`, of(webToApi()))).toMatchObject({
      verdict: "fail",
      message: expect.stringContaining("optional: true"),
      lookedAt: { connections: 0, packets: 0 },
    });
    expect(verdictOf("forbid: [{class: clb, match: {from: {workload: nobody}}}]", webToApi())).toBe(
      "fail",
    );
  });

  it("passes when it says that it may", () => {
    expect(verdictOf(`expect: [{${RULE}, optional: true}]`, webToApi())).toBe("pass");
  });

  it("is a doubt where its traffic may have been cut away", () => {
    const report = {
      ...of(webToApi()),
      captures: [captureOf("c1", { drops: [{ interface: 0, droppedByOs: "7" }] })],
    };
    expect(checkOne(`expect: [{${RULE}}]`, report)).toMatchObject({
      verdict: "inconclusive",
      hiddenBy: ["dropped"],
    });
  });
});
