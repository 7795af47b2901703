/**
 * What the traffic map knows of a report, from one walk over its connections: ends at the finest level, and sums between
 * them. Coarser levels and folding are made from these; what is kept grows with the number of ends, not of connections.
 */
import type { Report, ReportConnection, ReportParty } from "../../report/report.ts";
import { knowsOwners, type PlaceKey, placeOf } from "./topology-place.ts";

/** Everything that is one box at the level of pods. */
export interface FlowEnd {
  readonly id: string;
  /** One of its parties: all of them lead to the same box at every level. */
  readonly party: ReportParty;
  readonly addresses: Set<string>;
  readonly dnsNames: Map<string, readonly string[]>;
  readonly ambiguousWith: Set<string>;
  deviceIndex: number | null;
  bytes: number;
}

/** Connections of one class between two ends, those with findings apart from those without. */
export interface Flow {
  readonly from: FlowEnd;
  readonly to: FlowEnd;
  readonly class: string;
  readonly found: boolean;
  connections: number;
  packets: number;
  bytes: number;
  /** How many of the connections are not proven to be of this class. */
  unproven: number;
  /** 1-based positions in the report's list of findings; errors and warnings only. */
  readonly findings: Set<number>;
}

export interface Flows {
  /** Without a snapshot nothing has an owner. */
  readonly owners: boolean;
  readonly flows: readonly Flow[];
  /** Ends of connections that are not drawn, too. */
  readonly ends: readonly FlowEnd[];
  /** "namespace/name" of every pod. */
  readonly pods: ReadonlySet<string>;
  /** By class: connections without two ends that can be drawn. */
  readonly undrawable: ReadonlyMap<
    string,
    { readonly connections: number; readonly bytes: number }
  >;
}

export function collectFlows(report: Report): Flows {
  const owners = knowsOwners(report);
  const numbers = findingNumbers(report);
  const ends = new Map<string, FlowEnd>();
  const flows = new Map<string, Flow>();
  const pods = new Set<string>();
  const undrawable = new Map<string, { connections: number; bytes: number }>();
  const endOf = (party: ReportParty): { place: PlaceKey; end: FlowEnd } | null => {
    if (party.kind === "pod") pods.add(podName(party));
    const place = placeOf(party, "pod", owners);
    if (place === null) return null;
    let end = ends.get(place.id);
    if (end === undefined) {
      end = newEnd(place.id, party);
      ends.set(place.id, end);
    }
    return { place, end };
  };
  for (const connection of report.connections) {
    const bytes = connection.bytes.orig + connection.bytes.resp;
    const [from, to] = [endOf(connection.orig), endOf(connection.resp)];
    if (from === null || to === null || isOutside(from.place, to.place)) {
      const sum = undrawable.get(connection.class) ?? { connections: 0, bytes: 0 };
      undrawable.set(connection.class, sum);
      sum.connections += 1;
      sum.bytes += bytes;
      continue;
    }
    addParty(from.end, connection.orig, bytes);
    addParty(to.end, connection.resp, bytes);
    addConnection(flows, from.end, to.end, connection, numbers);
  }
  return { owners, flows: [...flows.values()], ends: [...ends.values()], pods, undrawable };
}

/** Two ends outside every node tell nothing about the cluster: a line from the Internet to itself. */
function isOutside(from: PlaceKey, to: PlaceKey): boolean {
  return from.area === "outside" && to.area === "outside";
}

/** Notes stay in the report: a number on every line that, say, began before the capture would hide the faults. */
function findingNumbers(report: Report): Map<string, number> {
  const numbers = new Map<string, number>();
  report.findings.forEach(({ id, level }, index) => {
    if (level !== "note") numbers.set(id, index + 1);
  });
  return numbers;
}

function newEnd(id: string, party: ReportParty): FlowEnd {
  return {
    id,
    party,
    addresses: new Set(),
    dnsNames: new Map(),
    ambiguousWith: new Set(),
    deviceIndex: null,
    bytes: 0,
  };
}

function addParty(end: FlowEnd, party: ReportParty, bytes: number): void {
  if (party.address !== "") end.addresses.add(party.address);
  if (party.dnsNames !== undefined) end.dnsNames.set(party.address, party.dnsNames);
  for (const other of party.ambiguousWith ?? []) end.ambiguousWith.add(other);
  const index = party.deviceIndex;
  if (index !== undefined) end.deviceIndex = Math.min(end.deviceIndex ?? index, index);
  end.bytes += bytes;
}

function addConnection(
  flows: Map<string, Flow>,
  from: FlowEnd,
  to: FlowEnd,
  connection: ReportConnection,
  numbers: ReadonlyMap<string, number>,
): void {
  const found = connection.findings.flatMap((id) => numbers.get(id) ?? []);
  const key = `${from.id}>${to.id}>${connection.class}${found.length > 0 ? "!" : ""}`;
  let flow = flows.get(key);
  if (flow === undefined) {
    const ends = { from, to, class: connection.class, found: found.length > 0 };
    const sums = { connections: 0, packets: 0, bytes: 0, unproven: 0 };
    flow = { ...ends, ...sums, findings: new Set() };
    flows.set(key, flow);
  }
  flow.connections += 1;
  flow.packets += connection.packets.orig + connection.packets.resp;
  flow.bytes += connection.bytes.orig + connection.bytes.resp;
  if (connection.confidence !== "proven") flow.unproven += 1;
  for (const number of found) flow.findings.add(number);
}

export function podName(party: ReportParty): string {
  return `${party.namespace ?? ""}/${party.name ?? party.address}`;
}
