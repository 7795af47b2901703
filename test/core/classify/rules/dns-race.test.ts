import { describe, expect, test } from "vitest";
import { type DirectionFields, datagram, Sightings, START_NS } from "../../../support/flow.ts";
import { cluster, VETH } from "../../../support/snapshot.ts";

const SERVICE = "10.0.1.11:40000 > 10.100.0.10:53";
const BACKEND = "10.0.1.11:40000 > 10.0.2.51:53";
const lasting = (records: number, ms = 5001): DirectionFields =>
  datagram(7, { records, lastSeenNs: START_NS + BigInt(ms) * 1_000_000n });
const answer = datagram(8, { atMs: 1 });

/** web-a asks kube-dns, and n1 passes on what it passes on. */
function asked(sent: DirectionFields, passed: DirectionFields, place = "n1/eth0"): Sightings {
  const seen = new Sightings(cluster());
  seen.udp(seen.at(`n1/${VETH.webA}`), SERVICE, sent, answer);
  seen.udp(seen.at(place), BACKEND, passed, answer);
  return seen;
}

describe("dns-race", () => {
  test("is a query that the client's node did not pass on, asked again 5 s later", () => {
    const [match] = asked(lasting(4), lasting(3)).found("dns-race");
    expect(match?.level).toBe("warning");
    expect(match?.evidence.at(-1)?.statement).toBe(
      `default/web-a (10.0.1.11:40000) sent 4 queries at n1/${VETH.webA}, of which 3 left at n1/eth0`,
    );
    expect(match?.evidence.at(-1)?.packets).toHaveLength(2);
  });
  test("is not a socket whose queries all left the node", () => {
    expect(asked(lasting(4), lasting(4)).found("dns-race")).toEqual([]);
  });
  test("is not a query that another node missed", () => {
    expect(asked(lasting(4), lasting(3), "n2/eth0").found("dns-race")).toEqual([]);
  });
  test("is not a capture that ended before the last query or began after the first", () => {
    expect(asked(lasting(4), lasting(2, 1)).found("dns-race")).toEqual([]);
    const late = { ...lasting(3), atMs: 2000 };
    expect(asked(lasting(4), late).found("dns-race")).toEqual([]);
  });
  test("is not a socket that nobody waited on", () => {
    expect(asked(lasting(4, 1000), lasting(3, 1000)).found("dns-race")).toEqual([]);
  });
});
