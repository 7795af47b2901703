/**
 * Bugs that are known because we put them there: each is a change of one place of the source that a reviewer could miss. The
 * harness is worth what it finds of them (planted-bugs.test.ts). A change that no longer fits the source fails the test.
 */
import type { PlantedBug } from "./planted-bug.ts";
import { BUGS_IN_CAPTURES, BUGS_IN_FIELDS } from "./planted-capture-bugs.ts";
import { BUGS_IN_SNAPSHOTS } from "./planted-snapshot-bugs.ts";
import { BUGS_IN_FRAMES } from "./planted-wire-bugs.ts";

export const PLANTED_BUGS: readonly PlantedBug[] = [
  ...BUGS_IN_FRAMES.map((bug) => ({ ...bug, campaign: "frame" as const })),
  ...BUGS_IN_CAPTURES.map((bug) => ({ ...bug, campaign: "capture" as const })),
  ...BUGS_IN_FIELDS.map((bug) => ({ ...bug, campaign: "sweep" as const })),
  ...BUGS_IN_SNAPSHOTS.map((bug) => ({ ...bug, campaign: "snapshot" as const })),
];
