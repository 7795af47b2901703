/** A way of making inputs and judging what the program does with them; runs case by case in the child (target.ts). */
import { clearBudget, setBudget } from "./counters.ts";
import type { Random } from "./random.ts";

export interface CaseContext {
  readonly random: Random;
  /** 0-based. */
  readonly caseNumber: number;
  /** Notes the input at hand, so that the parent can save it when the program stands still. */
  note(input: Uint8Array): void;
}

export interface CampaignSettings {
  readonly seed: number;
  /** The folder of the project's samples. */
  readonly samples: string;
}

/** Each is in a file of its own, `frame-campaign.ts` and so on, which exports `campaign`. */
export const CAMPAIGNS = ["frame", "capture", "mutation", "sweep", "snapshot", "shape"] as const;
export type CampaignName = (typeof CAMPAIGNS)[number];

export interface Campaign {
  /** True: every case can be run alone, from the seed and its number. */
  readonly isReplayable: boolean;
  /** Throws what the program must not do. */
  runCase(context: CaseContext): void | Promise<void>;
  /** What is worth printing at the end. */
  summary?(): string;
}

/** Steps and bytes that `work` on an input of `length` bytes may take: ten times what was measured on honest inputs. */
export async function within<T>(
  cost: Cost,
  length: number,
  work: () => T | Promise<T>,
): Promise<T> {
  setBudget(cost.steps + cost.stepsPerByte * length, cost.bytes + cost.bytesPerByte * length);
  try {
    return await work();
  } finally {
    clearBudget();
  }
}

interface Cost {
  readonly steps: number;
  readonly stepsPerByte: number;
  readonly bytes: number;
  readonly bytesPerByte: number;
}

const MIB = 1024 * 1024;

/** Of walking a capture a few times, and of decoding its frames. */
export const READING: Cost = { steps: 20_000, stepsPerByte: 200, bytes: 8 * MIB, bytesPerByte: 16 };
/** Of an analysis with its report and every renderer. */
export const ANALYSING: Cost = {
  steps: 2_000_000,
  stepsPerByte: 4_000,
  bytes: 64 * MIB,
  bytesPerByte: 4_000,
};
