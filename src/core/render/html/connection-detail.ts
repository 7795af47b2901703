/** One connection: its ends, each hop with the tuple it had there, each rewrite with its rule, the evidence, and the filters that show each leg. */
import type {
  ExplainedConnection,
  LegFilter,
  PathStep,
  Sentence,
} from "../../explain/explanation.ts";
import { pathClassTitle } from "../../report/path-class-title.ts";
import type { ReportConnection } from "../../report/report.ts";
import { formatCount } from "../text-layout.ts";
import { rateCurve, rateText } from "../text-throughput.ts";
import { className, findingLink, sentence, toCopy } from "./fragments.ts";
import { element, join, LINE, type Markup, NOTHING, picture, text } from "./markup.ts";
import { frame } from "./pictures-section.ts";
import type { ReportView } from "./report-view.ts";

/** What every connection of a class has in common stands once, with the class. */
const SAID_WITH_THE_CLASS = /^(?:It proves|It does not prove|To confirm by hand): /;

/** Of each list; explain tells all. A connection may have been seen at a hundred places. */
const MOST = { findings: 20, steps: 60, sentences: 30, filters: 12 } as const;

export function connectionDetail(
  view: ReportView,
  connection: ReportConnection,
  told: ExplainedConnection,
): Markup {
  const { id, title, confidence, ends, verdict, proof, open, findings, filters } = told;
  // The first sentence of the verdict is the line under the title.
  const doubts = [...verdict.slice(1), ...open].filter(
    ({ statement }) => !SAID_WITH_THE_CLASS.test(statement),
  );
  const rate = rateText(connection);
  return element(
    "article",
    { id, class: "connection", tabindex: -1, "aria-labelledby": `${id}-title` },
    element(
      "h3",
      { id: `${id}-title` },
      text(`${id} `),
      element("span", { class: "tuple" }, text(title)),
    ),
    element(
      "p",
      { class: "verdict" },
      className(told.class),
      text(` ${pathClassTitle(told.class)}, ${confidence}`),
    ),
    element("p", { class: "line" }, element("code", {}, text(view.names.short(told.line)))),
    findings.length === 0 ? NOTHING : findingList(view, told),
    ...view.pictures
      .filter((one) => one.connection === id)
      .map(({ title: drawn, svg }) =>
        element("figure", {}, frame(`${drawn} of ${id}`, picture(svg))),
      ),
    told.path.length === 0 ? NOTHING : block("Path", pathList(view, told.path)),
    block("Ends", sentences(view, ends)),
    rate === "" ? NOTHING : block("Throughput", text(`${rate}; ${rateCurve(connection)}`)),
    doubts.length === 0 ? NOTHING : block("Verdict", sentences(view, doubts)),
    proof.length === 0 ? NOTHING : block("Shown by", sentences(view, proof)),
    filters.length === 0 ? NOTHING : block("See the packets", legFilters(view, told)),
  );
}

function block(title: string, body: Markup): Markup {
  return element(
    "div",
    { class: "block" },
    element("p", { class: "label" }, text(title)),
    element("div", {}, body),
    LINE,
  );
}

function sentences(view: ReportView, list: readonly Sentence[]): Markup {
  const items = list
    .slice(0, MOST.sentences)
    .map((one) => element("li", {}, sentence(view, one), LINE));
  return element("ul", {}, ...items, moreItems(list.length - items.length));
}

function moreItems(count: number): Markup {
  return count > 0
    ? element(
        "li",
        { class: "more" },
        text(`… ${formatCount(count)} more, which podpath explain tells`),
      )
    : NOTHING;
}

function findingList(view: ReportView, { findings }: ExplainedConnection): Markup {
  const items = findings
    .slice(0, MOST.findings)
    .map(({ id, level, rule, message }) =>
      element(
        "li",
        { class: `level-${level}` },
        findingLink(view, id, level),
        text(" "),
        element("span", { class: "level" }, text(level)),
        text(` ${rule}: ${view.names.short(message)}`),
      ),
    );
  return block("Found", element("ul", {}, ...items, moreItems(findings.length - items.length)));
}

/** Sightings are numbered; a rewrite stands between the sightings that show its two sides. */
function pathList(view: ReportView, path: readonly PathStep[]): Markup {
  const steps = path
    .slice(0, MOST.steps)
    .map(({ kind, sentence: said, details }) =>
      element(
        "li",
        { class: kind },
        element("p", {}, sentence(view, said)),
        details.length === 0 ? NOTHING : sentences(view, details),
        LINE,
      ),
    );
  return element("ol", { class: "path" }, ...steps, moreItems(path.length - steps.length));
}

function legFilters(view: ReportView, { filters }: ExplainedConnection): Markup {
  const shown = filters.slice(0, MOST.filters).map((filter) => legFilter(view, filter));
  const more = moreItems(filters.length - shown.length);
  return join([...shown, more === NOTHING ? NOTHING : element("ul", {}, more)]);
}

function legFilter({ names }: ReportView, filter: LegFilter): Markup {
  const { leg, capture, vantagePoints, displayFilter, tshark, note } = filter;
  const places = vantagePoints.map(names.place).map(names.short).join(", ");
  return element(
    "div",
    { class: "filter" },
    element("p", {}, text(`${leg} in ${names.capture(capture)}, at ${places}:`)),
    toCopy(displayFilter),
    toCopy(tshark),
    note === undefined ? NOTHING : element("p", { class: "note" }, text(note)),
  );
}
