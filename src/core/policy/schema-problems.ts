/** Turns what a zod schema objects to into places in the text and sentences with the nearest allowed word. */
import type { z } from "zod";
import { closestWord } from "../report/closest-word.ts";
import type { YamlPath, YamlText } from "../yaml/read-yaml.ts";
import type { PolicyProblem } from "./policy-problem.ts";

type Issue = z.core.$ZodIssue;

/** What is known of a document's keys beside its schema. */
export interface KnownKeys {
  /** The keys that are allowed at a path; null where anything is. */
  at(path: readonly PropertyKey[]): readonly string[] | null;
  /** Where a key that is not allowed at a path does belong, in words; null when it belongs nowhere. */
  placeFor(key: string, path: readonly PropertyKey[]): string | null;
}

/** Problems stand in the order of the text. */
export function schemaProblems(
  issues: readonly Issue[],
  text: YamlText,
  keys: KnownKeys,
): PolicyProblem[] {
  const problems = issues.flatMap((issue) => problemsOf(issue, [], text, keys));
  const unique = new Map(problems.map((one) => [`${one.line}:${one.column}:${one.message}`, one]));
  return [...unique.values()].sort((a, b) => a.line - b.line || a.column - b.column);
}

function problemsOf(
  issue: Issue,
  above: readonly PropertyKey[],
  text: YamlText,
  keys: KnownKeys,
): PolicyProblem[] {
  const path = [...above, ...issue.path];
  if (issue.code === "invalid_union") {
    // "One or a list of them": what was written says which of the two was meant.
    const meant = branchFor(valueAt(text.value, path), issue.errors);
    return meant.flatMap((inner) => problemsOf(inner, path, text, keys));
  }
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      ...text.placeOfKey(yamlPath([...path, key])),
      message: `unknown key ${key}${placeOrNearest(key, path, keys)}`,
    }));
  }
  if (isMissing(issue, text.value, path)) {
    const key = String(path.at(-1));
    return [{ ...text.placeOf(yamlPath(path.slice(0, -1))), message: `${key} is missing` }];
  }
  return [{ ...text.placeOf(yamlPath(path)), message: sentence(issue, text.value, path) }];
}

function placeOrNearest(key: string, path: readonly PropertyKey[], keys: KnownKeys): string {
  const place = keys.placeFor(key, path);
  return place === null ? nearest(key, keys.at(path)) : `: it stands under ${place}`;
}

function branchFor(value: unknown, branches: readonly (readonly Issue[])[]): readonly Issue[] {
  const isList = Array.isArray(value);
  const fits = branches.filter((issues) => {
    const [first] = issues;
    const refusesType =
      first?.code === "invalid_type" && first.path.length === 0 && issues.length === 1;
    return !refusesType || (first.expected === "array") === isList;
  });
  const [chosen = []] = isList ? [...fits].reverse() : fits;
  return chosen.length > 0 ? chosen : (branches[0] ?? []);
}

function isMissing(issue: Issue, value: unknown, path: readonly PropertyKey[]): boolean {
  return path.length > 0 && valueAt(value, path) === undefined && issue.code !== "custom";
}

function sentence(issue: Issue, root: unknown, path: readonly PropertyKey[]): string {
  const written = shown(valueAt(root, path));
  switch (issue.code) {
    case "invalid_value": {
      const allowed = issue.values.map(String);
      const list =
        allowed.length > 12
          ? ""
          : `; allowed ${allowed.length === 1 ? "is" : "are"} ${allowed.join(", ")}`;
      return `${written} is not known here${nearest(written, allowed)}${list}`;
    }
    case "invalid_type":
      return `${written} is no ${TYPE_WORDS[issue.expected] ?? issue.expected}`;
    case "too_small":
      return issue.origin === "number" || issue.origin === "int"
        ? `${written} is less than ${issue.minimum}`
        : "must not be empty";
    case "too_big":
      return issue.origin === "number" || issue.origin === "int"
        ? `${written} is more than ${issue.maximum}`
        : `is longer than ${issue.maximum}`;
    default:
      return issue.message.startsWith("is ") ? `${written} ${issue.message}` : issue.message;
  }
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: "text",
  array: "list",
  object: "mapping",
  record: "mapping",
  boolean: "true or false",
  number: "number",
  int: "whole number",
};

function nearest(word: string, known: readonly string[] | null): string {
  const found = known === null ? null : closestWord(word, known);
  return found === null ? "" : `, did you mean ${found}?`;
}

/** Values as they may stand in a sentence. */
function shown(value: unknown): string {
  if (value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "a mapping" : String(value).slice(0, 100);
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root;
  for (const step of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step))
      return undefined;
    value = (value as Record<PropertyKey, unknown>)[step];
  }
  return value;
}

function yamlPath(path: readonly PropertyKey[]): YamlPath {
  return path.map((step) => (typeof step === "number" ? step : String(step)));
}
