/** What is known of each connection, in the order of the table, as far as it fits. */
import { plural } from "../text-layout.ts";
import { section } from "./fragments.ts";
import { element, LINE, type Markup, text } from "./markup.ts";
import type { PageView } from "./page-view.ts";

export function detailsSection(view: PageView): Iterable<Markup> {
  return section("details", "Connections one by one", body(view));
}

function* body({ planned }: PageView): Generator<Markup, void, undefined> {
  for (const detail of planned.details) {
    yield detail;
    yield LINE;
  }
  const left = planned.rows.length - planned.details.length;
  if (left === 0) return;
  yield element(
    "p",
    { class: "more" },
    text(
      `${plural(left, "further connection")} of the table would make this file too large: podpath explain CONNECTION, with the same inputs, tells each of them.`,
    ),
  );
}
