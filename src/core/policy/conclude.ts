/** From what a rule met to its verdict: fail only on what was seen, pass only where nothing could hide the contrary. */
import { fingerprint } from "../report/fingerprint.ts";
import type { Allowance, AllowPolicyRule } from "./allowance.ts";
import type { GateVerdict, RuleResult } from "./gate-result.ts";
import { hidingFrom, type Reason } from "./incompleteness.ts";
import type { PolicyRule } from "./policy.ts";
import type { Severity } from "./policy-schema.ts";
import { isExistence, restsOn, withoutAbsence } from "./rests-on.ts";
import { type JudgedRule, TODAY_HINT } from "./rule-run.ts";
import type { RuleTally } from "./rule-tally.ts";

export interface Conclusion {
  readonly reasons: readonly Reason[];
  readonly failOn: Severity;
  readonly file: string;
}

interface Verdict {
  readonly verdict: GateVerdict;
  readonly message: string;
  readonly hiddenBy?: readonly Reason[];
  readonly hints?: readonly string[];
}

export function concludeRule(
  rule: JudgedRule,
  tally: RuleTally,
  allowances: readonly Allowance[],
  conclusion: Conclusion,
): RuleResult {
  const verdict =
    violated(tally) ??
    tooMany(rule, tally) ??
    tooFew(rule, tally, conclusion) ??
    held(rule, tally, conclusion);
  const used = new Set(tally.list().flatMap(({ allowedBy }) => allowedBy ?? []));
  const warnings = allowances.flatMap(({ rule: { id, says }, term }) => {
    if (!used.has(id)) return [];
    if (term === "grace") return [`the exception ${id} ended on ${says.expires}`];
    return term === "expired"
      ? [`the exception ${id} ended on ${says.expires} and excuses nothing any more`]
      : [];
  });
  return result(rule, tally, conclusion, verdict, warnings);
}

function violated(tally: RuleTally): Verdict | null {
  if (!tally.has("violates")) return null;
  const { connections, packets } = tally.sum("violates");
  const first = tally.list()[0]?.what ?? "";
  if (connections === 0) return { verdict: "fail", message: first };
  return {
    verdict: "fail",
    message: `${counted(connections, "connection")} (${counted(packets, "packet")}) violate${connections === 1 ? "s" : ""} it: ${first}`,
  };
}

function tooMany({ kind, says }: JudgedRule, tally: RuleTally): Verdict | null {
  const most = kind === "expect" ? says["at-most"] : undefined;
  if (most === undefined) return null;
  const { connections } = tally.lookedAt;
  if (connections > most)
    return {
      verdict: "fail",
      message: `${counted(connections, "connection")} seen, at most ${most} expected`,
    };
  const { connections: more } = tally.maybe;
  if (connections + more <= most) return null;
  return {
    verdict: "inconclusive",
    message: `${counted(connections, "connection")} seen and ${more} that may count, at most ${most} expected`,
    hints: ["a snapshot that tells who the ends are"],
  };
}

/** Less than a rule needs to say anything: a failure where all was seen, a doubt where something could hide the rest. */
function tooFew(rule: JudgedRule, tally: RuleTally, { reasons }: Conclusion): Verdict | null {
  const least =
    (rule.kind === "expect" ? rule.says["at-least"] : undefined) ?? (needsNone(rule) ? 0 : 1);
  const { connections } = tally.lookedAt;
  if (connections >= least) return null;
  const what =
    least > 1
      ? `${counted(connections, "connection")} seen, at least ${least} expected`
      : "no connection matches it";
  const { connections: more } = tally.maybe;
  if (connections + more >= least && more > 0)
    return {
      verdict: "inconclusive",
      message: `${what}; ${more} may`,
      hints: ["a snapshot that tells who the ends are"],
    };
  const hiddenBy = hidingFrom(reasons, restsOn(rule));
  if (hiddenBy.length > 0)
    return { verdict: "inconclusive", message: `${what}, and something could hide it`, hiddenBy };
  const advice =
    rule.kind === "expect" && rule.says["at-least"] !== undefined
      ? ""
      : "; say `optional: true` if it need not be there";
  return { verdict: "fail", message: what + advice };
}

/** A rule that was told that it may match nothing, and one that asks for at most none. */
function needsNone(rule: JudgedRule): boolean {
  if (rule.optional) return true;
  return rule.kind === "expect" && rule.says["at-most"] === 0;
}

function held(rule: JudgedRule, tally: RuleTally, { reasons }: Conclusion): Verdict {
  if (tally.has("open")) {
    const { connections } = tally.sum("open");
    const open = tally.list().filter(({ outcome }) => outcome === "open");
    return {
      verdict: "inconclusive",
      message: `${counted(connections, "connection")} may violate it: ${open[0]?.what ?? ""}`,
      hints: [...new Set(open.flatMap(({ hint }) => hint ?? []))],
      hiddenBy: hidingFrom(reasons, restsOn(rule)),
    };
  }
  const aspects = restsOn(rule);
  const hiddenBy = hidingFrom(reasons, isExistence(rule) ? withoutAbsence(aspects) : aspects);
  const looked = `${counted(tally.lookedAt.connections, "connection")} (${counted(tally.lookedAt.packets, "packet")})`;
  if (hiddenBy.length > 0)
    return {
      verdict: "inconclusive",
      message: `nothing wrong in ${looked}, and something could hide it`,
      hiddenBy,
    };
  const { connections: excused } = tally.sum("excused");
  const rest = tally.has("excused") ? `, ${excused} excused` : "";
  return { verdict: "pass", message: `${looked} looked at${rest}` };
}

export function concludeAllowance(allowance: Allowance, conclusion: Conclusion): RuleResult {
  const { rule, tally, term } = allowance;
  return result(
    rule,
    tally,
    conclusion,
    allowanceVerdict(allowance, conclusion),
    termWarnings(rule, term),
  );
}

function allowanceVerdict({ rule, tally, term }: Allowance, { reasons }: Conclusion): Verdict {
  const { connections } = tally.lookedAt;
  const isUsed = connections > 0 || tally.has("excused");
  const { expires, reason } = rule.says;
  if (term === "expired")
    return {
      verdict: "fail",
      message: `it ended on ${expires} (${reason}): mend what it excuses, or renew it`,
    };
  if (!isUsed && !rule.optional) {
    const hiddenBy = hidingFrom(reasons, restsOn(rule));
    const message = "it excuses nothing that was seen";
    if (hiddenBy.length > 0)
      return {
        verdict: "inconclusive",
        message: `${message}, and something could hide it`,
        hiddenBy,
      };
    return { verdict: "fail", message: `${message}: take it away, or say \`optional: true\`` };
  }
  if (term === "unknown" && isUsed)
    return {
      verdict: "inconclusive",
      message: `it ends on ${expires}, and nobody said what day it is`,
      hints: [TODAY_HINT],
    };
  return {
    verdict: "pass",
    message: `${counted(connections, "connection")} excused until ${expires}: ${reason}`,
  };
}

function termWarnings({ says }: AllowPolicyRule, term: Allowance["term"]): readonly string[] {
  return term === "grace"
    ? [`it ended on ${says.expires} and is still honoured for its days of grace`]
    : [];
}

const RANK: Readonly<Record<Severity, number>> = { error: 0, warning: 1, note: 2 };

export function isCounted(severity: Severity, failOn: Severity): boolean {
  return RANK[severity] <= RANK[failOn];
}

function result(
  rule: PolicyRule,
  tally: RuleTally,
  { failOn, file }: Conclusion,
  { verdict, message, hiddenBy = [], hints = [] }: Verdict,
  warnings: readonly string[],
): RuleResult {
  const { id, kind, title, severity, place } = rule;
  return {
    id,
    kind,
    title,
    severity,
    counts: isCounted(severity, failOn),
    file,
    line: place.line,
    column: place.column,
    verdict,
    message,
    lookedAt: { ...tally.lookedAt },
    maybe: { ...tally.maybe },
    violations: tally.sum("violates"),
    open: tally.sum("open"),
    excused: tally.sum("excused"),
    affected: tally.list(),
    more: tally.more,
    hiddenBy: hiddenBy.map((reason) => reason.id),
    hints: [...new Set([...hints, ...hiddenBy.map(({ hint }) => hint)])],
    warnings: [...warnings],
    fingerprint: fingerprint("rule", id),
  };
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
