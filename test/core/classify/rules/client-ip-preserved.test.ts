import { describe, expect, test } from "vitest";
import type { TargetEntry } from "../../../../src/core/cluster/snapshot.ts";
import { Sightings, syn, synAck } from "../../../support/flow.ts";
import { cluster, ref } from "../../../support/snapshot.ts";

const target: TargetEntry = {
  address: "10.0.2.51",
  port: 8080,
  ref: ref("describe-target-health.json"),
};

function from(address: string): Sightings {
  const seen = new Sightings(cluster({ targets: [target] }));
  seen.see(seen.at("n2/eth0"), `${address}:40000 > 10.0.2.51:8080`, syn(1), synAck(2));
  return seen;
}

describe("client-ip-preserved", () => {
  test("notes a client's own address at the pod", () => {
    const [match] = from("203.0.113.77").found("client-ip-preserved");
    expect(match?.level).toBe("note");
    expect(match?.evidence[0]).toMatchObject({
      statement: "default/api-c (10.0.2.51:8080) got packets from 203.0.113.77 at n2/eth0",
      packets: [{ capture: 0, record: 1 }],
    });
  });
  test("notes it behind a NodePort whose node rewrites the destination only", () => {
    const seen = new Sightings(cluster());
    const [eth0, veth] = [seen.at("n1/eth0"), seen.at("pod:default/web-b")];
    const client = "10.0.9.9:40000";
    seen.see(eth0, `${client} > 10.0.1.10:30080`, syn(1), synAck(2));
    seen.see(veth, `${client} > 10.0.1.21:8080`, syn(1, { ttlMax: 63, atMs: 0.05 }), synAck(2));
    const [match] = seen.found("client-ip-preserved");
    expect(match?.message).toContain("through a NodePort");
  });
  test("says nothing where the load balancer's own address arrives", () => {
    expect(from("10.0.1.200").found("client-ip-preserved")).toEqual([]);
  });
});
