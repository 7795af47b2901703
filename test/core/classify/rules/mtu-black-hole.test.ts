import { describe, expect, test } from "vitest";
import { Sightings, syn, synAck } from "../../../support/flow.ts";
import { cluster } from "../../../support/snapshot.ts";

function sentAgain(retransmissions: number, type = 3, code = 4): Sightings {
  const seen = new Sightings(cluster());
  const icmpErrors = [{ record: 5, type, code, from: "10.0.1.1" }];
  const orig = syn(1, { retransmissions, retransmissionRecord: 6, payloadBytes: 9000 });
  seen.see(seen.at("n1/eth0"), "10.0.1.11:40000 > 203.0.113.9:80", orig, synAck(2), { icmpErrors });
  return seen;
}

describe("mtu-black-hole", () => {
  test("is a sender that goes on with packets that are too big", () => {
    const [match] = sentAgain(3).found("mtu-black-hole");
    expect(match?.level).toBe("error");
    expect(match?.evidence[0]?.statement).toContain("10.0.1.1 sent fragmentation needed");
  });
  test("is not path MTU discovery, which costs a segment or two", () => {
    expect(sentAgain(2).found("mtu-black-hole")).toEqual([]);
  });
  test("is not loss beside another error", () => {
    expect(sentAgain(9, 3, 1).found("mtu-black-hole")).toEqual([]);
  });
});
