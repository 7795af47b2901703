/**
 * Goal: connections whose handshake nobody captured are joined by the numbers of both directions, when exactly one pair fits.
 */
import { describe, expect, test } from "vitest";
import {
  type DirectionFields,
  Sightings,
  segments,
  show,
  syn,
  synAck,
} from "../../support/flow.ts";
import { cluster } from "../../support/snapshot.ts";

const POD = "10.0.1.11:40000 > 203.0.113.9:443";
const NODE = "10.0.1.10:20001 > 203.0.113.9:443";

type Half = readonly [DirectionFields, DirectionFields];
const numbers = (orig: number, resp: number, length = 1000): Half => [
  segments(orig, (orig + length) >>> 0),
  segments(resp, (resp + length) >>> 0),
];

function pair(before: Half, after: Half): Sightings {
  const seen = new Sightings(cluster());
  seen.see(seen.at("pod:default/web-a"), POD, ...before);
  seen.see(seen.at("n1/eth0"), NODE, { ...after[0], ttlMax: 63 }, { ...after[1], ttlMax: 52 });
  return seen;
}

describe("two tuples with one end in common", () => {
  test("and the same numbers in both directions are one", () => {
    const { connection } = pair(numbers(5000, 9000), numbers(5500, 9500));
    expect(show(connection)).toBe(`${POD}, ${NODE}`);
    expect(connection.nat[0]).toMatchObject({ kind: "snat", matchedBy: "tcp-sequence" });
  });

  test("and the same numbers across 2^32", () => {
    const wrapping = numbers(4_294_967_000, 4_294_966_800, 1000);
    expect(pair(wrapping, numbers(100, 50)).connections).toHaveLength(1);
  });

  test.each([
    ["in one direction only", numbers(5000, 9000), numbers(5500, 2_000_000_000)],
    ["in neither", numbers(5000, 9000), numbers(3_000_000_000, 2_000_000_000)],
    ["of which one direction is unseen", numbers(5000, 9000), [segments(5500, 6000), {}] as Half],
  ])("and numbers that agree %s are two", (_, before, after) => {
    expect(pair(before, after).connections).toHaveLength(2);
  });

  test("a handshake at one of them does not contradict what goes on at the other", () => {
    const before: Half = [syn(5000, { sequenceEnd: 7000 }), synAck(9000, { sequenceEnd: 9900 })];
    expect(pair(before, numbers(6000, 9500)).connections).toHaveLength(1);
  });
});

test("no end in common, no match: the numbers alone could be anybody's", () => {
  const seen = new Sightings();
  seen.see(seen.at("x"), POD, ...numbers(5000, 9000));
  seen.see(seen.at("y"), "10.0.1.10:2 > 198.51.100.7:443", ...numbers(5000, 9000));
  expect(seen.connections).toHaveLength(2);
});

describe("two pods whose numbers both fit one tuple behind the node", () => {
  const seen = new Sightings(cluster());
  const [veths, eth0] = [seen.at("n1/any"), seen.at("n1/eth0")];
  seen.see(veths, POD, ...numbers(5000, 9000));
  seen.see(veths, "10.0.1.21:40000 > 203.0.113.9:443", ...numbers(5900, 9900));
  seen.see(eth0, NODE, ...numbers(5950, 9950));

  test("stay apart and say so", () => {
    expect(seen.connections.map(show)).toHaveLength(3);
    expect(seen.connections.every((one) => one.ambiguousWith.length > 0)).toBe(true);
  });
});

test("of two pods only the one whose numbers fit is joined", () => {
  const seen = new Sightings(cluster());
  const [veths, eth0] = [seen.at("n1/any"), seen.at("n1/eth0")];
  seen.see(veths, POD, ...numbers(5000, 9000));
  seen.see(veths, "10.0.1.21:40000 > 203.0.113.9:443", ...numbers(1_500_000_000, 9000));
  seen.see(eth0, NODE, { ...numbers(5500, 9500)[0], ttlMax: 63 }, numbers(5500, 9500)[1]);
  expect(seen.connections.map(show).sort()).toEqual([
    `${POD}, ${NODE}`,
    "10.0.1.21:40000 > 203.0.113.9:443",
  ]);
});

test("a long range behind the node that fits two short ones before it is nobody's", () => {
  const seen = new Sightings(cluster());
  const [veths, eth0] = [seen.at("n1/any"), seen.at("n1/eth0")];
  seen.see(veths, POD, ...numbers(0, 0));
  seen.see(veths, "10.0.1.21:40000 > 203.0.113.9:443", ...numbers(2000, 2000));
  seen.see(eth0, NODE, ...numbers(500, 500, 2000));
  expect(seen.connections.map(show)).toHaveLength(3);
  expect(seen.connections.every((one) => one.ambiguousWith.length > 0)).toBe(true);
});
