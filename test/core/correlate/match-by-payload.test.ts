/**
 * Goal: datagrams on both sides of a rewrite are one connection when nothing else can explain them, and are reported as
 * ambiguous otherwise. Method: the same fingerprints at two places; identification, clocks and rivals varied.
 */
import { describe, expect, test } from "vitest";
import { datagram, Sightings, show, showNat } from "../../support/flow.ts";
import { cluster } from "../../support/snapshot.ts";

const POD = "10.0.1.11:40000 > 8.8.8.8:53";
const NODE = "10.0.1.10:20001 > 8.8.8.8:53";

/** Which connections say of each other that they may be one. */
const doubts = (seen: Sightings) => seen.connections.map((one) => one.ambiguousWith);

describe("UDP", () => {
  test("one payload at two places is an SNAT", () => {
    const seen = new Sightings(cluster());
    seen.udp(seen.at("pod:default/web-a"), POD, datagram(1), datagram(2, { ttlMax: 50 }));
    seen.udp(seen.at("n1/eth0"), NODE, datagram(1, { ttlMax: 63 }), datagram(2, { ttlMax: 51 }));
    expect(show(seen.connection)).toBe(`${POD}, ${NODE}`);
    expect(showNat(seen.connection)).toBe("snat by n1");
    expect(seen.connection.nat[0]?.matchedBy).toBe("payload");
  });

  test("a DNAT keeps the sender", () => {
    const seen = new Sightings(cluster());
    seen.udp(seen.at("pod:default/web-a"), "10.0.1.11:5 > 10.100.0.10:53", datagram(1));
    seen.udp(seen.at("n1/eth0"), "10.0.1.11:5 > 10.0.2.51:53", datagram(1, { ttlMax: 63 }));
    expect(showNat(seen.connection)).toBe("dnat by n1");
  });

  test.each([
    ["on two clocks and no identification is no match", "n1/eth0", null, 2],
    ["but one identification confirms it", "n1/eth0", 4711, 1],
    ["and so does one clock", null, null, 1],
  ])("a rewrite of both ends %s", (_, other, ipId, wanted) => {
    const seen = new Sightings(cluster());
    const tap = seen.at("n1/any");
    seen.udp(tap, "10.0.9.9:5 > 10.0.1.10:30080", datagram(1, { ipId }));
    const second = other === null ? seen.tap({ interfaceIndex: 1 }) : seen.at(other);
    const after = datagram(1, { ipId, atMs: 0.04, ttlMax: 63 });
    seen.udp(second, "10.0.1.10:77 > 10.0.2.51:8080", after);
    expect(seen.connections).toHaveLength(wanted);
  });

  test("another identification is another packet, whatever it says", () => {
    const seen = new Sightings();
    seen.udp(seen.at("x"), POD, datagram(1, { ipId: 4711 }));
    seen.udp(seen.at("y"), NODE, datagram(1, { ipId: 4712 }));
    expect(seen.connections).toHaveLength(2);
  });

  test("too long after on one clock is another packet", () => {
    const seen = new Sightings();
    const tap = seen.at("x");
    seen.udp(tap, POD, datagram(1));
    seen.udp(tap, NODE, datagram(1, { atMs: 51 }));
    expect(seen.connections).toHaveLength(2);
  });
});

describe("one equal packet among others that differ", () => {
  const both = (
    before: readonly number[],
    after: readonly number[],
    ids = [null, null] as readonly (number | null)[],
  ) => {
    const seen = new Sightings(cluster());
    const fields = (fingerprints: readonly number[], ipId: number | null, ttlMax: number) => ({
      ...datagram(0, { ipId: ipId ?? null, ttlMax }),
      fingerprints: [...fingerprints],
    });
    seen.udp(seen.at("pod:default/web-a"), POD, fields(before, ids[0] ?? null, 64));
    seen.udp(seen.at("n1/eth0"), NODE, fields(after, ids[1] ?? null, 63));
    return seen.connections.length;
  };

  test.each([
    ["is chance when each side has packets that the other lacks", [1, 2, 3], [7, 2, 8], 2],
    ["is no contradiction when packets were lost on the way", [1, 2, 3], [2], 1],
    ["nor when one side began earlier and its list was full", [1, 2, 3, 4], [2, 3, 4, 5], 1],
    ["is chance when of two full lists hardly anything agrees", [1, 2, 3, 4], [4, 5, 6, 7], 2],
  ] as const)("%s", (_, before, after, wanted) => {
    expect(both(before, after)).toBe(wanted);
  });

  test("counts when the identification confirms it", () => {
    expect(both([2, 1, 3], [2, 7, 8], [4711, 4711])).toBe(1);
  });
});

describe("identical heartbeats of two pods", () => {
  const heartbeats = (ids: readonly [number | null, number | null], clock: "one" | "two") => {
    const seen = new Sightings(cluster());
    const veths = seen.at("n1/any");
    const eth0 = clock === "one" ? seen.tap({ interfaceIndex: 9 }) : seen.at("n1/eth0");
    const [first, second] = ids;
    seen.udp(veths, POD, datagram(1, { ipId: first }));
    seen.udp(veths, "10.0.1.21:40000 > 8.8.8.8:53", datagram(1, { ipId: second, atMs: 20 }));
    seen.udp(eth0, NODE, datagram(1, { ipId: first, atMs: 0.05, ttlMax: 63 }));
    const other = datagram(1, { ipId: second, atMs: 20.05, ttlMax: 63 });
    seen.udp(eth0, "10.0.1.10:20002 > 8.8.8.8:53", other);
    return seen;
  };

  test("cannot be told apart: none is joined and each names the others", () => {
    const seen = heartbeats([null, null], "two");
    expect(seen.connections).toHaveLength(4);
    for (const [index, one] of doubts(seen).entries()) {
      expect(one.length).toBeGreaterThan(0);
      expect(one).not.toContain(index);
    }
  });

  test.each(["one", "two"] as const)("the identification tells them apart (%s clock)", (clock) => {
    const seen = heartbeats([11, 12], clock);
    expect(seen.connections.map(show).sort()).toEqual([
      `${POD}, ${NODE}`,
      "10.0.1.21:40000 > 8.8.8.8:53, 10.0.1.10:20002 > 8.8.8.8:53",
    ]);
    expect(doubts(seen)).toEqual([[], []]);
  });

  test("two pods alone are never a rewrite of each other: nobody forwarded either", () => {
    const seen = new Sightings(cluster());
    const veths = seen.at("n1/any");
    seen.udp(veths, POD, datagram(1));
    seen.udp(veths, "10.0.1.21:40000 > 8.8.8.8:53", datagram(1, { atMs: 0.2 }));
    expect(seen.connections).toHaveLength(2);
    expect(seen.connections.flatMap((one) => one.nat)).toEqual([]);
  });

  test("and so does one clock, where the copies follow in microseconds", () => {
    expect(heartbeats([null, null], "one").connections.map(show).sort()).toEqual([
      `${POD}, ${NODE}`,
      "10.0.1.21:40000 > 8.8.8.8:53, 10.0.1.10:20002 > 8.8.8.8:53",
    ]);
  });
});

describe("a heartbeat that hundreds of hosts send alike", () => {
  const crowd = (ipId: (host: number) => number | null) => {
    const seen = new Sightings(cluster());
    const [veths, eth0] = [seen.at("n1/any"), seen.at("n1/eth0")];
    for (let host = 0; host < 300; host++) {
      const sent = { ipId: ipId(host), atMs: host };
      const flow = `10.0.${4 + (host >> 8)}.${host & 255}:123 > 9.9.9.9:123`;
      seen.udp(veths, flow, datagram(1, sent));
      const after = datagram(1, { ...sent, ttlMax: 63 });
      seen.udp(eth0, `10.0.1.10:${20_000 + host} > 9.9.9.9:123`, after);
    }
    return seen.connections;
  };

  test("tells nothing by itself, and nobody is compared with everybody", () => {
    const connections = crowd(() => null);
    expect(connections).toHaveLength(600);
    expect(connections.flatMap((one) => one.ambiguousWith)).toEqual([]);
  });

  test("but each is known by its identification", () => {
    expect(crowd((host) => host + 1)).toHaveLength(300);
  });
});

describe("ICMP echo", () => {
  test("an identifier that SNAT replaced is an SNAT", () => {
    const seen = new Sightings(cluster());
    seen.ping(seen.at("pod:default/web-a"), "10.0.1.11:5 > 9.9.9.9:5", datagram(1));
    const after = datagram(1, { ttlMax: 63 });
    seen.ping(seen.at("n1/eth0"), "10.0.1.10:900 > 9.9.9.9:900", after);
    expect(showNat(seen.connection)).toBe("snat by n1");
    expect(seen.connection.nat[0]?.matchedBy).toBe("icmp-payload");
  });

  test("a kept identifier is an SNAT as well", () => {
    const seen = new Sightings(cluster());
    seen.ping(seen.at("pod:default/web-a"), "10.0.1.11:5 > 9.9.9.9:5", datagram(1));
    seen.ping(seen.at("n1/eth0"), "10.0.1.10:5 > 9.9.9.9:5", datagram(1, { ttlMax: 63 }));
    expect(showNat(seen.connection)).toBe("snat by n1");
  });

  test("a new destination with a new identifier is a DNAT", () => {
    const seen = new Sightings(cluster());
    seen.ping(seen.at("pod:default/web-a"), "10.0.1.11:5 > 10.0.2.51:5", datagram(1));
    const after = datagram(1, { ttlMax: 63 });
    seen.ping(seen.at("n1/eth0"), "10.0.1.11:8 > 10.0.1.21:8", after);
    expect(showNat(seen.connection)).toBe("dnat by n1");
  });

  test("two pings between the same hosts are two", () => {
    const seen = new Sightings();
    const tap = seen.at("x");
    seen.ping(tap, "10.0.1.11:5 > 9.9.9.9:5", datagram(1));
    seen.ping(tap, "10.0.1.11:6 > 9.9.9.9:6", datagram(1, { atMs: 1 }));
    expect(seen.connections).toHaveLength(2);
  });
});

test("a DNS query sent again from another port is no rewrite of the first", () => {
  const seen = new Sightings(cluster());
  const veth = seen.at("pod:default/web-a");
  seen.udp(veth, "10.0.1.11:40000 > 10.100.0.10:53", datagram(1));
  seen.udp(veth, "10.0.1.11:40001 > 10.100.0.10:53", datagram(1, { atMs: 5000 }));
  expect(seen.connections).toHaveLength(2);
});

test("a query sent again belongs to its own connection", () => {
  const seen = new Sightings(cluster());
  const [veth, eth0] = [seen.at("pod:default/web-a"), seen.at("n1/eth0")];
  seen.udp(veth, POD, datagram(1, { records: 2 }));
  seen.udp(eth0, NODE, datagram(1, { records: 2, ttlMax: 63 }));
  expect(seen.connection.packets).toEqual({ orig: 2, resp: 0 });
});

test("payloads of TCP join nothing: its sequence numbers do", () => {
  const seen = new Sightings();
  seen.see(seen.at("x"), POD, { fingerprints: [1] });
  seen.see(seen.at("y"), NODE, { fingerprints: [1] });
  expect(seen.connections).toHaveLength(2);
});
