/**
 * What a person has set, as the part of the address behind "#": it is never sent anywhere, and it holds what was asked, not
 * what was found. A link with it shows the same to everybody who has the file.
 */
import { isSortKey, type RowOrder, WRITTEN_ORDER } from "./row-order.ts";

export interface PageState {
  /** The filter as it was typed. */
  readonly filter: string;
  readonly order: RowOrder;
  /** From 1 on. */
  readonly page: number;
  /** Id of the open connection. */
  readonly open: string | null;
  /** Kind of the diagram that is shown; null: the first. */
  readonly diagram: string | null;
}

export const FIRST_STATE: PageState = {
  filter: "",
  order: WRITTEN_ORDER,
  page: 1,
  open: null,
  diagram: null,
};

/** "#filter=pod%3Aweb&sort=-bytes&page=2&open=conn-4"; "" for the first state. */
export function stateToHash({ filter, order, page, open, diagram }: PageState): string {
  const parts = new Map<string, string>();
  if (filter !== "") parts.set("filter", filter);
  if (order.key !== WRITTEN_ORDER.key || order.descending !== WRITTEN_ORDER.descending)
    parts.set("sort", `${order.descending ? "-" : ""}${order.key}`);
  if (page > 1) parts.set("page", page.toString());
  if (open !== null) parts.set("open", open);
  if (diagram !== null) parts.set("diagram", diagram);
  if (parts.size === 0) return "";
  return `#${[...parts].map(([name, value]) => `${name}=${encoded(value)}`).join("&")}`;
}

/** Half of a surrogate pair, which may be pasted into the filter, has no form in an address. */
function encoded(value: string): string {
  return encodeURIComponent(value.replace(/\p{Cs}/gu, "\ufffd"));
}

/** null for a hash that names a place of the page ("#findings"), not a state. What means nothing is left at its first value. */
export function stateFromHash(hash: string): PageState | null {
  const text = hash.replace(/^#/, "");
  if (text !== "" && !text.includes("=")) return null;
  const parts = new Map<string, string>();
  for (const part of text.split("&")) {
    const [name = "", ...value] = part.split("=");
    parts.set(name, decoded(value.join("=")));
  }
  const sort = parts.get("sort") ?? "";
  const key = sort.replace(/^-/, "");
  const page = Number(parts.get("page") ?? "1");
  return {
    filter: parts.get("filter") ?? "",
    order: isSortKey(key) ? { key, descending: sort.startsWith("-") } : WRITTEN_ORDER,
    page: Number.isSafeInteger(page) && page >= 1 ? page : 1,
    open: parts.get("open") ?? null,
    diagram: parts.get("diagram") ?? null,
  };
}

/** A hash may have been typed or cut by hand: an escape that is none stands for itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
