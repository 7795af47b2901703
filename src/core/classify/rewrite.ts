/** Rewrites with the iptables rules that made them, for findings about rewrites. */
import type { NatStep } from "../correlate/connection.ts";
import { natEvidence } from "./evidence.ts";
import type { Classified, Evidence, NatRule } from "./rule.ts";

export interface Rewrite {
  readonly step: NatStep;
  /** null when the snapshot does not tell. */
  readonly rule: NatRule | null;
}

/** The rewrites of a connection that `is` holds for, in path order. */
export function rewritesBy(is: (step: NatStep) => boolean): (one: Classified) => Rewrite[] {
  return ({ subject, natRules }) =>
    subject.connection.nat
      .map((step, i) => ({ step, rule: natRules[i] ?? null }))
      .filter(({ step }) => is(step));
}

/** "; rule: -A …", each rule once; nothing when none is known. Two nodes may have one each. */
export function namedRules(rewrites: readonly Rewrite[]): string {
  const texts = [...new Set(rewrites.flatMap(({ rule }) => (rule === null ? [] : [rule.text])))];
  if (texts.length === 0) return "";
  return `; ${texts.length === 1 ? "rule" : "rules"}: ${texts.join("; ")}`;
}

/** The rewrite and the rule of the node that did it. */
export function rewriteEvidence({ step, rule }: Rewrite): Evidence {
  const evidence = natEvidence(step);
  return rule === null ? evidence : { ...evidence, snapshot: [...evidence.snapshot, rule.ref] };
}
