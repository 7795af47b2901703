import { describe, expect, test } from "vitest";
import { type DirectionFields, Sightings, START_NS, syn, synAck } from "../../../support/flow.ts";
import { cluster } from "../../../support/snapshot.ts";

const FLOW = "10.0.1.11:40000 > 10.0.2.51:8080";
const again = (count: number): DirectionFields =>
  count === 0 ? {} : { retransmissions: count, retransmissionRecord: 7 };

/** Sent again as often as each place of the way saw it: pod's veth, n1 eth0, n2 eth0. */
function alongTheWay(counts: readonly [number, number, number], packets = 10): Sightings {
  const seen = new Sightings(cluster());
  ["n1/enia150d993dd4", "n1/eth0", "n2/eth0"].forEach((place, hop) => {
    seen.see(
      seen.at(place),
      FLOW,
      syn(100, {
        records: packets,
        ttlMax: hop === 0 ? 64 : 63,
        atMs: hop,
        ...again(counts[hop] ?? 0),
      }),
      synAck(900, { records: packets, atMs: hop + 1, lastSeenNs: START_NS }),
    );
  });
  return seen;
}

describe("tcp-retransmission", () => {
  test("tells who sent again, and between which places it was lost", () => {
    const [match, ...others] = alongTheWay([2, 2, 0]).found("tcp-retransmission");
    expect(others).toEqual([]);
    expect(match?.level).toBe("warning");
    expect(match?.message).toContain("2 segments sent again in 1 connection");
    expect(match?.evidence[0]?.statement).toBe(
      "default/web-a (10.0.1.11:40000) sent again what n1/enia150d993dd4, n1/eth0 had seen; only once at n2/eth0: lost before it got there",
    );
    expect(match?.evidence[0]?.packets).toEqual([
      { capture: 0, record: 7 },
      { capture: 1, record: 7 },
    ]);
  });

  test("names no place of loss when all saw it twice, or a place before others saw it once", () => {
    for (const counts of [
      [1, 1, 1],
      [0, 1, 1],
    ] as const) {
      const [match] = alongTheWay(counts).found("tcp-retransmission");
      expect(match?.evidence[0]?.statement).not.toContain("lost before");
    }
  });

  test("is a note where one in a thousand was sent again", () => {
    expect(alongTheWay([1, 0, 0], 2000).found("tcp-retransmission")[0]?.level).toBe("note");
    expect(alongTheWay([9, 0, 0], 2000).found("tcp-retransmission")[0]?.level).toBe("warning");
  });

  test("says nothing of the same packets at several places", () => {
    expect(alongTheWay([0, 0, 0]).found("tcp-retransmission")).toEqual([]);
  });

  test("leaves a SYN that nobody answered to the rule about silence", () => {
    const seen = new Sightings(cluster());
    seen.see(seen.at("n1/eth0"), FLOW, syn(100, { records: 3, tcpFlags: 2, ...again(2) }));
    expect(seen.found("tcp-retransmission")).toEqual([]);
    expect(seen.found("syn-unanswered")).toHaveLength(1);
  });
});
