/** Makes the observations of a connection: the rows of each leg, put together per vantage point and encapsulation. */
import type { FlowDirection, FlowEndpoint, FlowObservation } from "../flow/flow-observation.ts";
import type { Observation, ObservedDirection } from "./connection.ts";
import { type Leg, sameEndpoint, sentBy } from "./leg.ts";
import type { InsideAwsTunnel } from "./open-aws-tunnels.ts";
import { firstPacketNs } from "./row-times.ts";
import type { VantagePoint } from "./vantage-point.ts";

/** `outerConnection` of a tunnelled observation says nothing until all connections are known. */
export interface DraftObservation {
  readonly observation: Observation;
  /** Row of the tunnel's outer flow; null outside tunnels. */
  readonly outerRow: number | null;
}

export function observeLeg(
  leg: Leg,
  byTap: readonly VantagePoint[],
  insideAws: ReadonlyMap<number, InsideAwsTunnel>,
): DraftObservation[] {
  const groups = new Map<string, { at: VantagePoint; rows: FlowObservation[] }>();
  for (const row of leg.rows) {
    const at = byTap[row.tap.index];
    if (at === undefined) continue;
    const inside = row.encapsulation;
    // Two mirror sessions of one ENI show the same packets twice.
    const session = insideAws.get(row.id)?.vni ?? "";
    const key = `${at.id}\0${session}\0${inside === null ? "" : `${inside.kind} ${inside.vni} ${inside.depth}`}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { at, rows: [row] });
    else group.rows.push(row);
  }
  const observations = [...groups.values()].flatMap(({ at, rows }) =>
    separate(rows).map((part) => observe(leg, at, part, insideAws)),
  );
  if (observations.length < 2) return observations;
  return observations.sort((x, y) => {
    const [startX, startY] = [start(x.observation), start(y.observation)];
    return startX < startY ? -1 : startX > startY ? 1 : 0;
  });
}

function start(observation: Observation): bigint {
  const { orig, resp } = observation;
  if (orig.records === 0) return resp.firstSeenNs;
  return resp.records === 0 || orig.firstSeenNs < resp.firstSeenNs
    ? orig.firstSeenNs
    : resp.firstSeenNs;
}

/**
 * Rows of different taps at one vantage point complete each other (LINUX_SLL: one direction each). Two rows that both hold a
 * direction are the same packets twice (a bridge and its port under one name): each stays an observation of its own.
 */
function separate(rows: readonly FlowObservation[]): FlowObservation[][] {
  const parts: { forward: boolean; backward: boolean; rows: FlowObservation[] }[] = [];
  for (const row of [...rows].sort((x, y) => (firstPacketNs(x) < firstPacketNs(y) ? -1 : 1))) {
    const same =
      parts[0] === undefined || parts[0].rows[0] === undefined
        ? true
        : sameEndpoint(parts[0].rows[0].a, row.a);
    const forward = (same ? row.forward : row.backward).records > 0;
    const backward = (same ? row.backward : row.forward).records > 0;
    const fitting = parts.find(
      (part) => !(part.forward && forward) && !(part.backward && backward),
    );
    if (fitting === undefined) parts.push({ forward, backward, rows: [row] });
    else {
      fitting.rows.push(row);
      fitting.forward ||= forward;
      fitting.backward ||= backward;
    }
  }
  return parts.map((part) => part.rows);
}

function observe(
  leg: Leg,
  at: VantagePoint,
  rows: readonly FlowObservation[],
  insideAws: ReadonlyMap<number, InsideAwsTunnel>,
): DraftObservation {
  const inside = rows[0]?.encapsulation ?? null;
  const aws = rows[0] === undefined ? undefined : insideAws.get(rows[0].id);
  const observation: Observation = {
    vantagePoint: at,
    tuple: { orig: leg.orig, resp: leg.resp },
    orig: sum(rows.map((row) => sentBy(row, leg.orig))),
    resp: sum(rows.map((row) => notSentBy(row, leg.orig))),
    encapsulation:
      inside === null
        ? null
        : { kind: inside.kind, vni: inside.vni, depth: inside.depth, outerConnection: -1 },
    ...(aws !== undefined && {
      awsTunnel: {
        service: aws.tunnel.service,
        kind: aws.tunnel.kind,
        vni: aws.vni,
        outerConnection: -1,
      },
    }),
    fragments: rows.reduce((total, row) => total + row.fragments, 0),
    icmpErrors: rows.flatMap((row) => row.icmpErrors),
    rows: rows.map((row) => row.id),
  };
  return { observation, outerRow: aws?.outer ?? inside?.outer ?? null };
}

/** Asked for by the originator: where both ends are one (127.0.0.1:500 to itself) the responder's name tells nothing. */
function notSentBy(row: FlowObservation, orig: FlowEndpoint): FlowDirection {
  return sentBy(row, orig) === row.forward ? row.backward : row.forward;
}

function sum(directions: readonly FlowDirection[]): ObservedDirection {
  const parts = directions.filter((direction) => direction.records > 0);
  const [first] = parts;
  if (first === undefined) return NOTHING;
  if (parts.length === 1) return first;
  return parts.slice(1).reduce<ObservedDirection>(add, { ...first });
}

function add(to: ObservedDirection, more: FlowDirection): ObservedDirection {
  return {
    records: to.records + more.records,
    bytes: to.bytes + more.bytes,
    firstRecord: Math.min(to.firstRecord, more.firstRecord),
    lastRecord: Math.max(to.lastRecord, more.lastRecord),
    firstSeenNs: to.firstSeenNs < more.firstSeenNs ? to.firstSeenNs : more.firstSeenNs,
    lastSeenNs: to.lastSeenNs > more.lastSeenNs ? to.lastSeenNs : more.lastSeenNs,
    tcpFlags: to.tcpFlags | more.tcpFlags,
    isn: to.isn ?? more.isn,
    isnRecord: to.isn === null ? more.isnRecord : to.isnRecord,
    payloadBytes: to.payloadBytes + more.payloadBytes,
    ttlMin: Math.min(to.ttlMin, more.ttlMin),
    ttlMax: Math.max(to.ttlMax, more.ttlMax),
    ipId: (to.firstRecord <= more.firstRecord ? to.ipId : more.ipId) ?? null,
    macDst: (to.firstRecord <= more.firstRecord ? to.macDst : more.macDst) ?? null,
    retransmissions: to.retransmissions + more.retransmissions,
    retransmissionRecord: earlier(to.retransmissionRecord, more.retransmissionRecord),
    resets: to.resets + more.resets,
    resetRecord: earlier(to.resetRecord, more.resetRecord),
    zeroWindows: to.zeroWindows + more.zeroWindows,
    zeroWindowRecord: earlier(to.zeroWindowRecord, more.zeroWindowRecord),
    copies: to.copies + more.copies,
    copyRecord: earlier(to.copyRecord, more.copyRecord),
  };
}

/** The smaller record number; 0 is none. */
function earlier(a: number, b: number): number {
  return a === 0 || (b !== 0 && b < a) ? b : a;
}

const NOTHING: ObservedDirection = {
  records: 0,
  bytes: 0,
  firstRecord: 0,
  lastRecord: 0,
  firstSeenNs: 0n,
  lastSeenNs: 0n,
  tcpFlags: 0,
  isn: null,
  isnRecord: 0,
  payloadBytes: 0,
  ttlMin: 0,
  ttlMax: 0,
  retransmissions: 0,
  retransmissionRecord: 0,
  resets: 0,
  resetRecord: 0,
  zeroWindows: 0,
  zeroWindowRecord: 0,
  copies: 0,
  copyRecord: 0,
};
