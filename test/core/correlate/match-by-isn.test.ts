/**
 * Goal: two tuples become one connection when they are one SYN on both sides of a rewrite, and never otherwise. Method: the
 * same handshake with other addresses, then one thing about it changed.
 */
import { describe, expect, test } from "vitest";
import { Sightings, show, showNat, syn, synAck } from "../../support/flow.ts";
import { cluster } from "../../support/snapshot.ts";

const POD = "10.0.1.11:40000 > 203.0.113.9:443";
const NODE = "10.0.1.10:20001 > 203.0.113.9:443";

function both(
  before = {},
  after = {},
  answers: readonly [object | null, object | null] = [{}, {}],
) {
  const seen = new Sightings(cluster());
  const [veth, eth0] = [seen.at("pod:default/web-a"), seen.at("n1/eth0")];
  const [there, here] = answers;
  seen.see(veth, POD, syn(100, before), there === null ? undefined : synAck(900, there));
  const after63 = { ttlMax: 63, atMs: 0.05, ...after };
  seen.see(eth0, NODE, syn(100, after63), here === null ? undefined : synAck(900, here));
  return seen;
}

describe("one SYN on both sides", () => {
  test("is one connection with an SNAT by the node", () => {
    const { connection } = both();
    expect(show(connection)).toBe(`${POD}, ${NODE}`);
    expect(showNat(connection)).toBe("snat by n1");
    expect(connection.nat[0]).toMatchObject({ matchedBy: "tcp-isn", confidence: "proven" });
  });

  test("needs no answer", () => {
    expect(both({}, {}, [null, null]).connections).toHaveLength(1);
  });

  test("is one when only one side saw the answer", () => {
    expect(both({}, {}, [{}, null]).connections).toHaveLength(1);
  });

  test("is one with options unseen on one side and the same answer", () => {
    expect(both({ synOptions: 0 }).connections).toHaveLength(1);
  });

  test("is one when one side saw only a retransmission, which has another TSval", () => {
    expect(both({ synOptions: 1 }, { synOptions: 2 }).connections).toHaveLength(1);
  });

  test("is one when a clamp lowers the MSS of both directions on the way", () => {
    const clamped = both({ synOptions: 1 }, { synOptions: 2 }, [
      { synOptions: 3 },
      { synOptions: 4 },
    ]);
    expect(clamped.connections).toHaveLength(1);
  });

  test("without options and answer needs an end in common", () => {
    const bare = { synOptions: 0 };
    expect(both(bare, bare, [null, null]).connections).toHaveLength(1);
    const seen = new Sightings();
    seen.see(seen.at("x"), POD, syn(100, bare));
    seen.see(seen.at("y"), "10.9.9.9:5 > 198.51.100.7:443", syn(100, bare));
    expect(seen.connections).toHaveLength(2);
  });
});

describe("never one", () => {
  test("same ISN, other options, and no answer on one side", () => {
    expect(both({ synOptions: 1 }, { synOptions: 2 }, [{}, null]).connections).toHaveLength(2);
  });

  test("both ISNs of a pair that has nothing else in common", () => {
    const seen = new Sightings();
    seen.see(seen.at("x"), POD, syn(100, { synOptions: 1 }), synAck(900, { synOptions: 3 }));
    const other = synAck(900, { synOptions: 4 });
    seen.see(seen.at("y"), "10.9.9.9:5 > 198.51.100.7:443", syn(100, { synOptions: 2 }), other);
    expect(seen.connections).toHaveLength(2);
  });

  test("same ISN and options, another answer", () => {
    expect(both({}, {}, [{ isn: 900 }, { isn: 901 }]).connections).toHaveLength(2);
  });

  test("a proxy's two sides, whose ISNs are its own", () => {
    const seen = new Sightings(cluster());
    seen.see(seen.at("n1/eth0"), "203.0.113.9:4000 > 10.0.1.201:80", syn(100), synAck(900));
    seen.see(seen.at("n1/eth1"), "10.0.1.201:5000 > 10.0.1.21:8080", syn(300), synAck(400));
    expect(seen.connections).toHaveLength(2);
  });

  test("two targets of a scanner that uses one ISN, port and option list, at one place", () => {
    const seen = new Sightings(cluster());
    const veth = seen.at("pod:default/web-a");
    seen.see(veth, "10.0.1.11:54321 > 203.0.113.9:80", syn(100));
    seen.see(veth, "10.0.1.11:54321 > 203.0.113.9:81", syn(100, { atMs: 1 }));
    expect(seen.connections).toHaveLength(2);
  });

  test("the many targets of such a scanner, but each with its own copy behind the rewrite", () => {
    const seen = new Sightings(cluster());
    const [veth, eth0] = [seen.at("pod:default/web-a"), seen.at("n1/eth0")];
    const targets = 2000;
    for (let target = 0; target < targets; target++) {
      const to = `203.0.${target >>> 8}.${target & 255}:80`;
      seen.see(veth, `10.0.1.11:54321 > ${to}`, syn(100, { atMs: target }));
      seen.see(eth0, `10.0.1.10:20001 > ${to}`, syn(100, { ttlMax: 63, atMs: target + 0.05 }));
    }
    expect(seen.connections).toHaveLength(targets);
    expect(seen.connections.every((one) => one.nat.length === 1)).toBe(true);
  });

  test("two uses of one tuple", () => {
    const seen = new Sightings();
    const tap = seen.at("x");
    seen.see(tap, POD, syn(100), synAck(900));
    seen.see(tap, POD, syn(100, { atMs: 1 }), synAck(905));
    expect(seen.connections).toHaveLength(2);
  });
});

describe("a SYN that one place missed", () => {
  test("the SYN-ACK stands for it", () => {
    const seen = new Sightings();
    seen.see(seen.at("x"), POD, syn(100), synAck(900));
    seen.see(seen.at("y"), "203.0.113.9:443 > 10.0.1.10:20001", synAck(900));
    expect(seen.connections).toHaveLength(1);
  });

  test("but not one with other options", () => {
    const seen = new Sightings();
    seen.see(seen.at("x"), POD, syn(100), synAck(900));
    seen.see(seen.at("y"), "203.0.113.9:443 > 10.0.1.10:20001", synAck(900, { synOptions: 3 }));
    expect(seen.connections).toHaveLength(2);
  });
});

test("a SYN that was lost behind its rewrite leaves the connection to the retransmission that was answered", () => {
  const seen = new Sightings(cluster());
  const [veth, bridge] = [seen.at("pod:default/web-a"), seen.at("n1/cni0")];
  const dialled = "10.0.1.11:40000 > 10.100.0.50:80";
  const answered = "10.0.1.11:40000 > 10.0.2.51:8080";
  seen.see(veth, dialled, syn(100, { synOptions: 1, records: 4 }), synAck(900, { ttlMax: 62 }));
  const lost = syn(100, { synOptions: 1, ttlMax: 63, atMs: 0.05 });
  seen.see(bridge, "10.0.1.11:40000 > 10.0.1.11:8080", lost);
  const again = syn(100, { synOptions: 2, ttlMax: 63, atMs: 1000 });
  seen.see(bridge, answered, again, synAck(900, { ttlMax: 63 }));
  expect(seen.connections.map(show)).toEqual([
    `${dialled}, ${answered}`,
    "10.0.1.11:40000 > 10.0.1.11:8080",
  ]);
});

test("three tuples of one SYN are one connection with two rewrites in path order", () => {
  const seen = new Sightings(cluster());
  const places = [seen.at("pod:default/web-a"), seen.at("n1/eth0"), seen.at("n2/eth0")] as const;
  const last = seen.at("pod:default/api-c");
  const answer = (ttlMax: number) => synAck(900, { ttlMax });
  seen.see(last, "10.0.2.10:7777 > 10.0.2.51:8080", syn(100, { ttlMax: 62 }), answer(64));
  seen.see(places[2], "10.0.1.10:2222 > 10.0.2.51:8080", syn(100, { ttlMax: 63 }), answer(63));
  seen.see(places[1], "10.0.1.10:2222 > 10.0.2.51:8080", syn(100, { ttlMax: 63 }), answer(63));
  seen.see(places[0], "10.0.1.11:40000 > 10.0.2.51:8080", syn(100), answer(62));
  expect(show(seen.connection)).toBe(
    "10.0.1.11:40000 > 10.0.2.51:8080, 10.0.1.10:2222 > 10.0.2.51:8080, 10.0.2.10:7777 > 10.0.2.51:8080",
  );
  expect(showNat(seen.connection)).toBe("snat by n1, snat by n2");
});
