import { describe, expect, it } from "vitest";
import {
  buildTopologyModel,
  type TopologyModel,
} from "../../../../src/core/diagram/topology/topology-model.ts";
import {
  MAX_DRAWN_EDGES,
  MAX_DRAWN_ENDPOINTS,
  MAX_DRAWN_NODES,
  MAX_DRAWN_PODS,
} from "../../../../src/core/limits.ts";
import type { Report } from "../../../../src/core/report/report.ts";
import {
  BIG,
  clusterReport,
  connectionOf,
  findingOf,
  HUGE,
  MEDIUM,
  nodeParty,
  partyOf,
  podParty,
  reportOf,
  SMALL,
} from "../../../support/report.ts";

const COUNTS = { pods: 9, nodes: 2 };
const WEB = podParty("web-1", "10.0.0.20", "n1", { workload: "Deployment/web" });
const API = podParty("api-1", "10.0.1.20", "n2", { workload: "Deployment/api" });
const OUTSIDE = partyOf("external", "8.8.8.8");

function accountedFor({ edges, notDrawn }: TopologyModel): number {
  return [...edges, ...notDrawn].reduce((sum, { connections }) => sum + connections, 0);
}

describe("the traffic map's model", () => {
  it.each([
    ["small", SMALL],
    ["medium", MEDIUM],
    ["big", BIG],
    ["huge", HUGE],
  ])("accounts for every connection of a %s cluster", (_, size) => {
    const report = clusterReport(size);
    const model = buildTopologyModel(report);
    expect(accountedFor(model)).toBe(report.connections.length);
    expect(model.connections).toBe(report.connections.length);
    const bytes = (list: readonly { bytes: number }[]) => list.reduce((sum, e) => sum + e.bytes, 0);
    const all = [...report.connections].reduce((sum, { bytes: b }) => sum + b.orig + b.resp, 0);
    expect(bytes(model.edges) + bytes(model.notDrawn)).toBe(all);
  });

  it("makes one line of the connections of one class between two boxes", () => {
    const model = buildTopologyModel(
      reportOf({
        counts: COUNTS,
        connections: [
          connectionOf("c1", "pod-to-pod-direct", WEB, API),
          connectionOf("c2", "pod-to-pod-direct", { ...WEB, port: 1 }, API, {
            confidence: "inferred",
          }),
          connectionOf("c3", "pod-to-pod-direct", API, WEB),
          connectionOf("c4", "service-clusterip", WEB, API),
        ],
      }),
    );
    expect(model.edges.map((e) => [e.class, e.connections, e.unproven]).sort()).toEqual([
      ["pod-to-pod-direct", 1, 0],
      ["pod-to-pod-direct", 2, 1],
      ["service-clusterip", 1, 0],
    ]);
  });

  it("keeps connections with a finding on a line of their own, numbered as in the report", () => {
    const model = buildTopologyModel(
      reportOf({
        counts: COUNTS,
        connections: [
          connectionOf("c1", "pod-to-pod-direct", WEB, API),
          connectionOf("c2", "pod-to-pod-direct", WEB, API),
          connectionOf("c3", "pod-to-pod-direct", WEB, API),
        ],
        findings: [
          findingOf("f1", "capture-truncated", "error", []),
          findingOf("f2", "unexpected-snat", "error", ["c2"]),
          findingOf("f3", "tcp-reset", "warning", ["c2", "c3"]),
          findingOf("f4", "mid-stream", "note", ["c1"]),
        ],
      }),
    );
    expect(model.edges.map((e) => [e.connections, e.findings])).toEqual([
      [1, []],
      [2, [2, 3]],
    ]);
    expect(model.findings.map((f) => [f.number, f.rule, f.drawn])).toEqual([
      [1, "capture-truncated", false],
      [2, "unexpected-snat", true],
      [3, "tcp-reset", true],
      [4, "mid-stream", false],
    ]);
  });

  it("says which connections have no place in it, instead of dropping them", () => {
    const model = buildTopologyModel(
      reportOf({
        counts: COUNTS,
        connections: [
          connectionOf("c1", "external", OUTSIDE, partyOf("external", "1.1.1.1")),
          connectionOf("c2", "unclassified", WEB, partyOf("special", "224.0.0.1")),
          connectionOf("c3", "unclassified", WEB, OUTSIDE),
          connectionOf(
            "c4",
            "external",
            partyOf("loopback", "127.0.0.1"),
            partyOf("loopback", "127.0.0.1"),
          ),
        ],
      }),
    );
    expect(model.edges.map((e) => e.class)).toEqual(["unclassified"]);
    expect(model.notDrawn.map((n) => [n.reason, n.class, n.connections])).toEqual([
      ["no-place", "external", 2],
      ["no-place", "unclassified", 1],
    ]);
  });

  it("draws no pod without a connection, and says how many there are", () => {
    const model = buildTopologyModel(
      reportOf({ counts: COUNTS, connections: [connectionOf("c1", "snat-egress", WEB, OUTSIDE)] }),
    );
    expect(model.places.map((p) => p.name).sort()).toEqual(["Internet", "web-1"]);
    expect(model.pods).toEqual({ seen: 1, known: 9 });
  });

  it("joins the addresses of one pod, one node, one load balancer", () => {
    const balancer = (address: string) => partyOf("load-balancer", address, { name: "nlb" });
    const model = buildTopologyModel(
      reportOf({
        counts: COUNTS,
        connections: [
          connectionOf("c1", "nlb-ip", balancer("10.0.0.251"), WEB),
          connectionOf("c2", "nlb-ip", balancer("10.0.0.250"), { ...WEB, address: "fd00::20" }),
          connectionOf("c3", "node-to-pod", nodeParty("n1", "10.0.0.17"), WEB),
        ],
      }),
    );
    expect(model.places.map((p) => [p.kind, p.addresses]).sort()).toEqual([
      ["host", ["10.0.0.17"]],
      ["load-balancer", ["10.0.0.250", "10.0.0.251"]],
      ["pod", ["10.0.0.20", "fd00::20"]],
    ]);
  });

  it("shows pods, then workloads, then nodes, as the cluster grows", () => {
    const workloads = { nodes: 4, pods: 120, connections: 900, findingEvery: 0 };
    expect(buildTopologyModel(clusterReport(MEDIUM)).level).toBe("pod");
    const model = buildTopologyModel(clusterReport(workloads));
    expect(model.level).toBe("workload");
    expect(model.places.filter((p) => p.kind === "workload").length).toBeLessThanOrEqual(
      MAX_DRAWN_PODS,
    );
    expect(model.places.find((p) => p.kind === "workload")?.pods.length).toBeGreaterThan(1);
    expect(buildTopologyModel(clusterReport(BIG)).level).toBe("node");
  });

  it("folds the nodes with the least traffic into one box per zone that says how many", () => {
    const model = buildTopologyModel(clusterReport(HUGE));
    const folded = model.nodes.filter((node) => node.folded > 0);
    expect(folded.map((node) => node.zone)).toEqual([
      "ap-northeast-2a",
      "ap-northeast-2b",
      "ap-northeast-2c",
    ]);
    const whole = model.nodes.filter((node) => node.folded === 0);
    expect(whole).toHaveLength(MAX_DRAWN_NODES - 1);
    expect(folded.reduce((sum, node) => sum + node.folded, whole.length)).toBe(
      model.nodeCount.seen,
    );
    // The sums stay whole: a folded pod is counted in its box.
    const pods = model.places.reduce((sum, place) => sum + place.pods.length, 0);
    expect(pods).toBe(model.pods.seen);
  });

  it("keeps nodes with findings when others are folded", () => {
    const report = clusterReport(HUGE);
    const model = buildTopologyModel(report);
    const kept = new Set(model.nodes.filter((n) => n.folded === 0).map((n) => n.key));
    const serious = [...report.connections].filter((c) => c.findings.some((id) => id !== "f3"));
    expect(serious.length).toBeGreaterThan(0);
    for (const { orig, resp } of serious) {
      for (const party of [orig, resp]) {
        if (party.kind === "pod") expect(kept).toContain(party.node);
      }
    }
  });

  it("draws findings' lines rather than others when there are too many", () => {
    const model = buildTopologyModel(clusterReport(HUGE));
    expect(model.edges).toHaveLength(MAX_DRAWN_EDGES);
    const left = model.notDrawn.filter((n) => n.reason === "too-many-lines");
    expect(left.length).toBeGreaterThan(0);
    expect(model.findings.filter((f) => f.level !== "note").every((f) => f.drawn)).toBe(true);
  });

  it("folds load balancers over the limit into one", () => {
    const balancer = (i: number) => partyOf("load-balancer", `10.0.9.${i}`, { name: `lb-${i}` });
    const connections = Array.from({ length: 20 }, (_, i) =>
      connectionOf(`c${i}`, "nlb-ip", balancer(i), WEB, { bytes: { orig: i, resp: 0 } }),
    );
    const model = buildTopologyModel(reportOf({ counts: COUNTS, connections }));
    const balancers = model.places.filter((p) => p.kind === "load-balancer");
    expect(balancers).toHaveLength(MAX_DRAWN_ENDPOINTS);
    expect(balancers.find((p) => p.folded > 0)?.folded).toBe(20 - MAX_DRAWN_ENDPOINTS + 1);
    expect(accountedFor(model)).toBe(20);
  });

  it("draws bare addresses when there is no snapshot: private ones by prefix, public ones as the Internet", () => {
    const between = (id: string, a: string, b: string) =>
      connectionOf(id, "unclassified", partyOf("external", a), partyOf("external", b));
    const model = buildTopologyModel(
      reportOf({
        connections: [
          between("c1", "192.168.1.5", "192.168.2.9"),
          between("c2", "100.64.1.1", "8.8.8.8"),
          between("c3", "fd00:1::5", "2001:db8::1"),
          between("c4", "172.32.0.1", "8.8.4.4"),
        ],
      }),
    );
    expect(model.owners).toBe(false);
    expect(model.nodes.map((n) => n.name)).toEqual([
      "100.64.1.0/24",
      "192.168.1.0/24",
      "192.168.2.0/24",
      "fd00:1:0:0::/64",
    ]);
    expect(model.notDrawn).toEqual([
      { reason: "no-place", class: "unclassified", connections: 1, bytes: 91_000 },
    ]);
  });

  it("takes names that are also properties of objects for what they are", () => {
    const pod = (name: string) =>
      podParty(name, "10.0.0.1", "__proto__", { namespace: "constructor" });
    const report: Report = reportOf({
      counts: COUNTS,
      connections: [connectionOf("c1", "toString", pod("__proto__"), pod("hasOwnProperty"))],
    });
    const model = buildTopologyModel(report);
    expect(model.places.map((p) => p.name).sort()).toEqual(["__proto__", "hasOwnProperty"]);
    expect(model.edges).toHaveLength(1);
  });
});
