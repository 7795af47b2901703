/** A line for each path class: how many connections took it, and what the class says. */
import { pathClassMeaning } from "../../report/path-class-meaning.ts";
import { comparePathClasses, pathClassTitle } from "../../report/path-class-title.ts";
import { formatBytes, formatCount } from "../text-layout.ts";
import { className, section } from "./fragments.ts";
import { close, element, join, LINE, type Markup, NOTHING, open, text } from "./markup.ts";
import type { PageView } from "./page-view.ts";
import { tableHead } from "./table-head.ts";

export function classesSection(view: PageView): Iterable<Markup> {
  return section("paths", "Paths", body(view));
}

function* body({ report, digest }: PageView): Generator<Markup, void, undefined> {
  const classes = Object.entries(report.summary.classes).sort(([a], [b]) =>
    comparePathClasses(a, b),
  );
  if (classes.length === 0) {
    yield element("p", { class: "empty" }, text("No connection was seen."));
    return;
  }
  yield open("div", {
    class: "frame",
    role: "region",
    tabindex: 0,
    "aria-label": "Table of path classes",
  });
  yield open("table", { class: "classes" });
  yield tableHead([
    { title: "Path class" },
    { title: "Connections", number: true },
    { title: "Proven", number: true },
    { title: "Records", number: true },
    { title: "Bytes", number: true },
    { title: "What it is" },
  ]);
  yield open("tbody");
  for (const [id, { connections, records, bytes }] of classes) {
    const number = (value: string): Markup => element("td", { class: "n" }, text(value));
    yield element(
      "tr",
      {},
      element(
        "th",
        { scope: "row" },
        element("a", { href: "#connections", "data-filter": `class:${id}` }, className(id)),
      ),
      number(formatCount(connections)),
      number(formatCount(digest.provenByClass.get(id) ?? 0)),
      number(formatCount(records)),
      number(formatBytes(bytes)),
      element("td", {}, meaning(id)),
    );
    yield LINE;
  }
  yield close("tbody");
  yield close("table");
  yield close("div");
}

/** What the class proves is said here once, not with every connection. */
function meaning(id: string): Markup {
  const known = pathClassMeaning(id);
  const title = text(pathClassTitle(id));
  if (known === null) return title;
  const say = (term: string, description: string): Markup =>
    join([element("dt", {}, text(term)), element("dd", {}, text(description))]);
  return element(
    "details",
    { class: "meaning" },
    element("summary", {}, title),
    element(
      "dl",
      { class: "pairs" },
      say("Proves", known.proves),
      say("Does not prove", known.doesNotProve),
      known.confirm === "" ? NOTHING : say("Confirm by hand", known.confirm),
    ),
  );
}
