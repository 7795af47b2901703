/**
 * Goal: no path rule tells two rows of one profile apart. Method: watch which properties of a connection the rules read, and compare
 * with what a profile has. What they read for evidence only (numbers of records, names of places) is listed apart: evidence is made
 * of the connection itself.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { RuleContext, Subject } from "../../../src/core/classify/rule.ts";
import { PATH_RULES } from "../../../src/core/classify/rule-list.ts";
import { makeSubject } from "../../../src/core/classify/subject.ts";
import { turnedRound } from "../../../src/core/classify/turned-round.ts";
import { bothWays } from "../../support/both-ways.ts";
import { pcapFile } from "../../support/capture.ts";
import { memorySource } from "../../support/read-capture.ts";
import { captureFlows } from "../../support/synthetic-captures.ts";
import { buildCluster, clusterPlan } from "../../support/synthetic-cluster.ts";
import { buildFlows, flowPlan } from "../../support/synthetic-flows.ts";
import { snapshotTexts } from "../../support/synthetic-snapshot.ts";

/** Words of LoneProfiles, and what is the same for every row that stands alone. */
const IN_PROFILE: ReadonlySet<string> = new Set([
  "protocol",
  "carries",
  "sealed",
  "nat",
  "orientedBy",
  "legs",
  "legs.orig.address",
  "legs.orig.port",
  "legs.resp.address",
  "legs.resp.port",
  "legs.orig",
  "legs.resp",
  "observations",
  "observations.encapsulation",
  "observations.awsTunnel",
  "observations.tuple",
  "observations.tuple.orig",
  "observations.tuple.resp",
  "observations.tuple.orig.address",
  "observations.tuple.orig.port",
  "observations.tuple.resp.address",
  "observations.tuple.resp.port",
  "observations.vantagePoint",
  "observations.vantagePoint.pod",
  "observations.vantagePoint.node",
  "observations.vantagePoint.kind",
  "observations.orig",
  "observations.resp",
  "observations.orig.records",
  "observations.resp.records",
  "observations.orig.ttlMax",
  "observations.resp.ttlMax",
]);
/** Rows with a header have no profile; the others are said in evidence and decide nothing. */
const FOR_EVIDENCE: ReadonlySet<string> = new Set([
  "proxyHeader",
  "observations.vantagePoint.id",
  "observations.vantagePoint.capture",
  "observations.orig.firstRecord",
  "observations.resp.firstRecord",
]);

/** The value with every property that is read written down under its path; list positions are left out. */
function watched<T>(value: T, path: string, read: Set<string>): T {
  if (typeof value !== "object" || value === null) return value;
  return new Proxy(value, {
    get(target, key, receiver) {
      const found: unknown = Reflect.get(target, key, receiver);
      if (typeof key === "symbol" || typeof found === "function") return found;
      if (Array.isArray(target)) return key === "length" ? found : watched(found, path, read);
      const own = path === "" ? key : `${path}.${key}`;
      read.add(own);
      return watched(found, own, read);
    },
  });
}

function whatRulesRead(subject: Subject, context: RuleContext, read: Set<string>): void {
  const seen = { ...subject, connection: watched(subject.connection, "", read) };
  for (const rule of PATH_RULES) rule.match(seen, context);
}

test("a guard that sees nothing would pass anything: a rule that reads another property is seen", () => {
  const read = new Set<string>();
  const one = watched({ packets: { orig: 1 }, legs: [{ orig: { address: "a" } }] }, "", read);
  expect([one.packets.orig, one.legs[0]?.orig.address]).toEqual([1, "a"]);
  expect([...read]).toEqual(["packets", "packets.orig", "legs", "legs.orig", "legs.orig.address"]);
  expect([...read].filter((path) => !IN_PROFILE.has(path) && !FOR_EVIDENCE.has(path))).toEqual([
    "packets",
    "packets.orig",
  ]);
});

test("path rules read nothing of a row that stands alone but what its profile has", async () => {
  const read = new Set<string>();
  let alone = 0;
  const plans = fc.record({
    cluster: clusterPlan,
    flows: fc.array(flowPlan, { minLength: 4, maxLength: 16, size: "max" }),
    place: fc.nat(6),
  });
  const property = fc.asyncProperty(plans, async (plan) => {
    const cluster = buildCluster(plan.cluster);
    const flows = buildFlows(cluster, plan.flows);
    const all = captureFlows(cluster, flows, "interfaces").slice(plan.place, plan.place + 1);
    const jobs = all.map(({ file, linkType, records }) => ({
      file,
      label: null,
      source: memorySource(pcapFile(records, { linkType, nano: true })),
    }));
    const texts = snapshotTexts(cluster, flows).filter(({ file }) => !file.includes("conntrack"));
    const { numbers, owners } = await bothWays(jobs, texts);
    const { connections, lone } = numbers.correlation;
    for (const connection of connections) {
      if ((lone?.rowOf(connection.index) ?? -1) < 0) continue;
      alone += 1;
      for (const one of [connection, turnedRound(connection)])
        whatRulesRead(makeSubject(one, owners), numbers.context, read);
    }
  });
  await fc.assert(property, { numRuns: 60, seed: 20_260_101 });
  expect(alone).toBeGreaterThan(60);
  expect([...read].filter((path) => !IN_PROFILE.has(path) && !FOR_EVIDENCE.has(path))).toEqual([]);
});
