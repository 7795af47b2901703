/** What could not be told for sure, what would tell it, and the commands for that; what the snapshot lacks. */
import { commandsFor, namesInWords } from "../../doctor/capture-commands.ts";
import { survey } from "../../doctor/survey.ts";
import type { Decision } from "../../report/open-verdicts.ts";
import { plural } from "../text-layout.ts";
import { connectionLinks, listed, moreOf, section, toCopy } from "./fragments.ts";
import { close, element, LINE, type Markup, NOTHING, open, text } from "./markup.ts";
import type { PageView } from "./page-view.ts";

/** Connections named of each question. */
const FIRST = 5;

export function gapsSection(view: PageView): Iterable<Markup> {
  return section("gaps", "What is open, and what to capture next", body(view));
}

function* body(view: PageView): Generator<Markup, void, undefined> {
  const { report, digest } = view;
  const { missing } = report.snapshot;
  if (digest.open.decisions.length + missing.length === 0) {
    yield element("p", { class: "empty" }, text("Nothing: every path is proven."));
    return;
  }
  if (digest.open.decisions.length > 0) yield* questions(view);
  if (missing.length === 0) return;
  yield element("h3", {}, text("Missing from the snapshot"));
  yield open("ul");
  yield* listed(missing, (gap) => element("li", {}, text(view.names.short(gap)), LINE));
  yield close("ul");
  yield moreOf(missing.length);
}

function* questions(view: PageView): Generator<Markup, void, undefined> {
  const { report, digest } = view;
  // Names of the connections that the page shows: those that are open are among the first of them.
  const names = namesInWords(report, survey({ ...report, connections: digest.rows }, []));
  const ask = ({ decides, connections }: Decision): Markup => {
    const commands = commandsFor(decides, names).map(({ where, command }) =>
      element(
        "div",
        { class: "filter" },
        element("p", {}, text(view.names.short(where))),
        toCopy(command),
      ),
    );
    return element(
      "li",
      {},
      element("p", {}, text(view.names.short(decides))),
      element(
        "p",
        { class: "in" },
        text(`would settle ${plural(connections.length, "connection")}: `),
        connectionLinks(view, connections, FIRST),
      ),
      ...commands,
      LINE,
    );
  };
  yield open("ol", { class: "questions" });
  yield* listed(digest.open.decisions, ask);
  yield close("ol");
  yield digest.open.decisions.length === 0 ? NOTHING : moreOf(digest.open.decisions.length);
}
