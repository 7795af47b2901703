/** Exceptions with an end: what an `allow` excuses, and how long. */
import type { ReportConnection } from "../report/report.ts";
import { type ConnectionMatch, compileMatch, type PodLabels } from "./connection-match.ts";
import { compileNamed, type FindingsById, type WhatMatch } from "./forbidden.ts";
import type { Places } from "./judge-place.ts";
import { asList, type PolicyRule } from "./policy.ts";
import { dayNumber } from "./read-policy.ts";
import type { RuleTally } from "./rule-tally.ts";

export type AllowPolicyRule = Extract<PolicyRule, { kind: "allow" }>;

/** `unknown`: it has an end, and nobody said what day it is. */
export type Term = "in-force" | "grace" | "expired" | "unknown";

const DEFAULT_GRACE_DAYS = 14;

export class Allowance {
  readonly rule: AllowPolicyRule;
  readonly term: Term;
  readonly tally: RuleTally;
  /** The connection that it was last used for: several rules may be excused for one. */
  #last: ReportConnection | null = null;
  readonly #only: ReadonlySet<string>;
  readonly #match: ConnectionMatch | null;
  readonly #named: WhatMatch;

  constructor(
    rule: AllowPolicyRule,
    today: string | null,
    tally: RuleTally,
    facts: {
      readonly labels: PodLabels;
      readonly findings: FindingsById;
      readonly places: Places;
    },
  ) {
    this.rule = rule;
    this.term = termOf(rule, today);
    this.tally = tally;
    this.#only = new Set(asList(rule.says.rule));
    this.#match = compileMatch(rule.says.match, facts.labels);
    this.#named = compileNamed(rule.says, facts.findings, facts.places);
  }

  /** Whether it speaks of this connection under this rule. A doubt excuses nothing. */
  covers(ruleId: string, connection: ReportConnection): boolean {
    if (this.#only.size > 0 && !this.#only.has(ruleId)) return false;
    if (this.#match !== null && this.#match(connection) !== "yes") return false;
    return this.#named.of(connection) === "yes";
  }

  /** Counts a connection that it speaks of, once for all rules that it is asked about one after the other. */
  use(connection: ReportConnection, what: string): void {
    if (this.#last === connection) return;
    this.#last = connection;
    this.tally.look(connection, true);
    if (this.term === "in-force" || this.term === "grace")
      this.tally.add("excused", what, connection);
  }

  /** Whether it speaks of a finding about the whole run. */
  coversWholeRun(ruleId: string, findingId: string): boolean {
    if (this.#only.size > 0 && !this.#only.has(ruleId)) return false;
    if (this.#match !== null) return false;
    return this.#named.wholeRun.some(({ id }) => id === findingId);
  }
}

/** What holds comes first: an exception that ended must not stand before one that replaced it. */
export function byTerm(allowances: readonly Allowance[]): readonly Allowance[] {
  const order: readonly Term[] = ["in-force", "grace", "unknown", "expired"];
  return [...allowances].sort((a, b) => order.indexOf(a.term) - order.indexOf(b.term));
}

function termOf({ says }: AllowPolicyRule, today: string | null): Term {
  const now = today === null ? null : dayNumber(today);
  const end = dayNumber(says.expires);
  if (now === null || end === null) return "unknown";
  if (now <= end) return "in-force";
  return now <= end + (says["grace-days"] ?? DEFAULT_GRACE_DAYS) ? "grace" : "expired";
}
