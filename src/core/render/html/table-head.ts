/** Column titles. */
import { element, type Markup, text } from "./markup.ts";

export interface HeadCell {
  readonly title: string;
  /** Right-aligned. */
  readonly number?: boolean;
  /** What the page's script sorts the table by when the title is pressed. */
  readonly sort?: string;
}

export function tableHead(cells: readonly HeadCell[]): Markup {
  const titles = cells.map(({ title, number, sort }) =>
    element(
      "th",
      {
        scope: "col",
        ...(number === true ? { class: "n" } : {}),
        ...(sort === undefined ? {} : { "data-sort": sort }),
      },
      text(title),
    ),
  );
  return element("thead", {}, element("tr", {}, ...titles));
}
