/**
 * Goal: a connection's legs stand in path order, its packets are counted once, and none of it depends on the order in which
 * captures and rows were given.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Connection } from "../../../src/core/correlate/connection.ts";
import type { FlowObservation } from "../../../src/core/flow/flow-observation.ts";
import { datagram, Sightings, segments, show, showNat, syn, synAck } from "../../support/flow.ts";
import { cluster, conntrack, statesWith } from "../../support/snapshot.ts";

const POD = "10.0.1.11:40000 > 203.0.113.9:443";
const NODE = "10.0.1.10:20001 > 203.0.113.9:443";

describe("path order", () => {
  const pair = (first: object, second: object, snapshot = cluster()) => {
    const seen = new Sightings(snapshot);
    // The later hop is given first, so that nothing but the evidence orders the two.
    seen.see(seen.at("n1/eth0"), NODE, syn(100, second), undefined);
    seen.see(seen.at("pod:default/web-a"), POD, syn(100, first), undefined);
    return show(seen.connection);
  };

  test("a hop costs the originator's packets a TTL", () => {
    expect(pair({ ttlMax: 64, atMs: 900 }, { ttlMax: 63, atMs: 0 })).toBe(`${POD}, ${NODE}`);
  });

  test("and the responder's on the way back", () => {
    const seen = new Sightings(cluster());
    const [eth0, veth] = [seen.at("n1/eth0"), seen.at("pod:default/web-a")];
    seen.see(eth0, "203.0.113.9:443 > 10.0.1.10:20001", synAck(900, { ttlMax: 50 }));
    seen.see(veth, "203.0.113.9:443 > 10.0.1.11:40000", synAck(900, { ttlMax: 49 }));
    expect(show(seen.connection)).toBe(`${POD}, ${NODE}`);
  });

  test("of equal TTLs the earlier packet", () => {
    expect(pair({ atMs: 0 }, { atMs: 0.05 })).toBe(`${POD}, ${NODE}`);
  });

  test("conntrack knows better than TTL and time", () => {
    const entry =
      "tcp 6 100 ESTABLISHED src=10.0.1.11 dst=203.0.113.9 sport=40000 dport=443 src=203.0.113.9 dst=10.0.1.10 sport=443 dport=20001 use=1";
    const told = cluster({ nodeStates: statesWith("n1", { conntrack: conntrack(entry) }) });
    expect(pair({ ttlMax: 60, atMs: 900 }, { ttlMax: 64, atMs: 0 }, told)).toBe(`${POD}, ${NODE}`);
  });
});

test("three tuples whose TTLs conntrack contradicts for two of them stand in one order", () => {
  const [third, second] = ["10.0.2.10:7777 > 10.0.2.51:8080", "10.0.1.10:2222 > 10.0.2.51:8080"];
  const first = "10.0.1.11:40000 > 10.0.2.51:8080";
  const entry =
    "tcp 6 100 ESTABLISHED src=10.0.1.11 dst=10.0.2.51 sport=40000 dport=8080 src=10.0.2.51 dst=10.0.1.10 sport=8080 dport=2222 use=1";
  const legs = [
    [third, 62],
    [second, 64],
    [first, 63],
  ] as const;
  for (const order of [legs, [...legs].reverse()]) {
    const nodeStates = statesWith("n1", { conntrack: conntrack(entry) });
    const seen = new Sightings(cluster({ nodeStates }));
    for (const [flow, ttlMax] of order) seen.see(seen.at("x"), flow, syn(100, { ttlMax }));
    expect(show(seen.connection)).toBe(`${first}, ${second}, ${third}`);
  }
});

describe("counts", () => {
  test("a packet of a host to its own port once, as the originator's", () => {
    const seen = new Sightings();
    seen.udp(seen.at("x"), "127.0.0.1:500 > 127.0.0.1:500", datagram(7));
    expect(seen.connection.packets).toEqual({ orig: 1, resp: 0 });
    expect(seen.connection.observations[0]?.resp.records).toBe(0);
  });

  test("each packet once, however many places saw it", () => {
    const seen = new Sightings(cluster());
    const [veth, eth0] = [seen.at("pod:default/web-a"), seen.at("n1/eth0")];
    seen.see(veth, POD, syn(100, { records: 5 }), synAck(900, { records: 4 }));
    const after = syn(100, { records: 7, ttlMax: 63 });
    seen.see(eth0, NODE, after, synAck(900, { records: 2 }));
    const { packets, bytes } = seen.connection;
    expect(packets).toEqual({ orig: 7, resp: 4 });
    expect(bytes).toEqual({ orig: 700, resp: 400 });
  });

  test("two taps of one place that saw a direction each are one observation", () => {
    const seen = new Sightings(cluster());
    const out = seen.at("n1/eth0");
    const back = seen.tap();
    seen.see(out, NODE, syn(100));
    seen.see(back, "203.0.113.9:443 > 10.0.1.10:20001", synAck(900));
    expect(seen.connection.observations).toHaveLength(1);
    expect(seen.connection.observations[0]).toMatchObject({
      orig: { records: 1 },
      resp: { records: 1 },
      rows: [0, 1],
    });
  });

  test("two that saw the same packets stay two", () => {
    const seen = new Sightings(cluster());
    const bridge = seen.at("n1/eth0");
    const port = seen.tap();
    for (const tap of [bridge, port]) seen.see(tap, NODE, syn(100), synAck(900));
    expect(seen.connection.observations).toHaveLength(2);
    expect(seen.connection.packets).toEqual({ orig: 1, resp: 1 });
  });

  test("wrapped and plain packets of one tuple are two observations of one connection", () => {
    const seen = new Sightings(cluster());
    const eth0 = seen.at("n1/eth0");
    const udp = { protocol: "udp", carries: "vxlan" } as const;
    const outer = seen.see(eth0, "10.0.1.10:3333 > 10.0.2.10:8472", {}, undefined, udp);
    const encapsulation = { kind: "vxlan", vni: 1, depth: 1, outer: outer.id } as const;
    seen.see(eth0, POD, syn(100), undefined, { encapsulation });
    seen.see(eth0, POD, syn(100));
    const inner = seen.connections.find((one) => one.carries === null);
    expect(inner?.observations.map((one) => one.encapsulation?.kind ?? null)).toEqual([
      "vxlan",
      null,
    ]);
  });
});

describe("a hairpin", () => {
  test("is one step that rewrites both ends at one node", () => {
    const seen = new Sightings(cluster());
    const veth = seen.at("pod:default/web-b");
    seen.see(veth, "10.0.1.21:4000 > 10.100.0.50:80", syn(100), synAck(900, { ttlMax: 63 }));
    const after = [syn(100, { ttlMax: 63 }), synAck(900)] as const;
    seen.see(veth, "10.0.1.10:5000 > 10.0.1.21:8080", ...after);
    expect(showNat(seen.connection)).toBe("both by n1");
  });
});

/** Everything about connections that does not name a row, a tap or a capture. */
function content(connections: readonly Connection[]): string[] {
  return connections
    .map((one) =>
      JSON.stringify([
        show(one),
        showNat(one),
        one.orientedBy,
        one.packets,
        one.observations.map((o) => [o.vantagePoint.id, o.orig.records, o.resp.records]).sort(),
        one.ambiguousWith.length,
      ]),
    )
    .sort();
}

describe("whatever the order of the rows", () => {
  const seen = new Sightings(cluster());
  const [veth, eth0, there] = [
    seen.at("pod:default/web-a"),
    seen.at("n1/eth0"),
    seen.at("n2/eth0"),
  ];
  seen.see(veth, POD, syn(100, { records: 3 }), synAck(900, { ttlMax: 50 }));
  seen.see(eth0, NODE, syn(100, { ttlMax: 63 }), synAck(900, { ttlMax: 51 }));
  seen.see(veth, POD, syn(7_000_000, { atMs: 90 }), synAck(8_000_000, { atMs: 90 }));
  seen.see(eth0, NODE, segments(7_000_050, 7_000_090, { atMs: 91 }), undefined);
  seen.see(there, "10.0.2.51:8080 > 10.0.1.11:5", synAck(77, { atMs: 5 }));
  seen.see(eth0, "10.0.1.11:5 > 10.0.2.51:8080", syn(66, { ttlMax: 63, atMs: 5 }));
  seen.see(eth0, "10.0.1.11:5 > 10.0.2.51:8080", segments(150, 190, { atMs: 6 }));
  seen.udp(veth, "10.0.1.11:9 > 8.8.8.8:53", datagram(5, { atMs: 1 }));
  seen.udp(eth0, "10.0.1.10:99 > 8.8.8.8:53", datagram(5, { ttlMax: 63, atMs: 1 }));
  seen.udp(eth0, "10.0.1.10:98 > 8.8.8.8:53", datagram(6, { ttlMax: 63, atMs: 2 }));
  seen.ping(there, "10.0.2.10:4 > 10.0.1.10:4", datagram(9, { atMs: 3 }), datagram(9));
  const wanted = content(seen.connections);

  test("the connections are the same", () => {
    expect(wanted.length).toBeGreaterThan(4);
    const orders = fc.shuffledSubarray(seen.rows, { minLength: seen.rows.length });
    fc.assert(
      fc.property(orders, (rows) => {
        expect(content([...seen.correlate(rows).connections])).toEqual(wanted);
      }),
      { numRuns: 60 },
    );
  });

  test("and so they are with captures and taps numbered otherwise", () => {
    const other = new Sightings(seen.snapshot);
    const taps = [...seen.captures].reverse().map(({ label }) => {
      const place =
        label?.pod === undefined ? `${label?.node}/${label?.interface}` : `pod:${label.pod}`;
      return other.at(place);
    });
    const rows: FlowObservation[] = seen.rows.map((row) => {
      const tap = taps[seen.captures.length - 1 - row.tap.capture];
      return tap === undefined ? row : { ...row, tap };
    });
    expect(content([...other.correlate(rows).connections])).toEqual(wanted);
  });
});
