import { describe, expect, test } from "vitest";
import { type DirectionFields, datagram, Sightings, START_NS } from "../../../support/flow.ts";
import { cluster, VETH } from "../../../support/snapshot.ts";

const FLOW = "10.0.1.11:40000 > 10.0.2.51:53";
const repeat: DirectionFields = { records: 4, lastSeenNs: START_NS + 5_000_000_000n };

function asked(orig: DirectionFields, resp?: DirectionFields, flow = FLOW): Sightings {
  const seen = new Sightings(cluster());
  seen.udp(seen.at(`n1/${VETH.webA}`), flow, datagram(1, orig), resp);
  return seen;
}

describe("dns-unanswered", () => {
  test("is a query that nobody answered while the capture went on", () => {
    const [match] = asked({ records: 2 }).found("dns-unanswered");
    expect(match?.level).toBe("warning");
    expect(match?.evidence[0]?.statement).toContain("2 packets asked, 0 answered");
  });
  test("is fewer answers than queries with a repeat a timeout later", () => {
    expect(asked(repeat, datagram(2, { records: 3 })).found("dns-unanswered")).toHaveLength(1);
  });
  test("is not a query at the end of the capture", () => {
    const seen = asked({ records: 2 });
    seen.lastsMs = 4_000;
    expect(seen.found("dns-unanswered")).toEqual([]);
  });
  test("is not fewer answers at once, as the capture's start or end makes them", () => {
    expect(asked({ records: 2 }, datagram(2)).found("dns-unanswered")).toEqual([]);
  });
  test("is not a query with an answer for each packet", () => {
    expect(asked(repeat, datagram(2, { records: 4 })).found("dns-unanswered")).toEqual([]);
  });
  test("is not another port's silence", () => {
    const syslog = asked({ records: 2 }, undefined, "10.0.1.11:40000 > 10.0.2.51:514");
    expect(syslog.found("dns-unanswered")).toEqual([]);
  });
});
