/** How connections spread over the targets of each load balancer and service, in the text report. */
import { showEndpoint } from "../report/build-connection.ts";
import type { Report, ReportSpread } from "../report/report.ts";
import { renderTable } from "./table.ts";
import {
  fold,
  formatBytes,
  formatCount,
  heading,
  labelled,
  moreRemark,
  plural,
  type TextLayout,
} from "./text-layout.ts";
import { foldedList, type TextNames } from "./text-names.ts";

const SPREADS = 6;
const TARGETS = 8;
const UNREACHED = 4;
const LABEL_WIDTH = 15;

export function* renderSpread(
  { distribution, filter }: Report,
  layout: TextLayout,
  names: TextNames,
): Generator<string, void, undefined> {
  if (distribution === undefined) return;
  yield* heading(
    layout,
    `SPREAD OVER TARGETS${filter === undefined ? "" : " (of all connections)"}`,
  );
  const { shown, hidden } = fold(layout, distribution, SPREADS);
  for (const spread of shown) yield* renderOne(spread, layout, names);
  if (hidden > 0) yield* line(layout, "", moreRemark(hidden));
}

function* renderOne(
  spread: ReportSpread,
  layout: TextLayout,
  names: TextNames,
): Generator<string, void, undefined> {
  const { kind, name, unresolved = 0 } = spread;
  const what = kind === "service" ? "service" : "load balancer";
  yield* labelled(layout, {
    label: "",
    text: `${what} ${name}`,
    indent: 0,
    labelWidth: 2,
    paintText: layout.style.strong,
  });
  const { shown, hidden } = fold(layout, spread.targets, TARGETS);
  if (shown.length > 0) yield* renderTargets({ ...spread, targets: [...shown] }, layout, names);
  if (hidden > 0) yield* line(layout, "", moreRemark(hidden));
  if (unresolved > 0) {
    yield* line(
      layout,
      "not told",
      `${plural(unresolved, "connection")}: no packet shows the target`,
    );
  }
  const unreached = (watched: boolean): string =>
    foldedList(
      layout,
      spread.neverReached.filter((one) => one.watched === watched).map(unreachedText),
      UNREACHED,
    ).join(", ");
  const [never, unknown] = [unreached(true), unreached(false)];
  if (never !== "") yield* line(layout, "never reached", names.short(never));
  if (unknown !== "") yield* line(layout, "not captured", names.short(unknown));
}

function line(layout: TextLayout, label: string, text: string): Iterable<string> {
  return labelled(layout, { label, text, indent: 4, labelWidth: LABEL_WIDTH });
}

/** Checks have a column only where there were any. */
function* renderTargets(
  { targets }: ReportSpread,
  layout: TextLayout,
  names: TextNames,
): Generator<string, void, undefined> {
  const hasChecks = targets.some(({ healthChecks }) => healthChecks > 0);
  const number = (title: string) => ({ title, align: "right" as const });
  yield* renderTable(
    layout,
    [
      // The table begins at the margin; its numbers stand under the name.
      number("   conns"),
      ...(hasChecks ? [number("checks")] : []),
      number("packets"),
      number("bytes"),
      { title: "target", align: "left" },
    ],
    targets.map(({ address, port, name, node, connections, healthChecks, packets, bytes }) => ({
      cells: [
        formatCount(connections),
        ...(hasChecks ? [formatCount(healthChecks)] : []),
        formatCount(packets),
        formatBytes(bytes),
        names.short(
          `${showEndpoint({ address, port })}${name === undefined ? "" : ` ${name}`}` +
            `${node === undefined || node === name ? "" : ` on ${node}`}`,
        ),
      ],
    })),
  );
}

function unreachedText(target: ReportSpread["neverReached"][number]): string {
  const { address, port, instanceId, name, state } = target;
  const end = showEndpoint({ address: address ?? instanceId ?? "", port });
  return [
    end,
    ...(name === undefined ? [] : [name]),
    ...(state === undefined ? [] : [`(${state})`]),
  ].join(" ");
}
