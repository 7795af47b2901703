/**
 * Who sends how much over which path, without coordinates: bands from who starts, through the path class, to who answers.
 * One pass over the connections; what is kept grows with the number of names, not of connections. Sums and sorted lists
 * only: the order of the connections plays no part.
 */
import { MAX_DRAWN_FLOW_ENDS } from "../../limits.ts";
import type { Report, ReportParty } from "../../report/report.ts";
import { compareNatural, compareText } from "../natural-order.ts";

/** What the width of a band means. */
export type SankeyMeasure = "bytes" | "connections";

export interface SankeyEnd {
  /** Unique among the ends of its side. */
  readonly id: string;
  readonly name: string;
  readonly detail: string;
  readonly value: number;
  readonly connections: number;
  /** Names folded into this one; 0 for an end that stands for itself. */
  readonly folded: number;
}

export interface SankeyClass {
  readonly id: string;
  readonly value: number;
  readonly connections: number;
}

/** From an end to a class, or from a class to an end. */
export interface SankeyBand {
  readonly end: string;
  readonly class: string;
  readonly value: number;
  readonly connections: number;
  /** Connections among them that are part of an error or a warning. */
  readonly found: number;
}

export interface SankeyModel {
  readonly measure: SankeyMeasure;
  readonly from: readonly SankeyEnd[];
  readonly classes: readonly SankeyClass[];
  readonly to: readonly SankeyEnd[];
  readonly outgoing: readonly SankeyBand[];
  readonly incoming: readonly SankeyBand[];
  readonly value: number;
  readonly connections: number;
  /** How many different ends there were on each side before folding. */
  readonly ends: { readonly from: number; readonly to: number };
}

interface Tally {
  bytes: number;
  connections: number;
  found: number;
}

interface EndTally {
  readonly name: string;
  readonly detail: string;
  readonly byClass: Map<string, Tally>;
}

export function buildSankeyModel(report: Report, measure: SankeyMeasure): SankeyModel {
  const serious = new Set(
    report.findings.flatMap(({ id, level }) => (level === "note" ? [] : [id])),
  );
  const from = new Map<string, EndTally>();
  const to = new Map<string, EndTally>();
  for (const connection of report.connections) {
    const { orig, resp, bytes, findings } = connection;
    const tally = {
      bytes: bytes.orig + bytes.resp,
      connections: 1,
      found: findings.some((id) => serious.has(id)) ? 1 : 0,
    };
    add(from, orig, connection.class, tally);
    add(to, resp, connection.class, tally);
  }
  const left = side(from, measure);
  const right = side(to, measure);
  const classes = new Map<string, { value: number; connections: number }>();
  for (const band of left.bands) {
    const sum = classes.get(band.class) ?? { value: 0, connections: 0 };
    sum.value += band.value;
    sum.connections += band.connections;
    classes.set(band.class, sum);
  }
  return {
    measure,
    from: left.ends,
    classes: [...classes]
      .map(([id, sum]) => ({ id, ...sum }))
      .sort(
        (a, b) => b.value - a.value || b.connections - a.connections || compareText(a.id, b.id),
      ),
    to: right.ends,
    outgoing: left.bands,
    incoming: right.bands,
    value: left.ends.reduce((sum, { value }) => sum + value, 0),
    connections: report.connections.length,
    ends: { from: from.size, to: to.size },
  };
}

function add(
  ends: Map<string, EndTally>,
  party: ReportParty,
  pathClass: string,
  tally: Tally,
): void {
  const { name, detail } = endName(party);
  const id = `${detail}/${name}`;
  let end = ends.get(id);
  if (end === undefined) {
    end = { name, detail, byClass: new Map() };
    ends.set(id, end);
  }
  const sum = end.byClass.get(pathClass);
  if (sum === undefined) end.byClass.set(pathClass, { ...tally });
  else addTo(sum, tally);
}

function addTo(sum: Tally, more: Tally): void {
  sum.bytes += more.bytes;
  sum.connections += more.connections;
  sum.found += more.found;
}

const OUTSIDE: Readonly<Record<string, readonly [name: string, detail: string]>> = {
  external: ["Internet", "outside the VPC"],
  peer: ["Peered networks", "outside the VPC"],
  vpc: ["VPC hosts", "on no list"],
  "link-local": ["Link-local services", "IMDS, DNS, time"],
  "control-plane": ["EKS control plane", ""],
  unknown: ["Unknown addresses", "on no list"],
};

/** Pods by their workload; nodes and load balancers by name; what has no name by its kind. */
function endName(party: ReportParty): { readonly name: string; readonly detail: string } {
  const { kind, name, namespace, workload } = party;
  if (kind === "pod") {
    const slash = workload?.indexOf("/") ?? -1;
    const own = workload?.slice(slash + 1) ?? name ?? party.address;
    return {
      name: namespace === undefined ? own : `${namespace}/${own}`,
      detail: slash > 0 ? (workload?.slice(0, slash) ?? "pod") : "pod",
    };
  }
  const outside = OUTSIDE[kind];
  if (outside !== undefined) return { name: outside[0], detail: outside[1] };
  if (name === undefined)
    return { name: `Other ${kind.replaceAll("-", " ")} addresses`, detail: "" };
  const words = kind.replaceAll("-", " ");
  return { name: namespace === undefined ? name : `${namespace}/${name}`, detail: words };
}

/** The greatest ends; those with findings are folded last. */
function side(
  all: ReadonlyMap<string, EndTally>,
  measure: SankeyMeasure,
): { readonly ends: SankeyEnd[]; readonly bands: SankeyBand[] } {
  const totals = [...all].map(([id, end]) => {
    const sum: Tally = { bytes: 0, connections: 0, found: 0 };
    for (const tally of end.byClass.values()) addTo(sum, tally);
    return { id, end, sum };
  });
  totals.sort(
    (a, b) =>
      Number(b.sum.found > 0) - Number(a.sum.found > 0) ||
      b.sum[measure] - a.sum[measure] ||
      b.sum.connections - a.sum.connections ||
      compareText(a.id, b.id),
  );
  const fits = totals.length <= MAX_DRAWN_FLOW_ENDS;
  const kept = fits ? totals : totals.slice(0, MAX_DRAWN_FLOW_ENDS - 1);
  const rest = fits ? [] : totals.slice(MAX_DRAWN_FLOW_ENDS - 1);
  const ends: SankeyEnd[] = kept
    .map(({ id, end, sum }) => ({
      id,
      name: end.name,
      detail: end.detail,
      value: sum[measure],
      connections: sum.connections,
      folded: 0,
    }))
    .sort((a, b) => b.value - a.value || compareNatural(a.id, b.id));
  const bands = kept.flatMap(({ id, end }) => bandsOf(id, end.byClass, measure));
  if (rest.length > 0) {
    const byClass = new Map<string, Tally>();
    for (const { end } of rest) {
      for (const [pathClass, tally] of end.byClass) {
        const sum = byClass.get(pathClass);
        if (sum === undefined) byClass.set(pathClass, { ...tally });
        else addTo(sum, tally);
      }
    }
    const others = bandsOf(OTHERS, byClass, measure);
    bands.push(...others);
    ends.push({
      id: OTHERS,
      name: "",
      detail: "",
      value: others.reduce((sum, { value }) => sum + value, 0),
      connections: others.reduce((sum, { connections }) => sum + connections, 0),
      folded: rest.length,
    });
  }
  return { ends, bands };
}

/** No end has this id: theirs hold a slash. */
const OTHERS = "others";

function bandsOf(
  end: string,
  byClass: ReadonlyMap<string, Tally>,
  measure: SankeyMeasure,
): SankeyBand[] {
  return [...byClass].map(([pathClass, tally]) => ({
    end,
    class: pathClass,
    value: tally[measure],
    connections: tally.connections,
    found: tally.found,
  }));
}
