/**
 * Goal: conntrack is a witness: it joins what was seen, tells the side of a rewrite that nobody captured, and is not believed
 * where it speaks of another use of the tuple.
 */
import { describe, expect, test } from "vitest";
import { datagram, Sightings, segments, show, showNat, syn, synAck } from "../../support/flow.ts";
import { cluster, conntrack, statesWith } from "../../support/snapshot.ts";

const POD = "10.0.1.11:40000 > 203.0.113.9:443";
const NODE = "10.0.1.10:20001 > 203.0.113.9:443";
const ENTRY =
  "tcp      6 86399 ESTABLISHED src=10.0.1.11 dst=203.0.113.9 sport=40000 dport=443 src=203.0.113.9 dst=10.0.1.10 sport=443 dport=20001 [ASSURED] mark=128 use=1";
/** 2023-11-14 22:13:20, the time of the test's first packet, and an hour later. */
const EVENT = (seconds: string) =>
  `[${seconds}]\t    [NEW] ipv4     2 tcp      6 120 SYN_SENT src=10.0.1.11 dst=203.0.113.9 sport=40000 dport=443 [UNREPLIED] src=203.0.113.9 dst=10.0.1.10 sport=443 dport=20001`;

const told = (...lines: string[]) =>
  new Sightings(cluster({ nodeStates: statesWith("n1", { conntrack: conntrack(...lines) }) }));

describe("both sides seen", () => {
  test("are joined although nothing in the packets ties them", () => {
    const seen = told(ENTRY);
    seen.see(seen.at("pod:default/web-a"), POD, segments(1, 2), segments(3, 4));
    seen.see(seen.at("n1/eth0"), NODE, segments(9_000_000, 9_000_001), {});
    expect(show(seen.connection)).toBe(`${POD}, ${NODE}`);
    expect(seen.connection.nat[0]).toMatchObject({
      kind: "snat",
      node: "n1",
      matchedBy: "conntrack",
    });
  });

  test("by their SYN keep that as the stronger ground and name the entry that agrees", () => {
    const seen = told(ENTRY);
    seen.see(seen.at("pod:default/web-a"), POD, syn(100), synAck(900));
    seen.see(seen.at("n1/eth0"), NODE, syn(100, { ttlMax: 63 }), synAck(900));
    expect(seen.connection.nat[0]).toMatchObject({
      matchedBy: "tcp-isn",
      conntrack: { text: ENTRY, file: "conntrack.txt", line: 1 },
    });
  });

  test("with ISNs that contradict each other stay apart", () => {
    const seen = told(ENTRY);
    seen.see(seen.at("pod:default/web-a"), POD, syn(100), synAck(900));
    seen.see(seen.at("n1/eth0"), NODE, syn(200, { ttlMax: 63 }), synAck(300));
    const observed = seen.connections.map((one) => one.observations.length);
    expect(observed).toEqual([1, 1]);
  });

  test("hours apart stay apart", () => {
    const seen = told(ENTRY);
    const later = { atMs: 7_200_000 };
    seen.see(seen.at("pod:default/web-a"), POD, segments(1, 2));
    seen.see(seen.at("n1/eth0"), NODE, segments(1, 2, later));
    expect(seen.connections).toHaveLength(2);
  });
});

describe("one side seen", () => {
  test("the tuple after the rewrite is told", () => {
    const seen = told(ENTRY);
    seen.see(seen.at("pod:default/web-a"), POD, syn(100), synAck(900));
    expect(show(seen.connection)).toBe(`${POD}, ${NODE}`);
    expect(seen.connection.nat[0]).toMatchObject({ node: "n1", matchedBy: "conntrack" });
    expect(seen.connection.observations).toHaveLength(1);
  });

  test("the tuple before it is told", () => {
    const seen = told(ENTRY);
    seen.see(seen.at("n1/eth0"), NODE, syn(100, { ttlMax: 63 }), synAck(900));
    expect(show(seen.connection)).toBe(`${POD}, ${NODE}`);
  });

  test("an event near the packets is believed, one an hour away is not", () => {
    for (const [seconds, legs] of [
      ["1700000000.5", 2],
      ["1700003600.5", 1],
    ] as const) {
      const seen = told(EVENT(seconds));
      seen.see(seen.at("n1/eth0"), NODE, syn(100), synAck(900));
      expect(seen.connection.legs).toHaveLength(legs);
    }
  });

  test("two entries that tell different senders tell nothing", () => {
    const seen = told(ENTRY, ENTRY.replaceAll("40000", "41111"));
    seen.see(seen.at("n1/eth0"), NODE, syn(100), synAck(900));
    expect(show(seen.connection)).toBe(NODE);
  });

  test("of a tuple used twice an entry without a time tells neither use", () => {
    const seen = told(ENTRY);
    const eth0 = seen.at("n1/eth0");
    seen.see(eth0, NODE, syn(100), synAck(900));
    seen.see(eth0, NODE, syn(500, { atMs: 60_000 }), synAck(700, { atMs: 60_000 }));
    expect(seen.connections.map(show)).toEqual([NODE, NODE]);
  });

  test("and an event tells the use that it is near to", () => {
    const seen = told(EVENT("1700000000.1"));
    const eth0 = seen.at("n1/eth0");
    seen.see(eth0, NODE, syn(100), synAck(900));
    seen.see(eth0, NODE, syn(500, { atMs: 600_000 }), synAck(700, { atMs: 600_000 }));
    expect(seen.connections.map(show)).toEqual([`${POD}, ${NODE}`, NODE]);
  });

  test("a node that rewrites its own port is told from a pod behind it", () => {
    const own =
      "udp 17 29 src=10.0.1.10 dst=8.8.8.8 sport=5353 dport=53 src=8.8.8.8 dst=10.0.1.10 sport=53 dport=6001 mark=0 use=1";
    const seen = told(own);
    seen.udp(seen.at("n1/eth0"), "10.0.1.10:6001 > 8.8.8.8:53", datagram(1));
    expect(show(seen.connection)).toBe("10.0.1.10:5353 > 8.8.8.8:53, 10.0.1.10:6001 > 8.8.8.8:53");
    expect(showNat(seen.connection)).toBe("snat by n1");
  });

  test("rewrites of two nodes are followed one behind the other", () => {
    const first =
      "tcp 6 100 ESTABLISHED src=10.0.1.11 dst=10.0.2.51 sport=40000 dport=8080 src=10.0.2.51 dst=10.0.1.10 sport=8080 dport=2222 use=1";
    const second =
      "tcp 6 100 ESTABLISHED src=10.0.1.10 dst=10.0.2.51 sport=2222 dport=8080 src=10.0.2.51 dst=10.0.2.10 sport=8080 dport=7777 use=1";
    const states = statesWith("n1", { conntrack: conntrack(first) }).map((state) =>
      state.node === "n2" ? { ...state, conntrack: conntrack(second) } : state,
    );
    const seen = new Sightings(cluster({ nodeStates: states }));
    const veth = seen.at("pod:default/api-c");
    seen.see(veth, "10.0.2.10:7777 > 10.0.2.51:8080", syn(100, { ttlMax: 62 }), synAck(900));
    expect(show(seen.connection)).toBe(
      "10.0.1.11:40000 > 10.0.2.51:8080, 10.0.1.10:2222 > 10.0.2.51:8080, 10.0.2.10:7777 > 10.0.2.51:8080",
    );
    expect(showNat(seen.connection)).toBe("snat by n1, snat by n2");
  });
});

test("an entry without a rewrite says nothing", () => {
  const plain =
    "tcp 6 100 ESTABLISHED src=10.0.1.11 dst=10.0.2.51 sport=40000 dport=8080 src=10.0.2.51 dst=10.0.1.11 sport=8080 dport=40000 use=1";
  const seen = told(plain);
  seen.see(seen.at("n1/eth0"), "10.0.1.11:40000 > 10.0.2.51:8080", syn(100), synAck(900));
  expect(seen.connection.nat).toEqual([]);
});

describe("seen mid-stream, the answer first, between two ephemeral ports", () => {
  const lines = ENTRY.replaceAll("443", "44300");
  const answer = (...entries: string[]) => {
    const seen = told(...entries);
    seen.see(seen.at("n1/eth0"), "203.0.113.9:44300 > 10.0.1.10:40001", segments(1, 2));
    return seen.connection;
  };

  test("nothing but the first packet says who started", () => {
    expect(answer().orientedBy).toBe("first-packet");
  });

  test("until an entry does, and tells the rewrite the right way round", () => {
    const connection = answer(lines.replaceAll("20001", "40001"));
    expect(connection.orientedBy).toBe("conntrack");
    expect(show(connection)).toBe(
      "10.0.1.11:40000 > 203.0.113.9:44300, 10.0.1.10:40001 > 203.0.113.9:44300",
    );
    expect(showNat(connection)).toBe("snat by n1");
  });
});
