import { describe, expect, test } from "vitest";
import { Sightings, SYN, syn, synAck } from "../../../support/flow.ts";
import { cluster, VETH } from "../../../support/snapshot.ts";

const silent = syn(1, { tcpFlags: SYN, records: 3, retransmissions: 2 });

/** A client dials the NodePort of n1; eth1 and the pods' interfaces are captured unless left out. */
function dialled(leftOut = "", other = "10.0.1.11:5000 > 10.0.1.21:9000"): Sightings {
  const seen = new Sightings(cluster());
  seen.see(seen.at("n1/eth0"), "10.0.9.9:40000 > 10.0.1.10:30080", silent);
  for (const name of ["eth1", VETH.webA, VETH.webB])
    if (name !== leftOut) seen.see(seen.at(`n1/${name}`), other, syn(7), synAck(8));
  return seen;
}

describe("nodeport-not-forwarded", () => {
  test("is a SYN that an ENI lets in and no interface lets out", () => {
    const [match] = dialled().found("nodeport-not-forwarded");
    expect(match?.level).toBe("warning");
    expect(match?.connections).toEqual([0]);
    expect(match?.evidence[0]?.packets).toEqual([{ capture: 0, record: 1 }]);
  });
  test("is not told when an interface was not captured", () => {
    expect(dialled(VETH.webB).found("nodeport-not-forwarded")).toEqual([]);
  });
  test("is not told when a filter may have hidden what left", () => {
    const same = dialled("", "10.0.9.9:5000 > 10.0.1.21:30080");
    expect(same.found("nodeport-not-forwarded")).toEqual([]);
  });
  test("is not a SYN that left by another interface", () => {
    const seen = dialled();
    const pod = seen.at(`n1/${VETH.webB}`);
    seen.see(pod, "10.0.1.10:6000 > 10.0.1.21:8080", { ...silent, atMs: 0.1 });
    expect(seen.found("nodeport-not-forwarded")).toEqual([]);
  });
  test("is not a service of policy Local without a pod on this node", () => {
    const { services, pods } = cluster();
    const seen = dialled();
    const snapshot = cluster({
      services: services.map((one) => ({ ...one, externalTrafficPolicy: "Local" })),
      pods: pods.map((one) => (one.name === "web-b" ? { ...one, node: "n2" } : one)),
    });
    const elsewhere = Object.assign(new Sightings(snapshot), {
      captures: seen.captures,
      taps: seen.taps,
      rows: seen.rows,
    });
    expect(elsewhere.found("nodeport-not-forwarded")).toEqual([]);
  });
});
