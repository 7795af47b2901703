/** Findings, worst first: what, the packets that show it, what that proves and does not prove, what to do. */
import { frameFilters } from "../../explain/frame-filter.ts";
import { MAX_PAGE_FINDING_CHARACTERS, MAX_PAGE_NAMED_FINDINGS } from "../../limits.ts";
import type { ReportFinding } from "../../report/report.ts";
import { fold, formatCount, plural } from "../text-layout.ts";
import { connectionLinks, section, sentence, toCopy } from "./fragments.ts";
import { close, element, join, LINE, type Markup, NOTHING, open, text } from "./markup.ts";
import type { PageView } from "./page-view.ts";

/** Of one finding. A report in JSON has them all. */
const EVIDENCE = 6;
const CONNECTIONS = 20;
const FRAMES = 40;
/** Of a finding that is only named. */
const LONGEST_TITLE = 120;
/** Open from the start: as many as a person reads one after the other. */
const OPEN_AT_FIRST = 10;

export function findingsSection(view: PageView): Iterable<Markup> {
  return section("findings", "Findings", body(view));
}

function* body(view: PageView): Generator<Markup, void, undefined> {
  const { findings } = view.report;
  if (findings.length === 0)
    yield element("p", { class: "empty" }, text("Nothing was found that should not be there."));
  let written = 0;
  let number = 0;
  for (const finding of findings) {
    const shown = join([...one(view, finding, number + 1)]);
    written += shown.length;
    if (written > MAX_PAGE_FINDING_CHARACTERS) break;
    number += 1;
    yield shown;
  }
  if (number < findings.length) yield* left(findings, number);
}

/** Findings that no longer fit are named, so that a link to one leads there. */
function* left(
  findings: readonly ReportFinding[],
  from: number,
): Generator<Markup, void, undefined> {
  const many = plural(findings.length - from, "more finding");
  yield element(
    "p",
    { class: "more" },
    text(`${many} would make this file too large; -o json tells all of them:`),
  );
  yield open("ul");
  for (const { id, level, rule, title, connections } of findings.slice(
    from,
    MAX_PAGE_NAMED_FINDINGS,
  )) {
    const what = ` ${id} ${rule}: ${title.slice(0, LONGEST_TITLE)} (${plural(connections.length, "connection")})`;
    yield element(
      "li",
      { id, class: `level-${level}` },
      element("span", { class: "level" }, text(level)),
      text(what),
    );
    yield LINE;
  }
  yield close("ul");
  const unnamed = findings.length - MAX_PAGE_NAMED_FINDINGS;
  if (unnamed > 0) yield element("p", { class: "more" }, text(`… ${formatCount(unnamed)} more`));
}

function* one(
  view: PageView,
  finding: ReportFinding,
  number: number,
): Generator<Markup, void, undefined> {
  const { id, level, rule, title, message, proves, doesNotProve, advice, evidence } = finding;
  yield open("details", {
    id,
    class: `finding level-${level}`,
    open: number <= OPEN_AT_FIRST,
  });
  yield element(
    "summary",
    {},
    element("span", { class: "number" }, text(formatCount(number))),
    text(" "),
    element("span", { class: "level" }, text(level)),
    text(" "),
    element("h3", {}, text(title)),
    text(" "),
    element("code", { class: "rule" }, text(`${id} ${rule}`)),
  );
  yield open("div", { class: "told" });
  yield element("p", { class: "message" }, text(view.names.short(message)));
  yield connectionsOf(view, finding);
  yield open("dl", { class: "pairs" });
  yield pair("What to do", text(advice), advice);
  yield pair("Proves", text(proves), proves);
  yield pair("Does not prove", text(doesNotProve), doesNotProve);
  if (evidence.length > 0) yield pair("Shown by", evidenceList(view, finding), "evidence");
  const filters = frameFilters(view.report, evidence, FRAMES);
  if (filters.length > 0) {
    yield pair("See the packets", join(filters.map((filter) => packets(view, filter))), "packets");
  }
  yield close("dl");
  yield close("div");
  yield close("details");
  yield LINE;
}

/** Nothing for a text that is empty. */
function pair(term: string, description: Markup, present: string): Markup {
  if (present === "") return NOTHING;
  return join([element("dt", {}, text(term)), element("dd", {}, description), LINE]);
}

function evidenceList(view: PageView, { evidence }: ReportFinding): Markup {
  const { shown, hidden } = fold(view.layout, evidence, EVIDENCE);
  const items = shown.map((entry) => element("li", {}, sentence(view, entry)));
  const more =
    hidden === 0
      ? []
      : [element("li", { class: "more" }, text(`… ${plural(hidden, "more statement")}`))];
  return element("ul", {}, ...items, ...more);
}

function packets(view: PageView, filter: ReturnType<typeof frameFilters>[number]): Markup {
  const { capture, displayFilter, tshark, note } = filter;
  return element(
    "div",
    { class: "filter" },
    element("p", {}, text(`${view.names.capture(capture)}, display filter:`)),
    toCopy(displayFilter),
    toCopy(tshark),
    note === undefined ? NOTHING : element("p", { class: "note" }, text(note)),
  );
}

function connectionsOf(view: PageView, { id, connections }: ReportFinding): Markup {
  if (connections.length === 0) return NOTHING;
  return element(
    "p",
    { class: "in" },
    element(
      "a",
      { href: "#connections", "data-filter": `finding:${id}` },
      text(plural(connections.length, "connection")),
    ),
    text(": "),
    connectionLinks(view, connections, CONNECTIONS),
  );
}
