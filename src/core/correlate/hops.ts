/** What happened between neighbouring places of a connection: how long packets took, and what came less far. */
import { hostOf } from "./clock-offset.ts";
import type { Connection, Observation, ObservedDirection } from "./connection.ts";
import { correctedNs, type HostClocks } from "./hop-order.ts";

/** Time between the first and the last record of a capture; null: it has none. */
export interface CaptureSpan {
  readonly firstSeenNs: bigint | null;
  readonly lastSeenNs: bigint | null;
}

export interface Hop {
  readonly from: Observation;
  readonly to: Observation;
  /** Of the first packet of each direction; null when it is not the same packet, or the clocks cannot be compared. */
  readonly delayNs: { readonly orig: bigint | null; readonly resp: bigint | null };
  /** 0 on one host. */
  readonly uncertaintyNs: bigint;
  /** What the place nearer to the sender saw more of; null when one of the captures may not cover the conversation. */
  readonly lost: {
    readonly orig: number;
    readonly resp: number;
    /** Payload bytes for TCP, whose segments offloading cuts and joins between two places. */
    readonly unit: "records" | "payload-bytes";
  } | null;
}

/** `spans` by index of the capture among the inputs. Observations inside tunnels and those of one direction only have no hops. */
export function hopsOf(
  connection: Connection,
  clocks: HostClocks,
  spans: readonly CaptureSpan[],
): Hop[] {
  const places = connection.observations.filter((one) => one.encapsulation === null);
  const seen = seenSpan(connection, clocks);
  const hops: Hop[] = [];
  for (const [position, to] of places.entries()) {
    const from = places[position - 1];
    if (from === undefined) continue;
    const uncertaintyNs = uncertaintyBetween(from, to, clocks);
    const delay = (side: "orig" | "resp"): bigint | null => {
      if (uncertaintyNs === null || !isSameFirst(connection, from[side], to[side])) return null;
      const difference =
        correctedNs(to, to[side].firstSeenNs, clocks) -
        correctedNs(from, from[side].firstSeenNs, clocks);
      const taken = side === "orig" ? difference : -difference;
      return taken < -uncertaintyNs ? null : taken;
    };
    hops.push({
      from,
      to,
      delayNs: { orig: delay("orig"), resp: delay("resp") },
      uncertaintyNs: uncertaintyNs ?? 0n,
      lost:
        isCovered(from, seen, clocks, spans) && isCovered(to, seen, clocks, spans)
          ? lossBetween(connection, from, to)
          : null,
    });
  }
  return hops;
}

/** Null: nothing ties the two hosts' clocks, or AWS brought the packets to a clock that is not at the place. */
function uncertaintyBetween(x: Observation, y: Observation, clocks: HostClocks): bigint | null {
  if (x.awsTunnel !== undefined || y.awsTunnel !== undefined) return null;
  const [hostX, hostY] = [hostOf(x.vantagePoint), hostOf(y.vantagePoint)];
  if (hostX === hostY) return 0n;
  const [clockX, clockY] = [clocks.get(hostX), clocks.get(hostY)];
  if ((clockX?.reference ?? hostX) !== (clockY?.reference ?? hostY)) return null;
  return (clockX?.uncertaintyNs ?? 0n) + (clockY?.uncertaintyNs ?? 0n);
}

/** A handshake packet is told by its ISN and identification; datagrams only when neither place missed any. */
function isSameFirst(
  { protocol }: Connection,
  x: ObservedDirection,
  y: ObservedDirection,
): boolean {
  if (x.records === 0 || y.records === 0) return false;
  // A SYN that was sent again has the same ISN and another identification (RFC 6864); 0 says nothing.
  if (x.ipId != null && y.ipId != null && x.ipId !== y.ipId) return false;
  if (protocol !== "tcp") return x.records === y.records;
  const isFirst = (one: ObservedDirection) => one.isn !== null && one.isnRecord === one.firstRecord;
  return isFirst(x) && isFirst(y) && x.isn === y.isn;
}

function lossBetween(connection: Connection, from: Observation, to: Observation): Hop["lost"] {
  // Mirroring gives way to other traffic: a missing copy is no lost packet.
  if (from.awsTunnel !== undefined || to.awsTunnel !== undefined) return null;
  // A place that saw nothing of a direction may be one that this direction does not pass.
  const both = (side: "orig" | "resp") => from[side].records > 0 && to[side].records > 0;
  if (from.fragments + to.fragments > 0) return null;
  const isTcp = connection.protocol === "tcp";
  const count = (one: ObservedDirection) => (isTcp ? one.payloadBytes : one.records);
  return {
    orig: both("orig") ? Math.max(0, count(from.orig) - count(to.orig)) : 0,
    resp: both("resp") ? Math.max(0, count(to.resp) - count(from.resp)) : 0,
    unit: isTcp ? "payload-bytes" : "records",
  };
}

/** The first and the last packet that any place saw, by corrected clocks; null: there is none. */
interface SeenSpan {
  readonly firstNs: bigint;
  readonly lastNs: bigint;
}

/** Once for all hops: a connection may have been seen at thousands of places. */
function seenSpan({ observations }: Connection, clocks: HostClocks): SeenSpan | null {
  let span: SeenSpan | null = null;
  for (const one of observations) {
    for (const { records, firstSeenNs, lastSeenNs } of [one.orig, one.resp]) {
      if (records === 0) continue;
      const first = correctedNs(one, firstSeenNs, clocks);
      const last = correctedNs(one, lastSeenNs, clocks);
      span = {
        firstNs: span !== null && span.firstNs < first ? span.firstNs : first,
        lastNs: span !== null && span.lastNs > last ? span.lastNs : last,
      };
    }
  }
  return span;
}

/** The capture of the observation ran from before the first to after the last packet that any place saw. */
function isCovered(
  observation: Observation,
  seen: SeenSpan | null,
  clocks: HostClocks,
  spans: readonly CaptureSpan[],
): boolean {
  const span = spans[observation.vantagePoint.capture];
  if (span === undefined || span.firstSeenNs === null || span.lastSeenNs === null) return false;
  if (seen === null) return true;
  const begin = correctedNs(observation, span.firstSeenNs, clocks);
  const end = correctedNs(observation, span.lastSeenNs, clocks);
  return seen.firstNs >= begin - MARGIN_NS && seen.lastNs <= end + MARGIN_NS;
}

/** A packet is on its way between two places for some time, and the clocks' correction is not exact. */
const MARGIN_NS = 50_000_000n;
