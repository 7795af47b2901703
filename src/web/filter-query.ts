/**
 * The filter of the table of connections as a person types it: `pod:web -port:53 class:snat-egress refused`. Fields are
 * the command line's flags and mean the same (core/report/filter-report.ts): a field given twice means either, different
 * fields mean all of them, "-" leaves out. `--pod web --not --port 53` is read as well. Other words are looked for everywhere.
 */
import { closestWord } from "../core/report/closest-word.ts";

export const FILTER_FIELDS = {
  namespace: "an end in this namespace",
  pod: "this pod as an end, [namespace/]name; a name's beginning finds all such",
  "from-pod": "started by this pod",
  "to-pod": "answered by this pod",
  node: "an end on this node, rewritten by it or seen at it",
  ip: "this address or CIDR on any leg, before or after a rewrite",
  port: "this port on any leg",
  class: "this path class",
  finding: "a finding of this rule, level or number (f1)",
  confidence: "proven, inferred or possible",
  protocol: "tcp, udp, icmp …",
} as const;

export type FilterField = keyof typeof FILTER_FIELDS;

export interface FilterTerm {
  /** "word": looked for in everything that a row shows. */
  readonly field: FilterField | "word";
  readonly value: string;
  /** What matches is left out. */
  readonly negated: boolean;
}

export interface ParsedFilter {
  readonly terms: readonly FilterTerm[];
  /** One sentence; null when all of it means something. */
  readonly problem: string | null;
}

/** Short forms that Hubble and kubectl know. */
const ALIASES: ReadonlyMap<string, FilterField> = new Map([
  ["n", "namespace"],
  ["ns", "namespace"],
]);

/** A field whose value is still to be typed means nothing yet. */
export function parseFilter(text: string): ParsedFilter {
  const terms: FilterTerm[] = [];
  let problem: string | null = null;
  const words = splitWords(text);
  let negated = false;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? "";
    if (word === "--not") {
      negated = true;
      continue;
    }
    const flag = /^--([a-z-]+)(?:=(.*))?$/s.exec(word);
    const pair = flag ?? /^([!-]?)([a-z-]+)[:=](.*)$/s.exec(word);
    const { name, value, minus } =
      flag !== null
        ? { name: flag[1] ?? "", value: flag[2] ?? words[++i] ?? "", minus: "" }
        : { name: pair?.[2] ?? "", value: pair?.[3] ?? "", minus: pair?.[1] ?? "" };
    const field = fieldOf(name);
    const nearest = didYouMean(name, Object.keys(FILTER_FIELDS));
    if (pair !== null && field === null && (nearest !== "" || !isEndpoint(word))) {
      problem ??= `${name}: is no field${nearest}`;
    } else if (pair === null || field === null) {
      terms.push(plainWord(word, negated));
    } else if (value !== "") {
      terms.push({ field, value: unquoted(value), negated: negated || minus !== "" });
    }
    negated = false;
  }
  return { terms: terms.filter(({ value }) => value !== ""), problem };
}

/** "web:8080" and "fe80::1" have colons too. */
function isEndpoint(word: string): boolean {
  return /^[0-9a-f]*:[0-9a-f:]*$/i.test(word) || /^[^-:][^:]*:\d+$/.test(word);
}

function plainWord(word: string, negated: boolean): FilterTerm {
  const minus = /^[!-](?=.)/.test(word);
  return {
    field: "word",
    value: unquoted(minus ? word.slice(1) : word),
    negated: negated || minus,
  };
}

function fieldOf(name: string): FilterField | null {
  if (Object.hasOwn(FILTER_FIELDS, name)) return name as FilterField;
  return ALIASES.get(name) ?? null;
}

/** At white space outside of quotes; an open quote runs to the end. */
function splitWords(text: string): string[] {
  return text.match(/(?:"[^"]*"?|'[^']*'?|[^\s"'])+/g) ?? [];
}

function unquoted(value: string): string {
  return value.replace(/"([^"]*)"?|'([^']*)'?/g, (_, double, single) => double ?? single ?? "");
}

/** The terms as they could be typed again. */
export function filterText(terms: readonly FilterTerm[]): string {
  return terms
    .map(({ field, value, negated }) => {
      const quoted = /[\s"':]/.test(value) || value === "" ? quote(value) : value;
      const plain =
        field === "word" ? quoted : `${field}:${/[\s"']/.test(value) ? quote(value) : value}`;
      return `${negated ? "-" : ""}${plain}`;
    })
    .join(" ");
}

function quote(value: string): string {
  return value.includes('"') ? `'${value}'` : `"${value}"`;
}

/** The same filter with `value` as the only one of that field; none with null. */
export function withField(
  terms: readonly FilterTerm[],
  field: FilterField,
  value: string | null,
): readonly FilterTerm[] {
  const others = terms.filter((term) => term.field !== field || term.negated);
  return value === null ? others : [...others, { field, value, negated: false }];
}

/** ", did you mean X?" or nothing. */
export function didYouMean(word: string, known: readonly string[]): string {
  const nearest = closestWord(word, known);
  return nearest === null ? "" : `, did you mean ${nearest}?`;
}
