/** Text of a policy file to a policy, or to everything that is wrong with it. */
import { MAX_POLICY_RULES, MAX_POLICY_TEXT } from "../limits.ts";
import { addressMatch } from "../report/address-match.ts";
import { fingerprint } from "../report/fingerprint.ts";
import { readYaml, type YamlPath, type YamlText } from "../yaml/read-yaml.ts";
import { asList, type Policy, type PolicyRule } from "./policy.ts";
import type { PolicyProblem } from "./policy-problem.ts";
import {
  type MatchSelector,
  POLICY_KEYS,
  type PolicyDocument,
  policy as policySchema,
} from "./policy-schema.ts";
import { schemaProblems } from "./schema-problems.ts";

export type PolicyResult =
  | { readonly policy: Policy; readonly problems?: undefined }
  | { readonly policy?: undefined; readonly problems: readonly PolicyProblem[] };

const SECTIONS = ["expect", "forbid", "allow"] as const;
type Section = (typeof SECTIONS)[number];

/** `file` is what messages and results call it. */
export function readPolicy(source: string, file: string): PolicyResult {
  if (source.length > MAX_POLICY_TEXT)
    return refusal(1, 1, `is longer than ${MAX_POLICY_TEXT} characters`);
  const { text, problem } = readYaml(source);
  if (problem !== undefined) return { problems: [problem] };
  const parsed = policySchema.safeParse(text.value);
  if (!parsed.success) return { problems: schemaProblems(parsed.error.issues, text, POLICY_KEYS) };
  const document = parsed.data;
  const rules = SECTIONS.flatMap((section) => rulesOf(document, section, text));
  if (rules.length === 0) return refusal(1, 1, "has no rule: nothing would be checked");
  if (rules.length > MAX_POLICY_RULES)
    return refusal(1, 1, `has more than ${MAX_POLICY_RULES} rules`);
  const problems = [...meaningProblems(document, text), ...idProblems(rules, document, text)];
  if (problems.length > 0)
    return { problems: problems.sort((a, b) => a.line - b.line || a.column - b.column) };
  return {
    policy: {
      file,
      coverage: document.coverage ?? "seen",
      accept: (document.accept ?? []).map((one) => ({
        reason: one.reason,
        atMost: one["at-most"],
        because: one.because,
      })),
      rules,
    },
  };
}

function refusal(line: number, column: number, message: string): PolicyResult {
  return { problems: [{ line, column, message }] };
}

function rulesOf(document: PolicyDocument, section: Section, text: YamlText): PolicyRule[] {
  const taken = new Map<string, number>();
  return (document[section] ?? []).map((says, index) => {
    const { id, description, severity = "error", optional = false } = says;
    const made = id ?? madeId(section, says);
    const count = (taken.get(made) ?? 0) + 1;
    taken.set(made, count);
    return {
      kind: section,
      says,
      // Two rules that say the same are told apart by their order.
      id: id === undefined && count > 1 ? `${made}-${count}` : made,
      title: description ?? inShort(section, says),
      severity,
      optional,
      place: text.placeOf([section, index]),
    } as PolicyRule;
  });
}

type Says = PolicyRule["says"];

/** From what the rule says and not from where it stands, so that it stays when other rules come and go. */
function madeId(section: Section, says: Says): string {
  const words = whatWords(says).join("-");
  const rest = "match" in says || words === "" || section === "expect";
  const mark = rest ? `-${fingerprint(section, JSON.stringify(says)).slice(0, 6)}` : "";
  return `${section}${words === "" ? "" : `-${words}`}`.slice(0, 72) + mark;
}

function whatWords(says: Says): string[] {
  const words = [...asList(says.class)];
  if ("finding" in says) words.push(...asList(says.finding));
  if ("overlay" in says) words.push(...asList(says.overlay).map((kind) => `overlay-${kind}`));
  if ("level" in says && says.level !== undefined) words.push(`level-${says.level}`);
  return words;
}

const EXPECTATIONS: ReadonlySet<string> = new Set([
  "nat",
  "eni",
  "node-local",
  "client-address",
  "at-least",
  "at-most",
]);

function inShort(section: Section, says: Says): string {
  const parts = whatWords(says);
  for (const [key, value] of Object.entries(says))
    if (EXPECTATIONS.has(key)) parts.push(`${key} ${[value].flat().join("|")}`);
  const where = says.match === undefined ? "" : ` where ${selectorWords(says.match)}`;
  return `${section} ${parts.length === 0 ? "connections" : parts.join(", ")}${where}`.slice(
    0,
    200,
  );
}

function selectorWords(match: MatchSelector): string {
  return Object.entries(match)
    .map(([key, value]) => `${key} ${JSON.stringify(value).replace(/["{}]/g, "")}`)
    .join(", ");
}

/** What the schema cannot say: rules that say nothing, addresses, ranges. */
function meaningProblems(document: PolicyDocument, text: YamlText): PolicyProblem[] {
  const problems: PolicyProblem[] = [];
  const object = (path: YamlPath, message: string): void => {
    problems.push({ ...text.placeOf(path), message });
  };
  for (const section of SECTIONS) {
    for (const [index, says] of (document[section] ?? []).entries()) {
      const path = [section, index];
      if (section === "expect" && !saysExpectation(says))
        object(path, "expects nothing: say match, class, nat, at-least or another expectation");
      if (section !== "expect" && whatWords(says).length === 0 && !saysMatch(says))
        object(path, `${section}s nothing: say class, finding, level, overlay or match`);
      if (says.match !== undefined) matchProblems(says.match, [...path, "match"], object);
    }
  }
  for (const [index, { expires }] of (document.allow ?? []).entries())
    if (dayNumber(expires) === null)
      object(["allow", index, "expires"], `${expires} is no day of the calendar`);
  return problems;
}

function saysExpectation(says: Says): boolean {
  const { id: _i, description: _d, severity: _s, optional: _o, ...rest } = says;
  return Object.keys(rest).length > 0;
}

function saysMatch(says: Says): boolean {
  const isRule = "rule" in says && asList(says.rule).length > 0;
  return isRule || (says.match !== undefined && Object.keys(says.match).length > 0);
}

function matchProblems(
  match: MatchSelector,
  path: YamlPath,
  object: (path: YamlPath, message: string) => void,
): void {
  if (Object.keys(match).length === 0) object(path, "matches everything: leave it out");
  for (const end of ["from", "to", "either"] as const) {
    const isList = Array.isArray(match[end]);
    for (const [index, party] of asList(match[end]).entries()) {
      const at = isList ? [...path, end, index] : [...path, end];
      if (Object.keys(party).length === 0) object(at, "matches everything: leave it out");
      for (const address of asList(party.address))
        if (addressMatch(address) === null)
          object([...at, "address"], `${address} is neither an address nor a CIDR`);
      for (const port of asList(party.port))
        if (typeof port === "string" && !isRange(port))
          object([...at, "port"], `${port} is no port range: write the smaller port first`);
    }
  }
}

function isRange(text: string): boolean {
  const [first = 0, last = 0] = text.split("-").map(Number);
  return first <= last && last <= 65_535;
}

function idProblems(
  rules: readonly PolicyRule[],
  document: PolicyDocument,
  text: YamlText,
): PolicyProblem[] {
  const problems: PolicyProblem[] = [];
  const seen = new Set<string>();
  for (const { id, place } of rules) {
    if (seen.has(id)) problems.push({ ...place, message: `the id ${id} is taken` });
    seen.add(id);
  }
  for (const [index, { rule }] of (document.allow ?? []).entries())
    for (const id of asList(rule))
      if (!rules.some((one) => one.id === id && one.kind !== "allow"))
        problems.push({
          ...text.placeOf(["allow", index, "rule"]),
          message: `no rule has the id ${id}: give the rule an id and name it here`,
        });
  return problems;
}

/** Days since 1970 of a YYYY-MM-DD; null when there is no such day. */
export function dayNumber(text: string): number | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return null;
  const time = Date.parse(`${text}T00:00:00Z`);
  // 2026-02-30 must not become the second of March.
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== text) return null;
  return time / 86_400_000;
}
