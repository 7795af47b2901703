/**
 * Goal: podpath is right about clusters that nobody has seen. Method: a random cluster with random traffic is written down as
 * capture bytes and snapshot texts, with what is true about it known by construction; then it is analysed and compared.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { captureFlows, type SyntheticView } from "../support/synthetic-captures.ts";
import { buildCluster, clusterPlan } from "../support/synthetic-cluster.ts";
import { buildFlows, flowPlan } from "../support/synthetic-flows.ts";
import { analyzeCaptures, judge } from "../support/synthetic-judge.ts";
import { snapshotTexts } from "../support/synthetic-snapshot.ts";

const RUNS = Number(process.env.PODPATH_METAMORPHIC_RUNS ?? 40);
const SEED = Number(process.env.PODPATH_METAMORPHIC_SEED ?? 20_260_101);
const plans = fc.record({
  cluster: clusterPlan,
  flows: fc.array(flowPlan, { minLength: 1, maxLength: 16 }),
});

describe("a cluster captured at every interface, with its whole snapshot", () => {
  test.each<SyntheticView>(["interfaces", "any"])(
    "view %s: everything is told as it was",
    async (view) => {
      await fc.assert(
        fc.asyncProperty(plans, async (plan) => {
          const cluster = buildCluster(plan.cluster);
          const flows = buildFlows(cluster, plan.flows);
          const captures = captureFlows(cluster, flows, view);
          const analysis = await analyzeCaptures(captures, snapshotTexts(cluster, flows));
          expect(judge(flows, captures, analysis, { complete: true })).toEqual({
            wrong: [],
            liars: [],
          });
        }),
        { numRuns: RUNS, seed: SEED },
      );
    },
  );
});
