/**
 * The share of the fuzzing that every run of the tests does: a number of cases of each campaign, counted and not timed, so
 * that the verdict does not depend on the machine. `npm run fuzz` goes on with other seeds.
 */

import { mkdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ROOT } from "../support/repository.ts";
import { buildTarget } from "./build-target.ts";
import { CAMPAIGNS, type CampaignName } from "./campaign.ts";
import { SHAPES } from "./hostile-shapes.ts";
import { runTarget } from "./run-target.ts";

const SEED = 20_261_120;
const CASES: Readonly<Record<CampaignName, number>> = {
  frame: 800,
  capture: 1200,
  mutation: 2000,
  sweep: 3000,
  snapshot: 200,
  shape: SHAPES.length,
};
const FOLDER = `${ROOT}dist/fuzz`;

describe("nothing that the harness makes gets the program to do what it must never do", () => {
  test.each(CAMPAIGNS)("%s", { timeout: 120_000 }, async (campaign) => {
    mkdirSync(FOLDER, { recursive: true });
    const target = `${FOLDER}/${campaign}.js`;
    await buildTarget(campaign, target);
    const result = await runTarget({
      target,
      seed: SEED,
      firstCase: 0,
      cases: CASES[campaign],
      seconds: 0,
      journal: `${FOLDER}/${campaign}.journal`,
      samples: `${ROOT}samples`,
    });
    expect(result.finding).toBeNull();
    expect(result.cases).toBe(CASES[campaign]);
  });
});
