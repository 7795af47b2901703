/** Runs the harness against each planted bug and tells what it took to find it. */
import { mkdirSync } from "node:fs";
import { buildTarget } from "./build-target.ts";
import type { CampaignName } from "./campaign.ts";
import { SHAPES } from "./hostile-shapes.ts";
import type { PlantedBug } from "./planted-bug.ts";
import { runTarget } from "./run-target.ts";

/** Cases that a planted bug is given: what a pull request's run does of each campaign. */
const HUNT_CASES: Readonly<Record<CampaignName, number>> = {
  frame: 600,
  capture: 1500,
  mutation: 3000,
  sweep: 3000,
  snapshot: 600,
  shape: SHAPES.length,
};

export interface Hunted {
  readonly bug: PlantedBug;
  /** Runs until it was found, null when it was not. */
  readonly runs: number | null;
  readonly how: string;
}

export interface HuntPlace {
  /** Where bundles and journals are written; below the repository, so that packages are found. */
  readonly folder: string;
  readonly samples: string;
  readonly seed: number;
}

async function hunt(
  bug: PlantedBug,
  index: number,
  { folder, samples, seed }: HuntPlace,
): Promise<Hunted> {
  mkdirSync(folder, { recursive: true });
  const target = `${folder}/bug-${index}.js`;
  await buildTarget(bug.campaign, target, bug);
  const { finding } = await runTarget({
    target,
    seed,
    firstCase: 0,
    cases: HUNT_CASES[bug.campaign],
    seconds: 0,
    journal: `${folder}/bug-${index}.journal`,
    samples,
  });
  const how = finding?.what.split("\n", 1)[0] ?? "";
  return { bug, runs: finding === null ? null : finding.caseNumber + 1, how };
}

/** All of them, two at a time, in the order given. */
export async function huntAll(bugs: readonly PlantedBug[], place: HuntPlace): Promise<Hunted[]> {
  const found: Hunted[] = [];
  let next = 0;
  const hunter = async (): Promise<void> => {
    for (let index = next++; index < bugs.length; index = next++) {
      const bug = bugs[index];
      if (bug !== undefined) found[index] = await hunt(bug, index, place);
    }
  };
  await Promise.all([hunter(), hunter()]);
  return found;
}

export function huntTable(found: readonly Hunted[]): string {
  const rows = found.map(
    ({ bug, runs, how }) =>
      `${runs === null ? "NOT FOUND" : String(runs).padStart(9)}  ${bug.campaign.padEnd(9)}  ${bug.kind.padEnd(15)}  ${bug.name}${runs === null ? "" : `: ${how.slice(0, 110)}`}`,
  );
  const caught = found.filter(({ runs }) => runs !== null).length;
  return [
    "    cases  campaign   kind             planted bug: what gave it away",
    ...rows,
    `${caught} of ${found.length} found`,
  ].join("\n");
}
