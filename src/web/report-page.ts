/** The script of the HTML report. The page can be read without it; it adds the filter, sorting, opening, copying and keys. */
import { type PackedRows, ROW_FACTS_ID, unpackRows } from "../core/render/html/packed-rows.ts";
import { ConnectionTable, makeSortable, markOrder } from "./connection-table.ts";
import { addCopyButtons } from "./copy-buttons.ts";
import { type DiagramTabs, diagramTabs } from "./diagram-tabs.ts";
import { type FilterBar, filterBar } from "./filter-bar.ts";
import { parseFilter } from "./filter-query.ts";
import { rowFilter } from "./filter-rows.ts";
import { type HelpDialog, helpDialog } from "./help-dialog.ts";
import { FIRST_STATE, type PageState, stateFromHash, stateToHash } from "./page-state.ts";
import { firstOrder, type SortKey } from "./row-order.ts";
import { shortcutOf } from "./shortcuts.ts";

/** Everything that reacts to the state. */
interface Page {
  readonly help: HelpDialog;
  readonly tabs: DiagramTabs | null;
  /** Null in a report without connections. */
  readonly rows: Rows | null;
}

interface Rows {
  readonly table: HTMLTableElement;
  readonly connections: ConnectionTable;
  readonly bar: FilterBar;
}

type Change = (part: Partial<PageState>) => void;

let state: PageState = FIRST_STATE;

function start(): void {
  const change: Change = (part) => {
    state = { ...state, ...part };
    history.replaceState(null, "", stateToHash(state) || location.pathname + location.search);
    show(page);
  };
  const help = helpDialog();
  document.body.append(help.element);
  const panels = [...document.querySelectorAll<HTMLElement>("[data-kind]")];
  const page: Page = {
    help,
    tabs: diagramTabs(panels, (diagram) => change({ diagram })),
    rows: startRows(help, change),
  };
  addCopyButtons(document);
  listen(page, change);
  readHash(page, change);
}

function startRows(help: HelpDialog, change: Change): Rows | null {
  const table = document.querySelector<HTMLTableElement>("table#rows");
  const packed = document.getElementById(ROW_FACTS_ID)?.textContent;
  if (table === null || packed === null || packed === undefined) return null;
  const facts = unpackRows(JSON.parse(packed) as PackedRows);
  const details = document.getElementById("details");
  const connections = new ConnectionTable(table, facts, details, (id) => {
    change({ open: state.open === id ? null : id });
    connections.focus(id);
  });
  document.querySelector('nav a[href="#details"]')?.closest("li")?.remove();
  const bar = filterBar(facts, document.getElementById("not-in-file") === null, {
    onFilter: (filter) => change({ filter, page: 1 }),
    onPage: (page) => change({ page }),
    onHelp: () => help.element.showModal(),
  });
  table.parentElement?.before(bar.element);
  makeSortable(table, (key) => change({ order: orderAfter(key), page: 1 }));
  return { table, connections, bar };
}

function orderAfter(key: SortKey): PageState["order"] {
  const { order } = state;
  return order.key === key ? { key, descending: !order.descending } : firstOrder(key);
}

function show({ tabs, rows }: Page): void {
  tabs?.show(state.diagram);
  if (rows === null) return;
  const { table, connections, bar } = rows;
  const { filter, order, page, open } = state;
  const parsed = parseFilter(filter);
  const made = rowFilter(connections.facts, parsed.terms);
  const problem = parsed.problem ?? made.problem ?? null;
  // A filter that means nothing shows nothing: rows under it would be taken for its answer.
  const matches = problem === null && made.matches !== undefined ? made.matches : () => false;
  const shown = connections.show({ matches, order, page, open });
  markOrder(table, order);
  bar.show(filter);
  bar.tell(shown, problem);
}

function readHash({ rows }: Page, change: Change): void {
  const read = stateFromHash(location.hash);
  if (read !== null) {
    change(read);
    return;
  }
  // A link made without the script: to a connection, which is in the table now, or to a place.
  const id = location.hash.slice(1);
  if (rows?.connections.has(id) === true) openConnection(rows, change, id);
  else {
    change({});
    goTo(id);
  }
}

function goTo(id: string): void {
  const target = document.getElementById(id);
  if (target === null) return;
  if (target instanceof HTMLDetailsElement) target.open = true;
  if (!target.hasAttribute("tabindex")) target.setAttribute("tabindex", "-1");
  target.focus({ preventScroll: true });
  target.scrollIntoView();
}

/** Shows a connection wherever it stands; a filter that leaves it out is taken away. */
function openConnection({ connections }: Rows, change: Change, id: string): void {
  change({ open: id });
  let page = connections.pageWith(id);
  if (page === null) {
    change({ filter: "" });
    page = connections.pageWith(id);
  }
  if (page !== null) change({ page });
  connections.focus(id);
}

function listen(page: Page, change: Change): void {
  addEventListener("hashchange", () => readHash(page, change));
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    const id = link?.getAttribute("href")?.replace(/^#/, "");
    if (link === null || id === undefined) return;
    // The hash holds the state; a place of the page is gone to without it.
    event.preventDefault();
    follow(page, change, link, id);
  });
  document.addEventListener("keydown", (event) => {
    const name = shortcutOf(event, isTyping(event.target));
    if (name === null || page.help.element.open || !page.help.keysAreOn()) return;
    if (name !== "leave") event.preventDefault();
    act(page, change, name);
  });
  addEventListener("beforeprint", () => {
    for (const one of document.querySelectorAll<HTMLDetailsElement>("details.finding"))
      one.open = true;
    page.rows?.connections.showAll(state.open);
  });
  addEventListener("afterprint", () => show(page));
}

function follow({ rows }: Page, change: Change, link: HTMLAnchorElement, id: string): void {
  const { filter } = link.dataset;
  if (filter !== undefined) {
    change({ filter, page: 1, open: null });
    goTo("connections");
  } else if (rows?.connections.has(id) === true) openConnection(rows, change, id);
  else goTo(id);
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLInputElement ||
    target instanceof HTMLSelectElement ||
    target instanceof HTMLTextAreaElement
  );
}

function act(
  { rows, help }: Page,
  change: Change,
  name: NonNullable<ReturnType<typeof shortcutOf>>,
): void {
  if (name === "help") help.element.showModal();
  else if (rows === null) return;
  else if (name === "find") rows.bar.focus();
  else if (name === "leave") leave(rows, change);
  else move(rows, change, name === "next" ? 1 : -1);
}

function leave({ connections }: Rows, change: Change): void {
  if (document.activeElement instanceof HTMLInputElement) {
    document.activeElement.blur();
    return;
  }
  const { open } = state;
  if (open === null) return;
  change({ open: null });
  connections.focus(open);
}

function move({ connections }: Rows, change: Change, step: 1 | -1): void {
  const id = connections.neighbour(step);
  if (id === null) return;
  const page = connections.pageWith(id);
  if (page !== null && page !== state.page) change({ page });
  connections.focus(id);
}

start();
