/** What a path class says and leaves open, from the rule that gives it. */
import { PATH_RULES } from "../classify/rule-list.ts";

export interface PathClassMeaning {
  readonly proves: string;
  readonly doesNotProve: string;
  readonly confirm: string;
}

/** Null for a class that this version has no rule for. */
export function pathClassMeaning(id: string): PathClassMeaning | null {
  const rule = PATH_RULES.find(({ meta }) => meta.id === id);
  if (rule === undefined) return null;
  const { proves, doesNotProve, confirm } = rule.meta;
  return { proves, doesNotProve, confirm };
}
