import { describe, expect, test } from "vitest";
import { ACK, Sightings, START_NS, SYN, syn, synAck } from "../../../support/flow.ts";
import { cluster } from "../../../support/snapshot.ts";

const FLOW = "10.0.1.11:40000 > 10.0.2.51:8080";

describe("half-open", () => {
  test("is a handshake whose SYN-ACK was sent again and again", () => {
    const seen = new Sightings(cluster());
    const answers = synAck(2, { records: 3, retransmissions: 2 });
    seen.see(seen.at("n2/eth0"), FLOW, syn(1, { tcpFlags: SYN }), answers);
    seen.lastsMs = 0;
    const [match] = seen.found("half-open");
    expect(match?.level).toBe("warning");
    expect(match?.evidence[0]?.statement).toBe(
      "default/api-c (10.0.2.51:8080) sent 3 SYN-ACKs, last seen at n2/eth0; no ACK came",
    );
  });

  test("proves nothing when the capture ended with the SYN-ACK", () => {
    const seen = new Sightings(cluster());
    seen.see(seen.at("n2/eth0"), FLOW, syn(1, { tcpFlags: SYN }), synAck(2));
    expect(seen.found("half-open")).toHaveLength(1);
    seen.lastsMs = 500;
    expect(seen.found("half-open")).toEqual([]);
  });

  test("is not an open connection that is idle", () => {
    const seen = new Sightings(cluster());
    const open = { tcpFlags: SYN | ACK, lastSeenNs: START_NS };
    seen.see(seen.at("n2/eth0"), FLOW, syn(1, open), synAck(2));
    expect(seen.found("half-open")).toEqual([]);
  });
});
