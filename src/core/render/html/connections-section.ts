/** The table of connections, worst first. */
import { formatCount, plural } from "../text-layout.ts";
import { section } from "./fragments.ts";
import { close, element, jsonBlock, LINE, type Markup, open, text } from "./markup.ts";
import { packRows, ROW_FACTS_ID } from "./packed-rows.ts";
import type { PageView } from "./page-view.ts";
import { rowFacts } from "./row-facts.ts";
import { tableHead } from "./table-head.ts";

export function connectionsSection(view: PageView): Iterable<Markup> {
  return section("connections", "Connections", body(view));
}

function* body(view: PageView): Generator<Markup, void, undefined> {
  const { report, digest, planned } = view;
  if (digest.rows.length === 0) {
    yield element("p", { class: "empty" }, text("There is no connection to show."));
    return;
  }
  yield open("div", {
    class: "frame",
    role: "region",
    tabindex: 0,
    "aria-label": "Table of connections",
  });
  yield open("table", { id: "rows", class: "rows" });
  yield tableHead([
    { title: "Connection", sort: "time" },
    { title: "Path", sort: "class" },
    { title: "From → to", sort: "from" },
    { title: "Rewrites" },
    { title: "Data", number: true, sort: "bytes" },
    { title: "Seen at", sort: "places" },
    { title: "Findings", sort: "worst" },
  ]);
  yield open("tbody");
  for (const row of planned.rows) {
    yield row;
    yield LINE;
  }
  yield close("tbody");
  yield close("table");
  yield close("div");
  const { shown } = planned;
  if (shown.length < report.connections.length)
    yield notInFile(shown.length, report.connections.length);
  const facts = shown.map((one) => rowFacts(report, one, digest.findings));
  yield jsonBlock(ROW_FACTS_ID, packRows(facts));
}

function notInFile(shown: number, all: number): Markup {
  return element(
    "p",
    { class: "more", id: "not-in-file" },
    text(
      `${formatCount(shown)} of ${plural(all, "connection")} are in this file, those with the worst findings first. ` +
        "-o json and -o jsonl have all of them; a filter (--pod, --class, --ip …) makes a page of those it shows.",
    ),
  );
}
