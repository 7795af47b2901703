/** Small pieces that several sections of the page use. */
import { classStyle } from "../../diagram/palette.ts";
import { MAX_PAGE_LIST, MAX_PAGE_NAMED_FINDINGS } from "../../limits.ts";
import type { ReportEvidence } from "../../report/report.ts";
import type { Sequence } from "../../sequence.ts";
import { formatCount } from "../text-layout.ts";
import { citation } from "../text-names.ts";
import { close, element, join, LINE, type Markup, NOTHING, open, text } from "./markup.ts";
import type { PageView } from "./page-view.ts";
import type { ReportView } from "./report-view.ts";

export function* section(
  id: string,
  title: string,
  body: Iterable<Markup>,
): Generator<Markup, void, undefined> {
  yield open("section", { id, "aria-labelledby": `${id}-title` });
  yield element("h2", { id: `${id}-title` }, text(title));
  yield* body;
  yield close("section");
  yield LINE;
}

/** The letter and colour that the map gives a path class, and its id. */
export function className(id: string): Markup {
  const { letter, colour } = classStyle(id);
  return join([
    element("span", { class: `letter c-${colour}`, "aria-hidden": "true" }, text(letter)),
    element("span", { class: "class" }, text(id)),
  ]);
}

/** Links to the first of these connections, where the page has them; "and 12 more" for those that are too many. */
export function connectionLinks(
  { hasConnection }: PageView,
  ids: Sequence<string>,
  limit: number,
): Markup {
  const links: Markup[] = [];
  for (let i = 0; i < Math.min(limit, ids.length); i++) {
    const id = ids.at(i) ?? "";
    links.push(hasConnection(id) ? element("a", { href: `#${id}` }, text(id)) : text(id));
  }
  const more = ids.length - links.length;
  return join([
    join(links, text(", ")),
    more > 0 ? text(` and ${formatCount(more)} more`) : NOTHING,
  ]);
}

/** A link to a finding; the number alone where the page has no place for so many. */
export function findingLink(
  { digest }: ReportView,
  id: string,
  level: "error" | "warning" | "note",
): Markup {
  const position = digest.findingPositions.get(id) ?? MAX_PAGE_NAMED_FINDINGS;
  if (position >= MAX_PAGE_NAMED_FINDINGS) return text(id);
  return element("a", { href: `#${id}`, class: `level-${level}` }, text(id));
}

/** A sentence, and behind it where to look. */
export function sentence({ names, layout }: ReportView, evidence: ReportEvidence): Markup {
  const places = citation(layout, names, evidence);
  const said = text(names.short(evidence.statement));
  return places === ""
    ? said
    : join([said, text(" "), element("span", { class: "place" }, text(places))]);
}

/** A command or filter on a line of its own, there to be copied. */
export function toCopy(command: string): Markup {
  return element("pre", { "data-copy": "" }, element("code", {}, text(command)));
}

/** The first MAX_PAGE_LIST items, and a word on the others. */
export function* listed<T>(
  items: readonly T[],
  show: (item: T) => Markup,
): Generator<Markup, void, undefined> {
  for (const item of items.slice(0, MAX_PAGE_LIST)) yield show(item);
}

export function moreOf(count: number): Markup {
  const more = count - MAX_PAGE_LIST;
  return more > 0
    ? element("p", { class: "more" }, text(`… ${formatCount(more)} more, all of them in -o json`))
    : NOTHING;
}
