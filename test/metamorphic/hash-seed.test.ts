/** The seed of the hashes keeps flows that were chosen to collide apart, and no result depends on it. */
import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { analyze } from "../../src/core/analyze.ts";
import { flowHash } from "../../src/core/flow/flow-key.ts";
import { renderJson } from "../../src/core/render/json.ts";
import { buildReport } from "../../src/core/report/build-report.ts";
import { openInputs } from "../../src/node/open-inputs.ts";
import { ROOT } from "../support/repository.ts";

const SAMPLES = readdirSync(`${ROOT}samples`, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
const SEEDS = [0, 1, 0x9e3779b9, 2 ** 32 - 1];

async function reportJson(sample: string, hashSeed?: number): Promise<string> {
  const opened = await openInputs([`${ROOT}samples/${sample}`], {
    snapshots: [],
    hash: false,
    stdin: process.stdin,
  });
  try {
    const seeded = hashSeed === undefined ? {} : { hashSeed };
    const analysis = await analyze(opened.captures, opened.snapshots, seeded);
    const report = buildReport(analysis, { tool: { name: "podpath", version: "0" }, inputs: [] });
    return [...renderJson(report)].join("");
  } finally {
    opened.close();
  }
}

describe("whatever the seed of the hashes", () => {
  it.each(SAMPLES)("the report of the sample %s is the same to the byte", async (sample) => {
    const usual = await reportJson(sample);
    expect(usual).toContain('"conn-1"');
    for (const seed of SEEDS) expect(await reportJson(sample, seed)).toBe(usual);
  });
});

describe("flows that were chosen to share a slot under one seed", () => {
  const SLOTS = 0xfff;
  const hash = (address: number, seed: number) =>
    flowHash(1, address, 0x0a00_0001, 40_000, 443, seed) & SLOTS;

  it("lie apart under another", () => {
    const chosen: number[] = [];
    for (let address = 0; chosen.length < 500; address += 1)
      if (hash(address, 7) === 0) chosen.push(address);
    for (const seed of SEEDS) {
      const slots = new Set(chosen.map((address) => hash(address, seed)));
      // 500 thrown at random into 4,096 slots take about 470.
      expect(slots.size).toBeGreaterThan(400);
    }
  });
});
