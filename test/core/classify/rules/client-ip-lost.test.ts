import { describe, expect, test } from "vitest";
import { Sightings, syn, synAck } from "../../../support/flow.ts";
import { cluster, VETH } from "../../../support/snapshot.ts";

/** A client dials the NodePort of n1; the pod behind it is on the same node. */
function arrives(atPod: string): Sightings {
  const seen = new Sightings(cluster());
  seen.see(seen.at("n1/eth0"), "10.0.1.200:40000 > 10.0.1.10:30080", syn(1), synAck(2));
  const veth = seen.at(`n1/${VETH.webB}`);
  seen.see(veth, atPod, syn(1, { atMs: 1 }), synAck(2, { atMs: 1 }));
  return seen;
}

describe("client-ip-lost", () => {
  test("notes the node that put its own address in place of the sender's", () => {
    const [match] = arrives("10.0.1.10:23456 > 10.0.1.21:8080").found("client-ip-lost");
    expect(match?.level).toBe("note");
    expect(match?.message).toContain("the server saw a node's address instead of the sender's");
    expect(match?.evidence[0]?.statement).toContain("SNAT+DNAT by n1");
  });

  test("says nothing where the NodePort keeps the sender (externalTrafficPolicy Local)", () => {
    const seen = arrives("10.0.1.200:40000 > 10.0.1.21:8080");
    expect(seen.connection.nat.map(({ kind }) => kind)).toEqual(["dnat"]);
    expect(seen.found("client-ip-lost")).toEqual([]);
  });

  test("says nothing of SNAT on the way out", () => {
    const seen = new Sightings(cluster());
    const out = "10.0.1.11:40000 > 203.0.113.9:443";
    seen.see(seen.at(`n1/${VETH.webA}`), out, syn(1), synAck(2));
    seen.see(seen.at("n1/eth0"), "10.0.1.10:2345 > 203.0.113.9:443", syn(1), synAck(2));
    expect(seen.connection.nat).toHaveLength(1);
    expect(seen.found("client-ip-lost")).toEqual([]);
  });
});
