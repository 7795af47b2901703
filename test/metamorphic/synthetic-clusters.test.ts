/**
 * Goal: podpath is right about clusters that nobody has seen. Method: a random cluster with random traffic is written down as
 * capture bytes and snapshot texts, with what is true about it known by construction; then it is analysed and compared.
 * PODPATH_METAMORPHIC_RUNS and PODPATH_METAMORPHIC_SEED make it look further.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { SnapshotText } from "../../src/core/cluster/snapshot.ts";
import {
  captureFlows,
  type SyntheticCapture,
  type SyntheticView,
} from "../support/synthetic-captures.ts";
import {
  buildCluster,
  clusterPlan,
  numbers,
  type SyntheticCluster,
} from "../support/synthetic-cluster.ts";
import { buildFlows, flowPlan } from "../support/synthetic-flows.ts";
import { analyzeCaptures, type JudgeOptions, judge } from "../support/synthetic-judge.ts";
import { snapshotTexts } from "../support/synthetic-snapshot.ts";

const RUNS = Number(process.env.PODPATH_METAMORPHIC_RUNS ?? 100);
const SEED = Number(process.env.PODPATH_METAMORPHIC_SEED ?? 20_260_101);
const SECOND = 1_000_000_000n;

const plans = fc.record({
  cluster: clusterPlan,
  flows: fc.array(flowPlan, { minLength: 1, maxLength: 16, size: "max" }),
  cooked: fc.boolean(),
  /** Seeds what is taken away. */
  damage: fc.nat(0xffffff),
});

interface Circumstances {
  readonly judged: JudgeOptions;
  readonly captures?: (
    all: readonly SyntheticCapture[],
    next: () => number,
    cluster: SyntheticCluster,
  ) => readonly SyntheticCapture[];
  readonly snapshot?: (all: readonly SnapshotText[], next: () => number) => readonly SnapshotText[];
}

async function expectTruth(circumstances: Circumstances, view?: SyntheticView): Promise<void> {
  const property = fc.asyncProperty(plans, async (plan) => {
    const cluster = buildCluster(plan.cluster);
    const flows = buildFlows(cluster, plan.flows);
    const next = numbers(plan.damage);
    const all = captureFlows(cluster, flows, view ?? (plan.cooked ? "any" : "interfaces"));
    const captures = circumstances.captures?.(all, next, cluster) ?? all;
    const texts = snapshotTexts(cluster, flows);
    const snapshot = circumstances.snapshot?.(texts, next) ?? texts;
    const analysis = await analyzeCaptures(captures, snapshot);
    const judgement = judge(flows, captures, analysis, circumstances.judged);
    expect(judgement).toEqual({ wrong: [], liars: [] });
  });
  await fc.assert(property, { numRuns: RUNS, seed: SEED });
}

const COMPLETE: JudgeOptions = { complete: true };
/** The truth must be the class or among the candidates, and nothing wrong may be proven. */
const HONEST: JudgeOptions = { complete: false };
const LOSSY: JudgeOptions = { complete: false, lossy: true };

const withRecords = (
  all: readonly SyntheticCapture[],
  keep: (record: SyntheticCapture["records"][number]) => boolean,
): SyntheticCapture[] =>
  all
    .map((one) => ({ ...one, records: one.records.filter(keep) }))
    .filter(({ records }) => records.length > 0);

/** Files of the snapshot by what they are told from; a kind may stand in several files. */
const KINDS: Readonly<Record<string, RegExp>> = {
  conntrack: /conntrack/,
  iptables: /iptables/,
  "AWS files": /^describe-/,
  "network interfaces": /describe-network-interfaces/,
  "VPC and peering": /describe-vpc/,
  "ip addr": /ip-addr/,
  services: /services|endpointslices/,
  pods: /pods/,
  nodes: /^nodes/,
  "CNI settings": /daemonset/,
  "all that nodes print": /^node-/,
  everything: /./,
};

describe("a cluster captured at every interface, with its whole snapshot", () => {
  test.each<SyntheticView>(["interfaces", "any"])("view %s: everything is told as it was", (view) =>
    expectTruth({ judged: COMPLETE }, view),
  );

  test("node clocks that differ by seconds and minutes change nothing", () =>
    expectTruth({
      judged: COMPLETE,
      captures: (all) =>
        all.map((one) => ({
          ...one,
          records: one.records.map((record) => ({
            ...record,
            timeNs: record.timeNs + ([0n, 3n, -90n][one.node] ?? 0n) * SECOND,
          })),
        })),
    }));
});

describe("captures that show less", () => {
  test("any part of the places: nothing wrong is proven, the truth stays among the candidates", () =>
    expectTruth({
      judged: HONEST,
      captures: (all, next) => all.filter(() => next() % 2 === 0),
    }));

  test("the primary ENIs alone", () =>
    expectTruth({
      judged: HONEST,
      captures: (all, _, { plan }) =>
        all.filter((one) => one.interface === null || one.interface === plan.deviceNames[0]),
    }));

  test.each([10, 30, 60])("%i of 100 records lost", (percent) =>
    expectTruth({
      judged: LOSSY,
      captures: (all, next) => withRecords(all, () => next() % 100 >= percent),
      snapshot: (texts) => texts.filter(({ file }) => !file.includes("conntrack")),
    }),
  );

  test("captures that began one after the other, in the middle of conversations", () =>
    expectTruth({
      judged: LOSSY,
      captures: (all, next) =>
        all
          .map((one) => {
            const late = (one.records[0]?.timeNs ?? 0n) + BigInt(next() % 40) * 1_000_000n;
            return { ...one, records: one.records.filter(({ timeNs }) => timeNs >= late) };
          })
          .filter(({ records }) => records.length > 0),
      snapshot: (texts) => texts.filter(({ file }) => !file.includes("conntrack")),
    }));
});

describe("a snapshot that says less", () => {
  test.each(Object.entries(KINDS))("without %s", (_, kind) =>
    expectTruth({
      judged: HONEST,
      snapshot: (texts) => texts.filter(({ file }) => !kind.test(file)),
    }),
  );

  test("without any two kinds, at any part of the places", () =>
    expectTruth({
      judged: HONEST,
      captures: (all, next) => all.filter(() => next() % 3 > 0),
      snapshot: (texts, next) => {
        const kinds = Object.values(KINDS);
        const gone = [kinds[next() % kinds.length], kinds[next() % kinds.length]];
        return texts.filter(({ file }) => !gone.some((kind) => kind?.test(file)));
      },
    }));
});
