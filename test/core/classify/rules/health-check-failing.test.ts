import { describe, expect, test } from "vitest";
import { ACK, RST, Sightings, SYN, syn, synAck } from "../../../support/flow.ts";
import { cluster } from "../../../support/snapshot.ts";

const check = (port: number) => `10.0.1.200:${port} > 10.0.2.51:8080`;
const silent = syn(1, { tcpFlags: SYN, records: 2, retransmissions: 1 });
const refusal = { tcpFlags: RST | ACK, resets: 1, resetRecord: 2 };

describe("health-check-failing", () => {
  test("is a target that never answers its load balancer", () => {
    const seen = new Sightings(cluster());
    const tap = seen.at("n2/eth0");
    seen.see(tap, check(40000), silent);
    seen.see(tap, check(40001), syn(9, { tcpFlags: SYN }), refusal);
    const [match] = seen.found("health-check-failing");
    expect(match?.level).toBe("error");
    expect(match?.connections).toHaveLength(2);
    expect(match?.evidence.map(({ statement }) => statement.split(": ").at(-1))).toEqual([
      "no answer",
      "refused",
    ]);
  });
  test("is not one failure", () => {
    const seen = new Sightings(cluster());
    seen.see(seen.at("n2/eth0"), check(40000), silent);
    expect(seen.found("health-check-failing")).toEqual([]);
  });
  test("is not a target that answers in between", () => {
    const seen = new Sightings(cluster());
    const tap = seen.at("n2/eth0");
    seen.see(tap, check(40000), silent);
    seen.see(tap, check(40001), silent);
    seen.see(tap, check(40002), syn(7), synAck(8));
    expect(seen.found("health-check-failing")).toEqual([]);
  });
  test("is not two pods that cannot talk", () => {
    const seen = new Sightings(cluster());
    const tap = seen.at("n2/eth0");
    seen.see(tap, "10.0.1.11:1 > 10.0.2.51:8080", silent);
    seen.see(tap, "10.0.1.11:2 > 10.0.2.51:8080", silent);
    expect(seen.found("health-check-failing")).toEqual([]);
  });
});
