/** The filter above the table: what is typed, quick choices, and how many rows it leaves. */
import type { RowFacts } from "../core/render/html/row-facts.ts";
import { formatCount, plural } from "../core/render/text-layout.ts";
import { type FilterField, filterText, parseFilter, withField } from "./filter-query.ts";
import { button, make } from "./make.ts";
import type { RowWindow } from "./row-window.ts";

export interface FilterBar {
  readonly element: HTMLElement;
  focus(): void;
  /** Shows the filter of the page's state; what is being typed stays as it is. */
  show(filter: string): void;
  /** `problem` stands for the counts where a filter means nothing. */
  tell(
    counts: { readonly matching: number; readonly window: RowWindow },
    problem: string | null,
  ): void;
}

export interface FilterBarEvents {
  readonly onFilter: (text: string) => void;
  readonly onPage: (page: number) => void;
  readonly onHelp: () => void;
}

/** Values of one field that are worth a choice; more than this is quicker typed. */
const MOST_CHOICES = 200;

const CHOICES: readonly {
  readonly field: FilterField;
  readonly label: string;
  readonly valuesOf: (row: RowFacts) => readonly string[];
}[] = [
  { field: "class", label: "Path", valuesOf: (row) => [row.class] },
  { field: "finding", label: "Finding", valuesOf: (row) => row.findings.map(({ rule }) => rule) },
  {
    field: "namespace",
    label: "Namespace",
    valuesOf: ({ orig, resp }) => [orig.namespace, resp.namespace],
  },
  { field: "node", label: "Node", valuesOf: (row) => row.nodes },
  { field: "confidence", label: "Confidence", valuesOf: (row) => [row.confidence] },
];

/** `complete`: no connection of the report was left out of the file. */
export function filterBar(
  rows: readonly RowFacts[],
  complete: boolean,
  events: FilterBarEvents,
): FilterBar {
  const input = make("input", {
    type: "search",
    id: "filter",
    autocomplete: "off",
    spellcheck: "false",
    placeholder: "pod:web  -port:53  class:snat-egress  or any words",
    "aria-describedby": "filter-told",
  });
  input.addEventListener("input", () => events.onFilter(input.value));
  const told = make("p", { id: "filter-told", role: "status", "aria-live": "polite" });
  const selects = CHOICES.flatMap((choice) => choiceOf(choice, rows, input, events));
  const pages = pager(events.onPage);
  const element = make(
    "div",
    { class: "filter-bar", role: "search", "aria-label": "Filter connections" },
    make(
      "div",
      { class: "typed" },
      make("label", { for: "filter" }, "Filter"),
      input,
      button("Clear", () => events.onFilter(""), { class: "plain" }),
      button("Help", events.onHelp, { class: "plain" }),
    ),
    make("div", { class: "choices" }, ...selects.map(({ element: one }) => one)),
    make("div", { class: "counts" }, told, pages.element),
  );
  return {
    element,
    focus() {
      input.focus();
      input.select();
    },
    show(filter) {
      if (input.value !== filter) input.value = filter;
      for (const select of selects) select.show(filter);
    },
    tell({ matching, window }, problem) {
      told.classList.toggle("problem", problem !== null);
      told.textContent =
        problem ??
        countsText(
          matching,
          `${plural(rows.length, "connection")}${complete ? "" : " in this file"}`,
          rows.length,
          window,
        );
      pages.show(window);
    },
  };
}

/** "12 of 5,000 connections in this file"; `all` is that "5,000 connections in this file". */
function countsText(
  matching: number,
  all: string,
  count: number,
  { from, to, pages }: RowWindow,
): string {
  if (matching === 0) return `None of ${all}`;
  const of = matching === count ? all : `${formatCount(matching)} of ${all}`;
  return pages === 1 ? of : `${of}; ${formatCount(from + 1)} to ${formatCount(to)} shown`;
}

interface Choice {
  readonly element: HTMLElement;
  show(filter: string): void;
}

/** Nothing where there is nothing to choose from. */
function choiceOf(
  { field, label, valuesOf }: (typeof CHOICES)[number],
  rows: readonly RowFacts[],
  input: HTMLInputElement,
  events: FilterBarEvents,
): readonly Choice[] {
  const counts = new Map<string, number>();
  for (const row of rows)
    for (const value of new Set(valuesOf(row)))
      if (value !== "") counts.set(value, (counts.get(value) ?? 0) + 1);
  if (counts.size < 2 && field !== "finding") return [];
  if (counts.size === 0) return [];
  const options = [...counts].sort(([, a], [, b]) => b - a).slice(0, MOST_CHOICES);
  const id = `choose-${field}`;
  const select = make(
    "select",
    { id },
    make("option", { value: "" }, "any"),
    ...options.map(([value, count]) =>
      make("option", { value }, `${value.slice(0, 60)} (${count})`),
    ),
  );
  select.addEventListener("change", () => {
    const { terms } = parseFilter(input.value);
    events.onFilter(filterText(withField(terms, field, select.value === "" ? null : select.value)));
  });
  return [
    {
      element: make("div", { class: "choice" }, make("label", { for: id }, label), select),
      show(filter) {
        const [only, ...others] = parseFilter(filter).terms.filter(
          (term) => term.field === field && !term.negated,
        );
        const value = others.length === 0 ? (only?.value ?? "") : "";
        select.value = counts.has(value) ? value : "";
      },
    },
  ];
}

function pager(onPage: (page: number) => void): {
  readonly element: HTMLElement;
  show(window: RowWindow): void;
} {
  let shown = 1;
  const back = button("Previous", () => onPage(shown - 1), { class: "plain" });
  const on = button("Next", () => onPage(shown + 1), { class: "plain" });
  const where = make("span", {});
  const element = make("div", { class: "pager" }, back, where, on);
  return {
    element,
    show({ page, pages }) {
      shown = page;
      element.hidden = pages === 1;
      where.textContent = `Page ${page} of ${pages}`;
      back.disabled = page === 1;
      on.disabled = page === pages;
    },
  };
}
