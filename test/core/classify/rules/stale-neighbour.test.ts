import { describe, expect, test } from "vitest";
import { Sightings, syn, synAck } from "../../../support/flow.ts";
import { cluster, MAC } from "../../../support/snapshot.ts";

/** api-c on n2 dials web-b, whose address is on n1's second ENI; the frame leaves n2's ENI for `macDst`. */
function sent(macDst: string | null, answer?: ReturnType<typeof synAck>): Sightings {
  const seen = new Sightings(cluster());
  const fields = { ttlMax: 63, macSrc: MAC.n2Eth0, macDst };
  seen.see(seen.at("n2/eth0"), "10.0.2.51:40000 > 10.0.1.21:8080", syn(1, fields), answer);
  return seen;
}

describe("stale-neighbour", () => {
  test("is a pod's packet on its way to an ENI that does not hold the address", () => {
    const [match] = sent(MAC.n1Eth0).found("stale-neighbour");
    expect(match?.level).toBe("warning");
    expect(match?.evidence[0]?.statement).toBe(
      `at n2/eth0 packets for default/web-b (10.0.1.21:8080) go to ${MAC.n1Eth0}, which is eni-n1-0; the address is on eni-n1-1 (${MAC.n1Eth1})`,
    );
    expect(match?.evidence[0]?.packets).toEqual([{ capture: 0, record: 1 }]);
    expect(match?.evidence[0]?.snapshot).toHaveLength(2);
  });
  test("is not a frame for the ENI that holds it, for the router, or without a link address", () => {
    expect(sent(MAC.n1Eth1).found("stale-neighbour")).toEqual([]);
    expect(sent(MAC.router).found("stale-neighbour")).toEqual([]);
    expect(sent(null).found("stale-neighbour")).toEqual([]);
  });
  test("is nothing to tell while the pod answers: the snapshot may be the older one", () => {
    expect(sent(MAC.n1Eth0, synAck(2)).found("stale-neighbour")).toEqual([]);
  });
});
