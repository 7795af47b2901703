/**
 * Goal: clocks that differ are found out from the packets alone, within bounds that hold the truth, and nothing is said where the
 * packets do not tell. Method: conversations with known delays, written down by clocks that are wrong by a known amount.
 */
import { describe, expect, test } from "vitest";
import { type DirectionFields, datagram, Sightings, syn, synAck } from "../../support/flow.ts";
import { cluster } from "../../support/snapshot.ts";

const FLOW = "10.0.1.11:40000 > 10.0.2.51:8080";
const MS = 1_000_000;

/** Record 2 of its capture. */
const answer = (isn: number, fields: DirectionFields = {}): DirectionFields =>
  synAck(isn, { firstRecord: 2, ...fields });

interface Trip {
  /** Milliseconds: when the request passed n1, how long it took there and back, how long the answer took to come. */
  readonly at?: number;
  readonly there?: number;
  readonly back?: number;
  readonly thinks?: number;
}

/** One conversation seen at n1/eth0 and n2/eth0; n2's clock is `skew` ms ahead. */
function seeTrip(seen: Sightings, skew: number, trip: Trip = {}, port = 40000): void {
  const { at = 0, there = 0.1, back = 0.1, thinks = 0.5 } = trip;
  const flow = FLOW.replace("40000", String(port));
  const arrives = at + there;
  const answers = arrives + thinks;
  const [n1, n2] = [seen.at("n1/eth0"), seen.at("n2/eth0")];
  seen.see(n1, flow, syn(port, { atMs: at }), answer(port + 1, { atMs: answers + back }));
  seen.see(
    n2,
    flow,
    syn(port, { atMs: arrives + skew }),
    answer(port + 1, { atMs: answers + skew }),
  );
}

const offsets = (seen: Sightings) => seen.correlate().clockOffsets;
const twoHosts = () => new Sightings(cluster());

describe("two hosts", () => {
  test.each([0, 250, -250, 3000, 0.02])("%d ms apart", (skew) => {
    const seen = twoHosts();
    seeTrip(seen, skew);
    const [only, ...more] = offsets(seen);
    expect(more).toEqual([]);
    expect(only).toMatchObject({ host: "n2", reference: "n1", connections: 1, captures: [1] });
    expect(Math.abs(Number(only?.offsetNs) - skew * MS)).toBeLessThanOrEqual(
      Number(only?.uncertaintyNs),
    );
    // Half of both delays, and the microsecond that classic pcap cuts off.
    expect(Number(only?.uncertaintyNs)).toBeLessThanOrEqual(0.101 * MS);
    expect(only?.packets).toHaveLength(4);
  });

  test("the truth stays within the bounds when the delays are uneven", () => {
    const seen = twoHosts();
    seeTrip(seen, 80, { there: 4, back: 0.1 });
    const [only] = offsets(seen);
    expect(Math.abs(Number(only?.offsetNs) - 80 * MS)).toBeLessThanOrEqual(
      Number(only?.uncertaintyNs),
    );
    expect(Number(only?.offsetNs)).not.toBe(80 * MS);
  });

  test("more conversations narrow it down", () => {
    const seen = twoHosts();
    seeTrip(seen, 80, { there: 4, back: 0.1 });
    seeTrip(seen, 80, { at: 100, there: 0.1, back: 4 }, 40001);
    const [only] = offsets(seen);
    expect(only?.connections).toBe(2);
    expect(Number(only?.uncertaintyNs)).toBeLessThanOrEqual(0.11 * MS);
  });

  test("one conversation whose first packet a capture missed does not move it", () => {
    const seen = twoHosts();
    for (const [i, at] of [0, 50, 100].entries()) seeTrip(seen, 80, { at }, 40000 + i);
    // n2 saw only the SYN that was sent again a second later, and it came back with the same ISN.
    seeTrip(seen, 1080, { at: 150 }, 40009);
    const [only] = offsets(seen);
    expect(only?.connections).toBe(3);
    expect(Math.round(Number(only?.offsetNs) / MS)).toBe(80);
  });

  test("nobody is believed when no two conversations agree", () => {
    const seen = twoHosts();
    seeTrip(seen, 80);
    seeTrip(seen, 900, { at: 50 }, 40001);
    expect(offsets(seen)).toEqual([]);
  });

  test("a rewrite between them does not matter", () => {
    const seen = twoHosts();
    const [veth, n2] = [seen.at("pod:default/web-a"), seen.at("n2/eth0")];
    seen.see(veth, FLOW, syn(100, { atMs: 0 }), answer(900, { atMs: 1, ttlMax: 62 }));
    seen.see(
      n2,
      "10.0.1.10:5000 > 10.0.2.51:8080",
      syn(100, { atMs: 20.2, ttlMax: 63 }),
      answer(900, { atMs: 20.8, ttlMax: 63 }),
    );
    expect(offsets(seen).map(({ host, offsetNs }) => [host, Number(offsetNs) / MS])).toEqual([
      ["n2", 20],
    ]);
  });

  test("datagrams tell by their payload", () => {
    const seen = twoHosts();
    const [n1, n2] = [seen.at("n1/eth0"), seen.at("n2/eth0")];
    const flow = "10.0.1.11:40000 > 10.0.2.51:53";
    seen.udp(n1, flow, datagram(1, { atMs: 0 }), datagram(2, { atMs: 1 }));
    seen.udp(n2, flow, datagram(1, { atMs: 500.2 }), datagram(2, { atMs: 500.8 }));
    expect(Number(offsets(seen)[0]?.offsetNs) / MS).toBe(500);
  });
});

describe("nothing is said", () => {
  const see = (first: DirectionFields, second: DirectionFields, answers: boolean) => {
    const seen = twoHosts();
    const maybe = (atMs: number) => (answers ? answer(900, { atMs }) : undefined);
    seen.see(seen.at("n1/eth0"), FLOW, first, maybe(1));
    seen.see(seen.at("n2/eth0"), FLOW, second, maybe(250.7));
    return offsets(seen);
  };

  test("without an answer: one bound is no interval", () => {
    expect(see(syn(100), syn(100, { atMs: 250 }), false)).toEqual([]);
  });

  test("when the first packet is not the SYN", () => {
    expect(see(syn(100, { isnRecord: 9 }), syn(100, { atMs: 250 }), true)).toEqual([]);
  });

  test("when the SYN was sent again in between", () => {
    expect(see(syn(100, { ipId: 7 }), syn(100, { ipId: 8, atMs: 250 }), true)).toEqual([]);
    expect(see(syn(100, { ipId: 7 }), syn(100, { ipId: 7, atMs: 250 }), true)).toHaveLength(1);
  });

  test("about captures of one node", () => {
    const seen = twoHosts();
    seen.see(seen.at("pod:default/web-a"), FLOW, syn(100), answer(900, { atMs: 1 }));
    seen.see(seen.at("n1/eth0"), FLOW, syn(100, { atMs: 0.1 }), answer(900, { atMs: 0.9 }));
    expect(offsets(seen)).toEqual([]);
  });
});

test("a third host is reached through the second", () => {
  const seen = twoHosts();
  seeTrip(seen, 40);
  const flow = "10.0.2.51:40000 > 10.0.3.9:8080";
  seen.see(seen.at("n2/eth0"), flow, syn(7, { atMs: 100 + 40 }), answer(8, { atMs: 101 + 40 }));
  seen.see(seen.at("n3/eth0"), flow, syn(7, { atMs: 100.1 - 5 }), answer(8, { atMs: 100.9 - 5 }));
  const found = offsets(seen).map(({ host, reference, offsetNs }) => [
    host,
    reference,
    Math.round(Number(offsetNs) / MS),
  ]);
  expect(found).toEqual([
    ["n2", "n1", 40],
    ["n3", "n1", -5],
  ]);
});
