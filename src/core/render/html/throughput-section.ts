/** Bytes over time of large connections, in total by pair of workloads. */
import { type ThroughputPair, throughputCells } from "../text-throughput.ts";
import { className, listed, moreOf, section } from "./fragments.ts";
import { close, element, join, LINE, type Markup, open, text } from "./markup.ts";
import type { PageView } from "./page-view.ts";
import { tableHead } from "./table-head.ts";

export function throughputSection(
  view: PageView,
  pairs: readonly ThroughputPair[],
): Iterable<Markup> {
  return section("throughput", "Throughput of connections of 1 MB and more", body(view, pairs));
}

function* body(
  { names }: PageView,
  pairs: readonly ThroughputPair[],
): Generator<Markup, void, undefined> {
  const number = (title: string) => ({ title, number: true });
  yield open("div", { class: "frame", role: "region", tabindex: 0, "aria-label": "Throughput" });
  yield open("table");
  yield tableHead([
    { title: "From → to" },
    { title: "Path" },
    ...["Connections", "Out", "Back", "Time", "Rate", "Sent again"].map(number),
  ]);
  yield open("tbody");
  yield* listed(pairs, (pair) =>
    join([
      element(
        "tr",
        {},
        element("th", { scope: "row" }, text(names.short(pair.name))),
        element("td", {}, className(pair.class)),
        ...throughputCells(pair).map((cell) => element("td", { class: "n" }, text(cell))),
      ),
      LINE,
    ]),
  );
  yield close("tbody");
  yield close("table");
  yield close("div");
  yield moreOf(pairs.length);
}
