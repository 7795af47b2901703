/** What the filter understands and what the keys do; single keys can be switched off (WCAG 2.2, 2.1.4). */
import { FILTER_FIELDS } from "./filter-query.ts";
import { button, make } from "./make.ts";
import { SHORTCUTS } from "./shortcuts.ts";

export interface HelpDialog {
  readonly element: HTMLDialogElement;
  /** Whether single keys act. */
  readonly keysAreOn: () => boolean;
}

export function helpDialog(): HelpDialog {
  const keys = make("input", { type: "checkbox", id: "keys-on" });
  keys.checked = true;
  const element = make(
    "dialog",
    { class: "help", "aria-labelledby": "help-title" },
    make("h2", { id: "help-title" }, "Filter and keys"),
    make(
      "p",
      {},
      "The fields are the command line's filter flags. A field given twice means either, different fields mean all of them, a minus leaves out. Other words are looked for everywhere.",
    ),
    make("p", {}, make("code", {}, 'pod:default/web -port:53 finding:error "no answer"')),
    list(
      Object.entries(FILTER_FIELDS).map(([field, means]) => [make("code", {}, `${field}:`), means]),
    ),
    make("h2", {}, "Keys"),
    list(SHORTCUTS.map(({ key, does }) => [make("kbd", {}, key), does])),
    make("p", {}, keys, " ", make("label", { for: "keys-on" }, "Single keys act")),
    button("Close", () => element.close(), { class: "plain" }),
  );
  return { element, keysAreOn: () => keys.checked };
}

function list(entries: readonly (readonly [Node, string])[]): HTMLElement {
  return make(
    "dl",
    { class: "pairs" },
    ...entries.flatMap(([term, means]) => [make("dt", {}, term), make("dd", {}, means)]),
  );
}
