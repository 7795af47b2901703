/** Which rows a filter lets through. Names mean what they mean on the command line. */
import { podsNamed } from "../core/cluster/pod-names.ts";
import type { EndFacts, RowFacts } from "../core/render/html/row-facts.ts";
import { nodesNamed } from "../core/report/known-names.ts";
import { parsePrefix, prefixContains } from "./address-prefix.ts";
import { didYouMean, type FilterTerm } from "./filter-query.ts";

export type RowFilter =
  | { readonly matches: (row: RowFacts) => boolean; readonly problem?: undefined }
  /** A value that can mean none of the rows: one sentence. */
  | { readonly matches?: undefined; readonly problem: string };

type Predicate = (row: RowFacts) => boolean;

export function rowFilter(rows: readonly RowFacts[], terms: readonly FilterTerm[]): RowFilter {
  const required = new Map<string, Predicate[]>();
  const refused: Predicate[] = [];
  for (const [i, term] of terms.entries()) {
    const predicate = predicateOf(term, rows);
    if (typeof predicate === "string") return { problem: predicate };
    if (term.negated) refused.push(predicate);
    else {
      // Every word must be there; of a field's values one is enough.
      const key = term.field === "word" ? `word ${i}` : term.field;
      required.set(key, [...(required.get(key) ?? []), predicate]);
    }
  }
  const all = [...required.values()];
  return {
    matches: (row) =>
      all.every((anyOf) => anyOf.some((holds) => holds(row))) &&
      !refused.some((holds) => holds(row)),
  };
}

/** A sentence when the value cannot be meant. */
function predicateOf({ field, value }: FilterTerm, rows: readonly RowFacts[]): Predicate | string {
  switch (field) {
    case "word":
      return wordPredicate(value);
    case "namespace":
      return oneOf(field, value, rows, ({ orig, resp }) => [orig.namespace, resp.namespace]);
    case "pod":
    case "from-pod":
    case "to-pod":
      return podPredicate(field, value, rows);
    case "node":
      return nodePredicate(value, rows);
    case "ip":
      return addressPredicate(value);
    case "port":
      if (!/^\d{1,5}$/.test(value) || Number(value) > 65_535)
        return `port ${value}: a port is a number from 0 to 65535`;
      return ({ ports }) => ports.includes(Number(value));
    case "class":
      return oneOf(field, value, rows, (row) => [row.class]);
    case "confidence":
      return oneOf(field, value, rows, (row) => [row.confidence]);
    case "protocol":
      return oneOf(field, value, rows, (row) => [row.protocol]);
    case "finding":
      return oneOf(field, value, rows, ({ findings }) =>
        findings.flatMap(({ id, rule, level }) => [id, rule, level]),
      );
  }
}

function oneOf(
  field: string,
  value: string,
  rows: readonly RowFacts[],
  valuesOf: (row: RowFacts) => readonly string[],
): Predicate | string {
  const known = new Set(rows.flatMap(valuesOf));
  if (known.has(value)) return (row) => valuesOf(row).includes(value);
  return nothingOf(field, value, [...known]);
}

function nothingOf(field: string, value: string, known: readonly string[]): string {
  const nearest = didYouMean(
    value,
    known.filter((one) => one !== ""),
  );
  return `${field} ${value}: no connection here has it${nearest}`;
}

function podPredicate(
  field: "pod" | "from-pod" | "to-pod",
  value: string,
  rows: readonly RowFacts[],
): Predicate | string {
  const pods = new Map<string, EndFacts>();
  for (const end of rows.flatMap(({ orig, resp }) => [orig, resp]))
    if (isPod(end)) pods.set(podKey(end), end);
  const meant = new Set(podsNamed([...pods.values()], value).map(podKey));
  if (meant.size === 0)
    return nothingOf(field, value, [...pods.values()].map(value.includes("/") ? podKey : nameOf));
  const isMeant = (end: EndFacts): boolean => isPod(end) && meant.has(podKey(end));
  if (field === "from-pod") return ({ orig }) => isMeant(orig);
  if (field === "to-pod") return ({ resp }) => isMeant(resp);
  return ({ orig, resp }) => isMeant(orig) || isMeant(resp);
}

function isPod({ kind, name }: EndFacts): boolean {
  return kind === "pod" && name !== "";
}
function podKey({ namespace, name }: EndFacts): string {
  return `${namespace}/${name}`;
}
function nameOf({ name }: EndFacts): string {
  return name;
}

function nodePredicate(value: string, rows: readonly RowFacts[]): Predicate | string {
  const nodes = [...new Set(rows.flatMap((row) => row.nodes))];
  const meant = new Set(nodesNamed(nodes, value));
  if (meant.size === 0) {
    const short = nodes.map((node) => node.split(".", 1)[0] ?? node);
    return nothingOf("node", value, [...short, ...nodes]);
  }
  return (row) => row.nodes.some((node) => meant.has(node));
}

function addressPredicate(value: string): Predicate | string {
  const prefix = parsePrefix(value);
  if (prefix === null)
    return `ip ${value}: is neither an address nor a CIDR (10.0.1.11, 10.0.0.0/16, 2001:db8::/32)`;
  return ({ addresses }) => addresses.some((address) => prefixContains(prefix, address));
}

/** Case plays no part: nobody remembers how a name is written. */
function wordPredicate(value: string): Predicate {
  const asked = value.toLowerCase();
  return (row) => searchedTexts(row).some((text) => text.toLowerCase().includes(asked));
}

function searchedTexts(row: RowFacts): readonly string[] {
  const end = (facts: EndFacts): string[] => [
    facts.name === "" ? "" : `${podKey(facts)}:${facts.port}`,
    facts.workload,
    ...facts.dnsNames,
  ];
  return [
    row.id,
    row.class,
    row.confidence,
    row.protocol,
    row.state,
    ...end(row.orig),
    ...end(row.resp),
    ...row.addresses,
    ...row.nodes,
    ...row.ports.map(String),
    ...row.findings.flatMap(({ id, rule, level }) => [id, rule, level]),
  ];
}
