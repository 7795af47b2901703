import { describe, expect, test } from "vitest";
import { Sightings, SYN, syn, synAck } from "../../../support/flow.ts";
import { cluster, VETH } from "../../../support/snapshot.ts";

const silent = syn(1, { tcpFlags: SYN, records: 3, retransmissions: 2 });
const FLOW = "10.0.1.11:40000 > 203.0.113.9:443";

/** web-a dials a server; the other interfaces of n1 show another conversation. */
function dialled(flow = FLOW, fields = silent, interfaces = ["eth0", "eth1", VETH.webB]) {
  const seen = new Sightings(cluster());
  seen.see(seen.at(`n1/${VETH.webA}`), flow, fields);
  for (const name of interfaces)
    seen.see(seen.at(`n1/${name}`), "10.0.1.21:5000 > 10.0.2.51:9000", syn(7), synAck(8));
  return seen;
}

describe("not-forwarded", () => {
  test("is a SYN that enters by the pod's interface and leaves by none", () => {
    const [match] = dialled().found("not-forwarded");
    expect(match?.level).toBe("warning");
    expect(match?.connections).toEqual([0]);
    expect(match?.evidence[0]?.statement).toContain("at no other interface of n1");
  });
  test("is told from one capture of all interfaces, of which some were quiet", () => {
    const seen = new Sightings(cluster());
    const sll2 = { linkType: 276 };
    const any = seen.at("n1", { ...sll2, sllInterface: 10 });
    const eth0 = seen.tap({ ...sll2, sllInterface: 2 });
    seen.see(any, FLOW, silent);
    seen.see(eth0, "10.0.1.10:5000 > 10.0.2.10:9000", syn(7), synAck(8));
    seen.linkType = 276;
    expect(seen.found("not-forwarded")).toHaveLength(1);
    seen.linkType = 1;
    expect(seen.found("not-forwarded")).toEqual([]);
  });
  test("is not told without a capture of every interface", () => {
    expect(dialled(FLOW, silent, ["eth0", VETH.webB]).found("not-forwarded")).toEqual([]);
  });
  test("is not told of a capture that was over before", () => {
    const seen = dialled(FLOW, { ...silent, atMs: 90_000 });
    expect(seen.found("not-forwarded")).toEqual([]);
  });
  test("is not a packet that left the node, answered or not", () => {
    const seen = dialled();
    seen.see(seen.at("n1/eth0"), "10.0.1.10:6000 > 203.0.113.9:443", { ...silent, atMs: 0.1 });
    expect(seen.found("not-forwarded")).toEqual([]);
  });
  test("is not what the node keeps for itself, nor a packet whose hops are used up", () => {
    expect(dialled("10.0.1.11:40000 > 10.0.1.10:10250").found("not-forwarded")).toEqual([]);
    expect(dialled("10.0.1.11:40000 > 169.254.169.254:80").found("not-forwarded")).toEqual([]);
    expect(dialled(FLOW, { ...silent, ttlMax: 1, ttlMin: 1 }).found("not-forwarded")).toEqual([]);
  });
});
