/** The records of a capture in writing: what was written, and which packet comes next. */
import type { FrameTruth } from "./frame-truth.ts";
import { grammarFrame } from "./packet-grammar.ts";
import type { Random } from "./random.ts";

/** One record as it was written. */
export interface RecordTruth {
  readonly frame: Uint8Array;
  readonly wireLength: number;
  readonly linkType: number;
  /** Null where the file says none. */
  readonly time: { readonly seconds: number; readonly nanos: number } | null;
  readonly packet: FrameTruth | null;
}

/** What is written into one capture. */
export interface CaptureTruth {
  readonly records: RecordTruth[];
  /** Its packets differ in little (packet-grammar.ts). */
  readonly isNarrow: boolean;
}

const LINK_TYPES = [1, 1, 1, 276, 113, 101, 0, 108, 228, 229, 239, 9, 50, 51, 104, 204, 12, 147];

/** Packets that follow each other are often of one flow: the same packet again, or a new one. */
export function nextFrame(
  random: Random,
  linkType: number,
  before: RecordTruth | undefined,
  isNarrow: boolean,
): Omit<RecordTruth, "time" | "linkType"> {
  if (before !== undefined && before.linkType === linkType && random.oneIn(4)) return before;
  const { bytes, wireLength, truth } = grammarFrame(random, linkType, isNarrow);
  return { frame: bytes.slice(), wireLength, packet: truth };
}

export function anyLinkType(random: Random): number {
  return random.pick(LINK_TYPES);
}
