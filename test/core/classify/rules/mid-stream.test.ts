import { describe, expect, test } from "vitest";
import { Sightings, segments, synAck } from "../../../support/flow.ts";
import { cluster } from "../../../support/snapshot.ts";

const FLOW = "10.0.1.11:40000 > 10.0.2.51:8080";

describe("mid-stream", () => {
  test("notes a connection that was open before the capture began", () => {
    const seen = new Sightings(cluster());
    seen.see(seen.at("n1/eth0"), FLOW, segments(1, 100), segments(5, 100));
    const [match] = seen.found("mid-stream");
    expect(match?.level).toBe("note");
    expect(match?.message).toContain("1 connection already open");
  });
  test("says nothing where half of the handshake was seen", () => {
    const seen = new Sightings(cluster());
    seen.see(seen.at("n1/eth0"), FLOW, segments(1, 100), synAck(5));
    expect(seen.found("mid-stream")).toEqual([]);
  });
  test("says nothing of protocols without a handshake", () => {
    const seen = new Sightings(cluster());
    seen.udp(seen.at("n1/eth0"), FLOW, { payloadBytes: 5 });
    expect(seen.found("mid-stream")).toEqual([]);
  });
});
