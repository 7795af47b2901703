/** The words of the time line. */
import { pathClassTitle } from "../../report/path-class-title.ts";
import { byteText, count, grouped, secondsText, shortNumber, spanText } from "../quantity-text.ts";
import { fitText, textWidth } from "../text-width.ts";
import { bounded, ownText, type SafeText, safeLines, xmlSafe } from "../xml-safe.ts";
import type { TimelineBar, TimelineClass, TimelineModel } from "./timeline-model.ts";
import type { Throughput } from "./timeline-throughput.ts";

export const TIMELINE_TITLE = ownText("Connections over time");

export function timelineSummary(model: TimelineModel): SafeText {
  const { start, end, connections, bars, seconds } = model;
  const shown =
    bars.length === connections
      ? count(connections, "connection")
      : `${bars.length} of ${count(connections, "connection")} with a bar of their own`;
  const when = start === null || end === null ? [] : [spanText(start, end), secondsText(seconds)];
  return xmlSafe([shown, ...when].join(" · "));
}

export function classRowText({ id, connections, atOnce }: TimelineClass): {
  readonly name: SafeText;
  readonly detail: SafeText;
  readonly tooltip: SafeText;
} {
  return {
    name: xmlSafe(id),
    detail: xmlSafe(`${count(connections, "connection")}, ${grouped(atOnce)} at once`),
    tooltip: bounded(xmlSafe(`${id}: ${pathClassTitle(id)}`)),
  };
}

/** Both ends keep what tells them from their siblings: the end of the name. */
export function barName(
  { id, orig, resp }: TimelineBar,
  letter: string,
  room: number,
  size: number,
): SafeText {
  const head = `${letter} ${id} `;
  const left = room - textWidth(`${head} → `, size);
  const [from, to] = [withoutNamespace(orig), withoutNamespace(resp)].map((name) => xmlSafe(name));
  const widths = [from, to].map((name) => textWidth(name ?? "", size));
  const spare = Math.max(left / 2, left - Math.min(...widths));
  const ends = [from, to].map((name) => fitText(name ?? "", spare, size));
  return xmlSafe(`${head}${ends.join(" → ")}`);
}

function withoutNamespace(name: string): string {
  return name.slice(name.indexOf("/") + 1);
}

export function barTooltip(bar: TimelineBar): SafeText {
  const { id, orig, resp, findings } = bar;
  return safeLines([
    `${id}: ${orig} → ${resp}`,
    `${bar.class}, ${byteText(bar.bytes)}, from ${secondsText(bar.from)} to ${secondsText(bar.to)}`,
    findings.length === 0 ? "" : `finding ${findings.join(", ")}`,
  ]);
}

function rateText(bytesPerSecond: number): string {
  return `${shortNumber(Math.round(bytesPerSecond)).replace(/(?=[kMGT]?$)/, " ")}B/s`;
}

export function throughputDetail({ connections, share, most }: Throughput): SafeText {
  const of = share > 0.995 ? "all bytes" : `${Math.floor(share * 100)} % of all bytes`;
  return xmlSafe(`up to ${rateText(most)}; ${count(connections, "connection")}, ${of}`);
}

export function timelineNotes(model: TimelineModel): SafeText[] {
  const sentences = [
    "Times as captured, counted from the first packet. An area shows how many connections of a class were open at once, each area to its own scale.",
  ];
  if (model.throughput !== null) {
    sentences.push("Throughput is known of connections of 1 MB and more only.");
  }
  if (model.bars.length < model.connections) {
    sentences.push(
      "Bars: connections with errors and warnings first, then those with the most bytes; all others are in the areas.",
    );
  }
  if (model.findings.some(({ at }) => at !== null)) {
    sentences.push("A number above the plot stands at the start of a finding's first connection.");
  }
  return sentences.map(ownText);
}

export function timelineDescription(model: TimelineModel): SafeText {
  const classes = model.classes.map((one) => `${one.id}: ${classRowText(one).detail}`);
  const found = model.findings.flatMap(({ number, rule, at }) =>
    at === null ? [] : [`${number} ${rule} at ${secondsText(at)}`],
  );
  return safeLines([
    timelineSummary(model),
    `${classes.join("; ")}.`,
    found.length === 0 ? "" : `Findings: ${found.join("; ")}.`,
  ]);
}
