/**
 * The filter flags of `analyze`, `explain` and `diagram`, named after Hubble's: which there are, and what may stand behind each.
 * Repeated flags are alternatives (OR), different flags must all hold (AND); `--not` turns the next flag into an exclusion.
 */
import { parseCidr } from "../address/cidr.ts";
import { parseAddress } from "../address/ip-text.ts";
import { closestWord } from "./closest-word.ts";
import { FINDING_IDS } from "./finding-ids.ts";
import { parseDuration, parseRfc3339 } from "./parse-time.ts";
import { PATH_CLASS_ORDER } from "./path-class-title.ts";
import { shellWord } from "./shell-word.ts";

export type FilterField =
  | "namespace"
  | "pod"
  | "from-pod"
  | "to-pod"
  | "node"
  | "ip"
  | "port"
  | "class"
  | "finding"
  | "since"
  | "until";

/** One flag as it was given. */
export interface FilterTerm {
  readonly field: FilterField;
  readonly value: string;
  /** It stood behind `--not`: what matches is left out. */
  readonly negated: boolean;
}

/** Why a filter means nothing, and what would. */
export interface FilterProblem {
  readonly message: string;
  /** One sentence: the values that are allowed, or the nearest one. */
  readonly advice: string;
}

const FINDING_LEVELS: readonly string[] = ["error", "warning", "note"];

/** The terms as they could be typed again. */
export function filterExpression(terms: readonly FilterTerm[]): string {
  return terms
    .map(({ field, value, negated }) => `${negated ? "--not " : ""}--${field} ${shellWord(value)}`)
    .join(" ");
}

/** What can be told before any capture is read; null when nothing is wrong. */
export function filterProblem(terms: readonly FilterTerm[]): FilterProblem | null {
  for (const field of ["since", "until"] as const) {
    const given = terms.filter((term) => term.field === field);
    if (given.length > 1)
      return { message: `--${field} was given twice`, advice: "Give one time." };
    if (given.some(({ negated }) => negated))
      return {
        message: `--not cannot stand before --${field}`,
        advice: `Use --${field === "since" ? "until" : "since"} instead.`,
      };
  }
  for (const term of terms) {
    const problem = valueProblem(term);
    if (problem !== null) return problem;
  }
  return null;
}

function valueProblem({ field, value }: FilterTerm): FilterProblem | null {
  const message = `--${field} ${value}`;
  switch (field) {
    case "namespace":
    case "pod":
    case "from-pod":
    case "to-pod":
    case "node":
      return /^$|^\/|\/$|\/.*\//.test(value)
        ? { message: `${message}: names nothing`, advice: nameForm(field) }
        : null;
    case "ip":
      if (parseAddress(value) !== null || parseCidr(value) !== null) return null;
      return {
        message: `${message}: is neither an address nor a CIDR`,
        advice: "Write 10.0.1.11, 10.0.0.0/16 or 2001:db8::/32.",
      };
    case "port":
      if (/^\d{1,5}$/.test(value) && Number(value) <= 65_535) return null;
      return { message: `${message}: is no port`, advice: "Write a number from 0 to 65535." };
    case "class":
      return wordProblem(message, "path class", value, PATH_CLASS_ORDER);
    case "finding":
      return wordProblem(message, "finding or level", value, [...FINDING_IDS, ...FINDING_LEVELS]);
    case "since":
    case "until":
      if (parseRfc3339(value) !== null || parseDuration(value) !== null) return null;
      return {
        message: `${message}: is no time`,
        advice:
          "Write an RFC 3339 time (2026-11-20T16:04:50Z), or how long before the captures' end (10s, 1h30m).",
      };
  }
}

function nameForm(field: FilterField): string {
  return field.endsWith("pod") ? "Write NAME or NAMESPACE/NAME." : "Write a name.";
}

function wordProblem(
  message: string,
  what: string,
  value: string,
  allowed: readonly string[],
): FilterProblem | null {
  if (allowed.includes(value)) return null;
  return {
    message: `${message}: is no ${what}${didYouMean(value, allowed)}`,
    advice: `Allowed are ${allowed.join(", ")}.`,
  };
}

/** ", did you mean X?" or nothing. */
export function didYouMean(value: string, known: readonly string[]): string {
  const nearest = closestWord(value, known);
  return nearest === null ? "" : `, did you mean ${nearest}?`;
}
