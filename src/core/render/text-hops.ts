/** What happened between the places of a connection, and whose clock is off, in the text report. */
import type { Report, ReportConnection } from "../report/report.ts";
import { formatCount, plural, type TextLayout } from "./text-layout.ts";
import { durationText, idList, type TextNames } from "./text-names.ts";

type Hop = NonNullable<ReportConnection["hops"]>[number];

/** "n1/eth0 → n2/eth0 210 µs out, 190 µs back; lost 2 of 11 records out", one for each hop that tells anything. */
export function hopLines({ hops = [], observations }: ReportConnection): readonly string[] {
  const plain = observations.filter(({ encapsulation }) => encapsulation === undefined);
  const recordsAt = (place: string) =>
    plain.find(({ vantagePoint }) => vantagePoint === place)?.records;
  return hops.flatMap((hop) => {
    const told = [
      delayText(hop),
      lossText(hop, recordsAt(hop.from)?.orig, recordsAt(hop.to)?.resp),
    ].filter((text) => text !== "");
    return told.length === 0 ? [] : [`${hop.from} → ${hop.to} ${told.join("; ")}`];
  });
}

function delayText({ delaySeconds, uncertaintySeconds }: Hop): string {
  const { orig, resp } = delaySeconds ?? {};
  const ways = [
    ...(orig === undefined ? [] : [`${signedDuration(orig)} out`]),
    ...(resp === undefined ? [] : [`${signedDuration(resp)} back`]),
  ];
  if (ways.length === 0) return "";
  const doubt = uncertaintySeconds === undefined ? "" : ` ±${durationText(uncertaintySeconds)}`;
  return `${ways.join(", ")}${doubt}`;
}

/** @param sentOrig, sentResp what the place nearer to the sender saw, in records */
function lossText(
  { lost }: Hop,
  sentOrig: number | undefined,
  sentResp: number | undefined,
): string {
  if (lost === undefined) return "";
  const way = (count: number, sent: number | undefined, word: string): string[] => {
    if (count === 0) return [];
    if (lost.unit === "payload-bytes") return [`${plural(count, "payload byte")} ${word}`];
    const of = sent === undefined ? "" : ` of ${formatCount(sent)}`;
    return [`${formatCount(count)}${of} ${word}`];
  };
  const ways = [...way(lost.orig, sentOrig, "out"), ...way(lost.resp, sentResp, "back")];
  return ways.length === 0 ? "" : `lost ${ways.join(", ")}`;
}

/** Within the clocks' uncertainty a delay may come out below zero. */
function signedDuration(seconds: number): string {
  return seconds < 0 ? `-${durationText(-seconds)}` : durationText(seconds);
}

/** "n2.eth0.pcap is 12 ms ahead of n1.eth0.pcap (±0.10 ms)"; captures of one clock together, none whose clock may be right. */
export function clockText(
  { captures }: Report,
  layout: TextLayout,
  names: TextNames,
): readonly string[] {
  const groups = new Map<string, string[]>();
  for (const { id, clockOffset } of captures) {
    if (clockOffset === undefined) continue;
    const { reference, seconds, uncertaintySeconds } = clockOffset;
    if (Math.abs(seconds) <= uncertaintySeconds) continue;
    const way = seconds > 0 ? "ahead of" : "behind";
    const how =
      `${durationText(Math.abs(seconds))} ${way} ${names.capture(reference)} ` +
      `(±${durationText(uncertaintySeconds)})`;
    const list = groups.get(how);
    if (list === undefined) groups.set(how, [names.capture(id)]);
    else list.push(names.capture(id));
  }
  return [...groups].map(
    ([how, files]) => `${idList(layout, files, 3)} ${files.length === 1 ? "is" : "are"} ${how}`,
  );
}
