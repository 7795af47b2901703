/**
 * The gate: a policy and a report to pass, fail or inconclusive. One way over the connections for all rules together; a pure
 * function of its arguments, so that the same inputs give the same result on any machine and any day.
 */
import type { Report } from "../report/report.ts";
import { Allowance } from "./allowance.ts";
import type { Baseline } from "./baseline.ts";
import { concludeAllowance, concludeRule } from "./conclude.ts";
import { concludeBaseline } from "./conclude-baseline.ts";
import { podLabels } from "./connection-match.ts";
import { findingsById } from "./forbidden.ts";
import type { GateResult, GateVerdict, RuleResult } from "./gate-result.ts";
import { incompleteness } from "./incompleteness.ts";
import { placesOf } from "./judge-place.ts";
import { PathCollector } from "./path-set.ts";
import type { Policy } from "./policy.ts";
import type { Severity } from "./policy-schema.ts";
import { type JudgedRule, RuleRun } from "./rule-run.ts";
import { filesOfPlaces, packetsOf, RuleTally } from "./rule-tally.ts";

export interface GateSetting {
  /** YYYY-MM-DD, given by whoever runs the gate; null: exceptions with an end leave the answer open. */
  readonly today: string | null;
  /** Violated rules below this severity are told and do not fail. */
  readonly failOn: Severity;
  readonly policySha256?: string;
  /** The paths that are known; they are compared as one more rule. */
  readonly baseline?: Baseline;
  readonly baselineSha256?: string;
}

/** What is evaluated where only a baseline was given. */
export const NO_POLICY: Policy = { file: "", coverage: "seen", accept: [], rules: [] };

export function evaluate(policy: Policy, report: Report, setting: GateSetting): GateResult {
  const facts = {
    labels: podLabels(report),
    findings: findingsById(report),
    places: placesOf(report),
  };
  const files = filesOfPlaces(report);
  const allowances = policy.rules.flatMap((rule) =>
    rule.kind === "allow"
      ? [new Allowance(rule, setting.today, new RuleTally(rule.id, files), facts)]
      : [],
  );
  const runs = policy.rules.flatMap((rule) =>
    isJudged(rule) ? [new RuleRun(rule, new RuleTally(rule.id, files), facts, allowances)] : [],
  );
  const paths = setting.baseline === undefined ? null : new PathCollector(report);
  let packets = 0;
  for (const connection of report.connections) {
    packets += packetsOf(connection);
    for (const run of runs) run.look(connection);
    paths?.look(connection);
  }
  for (const run of runs) run.lookAtWholeRun(report, facts);
  const { reasons, accepted } = incompleteness(report, policy);
  const conclusion = { reasons, failOn: setting.failOn, file: policy.file };
  const rules = [
    ...runs.map((run) => concludeRule(run.rule, run.tally, allowances, conclusion)),
    ...allowances.map((allowance) => concludeAllowance(allowance, conclusion)),
    ...(setting.baseline === undefined || paths === null
      ? []
      : [concludeBaseline(setting.baseline, paths, conclusion)]),
  ];
  return {
    schema: "podpath.check/1",
    tool: { ...report.tool },
    verdict: overall(rules),
    failOn: setting.failOn,
    ...(policy === NO_POLICY ? {} : { policy: fileFacts(policy.file, setting.policySha256) }),
    ...(setting.baseline === undefined
      ? {}
      : { baseline: fileFacts(setting.baseline.file, setting.baselineSha256) }),
    ...(setting.today === null ? {} : { today: setting.today }),
    ...seenIn(report, packets),
    rules,
    reasons: reasons.map(({ id, details, hides, hint }) => ({
      id,
      details: [...details],
      hides: [...hides],
      hint,
    })),
    accepted: [...accepted],
  };
}

function fileFacts(file: string, sha256: string | undefined): NonNullable<GateResult["policy"]> {
  return { file, ...(sha256 === undefined ? {} : { sha256 }) };
}

function seenIn(report: Report, packets: number): Pick<GateResult, "inputs" | "seen"> {
  return {
    inputs: report.inputs.map(({ file, kind, sha256 }) => ({
      file,
      kind,
      ...(sha256 === undefined ? {} : { sha256 }),
    })),
    seen: {
      captures: report.captures.length,
      records: report.accounting.records,
      connections: report.connections.length,
      packets,
    },
  };
}

function isJudged(rule: Policy["rules"][number]): rule is JudgedRule {
  return rule.kind !== "allow";
}

/** A definite violation outweighs a doubt; a doubt outweighs any number of passes. */
function overall(rules: readonly Pick<RuleResult, "counts" | "verdict">[]): GateVerdict {
  const counting = rules.filter(({ counts }) => counts);
  if (counting.some(({ verdict }) => verdict === "fail")) return "fail";
  return counting.some(({ verdict }) => verdict === "inconclusive") ? "inconclusive" : "pass";
}
