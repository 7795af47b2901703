/** Goal: two reports differ where workloads or ways differ, and nowhere else. Method: one change at a time. */
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_COMPARED_PATHS } from "../../../src/core/limits.ts";
import { readBaseline, writeBaseline } from "../../../src/core/policy/baseline.ts";
import { diffReports } from "../../../src/core/policy/diff-reports.ts";
import { collectPaths, PathCollector } from "../../../src/core/policy/path-set.ts";
import { policyJsonSchema } from "../../../src/core/policy/policy-json-schemas.ts";
import type { Report, ReportConnection } from "../../../src/core/report/report.ts";
import { API, captureOf, WEB, webToApi, wholeReport } from "../../support/policy.ts";
import { connectionOf, nodeParty, partyOf, podParty } from "../../support/report.ts";

function of(...connections: readonly ReportConnection[]): Report {
  return wholeReport({ connections });
}

function kinds(base: Report, next: Report) {
  const { verdict, added, gone, changed, open, unchanged } = diffReports(base, next);
  return [verdict, added.length, gone.length, changed.length, open.length, unchanged];
}

const DIRECT = webToApi();
const DOUBTFUL = webToApi("conn-1", "pod-to-pod-direct", {
  confidence: "inferred",
  candidates: ["pod-to-pod-direct", "pod-to-pod-overlay"],
});

describe("diffReports", () => {
  it("finds no difference in other pods, addresses, ports, times and order", () => {
    const later = webToApi("conn-9", "pod-to-pod-direct", {
      orig: { ...WEB, name: "web-6c8f9d7b54-xxxxx", address: "10.0.9.9", port: 55, node: "n2" },
      resp: { ...API, address: "10.0.8.8", port: 9_090 },
      firstSeen: "2027-01-01T00:00:00.000000000Z",
    });
    const node = connectionOf("conn-2", "node-to-pod", nodeParty("n1", "10.0.1.17"), API);
    const otherNode = connectionOf("conn-1", "node-to-pod", nodeParty("n7", "10.0.7.17"), API);
    expect(kinds(of(DIRECT, node), of(otherNode, later))).toEqual(["same", 0, 0, 0, 0, 2]);
  });

  it.each([
    ["another class", webToApi("conn-1", "pod-to-pod-nat"), ["different", 0, 0, 1, 0, 0]],
    [
      "another protocol",
      webToApi("conn-1", "pod-to-pod-direct", { protocol: "udp" }),
      ["different", 1, 1, 0, 0, 0],
    ],
    [
      "another workload",
      webToApi("conn-1", "pod-to-pod-direct", { resp: { ...API, workload: "Deployment/db" } }),
      ["different", 1, 1, 0, 0, 0],
    ],
    [
      "another namespace",
      webToApi("conn-1", "pod-to-pod-direct", { resp: { ...API, namespace: "prod" } }),
      ["different", 1, 1, 0, 0, 0],
    ],
    [
      "a pod of no known workload",
      webToApi("conn-1", "pod-to-pod-direct", { resp: podParty("db-0", "10.0.2.23", "n2") }),
      ["different", 1, 1, 0, 0, 0],
    ],
    ["a doubt that allows what was", DOUBTFUL, ["same", 0, 0, 0, 0, 1]],
    [
      "a doubt about another class that allows what was",
      { ...DOUBTFUL, class: "pod-to-pod-overlay" },
      ["inconclusive", 0, 0, 0, 1, 0],
    ],
  ] as const)("%s", (_what, next, expected) => {
    expect(kinds(of(DIRECT), of(next as ReportConnection))).toEqual(expected);
  });

  it("a second way of a route is a change of it", () => {
    const both = of(DIRECT, webToApi("conn-2", "pod-to-pod-nat"));
    expect(kinds(of(DIRECT), both)).toEqual(["different", 0, 0, 1, 0, 1]);
    const [change] = diffReports(of(DIRECT), both).changed;
    expect(change?.before).toEqual([]);
    expect(change?.after.map(({ path }) => path.class)).toEqual(["pod-to-pod-nat"]);
  });

  it("what one side may hide is not said to be gone or added", () => {
    const cut = {
      ...of(),
      captures: [captureOf("c1", { drops: [{ interface: 0, droppedByOs: "1" }] })],
      connections: [connectionOf("c", "clb", partyOf("external", "203.0.113.9"), API)],
    };
    expect(kinds(of(DIRECT, cut.connections[0]!), cut)).toEqual(["inconclusive", 0, 0, 0, 1, 1]);
    expect(kinds(cut, of(DIRECT, cut.connections[0]!))).toEqual(["inconclusive", 0, 0, 0, 1, 1]);
    expect(diffReports(of(DIRECT), cut).open[0]?.because).toBe(
      "the new captures may hide it: dropped",
    );
    expect(kinds(cut, cut)[0]).toBe("inconclusive");
  });

  it("leaves out neighbour discovery and the like", () => {
    const noise = connectionOf(
      "conn-2",
      "link-local",
      partyOf("link-local", "fe80::1"),
      partyOf("special", "ff02::fb"),
    );
    expect(kinds(of(DIRECT), of(DIRECT, noise))).toEqual(["same", 0, 0, 0, 0, 1]);
  });

  it("turned round says the opposite", () => {
    const classes = ["pod-to-pod-direct", "pod-to-pod-nat", "snat-egress"];
    const connection = fc
      .record({
        pathClass: fc.constantFrom(...classes),
        protocol: fc.constantFrom("tcp", "udp"),
        to: fc.constantFrom("api", "db", "cart"),
      })
      .map(({ pathClass, protocol, to }) =>
        webToApi("conn-1", pathClass, { protocol, resp: { ...API, workload: `Deployment/${to}` } }),
      );
    fc.assert(
      fc.property(
        fc.array(connection, { minLength: 1 }),
        fc.array(connection, { minLength: 1 }),
        (a, b) => {
          const there = diffReports(of(...a), of(...b));
          const back = diffReports(of(...b), of(...a));
          const routes = (list: typeof there.added) =>
            list.map(({ from, to, protocol }) => [from, to, protocol]);
          expect(routes(back.gone)).toEqual(routes(there.added));
          expect(routes(back.added)).toEqual(routes(there.gone));
          expect(routes(back.changed)).toEqual(routes(there.changed));
          expect(back.unchanged).toBe(there.unchanged);
        },
      ),
    );
  });

  it("has the published shape", () => {
    const validate = new Ajv2020({ allErrors: true }).compile(policyJsonSchema("diff"));
    const diff = JSON.parse(JSON.stringify(diffReports(of(DIRECT), of(webToApi("conn-1", "clb")))));
    expect(validate(diff), JSON.stringify(validate.errors)).toBe(true);
  });

  it("says so when there are more paths than it keeps", () => {
    const collector = new PathCollector(of());
    for (let i = 0; i < MAX_COMPARED_PATHS + 5; i++)
      collector.look(webToApi("c", "clb", { resp: { ...API, workload: `Deployment/w${i}` } }));
    expect(collector.left).toBe(5);
    expect(collector.list()).toHaveLength(MAX_COMPARED_PATHS);
  });
});

describe("a baseline of any report", () => {
  it("is read back as it was written, whatever the names", () => {
    const name = fc.oneof(
      fc.string({ minLength: 1 }),
      fc.string({ unit: "binary", minLength: 1 }),
      fc.constant("x".repeat(5_000)),
    );
    fc.assert(
      fc.property(
        fc.array(fc.record({ workload: name, namespace: name }), { maxLength: 5 }),
        (parties) => {
          const report = of(
            ...parties.map((more, i) =>
              webToApi(`conn-${i}`, "clb", { orig: { ...WEB, ...more } }),
            ),
          );
          const paths = collectPaths(report).list();
          for (const file of ["b.yaml", "b.json"]) {
            const { baseline, problems } = readBaseline(writeBaseline(paths, [], file), file);
            expect(problems).toBeUndefined();
            expect(baseline?.paths.map(({ path }) => path)).toEqual(paths.map(({ path }) => path));
          }
        },
      ),
    );
  });

  it("has the published shape", () => {
    const validate = new Ajv2020({ allErrors: true }).compile(policyJsonSchema("baseline"));
    const text = writeBaseline(collectPaths(of(DIRECT, DOUBTFUL)).list(), [], "b.json");
    expect(validate(JSON.parse(text)), JSON.stringify(validate.errors)).toBe(true);
  });
});
