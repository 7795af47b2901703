/** Goal: places stand in the order in which packets passed them whatever their clocks say, and hops claim only what both ends saw. */
import { describe, expect, test } from "vitest";
import { hostClocks } from "../../../src/core/correlate/hop-order.ts";
import { hopsOf } from "../../../src/core/correlate/hops.ts";
import {
  type DirectionFields,
  datagram,
  Sightings,
  START_NS,
  syn,
  synAck,
} from "../../support/flow.ts";
import { cluster } from "../../support/snapshot.ts";

const FLOW = "10.0.1.11:40000 > 10.0.2.51:8080";
/** Record 2 of its capture. */
const answer = (isn: number, fields: DirectionFields = {}): DirectionFields =>
  synAck(isn, { firstRecord: 2, ...fields });

const places = (seen: Sightings) => seen.connection.observations.map((one) => one.vantagePoint.id);

/** Pod, n1/eth0, n2/eth0, pod: the clock of n2 is `skew` ms ahead; opened in the order given. */
function fourPlaces(skew: number, order: readonly number[] = [0, 1, 2, 3]): Sightings {
  const seen = new Sightings(cluster());
  const all = [
    ["pod:default/web-a", 64, 62, 0, 1],
    ["n1/eth0", 63, 63, 0.05, 0.95],
    ["n2/eth0", 63, 63, 0.15 + skew, 0.85 + skew],
    ["pod:default/api-c", 62, 64, 0.2 + skew, 0.8 + skew],
  ] as const;
  for (const position of order) {
    const [place, ttl, answerTtl, atMs, answerMs] = all[position] ?? all[0];
    const back = answer(900, { ttlMax: answerTtl, atMs: answerMs });
    seen.see(seen.at(place), FLOW, syn(100, { ttlMax: ttl, atMs }), back);
  }
  return seen;
}

describe("order", () => {
  test.each([0, 400, -400])("by hops and the corrected clock, %d ms of skew", (skew) => {
    const { observations } = fourPlaces(skew, [3, 1, 0, 2]).connection;
    // Captures in the order in which the packets passed them: the pod, n1/eth0, n2/eth0, the other pod.
    expect(observations.map(({ vantagePoint }) => vantagePoint.capture)).toEqual([2, 1, 3, 0]);
  });

  test("places that saw only answers stand by the answers' TTL", () => {
    const seen = new Sightings(cluster());
    const back = "10.0.2.51:8080 > 10.0.1.11:40000";
    seen.see(seen.at("n2/eth0"), back, synAck(900, { ttlMax: 63, atMs: 5 }));
    seen.see(seen.at("pod:default/web-a"), FLOW, syn(100), answer(900, { ttlMax: 62, atMs: 6 }));
    expect(places(seen)[1]).toBe("n2/eth0");
  });
});

describe("hops", () => {
  const spans = (count: number, fromMs = -1000, toMs = 1000) =>
    Array.from({ length: count }, () => ({
      firstSeenNs: START_NS + BigInt(fromMs * 1_000_000),
      lastSeenNs: START_NS + BigInt(toMs * 1_000_000),
    }));
  const hops = (seen: Sightings, covering = spans(seen.captures.length)) => {
    const { connections, clockOffsets } = seen.correlate();
    const [connection] = connections;
    if (connection === undefined) throw new Error("no connection");
    return hopsOf(connection, hostClocks(clockOffsets), covering);
  };

  test("delays are those of one clock, with what they may be wrong by", () => {
    const found = hops(fourPlaces(400), spans(4, -1000, 2000));
    expect(found.map(({ delayNs }) => [delayNs.orig, delayNs.resp])).toEqual([
      [50_000n, 50_000n],
      [100_000n, 100_000n],
      [50_000n, 50_000n],
    ]);
    expect(found.map(({ uncertaintyNs }) => uncertaintyNs > 0n)).toEqual([false, true, false]);
  });

  test("no delay between hosts whose clocks nothing ties", () => {
    const seen = new Sightings(cluster());
    seen.see(seen.at("n1/eth0"), FLOW, syn(100));
    seen.see(seen.at("n2/eth0"), FLOW, syn(100, { atMs: 300 }));
    expect(hops(seen).map(({ delayNs }) => delayNs)).toEqual([{ orig: null, resp: null }]);
  });

  test("no delay from a SYN to the one sent again", () => {
    const seen = new Sightings(cluster());
    seen.see(seen.at("pod:default/web-a"), FLOW, syn(100, { ipId: 1 }));
    seen.see(seen.at("n1/eth0"), FLOW, syn(100, { ipId: 2, atMs: 999, ttlMax: 63 }));
    expect(hops(seen)[0]?.delayNs.orig).toBeNull();
  });

  const dns = (there: number, here: number) => {
    const seen = new Sightings(cluster());
    const flow = "10.0.1.11:40000 > 10.0.2.51:53";
    seen.udp(seen.at("n1/eth0"), flow, datagram(1, { records: there }), datagram(2, { atMs: 1 }));
    const late = { records: here, atMs: 0.1, ttlMax: 63 };
    seen.udp(seen.at("n2/eth0"), flow, datagram(1, late), datagram(2, { atMs: 0.9 }));
    return seen;
  };

  test("what the second place saw less of is lost between them", () => {
    expect(hops(dns(11, 9))[0]?.lost).toEqual({ orig: 2, resp: 0, unit: "records" });
    expect(hops(dns(9, 11))[0]?.lost).toEqual({ orig: 0, resp: 0, unit: "records" });
  });

  test("nothing is called lost that a capture may have begun too late for", () => {
    const [first, second] = [spans(1), spans(1, 500, 1000)];
    expect(hops(dns(11, 9), [...first, ...second])[0]?.lost).toBeNull();
  });

  test("TCP counts payload, whose segments offloading joins", () => {
    const seen = new Sightings(cluster());
    const sent = { records: 10, payloadBytes: 5000 };
    seen.see(seen.at("n1/eth0"), FLOW, syn(100, sent), answer(900, { atMs: 1 }));
    const joined = { records: 3, payloadBytes: 5000, atMs: 0.1 };
    seen.see(seen.at("n2/eth0"), FLOW, syn(100, joined), answer(900, { atMs: 0.9 }));
    expect(hops(seen)[0]?.lost).toEqual({ orig: 0, resp: 0, unit: "payload-bytes" });
  });
});
