import { describe, expect, test } from "vitest";
import { Sightings, SYN, syn, synAck } from "../../../support/flow.ts";
import { cluster, service, VETH } from "../../../support/snapshot.ts";

const FLOW = "10.0.1.11:40000 > 10.100.0.50:80";

describe("clusterip-on-wire", () => {
  test("is a ClusterIP on a node's ENI", () => {
    const seen = new Sightings(cluster());
    seen.see(seen.at("n1/eth0"), FLOW, syn(1, { tcpFlags: SYN }));
    const [match] = seen.found("clusterip-on-wire");
    expect(match?.level).toBe("error");
    expect(match?.evidence[0]?.statement).toBe(
      "service default/web (10.100.0.50:80) was addressed at n1/eth0",
    );
  });
  test("is not a ClusterIP at the pod, before kube-proxy translates it", () => {
    const seen = new Sightings(cluster());
    seen.see(seen.at(`n1/${VETH.webA}`), FLOW, syn(1), synAck(2));
    expect(seen.found("clusterip-on-wire")).toEqual([]);
  });
  test("is not an external address of a service", () => {
    const external = service("default/web", "10.100.0.50", [{ protocol: "TCP", port: 80 }], {
      externalIps: ["198.51.100.80"],
    });
    const seen = new Sightings(cluster({ services: [external] }));
    seen.see(seen.at("n1/eth0"), "203.0.113.9:40000 > 198.51.100.80:80", syn(1), synAck(2));
    expect(seen.found("clusterip-on-wire")).toEqual([]);
  });
});
