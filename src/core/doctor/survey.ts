/** What the checks ask of the connections: one walk for all of them, and no connection is kept. */
import { podKey } from "../report/known-names.ts";
import { nsBetween } from "../report/parse-time.ts";
import type { Report, ReportConnection, ReportParty } from "../report/report.ts";

export interface Survey {
  /** By capture id; a capture that saw no connection has none. */
  readonly captures: ReadonlyMap<string, CaptureTally>;
  /** Nodes of ends, in the order in which they were met. */
  readonly nodes: ReadonlySet<string>;
  /** "namespace/name" of pods that are ends, likewise. */
  readonly pods: ReadonlySet<string>;
  /** By "namespace/name", of the pods that were asked about. */
  readonly asked: ReadonlyMap<string, PodTally>;
}

/** The connections that one capture saw. */
export interface CaptureTally {
  /** Whose path class is not proven. */
  open: number;
  /** Of which both directions went on the wire, as another capture or TCP's own state tells. */
  twoWay: number;
  /** Those of them of which this capture has one direction. */
  half: number;
  /** Id of the first of those. */
  firstHalf: string | null;
  tcp: number;
  midStream: number;
  /** Without an answer, and the last packet so near to the capture's end that one may still have been on its way. */
  cutAtTheEnd: number;
}

export interface PodTally {
  connections: number;
  /** The first that a connection names. */
  node?: string;
}

/** What one capture saw of one connection, all its vantage points together. */
interface Sighting {
  orig: number;
  resp: number;
  lastSeen: string;
}

/** `asked`: "namespace/name" of pods. */
export function survey(report: Report, asked: readonly string[]): Survey {
  const captures = new Map<string, CaptureTally>();
  const nodes = new Set<string>();
  const pods = new Set<string>();
  const tallies = new Map(asked.map((pod): [string, PodTally] => [pod, { connections: 0 }]));
  const captureOf = new Map(report.vantagePoints.map(({ id, capture }) => [id, capture]));
  const ends = new Map(report.captures.map(({ id, lastSeen }) => [id, lastSeen]));
  for (const connection of report.connections) {
    for (const party of [connection.orig, connection.resp]) {
      if (party.node !== undefined) nodes.add(party.node);
      const pod = podOf(party);
      if (pod !== null) pods.add(pod);
    }
    countPods(connection, tallies);
    for (const [capture, sighting] of sightings(connection, captureOf)) {
      const tally = captures.get(capture) ?? { ...NOTHING_SEEN };
      captures.set(capture, tally);
      count(tally, connection, sighting, ends.get(capture) ?? null);
    }
  }
  return { captures, nodes, pods, asked: tallies };
}

export const NOTHING_SEEN: Readonly<CaptureTally> = {
  open: 0,
  twoWay: 0,
  half: 0,
  firstHalf: null,
  tcp: 0,
  midStream: 0,
  cutAtTheEnd: 0,
};

function podOf({ kind, namespace = "", name }: ReportParty): string | null {
  return kind === "pod" && name !== undefined ? podKey({ namespace, name }) : null;
}

/** What a pod says to itself is one connection of it. */
function countPods({ orig, resp }: ReportConnection, tallies: ReadonlyMap<string, PodTally>): void {
  if (tallies.size === 0) return;
  const from = podOf(orig);
  const to = podOf(resp);
  countPod(tallies.get(from ?? ""), orig);
  if (to !== from) countPod(tallies.get(to ?? ""), resp);
}

function countPod(tally: PodTally | undefined, { node }: ReportParty): void {
  if (tally === undefined) return;
  tally.connections += 1;
  if (tally.node === undefined && node !== undefined) tally.node = node;
}

/** By capture id. */
function sightings(
  { observations }: ReportConnection,
  captureOf: ReadonlyMap<string, string>,
): ReadonlyMap<string, Sighting> {
  const found = new Map<string, Sighting>();
  for (const { vantagePoint, records, lastSeen } of observations) {
    const capture = captureOf.get(vantagePoint) ?? "";
    const known = found.get(capture);
    if (known === undefined) {
      found.set(capture, { orig: records.orig, resp: records.resp, lastSeen });
    } else {
      known.orig += records.orig;
      known.resp += records.resp;
      if (lastSeen > known.lastSeen) known.lastSeen = lastSeen;
    }
  }
  return found;
}

function count(
  tally: CaptureTally,
  connection: ReportConnection,
  { orig, resp, lastSeen }: Sighting,
  captureEnd: string | null,
): void {
  const { id, confidence, tcp } = connection;
  if (confidence !== "proven") tally.open += 1;
  if (wentBothWays(connection)) {
    tally.twoWay += 1;
    if (orig === 0 || resp === 0) {
      tally.half += 1;
      tally.firstHalf ??= id;
    }
  }
  if (tcp !== undefined) tally.tcp += 1;
  if (tcp?.state === "mid-stream") tally.midStream += 1;
  if (captureEnd !== null && isUnanswered(connection) && isNear(lastSeen, captureEnd))
    tally.cutAtTheEnd += 1;
}

/** The outer packets of a tunnel take another source port each way (RFC 7348 section 5), so nobody can tell of those. */
function wentBothWays({ tcp, packets, class: pathClass }: ReportConnection): boolean {
  if (pathClass === "overlay-tunnel") return false;
  if (packets.orig > 0 && packets.resp > 0) return true;
  return tcp !== undefined && tcp.state !== "syn-sent" && tcp.state !== "refused";
}

function isUnanswered({ packets, protocol }: ReportConnection): boolean {
  return packets.resp === 0 && (protocol === "tcp" || protocol === "udp" || protocol === "icmp");
}

/** Time in which an answer may still have been on its way. */
const TAIL_NS = 1_000_000_000n;

function isNear(time: string, end: string): boolean {
  return (nsBetween(time, end) ?? 0n) <= TAIL_NS;
}
