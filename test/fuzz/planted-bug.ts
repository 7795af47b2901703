/** What a planted bug is. */
import type { Patch } from "./build-target.ts";
import type { CampaignName } from "./campaign.ts";

export type BugKind =
  | "over-read"
  | "off by one"
  | "unbounded loop"
  | "recursion"
  | "huge allocation"
  | "wrong length"
  | "wrong value"
  | "sign"
  | "byte order"
  | "lost count"
  | "prototype key"
  | "throw"
  | "not linear";

export interface PlantedBug extends Patch {
  readonly name: string;
  readonly kind: BugKind;
  /** The campaign that is to find it. */
  readonly campaign: CampaignName;
}
