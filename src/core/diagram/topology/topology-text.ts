/** The words of the traffic map: names in boxes, tooltips, and the lines below the picture. */
import { pathClassTitle } from "../../report/path-class-title.ts";
import { classStyle } from "../palette.ts";
import { byteText, count, grouped, shortNumber, spanText } from "../quantity-text.ts";
import { bounded, type SafeText, safeLines, xmlSafe } from "../xml-safe.ts";
import type { TopologyNode } from "./topology-fold.ts";
import type { TopologyEdge, TopologyModel, TopologyPlace } from "./topology-model.ts";
import type { PlaceKind } from "./topology-place.ts";

/** Names of folded kinds, plural. */
const KIND_NAMES: Readonly<Partial<Record<PlaceKind, string>>> = {
  "load-balancer": "load balancers",
  "aws-interface": "AWS interfaces",
  service: "services",
};
const KIND_NAME: Readonly<Partial<Record<PlaceKind, string>>> = {
  "load-balancer": "load balancer",
  "aws-interface": "AWS interface",
  service: "ClusterIP service",
};

export interface PlaceText {
  readonly name: SafeText;
  /** Second line; may be empty. */
  readonly detail: SafeText;
  readonly tooltip: SafeText;
}

export function placeText(place: TopologyPlace): PlaceText {
  const { name, detail } = nameAndDetail(place);
  const lines = [
    place.namespace === "" ? place.name : `${place.namespace}/${place.name}`,
    ...(place.node === "" || place.kind === "node" ? [] : [`on ${place.node}`]),
    place.addresses.map((address) => withDnsNames(place, address)).join(", "),
    ...(place.kind === "workload" || place.kind === "node" ? [place.pods.join(", ")] : []),
    ...(place.ambiguousWith.length === 0
      ? []
      : [`address also claimed by ${place.ambiguousWith.join(", ")}`]),
  ].filter((line) => line !== "");
  return { name: xmlSafe(name), detail: xmlSafe(detail), tooltip: safeLines(lines) };
}

function nameAndDetail(place: TopologyPlace): { name: string; detail: string } {
  const { addresses, pods } = place;
  switch (place.kind) {
    case "pod": {
      const ambiguous = place.ambiguousWith.length > 0 ? " ?" : "";
      return { name: place.name, detail: `${some(addresses, 1)}${ambiguous}` };
    }
    case "workload": {
      const slash = place.name.indexOf("/");
      const kind = slash > 0 ? place.name.slice(0, slash) : "";
      return {
        name: place.name.slice(slash + 1),
        detail: [kind, count(pods.length, "pod")].filter((part) => part !== "").join(" · "),
      };
    }
    case "host":
      return { name: "host", detail: some(addresses, 1) };
    case "node":
      return pods.length > 0
        ? { name: count(pods.length, "pod"), detail: count(addresses.length, "address") }
        : { name: count(addresses.length, "address"), detail: some(addresses, 1) };
    case "address":
      return { name: place.name, detail: (place.dnsNames.get(place.name) ?? []).join(" ") };
    default:
      return endpointText(place);
  }
}

function endpointText(place: TopologyPlace): { name: string; detail: string } {
  const kind = KIND_NAME[place.kind];
  if (place.folded > 0) {
    const name = `${place.folded} other ${KIND_NAMES[place.kind] ?? place.kind}`;
    return { name, detail: some(place.addresses, 1) };
  }
  const [only = ""] = place.addresses;
  const detail =
    place.addresses.length === 1 ? withDnsNames(place, only) : some(place.addresses, 1);
  return { name: place.name, detail: kind === undefined ? detail : `${kind} · ${detail}` };
}

/** "203.0.113.10 www.example.com". */
function withDnsNames({ dnsNames }: TopologyPlace, address: string): string {
  return [address, ...(dnsNames.get(address) ?? [])].join(" ");
}

/** The only address, or how many there are. */
function some(addresses: readonly string[], shown: number): string {
  if (addresses.length <= shown) return addresses.join(", ");
  return count(addresses.length, "address");
}

export function nodeText(
  node: TopologyNode,
  suffix: string,
): { name: SafeText; detail: SafeText; tooltip: SafeText } {
  if (node.folded > 0) {
    const name = xmlSafe(count(node.folded, "other node"));
    return { name, detail: xmlSafe(""), tooltip: safeLines([name, node.zone ?? ""]) };
  }
  if (node.name === "") {
    const name = xmlSafe("node not known");
    return { name, detail: xmlSafe(""), tooltip: name };
  }
  const short = node.name.endsWith(suffix) ? node.name.slice(0, -suffix.length || undefined) : "";
  return {
    name: xmlSafe(short === "" ? node.name : short),
    detail: xmlSafe(node.address ?? ""),
    tooltip: safeLines([node.name, node.address ?? "", node.zone ?? ""]),
  };
}

/** Domain that all node names end with (".ap-northeast-2.compute.internal"): it only takes room. */
export function commonDomain(names: readonly string[]): string {
  const [first] = names;
  const dot = first?.indexOf(".") ?? -1;
  if (first === undefined || dot <= 0) return "";
  const domain = first.slice(dot);
  return names.every((name) => name.length > domain.length && name.endsWith(domain)) ? domain : "";
}

/** "S 12", "S 12?" when not all of them are proven. */
export function edgeLabel(edge: TopologyEdge): string {
  const mark = edge.unproven > 0 ? "?" : "";
  return `${classStyle(edge.class).letter} ${shortNumber(edge.connections)}${mark}`;
}

export function edgeTooltip(edge: TopologyEdge, from: string, to: string): SafeText {
  const unproven = edge.unproven === 0 ? "" : `, ${edge.unproven} of them not proven`;
  const findings = edge.findings.length === 1 ? "finding" : "findings";
  return safeLines([
    `${from} → ${to}`,
    `${edge.class}: ${pathClassTitle(edge.class)}`,
    `${count(edge.connections, "connection")}${unproven}, ${count(edge.packets, "packet")}, ${byteText(edge.bytes)}`,
    edge.findings.length === 0 ? "" : `${findings} ${edge.findings.join(", ")}`,
  ]);
}

export function mapTitle(model: TopologyModel): SafeText {
  const cluster = model.cluster === null ? "" : ` of cluster ${model.cluster}`;
  return xmlSafe(`Traffic map${cluster}`);
}

const LEVELS: Readonly<Record<TopologyModel["level"], string>> = {
  pod: "one box per pod",
  workload: "one box per workload and node",
  node: "one box per node",
};

/** What the picture holds, in one line. */
export function mapSummary(model: TopologyModel): SafeText {
  const drawn = model.edges.reduce((sum, edge) => sum + edge.connections, 0);
  const parts = [`${grouped(drawn)} of ${count(model.connections, "connection")}`];
  if (model.owners) {
    parts.push(
      `${grouped(model.pods.seen)} of ${count(model.pods.known, "pod")} with traffic, ${LEVELS[model.level]}`,
      `${grouped(model.nodeCount.seen)} of ${count(model.nodeCount.known, "node")}`,
    );
  } else {
    parts.push("no snapshot: addresses without names");
  }
  if (model.seen !== null) parts.push(spanText(model.seen.first, model.seen.last));
  return xmlSafe(parts.join(" · "));
}

/** The picture in sentences: for readers that cannot see it, and for those who search. */
export function mapDescription(model: TopologyModel): SafeText {
  const classes = new Map<string, number>();
  for (const edge of model.edges) {
    classes.set(edge.class, (classes.get(edge.class) ?? 0) + edge.connections);
  }
  const list = [...classes]
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .map(([id, sum]) => `${id} ${grouped(sum)}`);
  const findings = model.findings
    .filter(({ level }) => level !== "note")
    .map(({ number, rule, title }) => `${number} ${rule} (${title})`);
  return safeLines([
    mapSummary(model),
    list.length === 0 ? "" : `Path classes: ${list.join(", ")}.`,
    findings.length === 0
      ? "No findings of level error or warning."
      : `Findings: ${findings.join("; ")}.`,
    ...leftOut(model),
  ]);
}

/** Sentences about what is not in the picture; empty when everything is. */
export function leftOut(model: TopologyModel): SafeText[] {
  const sentences: SafeText[] = [];
  if (model.filter !== null) {
    const { expression, shown, of } = model.filter;
    sentences.push(
      bounded(
        xmlSafe(`Only ${grouped(shown)} of ${count(of, "connection")} are shown: ${expression}.`),
      ),
    );
  }
  const noPlace = model.notDrawn.filter(({ reason }) => reason === "no-place");
  if (noPlace.length > 0) {
    sentences.push(
      xmlSafe(
        `Not drawn, since an end is a multicast, loopback or unusable address or both lie outside the VPC: ${perClass(noPlace)}.`,
      ),
    );
  }
  const tooMany = model.notDrawn.filter(({ reason }) => reason === "too-many-lines");
  if (tooMany.length > 0) {
    sentences.push(
      xmlSafe(
        `Not drawn, because only the ${model.edges.length} lines with findings or the most bytes are: ${perClass(tooMany)}.`,
      ),
    );
  }
  const notes = model.findings.filter(({ level }) => level === "note").length;
  if (notes > 0)
    sentences.push(xmlSafe(`${count(notes, "finding")} of level note: see the report.`));
  return sentences;
}

function perClass(entries: readonly { class: string; connections: number }[]): string {
  return entries.map((entry) => `${grouped(entry.connections)} ${entry.class}`).join(", ");
}
