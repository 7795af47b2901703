/** The findings that this version knows, in the order of the rule list. */
import { FINDING_RULES } from "../classify/rule-list.ts";

export const FINDING_IDS: readonly string[] = FINDING_RULES.map(({ meta }) => meta.id);
