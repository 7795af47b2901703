/** Goal: a selector finds the connections that it means, and says "maybe" where who an end is, is not known. */
import { describe, expect, it } from "vitest";
import type { ReportConnection } from "../../../src/core/report/report.ts";
import { API, checkOne, MASQUERADED, of, verdictOf, WEB, webToApi } from "../../support/policy.ts";
import { connectionOf, nodeParty, partyOf, podParty } from "../../support/report.ts";

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
