/** In which order the rows of the table stand. */
import type { RowFacts } from "../core/render/html/row-facts.ts";

export type SortKey = "worst" | "time" | "class" | "from" | "bytes" | "places";

export interface RowOrder {
  readonly key: SortKey;
  readonly descending: boolean;
}

/** As the report wrote them: worst findings first. */
export const WRITTEN_ORDER: RowOrder = { key: "worst", descending: false };

export function isSortKey(text: string): text is SortKey {
  return Object.hasOwn(COMPARE, text);
}

/** What a person wants first who presses the column's title for the first time. */
export function firstOrder(key: SortKey): RowOrder {
  return { key, descending: key === "bytes" || key === "places" };
}

const LEVELS: readonly string[] = ["error", "warning", "note"];

const COMPARE: Readonly<Record<SortKey, (a: RowFacts, b: RowFacts) => number>> = {
  worst: (a, b) => worst(a) - worst(b),
  time: (a, b) => byText(a.firstSeen, b.firstSeen),
  class: (a, b) => byText(a.class, b.class) || byText(a.confidence, b.confidence),
  from: (a, b) => byText(fromText(a), fromText(b)),
  bytes: (a, b) => a.bytes - b.bytes,
  places: (a, b) => a.places - b.places,
};

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function fromText({ orig, resp, addresses }: RowFacts): string {
  const [first = "", second = ""] = addresses;
  return [orig.namespace, orig.name || first, resp.namespace, resp.name || second].join("\n");
}

/** Rows without a finding come behind those with a note; those that are not proven before those that are. */
function worst({ findings, confidence }: RowFacts): number {
  const ranks = findings.map(({ level }) => LEVELS.indexOf(level)).filter((rank) => rank >= 0);
  return Math.min(...ranks, confidence === "proven" ? LEVELS.length + 1 : LEVELS.length);
}

/** A new list; equals stay in the order of `rows`. */
export function sortRows(rows: readonly RowFacts[], { key, descending }: RowOrder): RowFacts[] {
  const compare = COMPARE[key];
  return [...rows].sort((a, b) => (descending ? compare(b, a) : compare(a, b)));
}
