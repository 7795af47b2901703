/**
 * Goal: one leg per conversation of a tuple, wherever it was seen and in whatever order its rows come. Method: rows of one
 * tuple at several places, with and without a handshake, shuffled.
 */
import { describe, expect, test } from "vitest";
import {
  datagram,
  legsOf,
  type RowFields,
  row,
  Sightings,
  segments,
  syn,
  synAck,
} from "../../support/flow.ts";

const FLOW = "10.0.1.11:40000 > 10.0.2.51:8080";
const BACK = "10.0.2.51:8080 > 10.0.1.11:40000";

const places = new Sightings();
const [here, there, elsewhere] = [places.at("n1/eth0"), places.at("n2/eth0"), places.at("x")];

const seen = (fields: Omit<RowFields, "flow" | "tap"> & Partial<RowFields>) =>
  row({ flow: FLOW, tap: here, ...fields });

/** Row ids of each leg, smallest first: what matters is who is together. */
function groups(rows: ReturnType<typeof row>[], byTap = places.correlate([]).vantagePoints) {
  const name = new Map(rows.map((one, index) => [one.id, index]));
  return legsOf(rows, undefined, byTap)
    .map((leg) => leg.rows.map(({ id }) => name.get(id) ?? -1).sort((x, y) => x - y))
    .sort((x, y) => (x[0] ?? 0) - (y[0] ?? 0));
}

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item, at) =>
    permutations(items.filter((_, index) => index !== at)).map((rest) => [item, ...rest]),
  );
}

/** The same groups whatever the order of the rows. */
function expectGroups(rows: ReturnType<typeof row>[], wanted: number[][]): void {
  for (const order of permutations(rows)) {
    const ids = new Map(rows.map((one, index) => [one.id, index]));
    const found = legsOf(order, undefined, places.correlate([]).vantagePoints)
      .map((leg) => leg.rows.map(({ id }) => ids.get(id) ?? -1).sort((x, y) => x - y))
      .sort((x, y) => (x[0] ?? 0) - (y[0] ?? 0));
    expect(found).toEqual(wanted);
  }
}

describe("TCP", () => {
  test("the same handshake at two places is one leg", () => {
    const both = { forward: syn(100), backward: synAck(900) };
    expectGroups([seen(both), seen({ ...both, tap: there })], [[0, 1]]);
  });

  test("a tuple that is used again with another ISN is another conversation", () => {
    expectGroups(
      [
        seen({ forward: syn(100), backward: synAck(900) }),
        seen({ forward: syn(5000, { atMs: 9 }), backward: synAck(7000, { atMs: 9 }) }),
        seen({ forward: syn(5000, { atMs: 9 }), backward: synAck(7000, { atMs: 9 }), tap: there }),
      ],
      [[0], [1, 2]],
    );
  });

  test("two uses with the same ISN but other answers are two conversations", () => {
    expectGroups(
      [
        seen({ forward: syn(100), backward: synAck(900) }),
        seen({ forward: syn(100), backward: synAck(901), tap: there }),
      ],
      [[0], [1]],
    );
  });

  test("places that saw one direction each are put together", () => {
    expectGroups(
      [seen({ forward: syn(100) }), seen({ flow: BACK, forward: synAck(900), tap: there })],
      [[0, 1]],
    );
  });

  test("a place that saw both directions ties the halves, in any order", () => {
    expectGroups(
      [
        seen({ forward: syn(100) }),
        seen({ flow: BACK, forward: synAck(900), tap: there }),
        seen({ forward: syn(100), backward: synAck(900), tap: elsewhere }),
      ],
      [[0, 1, 2]],
    );
  });

  test("halves of two uses are paired in the order in which they began", () => {
    expectGroups(
      [
        seen({ forward: syn(100, { atMs: 0 }) }),
        seen({ forward: syn(200, { atMs: 5000 }) }),
        seen({ flow: BACK, forward: synAck(900, { atMs: 1 }), tap: there }),
        seen({ flow: BACK, forward: synAck(950, { atMs: 5001 }), tap: there }),
      ],
      [
        [0, 2],
        [1, 3],
      ],
    );
  });

  test("a half that began an hour after the other is not its other half", () => {
    expectGroups(
      [
        seen({ forward: syn(100, { atMs: 0 }) }),
        seen({ flow: BACK, forward: synAck(900, { atMs: 3_600_000 }), tap: there }),
      ],
      [[0], [1]],
    );
  });

  test("a row without a handshake joins the conversation whose numbers it continues", () => {
    expectGroups(
      [
        seen({ forward: syn(100, { sequenceEnd: 5000 }), backward: synAck(900) }),
        seen({ forward: syn(2_000_000_000), backward: synAck(3_000_000_000) }),
        seen({ forward: segments(4000, 6000), backward: segments(950, 2000), tap: there }),
      ],
      [[0, 2], [1]],
    );
  });

  test("numbers that go on past 2^32 are continued", () => {
    expectGroups(
      [
        seen({ forward: syn(4_294_967_000, { sequenceEnd: 500 }), backward: synAck(7) }),
        seen({ forward: segments(400, 900), backward: segments(107, 300), tap: there }),
      ],
      [[0, 1]],
    );
  });

  test("a chain of rows that each continue the one before is one conversation", () => {
    const part = (start: number, atMs: number) => ({
      forward: segments(start, start + 900_000, { atMs }),
      backward: segments(50, 60, { atMs }),
    });
    expectGroups(
      [
        seen(part(0, 0)),
        seen({ ...part(1_500_000, 10), tap: there }),
        seen({ ...part(3_000_000, 20), tap: elsewhere }),
      ],
      [[0, 1, 2]],
    );
  });

  test("numbers of both directions must go on", () => {
    expectGroups(
      [
        seen({ forward: segments(1000, 2000), backward: segments(1000, 2000) }),
        seen({
          forward: segments(1500, 2500),
          backward: segments(2_000_000_000, 2_000_001_000),
          tap: there,
        }),
      ],
      [[0], [1]],
    );
  });
});

describe("datagrams", () => {
  const dns = (fields: object) => seen({ protocol: "udp", ...fields });

  test("rows within a minute are one conversation", () => {
    expectGroups(
      [dns({ forward: datagram(1) }), dns({ forward: datagram(2, { atMs: 50_000 }), tap: there })],
      [[0, 1]],
    );
  });

  test("a long silence separates rows that have no payload in common", () => {
    expectGroups(
      [dns({ forward: datagram(1) }), dns({ forward: datagram(2, { atMs: 200_000 }) })],
      [[0], [1]],
    );
  });

  test("a tunnel is one conversation however long nothing passes through it", () => {
    expectGroups(
      [
        dns({ forward: { fingerprints: [] }, carries: "vxlan" }),
        dns({ forward: { fingerprints: [], atMs: 90_000 }, carries: "vxlan", tap: there }),
      ],
      [[0, 1]],
    );
  });

  test("the same payload joins places whose clocks are hours apart", () => {
    expectGroups(
      [
        dns({ forward: datagram(1) }),
        dns({ forward: datagram(1, { atMs: 7_200_000 }), tap: there }),
      ],
      [[0, 1]],
    );
  });
});

describe("addresses that mean another host on every node", () => {
  test.each([
    "127.0.0.1:50000 > 127.0.0.1:10248",
    "[fe80::1]:546 > [fe80::2]:547",
    "169.254.172.5:40000 > 10.0.2.51:80",
    "[fd00::ac:1]:40000 > [2001:db8::1]:80",
  ])("%s at two nodes is two conversations", (flow) => {
    const both = { forward: syn(100), backward: synAck(900) };
    const rows = [seen({ ...both, flow }), seen({ ...both, flow, tap: there })];
    expect(groups(rows)).toEqual([[0], [1]]);
  });

  test("an unknown place is kept apart by capture", () => {
    const both = { forward: syn(1), backward: synAck(2), flow: "127.0.0.1:5 > 127.0.0.1:6" };
    expect(groups([seen({ ...both, tap: elsewhere }), seen({ ...both, tap: there })])).toEqual([
      [0],
      [1],
    ]);
  });

  test("but the services of 169.254 are one address: their peers are not", () => {
    const both = {
      forward: syn(1),
      backward: synAck(2),
      flow: "10.0.1.11:5 > 169.254.169.254:80",
    };
    expect(groups([seen(both), seen({ ...both, tap: there })])).toEqual([[0, 1]]);
  });
});
