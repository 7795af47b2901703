/** The path rules asked in turn, and what is left open where nothing says who started. */
import { statement } from "./evidence.ts";
import type { PathMatch, RuleContext, Subject } from "./rule.ts";
import { PATH_RULES } from "./rule-list.ts";
import { makeSubject } from "./subject.ts";
import { isOriginatorKnown, turnedRound } from "./turned-round.ts";

export function verdictOn(subject: Subject, context: RuleContext): PathMatch {
  const match = firstMatch(subject, context);
  if (isOriginatorKnown(subject.connection)) return match;
  const other = firstMatch(makeSubject(turnedRound(subject.connection), context.owners), context);
  return leaveOpen(match, other);
}

function firstMatch(subject: Subject, context: RuleContext): PathMatch {
  for (const rule of PATH_RULES) {
    const match = rule.match(subject, context);
    if (match !== null) return match;
  }
  throw new Error("the last path rule answers for every connection");
}

/** `other` is the verdict if the other end started: a class that does not hold both ways is not proven. */
function leaveOpen(match: PathMatch, other: PathMatch): PathMatch {
  const alternatives = [other.class, ...other.candidates].filter(
    (one) => one !== match.class && one !== "unclassified",
  );
  if (alternatives.length === 0 && (other.class === match.class || match.confidence !== "proven"))
    return match;
  const own = match.class === "unclassified" ? [] : [match.class];
  return {
    ...match,
    confidence: match.confidence === "proven" ? "inferred" : match.confidence,
    candidates: [...new Set([...own, ...match.candidates, ...alternatives])],
    evidence: [
      ...match.evidence,
      statement("no packet says who started; the order of what was seen is a guess"),
    ],
    wouldDecide:
      match.wouldDecide ??
      "a capture that began before the conversation, or `conntrack -L` of the nodes",
  };
}
