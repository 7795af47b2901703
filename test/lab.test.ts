/**
 * Goal: what podpath says of a real kernel's packets is what that kernel did. Method: analyze the lab's captures in-process and
 * compare every connection with the recorded truth; then take parts of the snapshot away and ask that no verdict is "proven"
 * and wrong.
 */
import { describe, expect, test } from "vitest";
import { scoreFindings } from "./support/lab-findings.ts";
import { hasLab, type LabView, labScenarios, scoreScenario } from "./support/lab-truth.ts";

const scenarios = hasLab ? labScenarios() : [];

if (!hasLab) console.warn("../shared/lab is not here: the pipeline is not held against the lab");

describe.skipIf(!hasLab)("the lab's ground truth", () => {
  test("there are scenarios with overlays, SNAT and load balancers", () => {
    for (const wanted of ["01", "02a", "02b", "02c", "05c", "06a", "06b", "06c", "07d"])
      expect(scenarios.some((name) => name.startsWith(wanted))).toBe(true);
  });

  const views: LabView[] = ["ifaces", "sll2", "eth0"];
  describe.each(views)("view %s", (view) => {
    test.each(scenarios)("%s: every connection and fault is told as it was", async (name) => {
      const score = await scoreScenario(name, view);
      expect(score.wrong).toEqual([]);
      expect(score.liars).toEqual([]);
      const { missing, alarms } = scoreFindings(name, score.analysis);
      expect(alarms).toEqual([]);
      // One interface shows neither what happened inside the node nor at other ENIs.
      if (view !== "eth0") expect(missing).toEqual([]);
    });
  });

  test.each(views)("view %s shows most of what there is to tell", async (view) => {
    const total = { visible: 0, rewrites: 0 };
    for (const name of scenarios) {
      const score = await scoreScenario(name, view);
      total.visible += score.visible;
      total.rewrites += score.rewrites;
    }
    // Of 295 connections eth0 alone shows 248, and few rewrites from both sides.
    expect(total.visible).toBeGreaterThan(240);
    expect(total.rewrites).toBeGreaterThan(view === "eth0" ? 0 : 100);
  });
});

const THIN: readonly (readonly [string, RegExp])[] = [
  ["conntrack", /conntrack/],
  ["iptables and conntrack", /iptables|conntrack/],
  ["network interfaces", /describe-network-interfaces/],
  ["everything of AWS", /^describe-/],
  ["services", /services/],
  [
    "services and endpoints, with what the nodes say of them",
    /services|endpoint|conntrack|iptables/,
  ],
  ["pods", /pods/],
  ["nodes and their commands", /nodes|^node-/],
  ["all but the pods", /^(?!.*pods)/],
  ["all", /./],
];

describe.skipIf(!hasLab)("with a thin snapshot", () => {
  describe.each(THIN)("without %s", (_, without) => {
    test.each(["ifaces", "eth0"] as const)("view %s: nothing wrong is proven", async (view) => {
      const liars: string[] = [];
      for (const name of scenarios) {
        const score = await scoreScenario(name, view, without);
        liars.push(...score.liars.map((one) => `${name}: ${one}`));
      }
      expect(liars).toEqual([]);
    });
  });
});
