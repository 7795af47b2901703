/**
 * The order in which packets passed the places that saw them: by leg, then by hop count (each forwarding node takes one off the
 * TTL), then by the time on one common clock.
 */
import { type ClockOffset, hostOf } from "./clock-offset.ts";
import type { Connection, FiveTuple, Observation } from "./connection.ts";

/** Clock corrections by host; nothing for hosts whose offset is not known. */
export type HostClocks = ReadonlyMap<string, ClockOffset>;

export function hostClocks(offsets: readonly ClockOffset[]): HostClocks {
  return new Map(offsets.map((one) => [one.host, one]));
}

/** Nanoseconds since 1970 on the reference host's clock, as well as it is known. */
export function correctedNs({ vantagePoint }: Observation, ns: bigint, clocks: HostClocks): bigint {
  return ns - (clocks.get(hostOf(vantagePoint))?.offsetNs ?? 0n);
}

export function inHopOrder(connection: Connection, clocks: HostClocks): Connection {
  const { observations, legs } = connection;
  if (observations.length < 2) return connection;
  const hops = hopCounts(observations, legs);
  const order = observations
    .map((observation, position) => ({
      observation,
      leg: legs.findIndex((leg) => sameTuple(leg, observation.tuple)),
      hop: hops.get(observation) ?? 0,
      time: timeOf(observation, clocks),
      position,
    }))
    .sort(
      (x, y) =>
        x.leg - y.leg ||
        x.hop - y.hop ||
        (x.time < y.time ? -1 : x.time > y.time ? 1 : x.position - y.position),
    );
  return { ...connection, observations: order.map(({ observation }) => observation) };
}

/** Routers passed since the originator, relative to the nearest place of the same leg that saw the same direction. */
function hopCounts(
  observations: readonly Observation[],
  legs: readonly FiveTuple[],
): Map<Observation, number> {
  const found = new Map<Observation, number>();
  for (const leg of legs) {
    const here = observations.filter(({ tuple }) => sameTuple(leg, tuple));
    const sent = here.filter(({ orig }) => orig.records > 0);
    const first = Math.max(...sent.map(({ orig }) => orig.ttlMax));
    for (const one of sent) found.set(one, first - one.orig.ttlMax);
    // Places that saw only answers: an answer's TTL rises towards the responder.
    const answered = here.filter(({ orig, resp }) => orig.records === 0 && resp.records > 0);
    const nearest = Math.min(
      ...here.filter(({ resp }) => resp.records > 0).map(({ resp }) => resp.ttlMax),
    );
    for (const one of answered) found.set(one, one.resp.ttlMax - nearest);
  }
  return found;
}

/** Requests pass the places in path order, answers in the opposite one. Places of requests come before those of answers only. */
function timeOf(observation: Observation, clocks: HostClocks): bigint {
  const { orig, resp } = observation;
  if (orig.records > 0) return correctedNs(observation, orig.firstSeenNs, clocks);
  return FAR_FUTURE - correctedNs(observation, resp.firstSeenNs, clocks);
}
const FAR_FUTURE = 1n << 65n;

function sameTuple(x: FiveTuple, y: FiveTuple): boolean {
  return (
    x.orig.address === y.orig.address &&
    x.orig.port === y.orig.port &&
    x.resp.address === y.resp.address &&
    x.resp.port === y.resp.port
  );
}
