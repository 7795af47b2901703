/** How the text report names things: parties, endpoints, packets, times. Unsafe characters are still in; text-layout.ts escapes. */
import { showEndpoint } from "../report/build-connection.ts";
import type { Report, ReportEvidence, ReportParty, ReportVantagePoint } from "../report/report.ts";
import type { Sequence } from "../sequence.ts";
import { fold, formatCount, KEEP_TOGETHER, type TextLayout } from "./text-layout.ts";

/** Names that depend on what else is in the report: as short as they can be without becoming ambiguous. */
export interface TextNames {
  /** File of a capture id. */
  capture(id: string): string;
  /** "ip-10-0-1-10/eth0", "pod default/web-0", or the vantage point's id where neither is known. */
  place(vantagePoint: string): string;
  /** Id of the capture that a vantage point is of. */
  captureOf(vantagePoint: string): string;
  /** A name or a sentence, without the folder that all captures and the domain that all nodes share. */
  short(text: string): string;
}

export function textNames(report: Report, { wide }: TextLayout): TextNames {
  const files = report.captures.map(({ file }) => file);
  const fileNames = shortNames(files);
  const captures = new Map(
    report.captures.map(({ id, file }) => [id, fileNames.get(file) ?? file]),
  );
  const places = new Map(report.vantagePoints.map((point) => [point.id, placeName(point)]));
  const captureIds = new Map(report.vantagePoints.map(({ id, capture }) => [id, capture]));
  const folder = commonFolder(files);
  const domain = commonDomain(report.vantagePoints.flatMap(({ node }) => node ?? []));
  return {
    capture: (id) => captures.get(id) ?? id,
    place: (id) => places.get(id) ?? id,
    captureOf: (id) => captureIds.get(id) ?? id,
    // Wide output is for grep and scripts: names stay as the report has them.
    short: (text) => (wide ? text : withoutDomain(withoutFolder(text, folder), domain)),
  };
}

/** A capture taken inside a pod may know no interface but a number. */
function placeName({ id, node, interface: name, pod }: ReportVantagePoint): string {
  const unnamed = name === undefined || /^\d+$/.test(name);
  if (unnamed && pod !== undefined) return `pod ${pod}`;
  return node === undefined || unnamed ? id : `${node}/${name}`;
}

/** ".ap-northeast-2.compute.internal" for nodes that all lie in it; "" when they do not. */
function commonDomain(nodes: readonly string[]): string {
  const domains = new Set(
    nodes.map((node) => (node.includes(".") ? node.slice(node.indexOf(".")) : "")),
  );
  const [domain = ""] = domains;
  return domains.size === 1 ? domain : "";
}

function withoutDomain(text: string, domain: string): string {
  return domain === "" ? text : text.replaceAll(domain, "");
}

/** The last part of each path, or the whole path where two captures share it. */
function shortNames(files: readonly string[]): ReadonlyMap<string, string> {
  const uses = new Map<string, Set<string>>();
  for (const file of files) {
    const name = lastPart(file);
    uses.set(name, (uses.get(name) ?? new Set()).add(file));
  }
  return new Map(
    files.map((file) => [file, (uses.get(lastPart(file))?.size ?? 0) > 1 ? file : lastPart(file)]),
  );
}

/** "lab/captures/" for files that all lie below it; "" when they share no folder. */
function commonFolder(files: readonly string[]): string {
  const [first = ""] = files;
  let length = first.lastIndexOf("/") + 1;
  while (length > 0 && !files.every((file) => file.startsWith(first.slice(0, length)))) {
    length = first.lastIndexOf("/", length - 2) + 1;
  }
  return first.slice(0, length);
}

/** Takes the folder away where a name begins with it, never out of the middle of another path. */
function withoutFolder(text: string, folder: string): string {
  if (folder === "") return text;
  return text
    .split(" ")
    .map((word) => (word.startsWith(folder) ? word.slice(folder.length) : word))
    .join(" ");
}

function lastPart(file: string): string {
  return file.slice(file.lastIndexOf("/") + 1) || file;
}

const KIND_WORDS: ReadonlyMap<string, string> = new Map([
  ["node", "node "],
  ["service", "service "],
  ["load-balancer", "load balancer "],
  ["control-plane", "control plane "],
  ["aws-interface", "AWS interface "],
  ["vpc", "VPC host "],
  ["peer", "peer "],
]);

/** "default/web-0:8080", "node ip-10-0-1-10:10250", "service default/web:80", "93.184.216.34:443 www.example.com". */
export function partyName(party: ReportParty): string {
  const word = KIND_WORDS.get(party.kind) ?? "";
  if (party.name === undefined) return `${word}${showEndpoint(party)}${dnsNameText(party)}`;
  const name = party.namespace === undefined ? party.name : `${party.namespace}/${party.name}`;
  return `${word}${name}${party.port === null ? "" : `:${party.port}`}`;
}

/** " www.example.com", " www.example.com +2" for three names, "" where DNS answers name none. */
function dnsNameText({ dnsNames: [first, ...others] = [] }: ReportParty): string {
  if (first === undefined) return "";
  return others.length === 0 ? ` ${first}` : ` ${[first, `+${others.length}`].join(KEEP_TOGETHER)}`;
}

/** "n1.eth0.pcap #12 #14, n2.eth0.pcap #3; pods.json:12" or "" when there is nothing to point at. */
export function citation(
  layout: TextLayout,
  names: TextNames,
  { packets, snapshot }: ReportEvidence,
): string {
  const byCapture = new Map<string, number[]>();
  for (const { capture, record } of packets) {
    const list = byCapture.get(capture);
    if (list === undefined) byCapture.set(capture, [record]);
    else list.push(record);
  }
  const shownPackets = [...byCapture].map(([capture, records]) => {
    const { shown, hidden } = fold(layout, records, 4);
    const rest = hidden === 0 ? "" : ` and ${formatCount(hidden)} more`;
    const numbers = shown.map((record) => `#${record}`).join(" ");
    return `${names.capture(capture)}${KEEP_TOGETHER}${numbers}${rest}`;
  });
  const places = snapshot.map(quoted);
  const refs = [...shownPackets, ...foldedList(layout, [...new Set(places)], 3)];
  return refs.join(", ");
}

/** Where in a snapshot file: "n1.iptables-save.txt:108", "pods.json /items/3". */
export function quoted(place: {
  readonly file: string;
  readonly line?: number | undefined;
  readonly pointer?: string | undefined;
}): string {
  const file = lastPart(place.file);
  if (place.line !== undefined) return `${file}:${place.line}`;
  return place.pointer === undefined || place.pointer === "" ? file : `${file} ${place.pointer}`;
}

export function foldedList(layout: TextLayout, items: Sequence<string>, limit: number): string[] {
  const { shown, hidden } = fold(layout, items, limit);
  return hidden === 0 ? [...shown] : [...shown, `and ${formatCount(hidden)} more`];
}

/** "conn-3, conn-5 and 12 more". */
export function idList(layout: TextLayout, ids: Sequence<string>, limit: number): string {
  return foldedList(layout, ids, limit).join(", ").replace(", and ", " and ");
}

/** Microseconds, as tcpdump shows. */
function clockTime(time: string): string {
  return time.slice(11, 26);
}

/** "2026-11-20 01:02:03 to 01:02:15 UTC (12.5 s)". */
export function timeSpan(first: string, last: string): string {
  const sameDay = first.slice(0, 10) === last.slice(0, 10);
  const day = sameDay ? "" : `${last.slice(0, 10)} `;
  const begin = `${first.slice(0, 10)} ${first.slice(11, 19)}`;
  return `${begin} to ${day}${last.slice(11, 19)} UTC (${duration(first, last)})`;
}

/** "at 01:02:03.000000" or "from 01:02:03.000000, 12.5 s". */
export function whenText(first: string, last: string): string {
  return first === last
    ? `at ${clockTime(first)}`
    : `from ${clockTime(first)}, ${duration(first, last)}`;
}

function duration(first: string, last: string): string {
  return durationText(secondsBetween(first, last));
}

/** Of two RFC 3339 UTC times. */
export function secondsBetween(first: string, last: string): number {
  return secondsOf(last) - secondsOf(first);
}

/** "21 µs", "3.14 ms", "12.5 s", "3 min". */
export function durationText(seconds: number): string {
  if (seconds < 0.001) return `${Math.max(0, Math.round(seconds * 1e6))} µs`;
  if (seconds < 1) return `${(seconds * 1000).toFixed(seconds < 0.01 ? 2 : 0)} ms`;
  if (seconds < 100) return `${seconds.toFixed(1)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 100) return `${minutes} min`;
  const hours = Math.round(seconds / 3600);
  return hours < 100 ? `${hours} h` : `${Math.round(seconds / 86_400)} days`;
}

/** Seconds of an RFC 3339 UTC time; exact enough for a duration. */
function secondsOf(time: string): number {
  const part = (from: number, to: number): number => Number(time.slice(from, to));
  const days = Date.UTC(part(0, 4), part(5, 7) - 1, part(8, 10)) / 1000;
  return days + part(11, 13) * 3600 + part(14, 16) * 60 + Number(time.slice(17, -1));
}
