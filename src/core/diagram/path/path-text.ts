/** The words of the packet path. */
import { pathClassTitle } from "../../report/path-class-title.ts";
import type { ReportConnection, ReportNatStep } from "../../report/report.ts";
import { endpointText, partyKind, partyName, tupleText } from "../endpoint-text.ts";
import { byteText, clockText, count, grouped, secondsText } from "../quantity-text.ts";
import { bounded, type SafeText, safeLines, xmlSafe } from "../xml-safe.ts";
import type { EndStop, PathLink, PathModel, PathStop, SeenStop } from "./path-model.ts";

const PLACES: Readonly<Record<string, string>> = {
  "pod-veth": "veth pair of a pod",
  "node-eni": "primary ENI",
  "secondary-eni": "secondary ENI",
  "branch-eni": "branch ENI",
  tunnel: "tunnel device",
  loopback: "loopback",
  bridge: "bridge",
};

/** The interface, or the last part of the vantage point's name. */
export function placeName({ point, observation }: SeenStop): string {
  const { vantagePoint } = observation;
  return point?.interface ?? vantagePoint.slice(vantagePoint.lastIndexOf("/") + 1);
}

/** "2. eth0"; "2-4. eth0" where three observations are one place. */
export function numberedPlace(stop: SeenStop): string {
  const { number, observations } = stop;
  const last = number + observations.length - 1;
  return `${last === number ? number : `${number}-${last}`}. ${placeName(stop)}`;
}

export function placeDetail({ point, observation, observations }: SeenStop): string {
  const place =
    point === null
      ? ""
      : point.pod === undefined
        ? (PLACES[point.kind] ?? "not identified")
        : `${point.kind === "branch-eni" ? "branch ENI" : "veth pair"} of ${point.pod}`;
  const tunnel = observation.encapsulation;
  const vni = tunnel?.vni === undefined ? "" : `, VNI ${tunnel.vni}`;
  const captures = observations.length;
  return [
    ...(place === "" ? [] : [place]),
    ...(tunnel === undefined ? [] : [`inside ${tunnel.kind}${vni}`]),
    ...(captures === 1 ? [] : [`in ${captures} captures`]),
  ].join(", ");
}

/** "6 out, 4 back". */
export function recordsText({ observation: { records } }: SeenStop): string {
  const out = records.orig === 0 ? "nothing out" : `${grouped(records.orig)} out`;
  const back = records.resp === 0 ? "nothing back" : `${grouped(records.resp)} back`;
  return `${out}, ${back}`;
}

/** "record 1 of n1.eth0.pcap, 16:03:09.730679". */
export function firstSightText({ observation, files: [file = ""] }: SeenStop): string {
  const where = file === "" ? "" : ` of ${file}`;
  const record = observation.firstRecord === 0 ? "" : `record ${observation.firstRecord}${where}, `;
  return `${record}${clockText(observation.firstSeen)}`;
}

export function endDetail(
  { side, party }: EndStop,
  { protocol, ...rest }: ReportConnection,
): string {
  const { dialled, resp } = rest;
  const other = dialled.address !== resp.address || dialled.port !== resp.port;
  const asked = side === "orig" && other ? ` · dialled ${endpointText(protocol, dialled)}` : "";
  return `${partyKind(party)}${asked}`;
}

const REWRITES: Readonly<Record<ReportNatStep["kind"], string>> = {
  snat: "SNAT: source rewritten",
  dnat: "DNAT: destination rewritten",
  both: "SNAT and DNAT: both ends rewritten",
};

export function rewriteTitle({ kind }: ReportNatStep): string {
  return REWRITES[kind];
}

const TIES: Readonly<Record<string, string>> = {
  "tcp-isn": "same SYN on both sides",
  "tcp-sequence": "same sequence numbers on both sides",
  conntrack: "a conntrack entry names both sides",
  payload: "same payload on both sides",
  "icmp-payload": "same ICMP payload on both sides",
};

/** "proven: same SYN on both sides". */
export function rewriteBasis({ confidence, matchedBy, conntrack }: ReportNatStep): string {
  const agrees = conntrack === undefined || matchedBy === "conntrack" ? "" : "; conntrack agrees";
  return `${confidence}: ${TIES[matchedBy] ?? matchedBy}${agrees}`;
}

export interface Rewritten {
  readonly end: "source" | "destination";
  readonly before: string;
  readonly after: string;
}

/** The ends that differ; both when neither does, so that a rewrite is never an empty box. */
export function rewrittenEnds(protocol: string, { before, after }: ReportNatStep): Rewritten[] {
  const sides = [
    { end: "source", before: before.orig, after: after.orig },
    { end: "destination", before: before.resp, after: after.resp },
  ] as const;
  const ends = sides.map((side) => ({
    end: side.end,
    before: endpointText(protocol, side.before),
    after: endpointText(protocol, side.after),
  }));
  const changed = ends.filter((one) => one.before !== one.after);
  return changed.length === 0 ? ends : changed;
}

/** "node-n1.iptables-save.txt:88". */
export function quotedFrom({
  file,
  line,
}: {
  readonly file: string;
  readonly line?: number | undefined;
}): string {
  const name = file.slice(file.lastIndexOf("/") + 1);
  return line === undefined ? name : `${name}:${line}`;
}

/** Beside the line between two stops; empty when there is nothing to say. */
export function linkText({ hop, seen }: PathLink): string {
  if (hop === null) return seen ? "" : "not captured here";
  const { orig, resp } = hop.delaySeconds ?? {};
  const about =
    hop.uncertaintySeconds === undefined ? "" : ` (± ${secondsText(hop.uncertaintySeconds)})`;
  const ways = [
    ...(orig === undefined ? [] : [`${secondsText(orig)} out`]),
    ...(resp === undefined ? [] : [`${secondsText(resp)} back`]),
  ];
  const delay = ways.length === 0 ? [] : [`${ways.join(", ")}${about}`];
  return [...delay, ...lostText(hop)].join(" · ");
}

function lostText({ lost }: NonNullable<PathLink["hop"]>): string[] {
  if (lost === undefined) return [];
  const unit = lost.unit === "records" ? "record" : "payload byte";
  const ways = [
    ...(lost.orig > 0 ? [`${count(lost.orig, unit)} out`] : []),
    ...(lost.resp > 0 ? [`${count(lost.resp, unit)} back`] : []),
  ];
  return ways.length === 0 ? [] : [`lost: ${ways.join(", ")}`];
}

export function connectionTitle({ id, protocol, orig, resp }: ReportConnection): SafeText {
  return xmlSafe(`${id}: ${protocol} ${partyName(orig)} → ${partyName(resp)}`);
}

/** Class, confidence and amounts, in one line. */
export function connectionSummary(connection: ReportConnection): SafeText {
  const { packets, bytes, tcp } = connection;
  const parts = [
    `${connection.class}: ${pathClassTitle(connection.class)}`,
    connection.confidence,
    ...(tcp === undefined ? [] : [tcp.state]),
    `${count(packets.orig, "packet")} out, ${grouped(packets.resp)} back`,
    byteText(bytes.orig + bytes.resp),
  ];
  return xmlSafe(parts.join(" · "));
}

/** What the picture stands on and how to read it. */
export function pathNotes({ connection, files, links, stops }: PathModel): SafeText[] {
  const { candidates, wouldDecide, confidence } = connection;
  const sentences: string[] = [];
  if (connection.observations.length > 0) {
    sentences.push(
      `Solid: seen at both ends of the line, or a rewrite that is proven. ${links.every(({ seen }) => seen) ? "" : "Dashed: not captured; addresses and rules imply it. "}Delays are of the first packet of each direction, clocks corrected; times of day as captured, UTC.`,
    );
  }
  const folded = stops.find((stop) => stop.kind === "folded");
  if (folded?.kind === "folded") {
    sentences.push(`${count(folded.places, "place or rewrite")} in the middle not drawn.`);
  }
  if (confidence !== "proven" && candidates !== undefined) {
    sentences.push(
      `Not proven. The evidence allows: ${candidates.join(", ")}.${wouldDecide === undefined ? "" : ` What would decide: ${wouldDecide}.`}`,
    );
  }
  if (files.length > 0) sentences.push(`Seen in ${files.join(", ")}.`);
  return sentences.map((sentence) => bounded(xmlSafe(sentence)));
}

/** The chain in words, for those who cannot see it. */
export function pathDescription(model: PathModel): SafeText {
  const { connection, stops } = model;
  const steps = stops.map((stop) => stopSentence(stop, connection));
  return safeLines([connectionSummary(connection), `${steps.join("; then ")}.`]);
}

function stopSentence(stop: PathStop, { protocol }: ReportConnection): string {
  const on = stop.node === null ? "" : ` on ${stop.node}`;
  switch (stop.kind) {
    case "end":
      return `${partyName(stop.party)} ${endpointText(protocol, stop.party)}${on}`;
    case "seen":
      return `seen at ${placeName(stop)}${on} as ${tupleText(protocol, stop.observation)} (${recordsText(stop)})`;
    case "rewrite":
      return `${rewriteTitle(stop.step)}${on}: ${rewrittenEnds(protocol, stop.step)
        .map((one) => `${one.before} becomes ${one.after}`)
        .join(", ")}`;
    case "folded":
      return count(stop.places, "place or rewrite");
  }
}
