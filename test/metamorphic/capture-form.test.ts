/**
 * Goal: a verdict depends on the packets, not on the file that holds them. Method: the same packets in another form (format,
 * byte order, resolution, reads, files, order, clocks, copies, tags) must get the same lines; forms that change what the
 * packets say (a clock, a copy) are named with what they may change.
 */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CaptureJob } from "../../src/core/analysis.ts";
import { analyze } from "../../src/core/analyze.ts";
import type { SnapshotText } from "../../src/core/cluster/snapshot.ts";
import { openInputs } from "../../src/node/open-inputs.ts";
import {
  asPcap,
  asPcapng,
  doubled,
  type HeldCapture,
  holdCapture,
  jobOf,
  jobsOf,
  mergePcapng,
  rotated,
  shifted,
  tagged,
} from "../support/capture-form.ts";
import { ROOT } from "../support/repository.ts";
import { captureFlows } from "../support/synthetic-captures.ts";
import { buildCluster, clusterPlan } from "../support/synthetic-cluster.ts";
import { buildFlows, flowPlan } from "../support/synthetic-flows.ts";
import { snapshotTexts } from "../support/synthetic-snapshot.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { verdictLines } from "../support/verdict-lines.ts";

const SECOND = 1_000_000_000n;
const LAB = `${ROOT}../shared/lab/public/`;
const hasLab = existsSync(LAB);
if (!hasLab)
  console.warn("../shared/lab is not here: forms are tested on samples and synthetic clusters");

interface Case {
  readonly captures: readonly HeldCapture[];
  readonly snapshot: readonly SnapshotText[];
}
type Form = (captures: readonly HeldCapture[]) => CaptureJob[];

const each =
  (bytes: (capture: HeldCapture) => Uint8Array, chunkSize?: number): Form =>
  (captures) =>
    captures.map((one) => jobOf(one.file, bytes(one), chunkSize));
/** Changes the second capture only. */
const second =
  (change: (capture: HeldCapture) => HeldCapture): Form =>
  (captures) =>
    jobsOf(captures.map((one, index) => (index === 1 ? change(one) : one)));

const FORMS: Readonly<Record<string, Form>> = {
  "microseconds, little-endian": each((one) => asPcap(one, {})),
  "microseconds, big-endian": each((one) => asPcap(one, { bigEndian: true })),
  "nanoseconds, big-endian": each((one) => asPcap(one, { bigEndian: true, nano: true })),
  pcapng: each((one) => asPcapng(one)),
  "pcapng, big-endian, microseconds": each((one) => asPcapng(one, { bigEndian: true })),
  "read byte by byte": each((one) => asPcap(one), 1),
  "read 7 bytes at a time": each((one) => asPcap(one), 7),
  "read 4096 bytes at a time": each((one) => asPcapng(one), 4096),
  "read 1 MiB at a time": each((one) => asPcap(one), 1 << 20),
  "rotated into 2 files": (captures) => jobsOf(captures.flatMap((one) => rotated(one, 2))),
  "rotated into 5 files": (captures) => jobsOf(captures.flatMap((one) => rotated(one, 5))),
  "rotated, and known as one capture": (captures) =>
    captures.flatMap((one) => {
      const [first, ...continuedIn] = jobsOf(rotated(one, 3));
      return first === undefined ? [] : { ...first, continuedIn };
    }),
  "merged into one pcapng": (captures) => [jobOf("merged.pcapng", mergePcapng(captures))],
  "given backwards": (captures) => jobsOf([...captures].reverse()),
  "given in another order": (captures) => jobsOf([...captures.slice(1), ...captures.slice(0, 1)]),
  "one capture twice": (captures) =>
    jobsOf(
      captures.flatMap((one, index) => (index === 0 ? [one, { ...one, file: "copy" }] : [one])),
    ),
  "all captures twice": (captures) =>
    jobsOf(captures.flatMap((one) => [one, { ...one, file: `copy of ${one.file}` }])),
  "each record of one capture doubled": second(doubled),
  "a VLAN tag in every frame": (captures) => jobsOf(captures.map((one) => tagged(one, 101))),
  "one clock 3 s ahead": second((one) => shifted(one, 3n * SECOND)),
  "one clock 3 s behind": second((one) => shifted(one, -3n * SECOND)),
  "one clock 90 s ahead": second((one) => shifted(one, 90n * SECOND)),
  "one clock 90 s behind": second((one) => shifted(one, -90n * SECOND)),
  "one clock a day ahead": second((one) => shifted(one, 86_400n * SECOND)),
  "one clock a day behind": second((one) => shifted(one, -86_400n * SECOND)),
};
const NAMES = Object.keys(FORMS);

/** A tag says that the place is a VLAN of the interface: what that is may be less sure, what happened is the same. */
const keepsDoubt = (name: string): boolean => name !== "a VLAN tag in every frame";

/**
 * Conntrack events carry a time of their own, and one a day away from the packets is rightly not believed of them; that is
 * conntrack's property, so packets a day off are compared without it.
 */
function comparable(name: string, { captures, snapshot }: Case): Case {
  if (!name.startsWith("one clock a day")) return { captures, snapshot };
  return { captures, snapshot: snapshot.filter(({ file }) => !file.includes("conntrack")) };
}

async function linesOf(
  form: Form,
  { captures, snapshot }: Case,
  withDoubt = true,
): Promise<string[]> {
  return verdictLines(await analyze(form(captures), snapshot), withDoubt);
}

const RUNS = Number(process.env.PODPATH_METAMORPHIC_RUNS ?? 12);
const SEED = Number(process.env.PODPATH_METAMORPHIC_SEED ?? 20_260_102);
const plans = fc.record({
  cluster: clusterPlan,
  flows: fc.array(flowPlan, { minLength: 1, maxLength: 10 }),
  cooked: fc.boolean(),
});

describe("synthetic clusters", () => {
  test.each(NAMES)("%s", async (name) => {
    await fc.assert(
      fc.asyncProperty(plans, async (plan) => {
        const cluster = buildCluster(plan.cluster);
        const flows = buildFlows(cluster, plan.flows);
        const held: Case = {
          captures: captureFlows(cluster, flows, plan.cooked ? "any" : "interfaces"),
          snapshot: snapshotTexts(cluster, flows),
        };
        const same = comparable(name, held);
        const wanted = await linesOf(jobsOf, same, keepsDoubt(name));
        expect(await linesOf(FORMS[name] ?? jobsOf, same, keepsDoubt(name))).toEqual(wanted);
      }),
      { numRuns: RUNS, seed: SEED },
    );
  });
});

describe("as files", () => {
  test("gzip, a folder and single names give the same as the bytes in memory", async () => {
    const [plan] = fc.sample(plans, { numRuns: 1, seed: SEED });
    if (plan === undefined) throw new Error("no plan");
    const cluster = buildCluster(plan.cluster);
    const flows = buildFlows(cluster, plan.flows);
    const captures = captureFlows(cluster, flows, "interfaces");
    const snapshot = snapshotTexts(cluster, flows);
    const wanted = await linesOf(jobsOf, { captures, snapshot });
    expect(wanted.length).toBeGreaterThan(0);
    const folder = temporaryDirectory();
    const named = (name: string): string => `${folder}/${name}`;
    for (const { file, text } of snapshot) writeFileSync(named(file), text);
    for (const one of captures) writeFileSync(named(one.file), asPcap(one));
    expect(await linesOfFiles([folder])).toEqual(wanted);
    for (const one of captures) {
      writeFileSync(named(`${one.file}.gz`), gzipSync(asPcap(one)));
      rmSync(named(one.file));
    }
    expect(await linesOfFiles([folder])).toEqual(wanted);
    const all = readdirSync(folder).sort().reverse().map(named);
    expect(await linesOfFiles(all)).toEqual(wanted);
  });
});

async function linesOfFiles(inputs: readonly string[]): Promise<string[]> {
  const opened = await openInputs(inputs, { snapshots: [], hash: false, stdin: process.stdin });
  try {
    expect(opened.errors).toEqual([]);
    return verdictLines(await analyze(opened.captures, opened.snapshots));
  } finally {
    opened.close();
  }
}

/** Captures and snapshot of a folder; only what one program wrote for one interface or node. */
async function holdFolder(folder: string, wanted: RegExp): Promise<Case> {
  const names = readdirSync(`${folder}captures`)
    .filter((name) => wanted.test(name))
    .sort();
  const captures = names.map((name) =>
    holdCapture(name, readFileSync(`${folder}captures/${name}`)),
  );
  const snapshot = readdirSync(`${folder}snapshot`)
    .sort()
    .map((file) => ({ file, text: readFileSync(`${folder}snapshot/${file}`, "utf8") }));
  return { captures: await Promise.all(captures), snapshot };
}

async function expectAllForms(held: Case): Promise<void> {
  const differing: Record<string, unknown> = {};
  for (const name of NAMES) {
    // The byte-by-byte form is for the small captures of synthetic clusters.
    if (name === "read byte by byte") continue;
    const same = comparable(name, held);
    const wanted = await linesOf(jobsOf, same, keepsDoubt(name));
    expect(wanted.length).toBeGreaterThan(0);
    const got = await linesOf(FORMS[name] ?? jobsOf, same, keepsDoubt(name));
    const missing = wanted.filter((line) => !got.includes(line));
    const extra = got.filter((line) => !wanted.includes(line));
    if (missing.length + extra.length > 0) differing[name] = { missing, extra };
  }
  expect(differing).toEqual({});
}

const samples = readdirSync(`${ROOT}samples`).filter((name) =>
  existsSync(`${ROOT}samples/${name}/captures`),
);

describe("samples", () => {
  test.each(samples)("%s in every form", async (name) => {
    await expectAllForms(await holdFolder(`${ROOT}samples/${name}/`, /\.pcap$/));
  });
});

const SCENARIOS = [
  "01-pod-to-pod",
  "02a-egress-snat-random-fully",
  "04-clusterip-dns-hairpin",
  "06c-overlay-ipip",
  "07c-double-snat",
];
describe.skipIf(!hasLab)("the lab's captures", () => {
  test.each(SCENARIOS)("%s in every form, interface by interface", async (name) => {
    await expectAllForms(await holdFolder(`${LAB}${name}/`, /^n\d\.e\w+\.pcap$/));
  });
  test.each(SCENARIOS)("%s in every form, each node as a whole", async (name) => {
    await expectAllForms(await holdFolder(`${LAB}${name}/`, /sll2\.pcap$/));
  });
});
