import { describe, expect, test } from "vitest";
import { ACK, RST, Sightings, SYN, syn, synAck } from "../../../support/flow.ts";
import { cluster } from "../../../support/snapshot.ts";

const REFUSAL = { tcpFlags: RST | ACK, resets: 1, resetRecord: 2 };

describe("connection-refused", () => {
  test("is an error when nothing gets through", () => {
    const seen = new Sightings(cluster());
    const tap = seen.at("n2/eth0");
    seen.see(tap, "10.0.1.11:40000 > 10.0.2.51:9", syn(1, { tcpFlags: SYN }), REFUSAL);
    const [match] = seen.found("connection-refused");
    expect(match?.level).toBe("error");
    expect(match?.message).toContain("default/api-c (10.0.2.51:9) refused");
    expect(match?.evidence[0]?.packets).toEqual([{ capture: 0, record: 2 }]);
  });

  test("is a warning when the same workloads talk on that port at other times", () => {
    const seen = new Sightings(cluster());
    const tap = seen.at("n2/eth0");
    seen.see(tap, "10.0.1.11:40000 > 10.0.2.51:9", syn(1, { tcpFlags: SYN }), REFUSAL);
    seen.see(tap, "10.0.1.11:40001 > 10.0.2.51:9", syn(5), synAck(6));
    expect(seen.found("connection-refused")[0]?.level).toBe("warning");
  });

  test("is not a reset of a connection that was open", () => {
    const seen = new Sightings(cluster());
    const reset = synAck(2, { tcpFlags: SYN | ACK | RST, resets: 1, resetRecord: 9 });
    seen.see(seen.at("n2/eth0"), "10.0.1.11:40000 > 10.0.2.51:9", syn(1), reset);
    expect(seen.found("connection-refused")).toEqual([]);
  });
});
