/** The table of connections in the document: one page of the rows that a filter lets through, some of them opened. */
import type { RowFacts } from "../core/render/html/row-facts.ts";
import { addCopyButtons } from "./copy-buttons.ts";
import { button, make } from "./make.ts";
import { type RowOrder, type SortKey, sortRows } from "./row-order.ts";
import { pageOf, type RowWindow, rowWindow } from "./row-window.ts";

export interface TableView {
  readonly matches: (row: RowFacts) => boolean;
  readonly order: RowOrder;
  readonly page: number;
  readonly open: string | null;
}

export interface ShownRows {
  readonly window: RowWindow;
  readonly matching: number;
}

export class ConnectionTable {
  readonly #body: HTMLTableSectionElement;
  readonly #facts: readonly RowFacts[];
  /** By id of the connection. */
  readonly #rows: ReadonlyMap<string, HTMLTableRowElement>;
  readonly #details: ReadonlyMap<string, Element>;
  #shown: readonly RowFacts[] = [];
  #window: RowWindow = rowWindow(0, 1);

  /** Takes the rows and the connections told one by one out of the document; `show` puts back what is asked for. */
  constructor(
    table: HTMLTableElement,
    facts: readonly RowFacts[],
    details: Element | null,
    onToggle: (id: string) => void,
  ) {
    this.#facts = facts;
    this.#body = table.tBodies[0] ?? table.createTBody();
    const rows = [...this.#body.rows];
    this.#rows = new Map(facts.flatMap(({ id }, i) => pairOf(id, rows[i])));
    const told = [...(details?.querySelectorAll("article") ?? [])];
    this.#details = new Map(told.map((article) => [article.id, article]));
    details?.remove();
    for (const [id, row] of this.#rows) makeOpener(id, row, onToggle);
  }

  get facts(): readonly RowFacts[] {
    return this.#facts;
  }

  has(id: string): boolean {
    return this.#rows.has(id);
  }

  show(view: TableView): ShownRows {
    this.#shown = sortRows(this.#facts.filter(view.matches), view.order);
    this.#window = rowWindow(this.#shown.length, view.page);
    this.#fill(this.#shown.slice(this.#window.from, this.#window.to), view.open);
    return { window: this.#window, matching: this.#shown.length };
  }

  /** All rows that the filter lets through, for paper. */
  showAll(open: string | null): void {
    this.#fill(this.#shown, open);
  }

  #fill(rows: readonly RowFacts[], open: string | null): void {
    const elements = rows.flatMap(({ id }) => {
      const row = this.#rows.get(id);
      if (row === undefined) return [];
      openerOf(row)?.setAttribute("aria-expanded", String(id === open));
      row.classList.toggle("is-open", id === open);
      return id === open ? [row, this.#opened(id)] : [row];
    });
    this.#body.replaceChildren(...elements);
  }

  #opened(id: string): HTMLTableRowElement {
    const article = this.#details.get(id) ?? notTold(id);
    addCopyButtons(article);
    return make("tr", { class: "opened" }, make("td", { colspan: "7" }, article));
  }

  /** Page on which the connection stands now; null when the filter leaves it out. */
  pageWith(id: string): number | null {
    const position = this.#shown.findIndex((row) => row.id === id);
    return position < 0 ? null : pageOf(position);
  }

  /** The connection `step` rows from the one that has the focus; from none, the first of the page. null at the ends. */
  neighbour(step: 1 | -1): string | null {
    const focused = document.activeElement?.closest("tr");
    const row = focused?.classList.contains("opened") ? focused.previousElementSibling : focused;
    const id = [...this.#rows].find(([, one]) => one === row)?.[0];
    if (id === undefined) return this.#shown[this.#window.from]?.id ?? null;
    const position = this.#shown.findIndex((one) => one.id === id);
    return this.#shown[position + step]?.id ?? null;
  }

  focus(id: string): void {
    const row = this.#rows.get(id);
    if (row === undefined) return;
    openerOf(row)?.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }
}

function pairOf(
  id: string,
  row: HTMLTableRowElement | undefined,
): readonly (readonly [string, HTMLTableRowElement])[] {
  return row === undefined ? [] : [[id, row]];
}

function openerOf(row: HTMLTableRowElement): HTMLButtonElement | null {
  return row.querySelector("th button");
}

/** The id, which was a link to a place further down or plain text, opens the connection right here. */
function makeOpener(id: string, row: HTMLTableRowElement, onToggle: (id: string) => void): void {
  const opener = button(id, () => onToggle(id), { class: "opener", "aria-expanded": "false" });
  row.querySelector("th")?.firstChild?.replaceWith(opener);
}

/** The file would have been too large with all of them. */
function notTold(id: string): Element {
  return make(
    "div",
    { class: "connection" },
    make("p", {}, "The file would be too large with every connection told in full. This tells it:"),
    make("p", {}, make("code", {}, `podpath explain ${id}`), " with the same inputs"),
  );
}

/** Titles become buttons; `aria-sort` says how the table is sorted. */
export function makeSortable(table: HTMLTableElement, onSort: (key: SortKey) => void): void {
  for (const title of table.querySelectorAll<HTMLElement>("th[data-sort]")) {
    const key = title.dataset["sort"] as SortKey;
    const label = title.textContent ?? "";
    const press = make("button", { type: "button", class: "sort" }, label);
    press.addEventListener("click", () => onSort(key));
    title.replaceChildren(press);
  }
}

export function markOrder(table: HTMLTableElement, { key, descending }: RowOrder): void {
  for (const title of table.querySelectorAll<HTMLElement>("th[data-sort]")) {
    if (title.dataset["sort"] !== key) title.removeAttribute("aria-sort");
    else title.setAttribute("aria-sort", descending ? "descending" : "ascending");
  }
}
