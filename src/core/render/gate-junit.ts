/**
 * The gate's result as JUnit XML, for the test pages of Jenkins, GitLab and GitHub. Those readers share no standard; this holds to
 * what Ant's and Jenkins' schemas have in common, down to the order of elements. A suite is a section of the policy, a test
 * case is a rule: violated is a failure, inconclusive is an error ("the test itself could not be decided").
 */
import type { GateResult, RuleResult } from "../policy/gate-result.ts";
import { oneLine, ruleLines } from "./gate-lines.ts";
import { xmlAttribute, xmlText } from "./xml-text.ts";

const SUITES = ["expect", "forbid", "allow", "baseline"] as const;

/** Ant's schema wants a time. There is no clock: two runs over the same captures are the same bytes. */
const NO_TIME = "1970-01-01T00:00:00";

export function* renderGateJunit(gate: GateResult): Generator<string, void, undefined> {
  yield '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n';
  let id = 0;
  for (const kind of SUITES) {
    const rules = gate.rules.filter((rule) => rule.kind === kind);
    if (rules.length === 0) continue;
    yield* renderSuite(kind, rules, id, gate);
    id += 1;
  }
  yield "</testsuites>\n";
}

function* renderSuite(
  kind: string,
  rules: readonly RuleResult[],
  id: number,
  gate: GateResult,
): Generator<string, void, undefined> {
  const failures = rules.filter(isFailure).length;
  const errors = rules.filter(isError).length;
  yield `  <testsuite name="podpath ${kind}" package="podpath" id="${id}" tests="${rules.length}" failures="${failures}" errors="${errors}" skipped="0" time="0" timestamp="${NO_TIME}" hostname="localhost">\n`;
  yield "    <properties>\n";
  for (const [name, value] of properties(gate))
    yield `      <property name="${name}" value="${xmlAttribute(value)}"/>\n`;
  yield "    </properties>\n";
  for (const rule of rules) yield* renderCase(rule);
  yield "    <system-out></system-out>\n    <system-err></system-err>\n  </testsuite>\n";
}

function properties({
  tool,
  verdict,
  policy,
  baseline,
  today,
  seen,
}: GateResult): [string, string][] {
  return [
    ["tool", `${tool.name} ${tool.version}`],
    ["verdict", verdict],
    ...(policy === undefined ? [] : [["policy", policy.file] as [string, string]]),
    ...(policy?.sha256 === undefined ? [] : [["policy.sha256", policy.sha256] as [string, string]]),
    ...(baseline === undefined ? [] : [["baseline", baseline.file] as [string, string]]),
    ...(today === undefined ? [] : [["today", today] as [string, string]]),
    ["records", String(seen.records)],
    ["connections", String(seen.connections)],
    ["packets", String(seen.packets)],
  ];
}

function isFailure({ verdict, counts }: RuleResult): boolean {
  return counts && verdict === "fail";
}

function isError({ verdict, counts }: RuleResult): boolean {
  return counts && verdict === "inconclusive";
}

function* renderCase(rule: RuleResult): Generator<string, void, undefined> {
  const open = `    <testcase name="${xmlAttribute(rule.id)}" classname="podpath.${rule.kind}" time="0">`;
  const tag = isFailure(rule) ? "failure" : isError(rule) ? "error" : null;
  // What does not fail the check is a passed test; the file's reader has no word for a warning.
  if (tag === null) {
    yield `${open}</testcase>\n`;
    return;
  }
  const where = `${rule.file}:${rule.line}:${rule.column}`;
  yield `${open}\n      <${tag} type="${rule.verdict}" message="${xmlAttribute(rule.message)}">`;
  yield xmlText([oneLine(`${where}: ${rule.title}`), ...ruleLines(rule)].join("\n"));
  yield `</${tag}>\n    </testcase>\n`;
}
