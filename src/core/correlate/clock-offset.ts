/**
 * How far the clocks of the capturing hosts are apart, from packets that two of them saw. A packet that goes from A to B cannot
 * arrive before it left, nor can its answer: the two bound the offset from both sides (RFC 5905 section 8). The bounds of many
 * conversations are put together by Marzullo's algorithm, so that a few wrong ones (a packet that one side missed and saw
 * only when it was sent again) do not move the answer. Times themselves are never changed.
 */
import type { FlowObservation } from "../flow/flow-observation.ts";
import { MAX_CLOCK_BOUNDS } from "../limits.ts";
import type { Connection, Observation, PacketRef } from "./connection.ts";
import { sentBy } from "./leg.ts";
import type { VantagePoint } from "./vantage-point.ts";

/** The clock of one host against that of the reference host. */
export interface ClockOffset {
  /** Node name; "capture N" (index among the inputs) where the node is not known: such a capture is a host of its own. */
  readonly host: string;
  readonly reference: string;
  /** Captures (indexes among the inputs) taken on this host, and the first one of the reference host. */
  readonly captures: readonly number[];
  readonly referenceCapture: number;
  /** This host's clock minus the reference's; the truth lies within `offsetNs` ± `uncertaintyNs`. */
  readonly offsetNs: bigint;
  readonly uncertaintyNs: bigint;
  /** Conversations that agree on it. */
  readonly connections: number;
  /** First packets of the tightest of them, at both hosts. */
  readonly packets: readonly PacketRef[];
}

/** Hosts of one clock each; node-wide, because all captures of a node read the same clock. */
export function hostOf({ node, capture }: VantagePoint): string {
  return node ?? `capture ${capture}`;
}

/**
 * By capture index of the reference and of the host; hosts that share no conversation with another are left out.
 * @param connections those that more than one place may have seen
 * @param rows of these connections
 * @param places where anything was observed
 */
export function clockOffsets(
  connections: readonly Connection[],
  rows: readonly FlowObservation[],
  places: Iterable<VantagePoint>,
): ClockOffset[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const pairs = new Map<string, Pair>();
  for (const connection of connections) collect(connection, byId, pairs);
  const edges: Edge[] = [];
  for (const { a, b, bounds } of pairs.values()) {
    const best = agreeing(bounds);
    if (best !== null) edges.push({ a, b, ...best });
  }
  return spread(edges, capturesOfHosts(places));
}

/** What B's clock shows minus what A's shows lies in [low, high], nanoseconds. */
interface Bound {
  readonly low: bigint;
  readonly high: bigint;
  readonly packets: readonly PacketRef[];
}
interface Pair {
  readonly a: string;
  readonly b: string;
  readonly bounds: Bound[];
}
interface Edge extends Bound {
  readonly a: string;
  readonly b: string;
  readonly connections: number;
}

/** Time stamps are cut off at the microsecond in classic pcap, so two of them may seem a microsecond nearer than they are. */
const ROUNDING_NS = 1_000n;

/** The first packet of a direction at one host: when its first and its last tap there saw it. */
interface Sighting {
  readonly earliest: bigint;
  readonly latest: bigint;
  readonly packet: PacketRef;
}
type Sightings = ReadonlyMap<string, Sighting>;

function collect(
  connection: Connection,
  byId: ReadonlyMap<number, FlowObservation>,
  pairs: Map<string, Pair>,
): void {
  const hosts = new Map<string, Observation[]>();
  for (const one of connection.observations) {
    // Copies of a mirror session took a way of their own to the capturing clock.
    if (one.encapsulation !== null || one.awsTunnel !== undefined) continue;
    const host = hostOf(one.vantagePoint);
    const known = hosts.get(host);
    if (known === undefined) hosts.set(host, [one]);
    else known.push(one);
  }
  if (hosts.size < 2) return;
  const seen = [...hosts].map(([host, observations]) => ({
    host,
    orig: sightings(observations, "orig", byId),
    resp: sightings(observations, "resp", byId),
  }));
  for (const [i, x] of seen.entries()) {
    for (const y of seen.slice(i + 1)) {
      const [a, b] = x.host < y.host ? [x, y] : [y, x];
      const bound = boundOf(a, b);
      if (bound === null) continue;
      const key = `${a.host}\0${b.host}`;
      const pair = pairs.get(key) ?? { a: a.host, b: b.host, bounds: [] };
      pairs.set(key, pair);
      if (pair.bounds.length < MAX_CLOCK_BOUNDS) pair.bounds.push(bound);
    }
  }
}

/** By what never changes about the first packet on its way. */
function sightings(
  observations: readonly Observation[],
  side: "orig" | "resp",
  byId: ReadonlyMap<number, FlowObservation>,
): Map<string, Sighting> {
  const found = new Map<string, Sighting>();
  for (const observation of observations) {
    const { records, firstRecord, firstSeenNs } = observation[side];
    const identity = records === 0 ? null : identityOf(observation, side, byId);
    if (identity === null) continue;
    const known = found.get(identity);
    if (known === undefined) {
      const packet = { capture: observation.vantagePoint.capture, record: firstRecord };
      found.set(identity, { earliest: firstSeenNs, latest: firstSeenNs, packet });
    } else {
      found.set(identity, {
        ...known,
        earliest: firstSeenNs < known.earliest ? firstSeenNs : known.earliest,
        latest: firstSeenNs > known.latest ? firstSeenNs : known.latest,
      });
    }
  }
  return found;
}

/**
 * TCP: the ISN, if the first packet carries it; others: the fingerprint of the first packet. The IPv4 identification tells a
 * SYN from its retransmission. Null: nothing identifies the first packet.
 */
function identityOf(
  observation: Observation,
  side: "orig" | "resp",
  byId: ReadonlyMap<number, FlowObservation>,
): string | null {
  const direction = observation[side];
  const sent = observation.rows
    .flatMap((id) => byId.get(id) ?? [])
    .map((row) => sentBy(row, observation.tuple[side]))
    .find((one) => one.records > 0 && one.firstRecord === direction.firstRecord);
  if (sent === undefined) return null;
  const id = sent.ipId ?? "";
  if (sent.isn !== null)
    return sent.isnRecord === sent.firstRecord ? `isn ${sent.isn} ${id}` : null;
  const [fingerprint] = sent.fingerprints;
  // Segments in the middle of a stream may have been cut differently; datagrams are whole everywhere.
  return fingerprint === undefined || sent.tcpFlags !== 0 ? null : `fp ${fingerprint} ${id}`;
}

interface HostSightings {
  readonly host: string;
  readonly orig: Sightings;
  readonly resp: Sightings;
}

/** Which of the two is nearer to the originator shows without their clocks: it waits longer for the answer. */
function boundOf(a: HostSightings, b: HostSightings): Bound | null {
  const request = sharedSighting(a.orig, b.orig);
  const answer = sharedSighting(a.resp, b.resp);
  if (request === null || answer === null) return null;
  const packets = [request.a.packet, request.b.packet, answer.a.packet, answer.b.packet];
  const nearerA = {
    low: answer.b.latest - answer.a.earliest - ROUNDING_NS,
    high: request.b.earliest - request.a.latest + ROUNDING_NS,
    packets,
  };
  if (nearerA.low <= nearerA.high) return nearerA;
  const nearerB = {
    low: request.b.latest - request.a.earliest - ROUNDING_NS,
    high: answer.b.earliest - answer.a.latest + ROUNDING_NS,
    packets,
  };
  return nearerB.low <= nearerB.high ? nearerB : null;
}

function sharedSighting(a: Sightings, b: Sightings): { a: Sighting; b: Sighting } | null {
  for (const [identity, atA] of a) {
    const atB = b.get(identity);
    if (atB !== undefined) return { a: atA, b: atB };
  }
  return null;
}

/** Marzullo: the interval that most bounds share. Null unless more than half of them do: the clocks moved, or packets were missed. */
function agreeing(bounds: readonly Bound[]): (Bound & { connections: number }) | null {
  const edges = bounds
    .flatMap(({ low, high }) => [
      { at: low, step: 1 },
      { at: high, step: -1 },
    ])
    .sort((x, y) => (x.at < y.at ? -1 : x.at > y.at ? 1 : y.step - x.step));
  let depth = 0;
  let best = { depth: 0, low: 0n, high: 0n };
  for (const [position, { at, step }] of edges.entries()) {
    depth += step;
    const next = edges[position + 1];
    if (depth > best.depth && next !== undefined) best = { depth, low: at, high: next.at };
  }
  if (best.depth * 2 <= bounds.length) return null;
  const tightest = bounds
    .filter(({ low, high }) => low <= best.low && best.high <= high)
    .reduce((x, y) => (y.high - y.low < x.high - x.low ? y : x));
  return { low: best.low, high: best.high, connections: best.depth, packets: tightest.packets };
}

function capturesOfHosts(places: Iterable<VantagePoint>): Map<string, number[]> {
  const found = new Map<string, Set<number>>();
  for (const place of places) {
    const host = hostOf(place);
    found.set(host, (found.get(host) ?? new Set()).add(place.capture));
  }
  return new Map([...found].map(([host, captures]) => [host, [...captures].sort((x, y) => x - y)]));
}

/** From the host of the first capture outwards, always by the tightest bound that leads to a new host. */
function spread(edges: readonly Edge[], captures: ReadonlyMap<string, number[]>): ClockOffset[] {
  const first = (host: string): number => captures.get(host)?.[0] ?? 0;
  const hosts = [...new Set(edges.flatMap(({ a, b }) => [a, b]))].sort(
    (x, y) => first(x) - first(y) || (x < y ? -1 : 1),
  );
  const byWidth = [...edges].sort((x, y) => {
    const difference = x.high - x.low - (y.high - y.low);
    return difference < 0n ? -1 : difference > 0n ? 1 : 0;
  });
  const known = new Map<string, { reference: string; low: bigint; high: bigint }>();
  const found: ClockOffset[] = [];
  for (const reference of hosts) {
    if (known.has(reference)) continue;
    known.set(reference, { reference, low: 0n, high: 0n });
    for (;;) {
      const edge = byWidth.find(({ a, b }) => known.has(a) !== known.has(b));
      if (edge === undefined) break;
      const forward = known.has(edge.a);
      const host = forward ? edge.b : edge.a;
      const from = known.get(forward ? edge.a : edge.b) ?? { low: 0n, high: 0n };
      const low = from.low + (forward ? edge.low : -edge.high);
      const high = from.high + (forward ? edge.high : -edge.low);
      known.set(host, { reference, low, high });
      found.push({
        host,
        reference,
        captures: captures.get(host) ?? [],
        referenceCapture: first(reference),
        offsetNs: (low + high) / 2n,
        uncertaintyNs: (high - low + 1n) / 2n,
        connections: edge.connections,
        packets: edge.packets,
      });
    }
  }
  return found.sort((x, y) => (x.captures[0] ?? 0) - (y.captures[0] ?? 0));
}
