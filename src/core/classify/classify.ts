/** Connections in; out comes one verdict each, and the findings over all of them. */
import type { OwnerIndex } from "../cluster/owner.ts";
import type { ClusterSnapshot } from "../cluster/snapshot.ts";
import type { ClockOffset } from "../correlate/clock-offset.ts";
import type { Connection } from "../correlate/connection.ts";
import { pathPredictor } from "../predict/predict-path.ts";
import type { Sequence } from "../sequence.ts";
import { type ConnectionColumns, columnsOf } from "./connection-columns.ts";
import { statement } from "./evidence.ts";
import { expectedPath } from "./expected-path.ts";
import { explainNat } from "./explain-nat.ts";
import type {
  CaptureFacts,
  Classified,
  FindingMatch,
  FindingRule,
  PathMatch,
  Question,
  RuleContext,
  Subject,
} from "./rule.ts";
import { FINDING_RULES, PATH_RULES } from "./rule-list.ts";
import { makeSubject } from "./subject.ts";
import { isOriginatorKnown, turnedRound } from "./turned-round.ts";

export interface Classification {
  /** `.at(i)` is about the connection with the index i. */
  readonly classified: Sequence<Classified>;
  readonly columns: ConnectionColumns;
  readonly findings: readonly { readonly rule: FindingRule; readonly match: FindingMatch }[];
}

/** What is known besides connections and owners; what is left out is taken as unknown. */
export interface Surroundings {
  readonly clockOffsets?: readonly ClockOffset[];
  readonly question?: Question;
  readonly captures?: readonly CaptureFacts[];
}

const NO_QUESTION: Question = { pods: [], vantagePoints: [], everyCapturePlaced: true };

export function classify(
  connections: Sequence<Connection>,
  snapshot: ClusterSnapshot,
  owners: OwnerIndex,
  surroundings: Surroundings = {},
): Classification {
  const { clockOffsets = [], question = NO_QUESTION, captures = [] } = surroundings;
  const context: RuleContext = {
    snapshot,
    owners,
    hasSnapshot: snapshot.sources.length > 0,
    connections,
    clockOffsets,
    question,
    captures,
  };
  const predictor = pathPredictor(snapshot, owners);
  const classified: Classified[] = [];
  for (const connection of connections) {
    const subject = makeSubject(connection, owners);
    const verdict = verdictOn(subject, context);
    classified.push({
      subject,
      verdict,
      expected: expectedPath(subject, verdict, predictor),
      natRules: connection.nat.map((step) => explainNat(step, connection, predictor.rulesOf)),
    });
  }
  const findings = FINDING_RULES.flatMap((rule) =>
    rule.find(classified, context).map((match) => ({ rule, match })),
  );
  return { classified, columns: columnsOf(classified), findings };
}

function verdictOn(subject: Subject, context: RuleContext): PathMatch {
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
