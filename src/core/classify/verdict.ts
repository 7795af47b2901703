/** Makers of path verdicts: proven needs nothing more; anything less lists what else it may be and what would decide. */
import { pathEvidence } from "./evidence.ts";
import type { Evidence, PathClass, PathMatch, Subject } from "./rule.ts";

export function proven(
  path: PathClass,
  subject: Subject,
  more: readonly Evidence[] = [],
): PathMatch {
  return {
    class: path,
    confidence: "proven",
    candidates: [],
    evidence: [...pathEvidence(subject), ...more],
  };
}

export interface Doubt {
  /** Other classes that the same packets allow. */
  readonly or: readonly PathClass[];
  /** The one capture or file that would decide. */
  readonly wouldDecide: string;
  readonly more?: readonly Evidence[];
}

export function inferred(path: PathClass, subject: Subject, doubt: Doubt): PathMatch {
  return unproven("inferred", path, subject, doubt);
}

export function possible(path: PathClass, subject: Subject, doubt: Doubt): PathMatch {
  return unproven("possible", path, subject, doubt);
}

function unproven(
  confidence: "inferred" | "possible",
  path: PathClass,
  subject: Subject,
  doubt: Doubt,
): PathMatch {
  const candidates =
    path === "unclassified" ? doubt.or : [path, ...doubt.or.filter((one) => one !== path)];
  return {
    class: path,
    confidence,
    candidates,
    evidence: [...pathEvidence(subject), ...(doubt.more ?? [])],
    wouldDecide: doubt.wouldDecide,
  };
}
