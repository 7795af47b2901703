/** Goal: each kind of rule says pass, fail or inconclusive for the right reason. Method: one or two connections made by hand. */
import { describe, expect, it } from "vitest";
import type { ReportConnection } from "../../../src/core/report/report.ts";
import {
  API,
  captureOf,
  check,
  checkOne,
  seenAt,
  WEB,
  webToApi,
  wholeReport,
} from "../../support/policy.ts";
import {
  connectionOf,
  findingOf,
  nodeParty,
  partyOf,
  podParty,
  reportOf,
} from "../../support/report.ts";

const MASQUERADED = webToApi("conn-1", "pod-to-pod-nat", {
  nat: [
    {
      kind: "snat",
      node: "n1",
      before: {
        orig: { address: "10.0.1.11", port: 443 },
        resp: { address: "10.0.2.22", port: 8_080 },
      },
      after: {
        orig: { address: "10.0.1.17", port: 443 },
        resp: { address: "10.0.2.22", port: 8_080 },
      },
      matchedBy: "isn",
      confidence: "proven",
    },
  ],
});
const DOUBTFUL = webToApi("conn-1", "pod-to-pod-direct", {
  confidence: "inferred",
  candidates: ["pod-to-pod-direct", "pod-to-pod-overlay"],
  wouldDecide: "a capture of eth0 of n1",
});

function of(...connections: readonly ReportConnection[]) {
  return wholeReport({ connections });
}

function verdictOf(source: string, ...connections: readonly ReportConnection[]) {
  return checkOne(source, of(...connections)).verdict;
}

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

describe("matching", () => {
  const LABELLED = {
    ...of(webToApi()),
    snapshot: {
      ...of(webToApi()).snapshot,
      pods: [
        {
          namespace: "default",
          name: "web-6c8f9d7b54-zx2kd",
          labels: { app: "web", __proto__: "x" },
        },
        { namespace: "default", name: "api-5d4f8c7b9-q2w4r" },
      ],
    },
  };

  it.each([
    ["from: {namespace: default}", "yes"],
    ["from: {namespace: other}", "no"],
    ["from: {workload: Deployment/web}", "yes"],
    ["from: {workload: web}", "yes"],
    ["from: {workload: StatefulSet/web}", "no"],
    ["from: {pod: web}", "yes"],
    ["from: {pod: we}", "no"],
    ["from: {node: n1}", "yes"],
    ["from: {node: n}", "no"],
    ["from: {kind: [node, pod]}", "yes"],
    ["from: {address: 10.0.1.0/24}", "yes"],
    ["from: {address: 10.0.2.22}", "no"],
    ["from: {labels: {app: web}}", "yes"],
    ["from: {labels: {app: api}}", "no"],
    ["from: {labels: {toString: x}}", "no"],
    ["to: {labels: {app: api}}", "maybe"],
    ["to: {port: 8080}", "yes"],
    ["to: {port: 8000-8100}", "yes"],
    ["to: {port: [1, 2]}", "no"],
    ["either: {workload: api}", "yes"],
    ["either: [{workload: db}, {node: n2}]", "yes"],
    ["protocol: [udp, tcp]", "yes"],
    ["protocol: udp", "no"],
    ["class: pod-to-pod-direct", "yes"],
    ["{from: {workload: web}, to: {workload: db}}", "no"],
  ])("{%s}: %s", (says, answer) => {
    const match = says.startsWith("{") ? says : `{${says}}`;
    const { lookedAt, maybe } = checkOne(`expect: [{match: ${match}, optional: true}]`, LABELLED);
    expect([lookedAt.connections, maybe.connections]).toEqual(
      answer === "yes" ? [1, 0] : answer === "maybe" ? [0, 1] : [0, 0],
    );
  });

  it.each([
    [
      "what was dialled counts as reached",
      connectionOf("conn-1", "service-clusterip", WEB, API, {
        dialled: { address: "172.20.0.10", port: 80 },
      }),
      "to: {address: 172.20.0.10, port: 80}",
      [1, 0],
    ],
    [
      "a pod of a host network may be behind its node's address",
      connectionOf(
        "conn-1",
        "node-to-pod",
        { ...nodeParty("n1", "10.0.1.17"), hostNetworkPods: ["kube-system/aws-node-f6cb3"] },
        API,
      ),
      "from: {namespace: kube-system}",
      [0, 1],
    ],
    [
      "a pod of another namespace is not",
      connectionOf(
        "conn-1",
        "node-to-pod",
        { ...nodeParty("n1", "10.0.1.17"), hostNetworkPods: ["kube-system/aws-node-f6cb3"] },
        API,
      ),
      "from: {namespace: prod}",
      [0, 0],
    ],
    [
      "any pod may be behind a node's address in an egress that was seen on eth0 only",
      connectionOf(
        "conn-1",
        "snat-egress",
        nodeParty("n1", "10.0.1.17"),
        partyOf("external", "203.0.113.9"),
        { confidence: "possible", candidates: ["snat-egress", "node-egress"] },
      ),
      "from: {namespace: prod}",
      [0, 1],
    ],
    [
      "a pod that no list tells the workload of may be one by its name",
      connectionOf("conn-1", "pod-to-pod-direct", podParty("db-0", "10.0.1.12", "n1"), API),
      "from: {workload: StatefulSet/db}",
      [0, 1],
    ],
    [
      "a pod of the host network has its node's address and is no pod by its address",
      connectionOf(
        "conn-1",
        "node-to-pod",
        { ...nodeParty("n1", "10.0.1.17"), hostNetworkPods: ["kube-system/aws-node-f6cb3"] },
        API,
      ),
      "from: {kind: pod}",
      [0, 0],
    ],
    [
      "what a NodePort hides is a pod and nothing else",
      connectionOf("conn-1", "nodeport", WEB, nodeParty("n1", "10.0.1.17"), {
        confidence: "possible",
        candidates: ["nodeport", "pod-to-node"],
      }),
      "to: {kind: external}",
      [0, 0],
    ],
    [
      "a NodePort may hide any pod",
      connectionOf("conn-1", "nodeport", WEB, nodeParty("n1", "10.0.1.17"), {
        confidence: "possible",
        candidates: ["nodeport", "pod-to-node"],
      }),
      "to: {workload: api}",
      [0, 1],
    ],
    [
      "an echo identifier is no port",
      connectionOf("conn-1", "pod-to-pod-direct", WEB, API, { protocol: "icmp" }),
      "to: {port: 8080}",
      [0, 0],
    ],
  ] as const)("%s", (_what, connection, says, counts) => {
    const { lookedAt, maybe } = checkOne(
      `expect: [{match: {${says}}, optional: true}]`,
      of(connection as ReportConnection),
    );
    expect([lookedAt.connections, maybe.connections]).toEqual(counts);
  });

  it("a violation of what it may be about is a doubt, not a violation", () => {
    const unknown = { ...MASQUERADED, resp: { ...API, ambiguousWith: ["default/other-1"] } };
    expect(
      verdictOf("expect: [{match: {to: {workload: api}}, nat: none, optional: true}]", unknown),
    ).toBe("inconclusive");
    expect(
      verdictOf(
        "forbid: [{match: {to: {workload: api}}, class: pod-to-pod-nat, optional: true}]",
        unknown,
      ),
    ).toBe("inconclusive");
    expect(verdictOf("forbid: [{match: {to: {workload: api}}}]", unknown)).toBe("inconclusive");
  });
});

describe("allow", () => {
  const POLICY = `
forbid: [{id: no-nat, class: pod-to-pod-nat}]
allow: [{id: known, class: pod-to-pod-nat, match: {from: {workload: web}}, reason: TICKET-1, expires: 2026-11-30}]`;

  it.each([
    ["2026-11-30", "pass", ["pass", "pass"], 0],
    ["2026-12-01", "pass", ["pass", "pass"], 2],
    ["2026-12-14", "pass", ["pass", "pass"], 2],
    ["2026-12-15", "fail", ["fail", "fail"], 1],
    [null, "inconclusive", ["inconclusive", "inconclusive"], 0],
  ] as const)("on %s: %s", (today, verdict, rules, warnings) => {
    const gate = check(POLICY, of(MASQUERADED), { today });
    expect(gate.verdict).toBe(verdict);
    expect(gate.rules.map((rule) => rule.verdict)).toEqual(rules);
    expect(gate.rules.flatMap((rule) => rule.warnings)).toHaveLength(warnings);
  });

  it("is told apart from what it does not cover", () => {
    const other = {
      ...MASQUERADED,
      id: "conn-2",
      orig: { ...WEB, workload: "Deployment/cart", name: "cart-1" },
    };
    const [rule] = check(POLICY, of(MASQUERADED, other), { today: "2026-11-01" }).rules;
    expect(rule).toMatchObject({
      verdict: "fail",
      violations: { connections: 1 },
      excused: { connections: 1 },
    });
    expect(rule?.affected.map(({ outcome, allowedBy }) => [outcome, allowedBy])).toEqual([
      ["violates", undefined],
      ["excused", "known"],
    ]);
  });

  it("that excuses nothing fails, unless it is optional", () => {
    const gate = check(POLICY, of(webToApi()), { today: "2026-11-01" });
    expect(gate.rules.map(({ id, verdict }) => [id, verdict])).toEqual([
      ["no-nat", "pass"],
      ["known", "fail"],
    ]);
    const optional = POLICY.replace("reason:", "optional: true, reason:");
    expect(check(optional, of(webToApi()), { today: "2026-11-01" }).verdict).toBe("pass");
  });

  it("for one rule excuses no other", () => {
    const two = `
forbid: [{id: a, class: pod-to-pod-nat}, {id: b, class: pod-to-pod-nat}]
allow: [{rule: a, reason: x, expires: 2026-12-31}]`;
    const gate = check(two, of(MASQUERADED), { today: "2026-11-01" });
    expect(gate.rules.map(({ verdict }) => verdict)).toEqual(["pass", "fail", "pass"]);
  });

  it("a doubt about what it speaks of excuses nothing", () => {
    const policy = `
forbid: [{overlay: any}]
allow: [{class: pod-to-pod-overlay, reason: x, expires: 2026-12-31, optional: true}]`;
    expect(check(policy, of(DOUBTFUL), { today: "2026-11-01" }).verdict).toBe("inconclusive");
  });
});

describe("the whole", () => {
  it("fails on a violation whatever else is in doubt, and on nothing below --fail-on", () => {
    const policy = `
forbid: [{class: pod-to-pod-nat}, {class: pod-to-pod-overlay, severity: warning}]`;
    const report = of(MASQUERADED, { ...DOUBTFUL, id: "conn-2" });
    expect(check(policy, report).verdict).toBe("fail");
    const mild = policy.replace("pod-to-pod-nat", "pod-to-pod-nat, severity: warning");
    expect(check(mild, report).verdict).toBe("pass");
    expect(check(mild, report, { failOn: "warning" }).verdict).toBe("fail");
    expect(check(mild, report).rules.map(({ counts }) => counts)).toEqual([false, false]);
  });

  it("passes nothing that saw nothing", () => {
    const gate = check(
      "forbid: [{class: clb}]\nexpect: [{at-most: 3, optional: true}]",
      wholeReport({}),
    );
    expect(gate.verdict).toBe("inconclusive");
    expect(gate.reasons.map(({ id }) => id)).toContain("no-connections");
  });

  it("walks the connections once, however many rules there are", () => {
    const report = of(webToApi("conn-1"), webToApi("conn-2"));
    let walks = 0;
    const counted = {
      ...report,
      connections: {
        length: 2,
        at: (index: number) => [...report.connections].at(index),
        *[Symbol.iterator]() {
          walks += 1;
          yield* report.connections;
        },
      },
    };
    check(
      "forbid: [{class: clb}, {overlay: any}, {level: error}]\nexpect: [{at-least: 1}]",
      counted,
    );
    expect(walks).toBe(1);
  });

  it("keeps no more paths than it shows, and counts the others", () => {
    const many = Array.from({ length: 150 }, (_, i) => ({
      ...webToApi(`conn-${i + 1}`, "pod-to-pod-nat"),
      orig: { ...WEB, workload: `Deployment/w${i}` },
    }));
    const rule = checkOne("forbid: [{class: pod-to-pod-nat}]", of(...many));
    expect(rule.affected).toHaveLength(100);
    expect(rule.more).toBe(50);
    expect(rule.violations.connections).toBe(150);
  });

  it("without a snapshot says nothing about who talks to whom", () => {
    const blind = { ...of(webToApi()), snapshot: reportOf({}).snapshot };
    expect(checkOne("forbid: [{finding: overlay-encapsulation}]", blind)).toMatchObject({
      verdict: "inconclusive",
      hiddenBy: ["no-snapshot"],
    });
    expect(
      checkOne("expect: [{match: {to: {address: 10.0.2.22}}, at-least: 1}]", blind).verdict,
    ).toBe("pass");
  });
});
