import { describe, expect, test } from "vitest";
import { Sightings, syn, synAck } from "../../../support/flow.ts";
import { cluster } from "../../../support/snapshot.ts";

/** web-b (10.0.1.21) lives on eth1 of n1. */
const FLOW = "10.0.1.21:40000 > 10.0.2.51:8080";

describe("wrong-eni", () => {
  test("is a pod's address leaving by an ENI that does not hold it", () => {
    const seen = new Sightings(cluster());
    seen.see(seen.at("n1/eth0"), FLOW, syn(1));
    const [match] = seen.found("wrong-eni");
    expect(match?.level).toBe("error");
    expect(match?.evidence[0]?.statement).toBe(
      "10.0.1.21 is an address of eni-n1-1, and its packets were seen at n1/eth0, which is eni-n1-0",
    );
  });
  test("is an answer that leaves by the wrong ENI", () => {
    const seen = new Sightings(cluster());
    seen.see(seen.at("n1/eth0"), "10.0.1.21:8080 > 10.0.2.51:40000", synAck(1));
    expect(seen.found("wrong-eni")).toHaveLength(1);
  });
  test("is not the ENI that holds the address", () => {
    const seen = new Sightings(cluster());
    seen.see(seen.at("n1/eth1"), FLOW, syn(1), synAck(2));
    expect(seen.found("wrong-eni")).toEqual([]);
  });
  test("is not the receiver's node", () => {
    const seen = new Sightings(cluster());
    seen.see(seen.at("n2/eth0"), FLOW, syn(1), synAck(2));
    expect(seen.found("wrong-eni")).toEqual([]);
  });
  test("is not a pod rewritten to the node's address, which leaves by eth0", () => {
    const seen = new Sightings(cluster());
    const out = "203.0.113.9:443";
    seen.see(seen.at("n1/eniddeaa362342"), `10.0.1.21:40000 > ${out}`, syn(1), synAck(2));
    seen.see(seen.at("n1/eth0"), `10.0.1.10:2345 > ${out}`, syn(1), synAck(2));
    expect(seen.found("wrong-eni")).toEqual([]);
  });
});
