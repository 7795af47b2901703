/** How connections spread over the targets of each load balancer and service. */
import { showEndpoint } from "../../report/build-connection.ts";
import type { ReportSpread } from "../../report/report.ts";
import { formatBytes, formatCount, plural } from "../text-layout.ts";
import { listed, moreOf, section } from "./fragments.ts";
import { close, element, join, LINE, type Markup, NOTHING, open, text } from "./markup.ts";
import type { PageView } from "./page-view.ts";
import { tableHead } from "./table-head.ts";

export function spreadSection(view: PageView, spreads: readonly ReportSpread[]): Iterable<Markup> {
  return section("spread", "Spread over targets", body(view, spreads));
}

function* body(
  view: PageView,
  spreads: readonly ReportSpread[],
): Generator<Markup, void, undefined> {
  if (view.report.filter !== undefined)
    yield element("p", {}, text("Of all connections, whatever the filter shows."));
  yield* listed(spreads, (spread) => join([...one(view, spread)]));
  yield moreOf(spreads.length);
}

function* one(view: PageView, spread: ReportSpread): Generator<Markup, void, undefined> {
  const { kind, name, targets, unresolved = 0, neverReached } = spread;
  const title = `${kind === "service" ? "Service" : "Load balancer"} ${name}`;
  yield element("h3", {}, text(title));
  if (targets.length > 0) {
    yield open("div", { class: "frame", role: "region", tabindex: 0, "aria-label": title });
    yield open("table");
    yield tableHead([
      { title: "Target" },
      { title: "Connections", number: true },
      { title: "Health checks", number: true },
      { title: "Packets", number: true },
      { title: "Bytes", number: true },
    ]);
    yield open("tbody");
    yield* listed(targets, (target) => targetRow(view, target));
    yield close("tbody");
    yield close("table");
    yield close("div");
    yield moreOf(targets.length);
  }
  if (unresolved > 0)
    yield element(
      "p",
      {},
      text(`${plural(unresolved, "connection")}: no packet shows the target.`),
    );
  yield unreached(
    view,
    "Never reached: ",
    neverReached.filter(({ watched }) => watched),
  );
  yield unreached(
    view,
    "Not captured, so nobody can tell: ",
    neverReached.filter(({ watched }) => !watched),
  );
}

function targetRow({ names }: PageView, target: ReportSpread["targets"][number]): Markup {
  const { address, port, name, node, connections, healthChecks, packets, bytes } = target;
  const on = node === undefined || node === name ? "" : ` on ${node}`;
  const number = (value: string): Markup => element("td", { class: "n" }, text(value));
  return join([
    element(
      "tr",
      {},
      element(
        "th",
        { scope: "row" },
        text(showEndpoint({ address, port })),
        element("small", {}, text(names.short(`${name ?? ""}${on}`))),
      ),
      number(formatCount(connections)),
      number(formatCount(healthChecks)),
      number(formatCount(packets)),
      number(formatBytes(bytes)),
    ),
    LINE,
  ]);
}

function unreached(
  { names }: PageView,
  words: string,
  targets: ReportSpread["neverReached"],
): Markup {
  if (targets.length === 0) return NOTHING;
  const items = targets.map(({ address, port, instanceId, name, state }) =>
    [
      showEndpoint({ address: address ?? instanceId ?? "", port }),
      ...(name === undefined ? [] : [name]),
      ...(state === undefined ? [] : [`(${state})`]),
    ].join(" "),
  );
  return element("p", {}, text(names.short(words + items.join(", "))));
}
