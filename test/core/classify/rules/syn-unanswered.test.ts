import { describe, expect, test } from "vitest";
import { Sightings, SYN, syn, synAck } from "../../../support/flow.ts";
import { cluster, VETH } from "../../../support/snapshot.ts";

const FLOW = "10.0.1.11:40000 > 10.0.2.51:8080";
const lone = { tcpFlags: SYN };

describe("syn-unanswered", () => {
  test("names the last place that saw the SYN", () => {
    const seen = new Sightings(cluster());
    seen.see(seen.at("n1/eth0"), FLOW, syn(1, { ...lone, ttlMax: 63 }));
    seen.see(seen.at(`n1/${VETH.webA}`), FLOW, syn(1, lone));
    const [match] = seen.found("syn-unanswered");
    expect(match?.level).toBe("error");
    expect(match?.evidence[0]?.statement).toBe(
      "default/web-a (10.0.1.11:40000) sent 1 SYN; last seen at n1/eth0, no answer anywhere",
    );
  });

  test("says that it reached the receiver's own interface", () => {
    const seen = new Sightings(cluster());
    seen.see(seen.at("pod:default/api-c"), FLOW, syn(1, { ...lone, ttlMax: 62 }));
    expect(seen.found("syn-unanswered")[0]?.evidence[0]?.statement).toContain(
      "the receiver's own interface",
    );
  });

  test("is a warning where other connections of the pair got through", () => {
    const seen = new Sightings(cluster());
    const tap = seen.at("n1/eth0");
    seen.see(tap, FLOW, syn(1, lone));
    seen.see(tap, "10.0.1.11:40001 > 10.0.2.51:8080", syn(5), synAck(6));
    expect(seen.found("syn-unanswered")[0]?.level).toBe("warning");
  });

  test("proves nothing in the last second of a capture", () => {
    const seen = new Sightings(cluster());
    seen.see(seen.at("n1/eth0"), FLOW, syn(1, lone));
    seen.lastsMs = 900;
    expect(seen.found("syn-unanswered")).toEqual([]);
  });

  test("is believed at the end of a capture when the SYN was sent again", () => {
    const seen = new Sightings(cluster());
    seen.see(seen.at("n1/eth0"), FLOW, syn(1, { ...lone, records: 2, retransmissions: 1 }));
    seen.lastsMs = 0;
    expect(seen.found("syn-unanswered")).toHaveLength(1);
  });

  test("is not a SYN whose answer was seen at another place only", () => {
    const seen = new Sightings(cluster());
    seen.see(seen.at("n1/eth0"), FLOW, syn(1, lone));
    seen.see(seen.at("n2/eth0"), "10.0.2.51:8080 > 10.0.1.11:40000", synAck(6, { atMs: 1 }));
    expect(seen.found("syn-unanswered")).toEqual([]);
  });

  test("is not a SYN that an ICMP error answered", () => {
    const seen = new Sightings(cluster());
    const icmpErrors = [{ record: 2, type: 3, code: 1, from: "10.0.1.1" }];
    seen.see(seen.at("n1/eth0"), FLOW, syn(1, lone), undefined, { icmpErrors });
    expect(seen.found("syn-unanswered")).toEqual([]);
    expect(seen.found("icmp-error")).toHaveLength(1);
  });
});
