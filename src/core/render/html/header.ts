/** The top of the page: the verdict as its title, what was read, and where everything is. */
import { clockText } from "../text-hops.ts";
import { formatCount, plural } from "../text-layout.ts";
import { readText, snapshotText, verdictWords } from "../text-summary.ts";
import { close, element, join, LINE, type Markup, open, text } from "./markup.ts";
import type { PageView } from "./page-view.ts";

/** "2 errors; 6 of 6 paths proven": what was found comes first, so that it is read in a tab among others as well. */
function verdict({ report, digest }: PageView): string {
  const { paths, found } = verdictWords(report, digest.open.connections);
  return `${found.charAt(0).toUpperCase()}${found.slice(1)}; ${paths}`;
}

export function pageTitle(view: PageView): string {
  const { cluster } = view.report.snapshot;
  return `${verdict(view)}${cluster === undefined ? "" : `; ${cluster}`}; podpath`;
}

const CLOCKS = 2;

export interface SectionLink {
  readonly id: string;
  readonly title: string;
  /** null: not a list. */
  readonly count: number | null;
}

export function* pageHeader(
  view: PageView,
  sections: readonly SectionLink[],
): Generator<Markup, void, undefined> {
  const { report } = view;
  yield element("a", { class: "skip", href: "#findings" }, text("Skip to the findings"));
  yield LINE;
  yield open("header", { class: `level-${levelOf(view)}` });
  yield element("p", { class: "brand" }, text("podpath report"));
  yield element("h1", {}, text(verdict(view)));
  yield open("dl", { class: "facts" });
  yield fact("Read", readText(report));
  yield fact("Snapshot", snapshotText(report));
  yield* clocks(view);
  if (report.filter !== undefined) {
    const { expression, shown, of } = report.filter;
    yield fact("Filter", `${formatCount(shown)} of ${plural(of, "connection")}: ${expression}`);
  }
  yield close("dl");
  yield close("header");
  yield LINE;
  yield sectionLinks(sections);
}

/** Two at most: what was found must not be pushed out of sight. The inputs have all. */
function* clocks({ report, layout, names }: PageView): Generator<Markup, void, undefined> {
  const all = clockText(report, layout, names);
  for (const clock of all.slice(0, CLOCKS)) yield fact("Clocks", clock);
  const more = all.length - CLOCKS;
  if (more > 0) yield fact("", `… ${plural(more, "more clock")} told with the inputs`);
}

/** "good" only where nothing was found and nothing is open. */
function levelOf({ report, digest }: PageView): string {
  const { error = 0, warning = 0 } = report.summary.findings;
  if (error > 0) return "error";
  if (warning > 0) return "warning";
  return report.connections.length > 0 && digest.open.connections === 0 ? "good" : "note";
}

function fact(term: string, description: string): Markup {
  return join([element("dt", {}, text(term)), element("dd", {}, text(description))]);
}

function sectionLinks(sections: readonly SectionLink[]): Markup {
  const items = sections.map(({ id, title, count }) =>
    element(
      "li",
      {},
      element(
        "a",
        { href: `#${id}` },
        text(title),
        ...(count === null
          ? []
          : [text(" "), element("span", { class: "count" }, text(formatCount(count)))]),
      ),
    ),
  );
  return join([element("nav", { "aria-label": "Sections" }, element("ul", {}, ...items)), LINE]);
}
