import { describe, expect, test } from "vitest";
import type { FlowEncapsulation } from "../../../../src/core/flow/flow-observation.ts";
import { Sightings, syn, synAck } from "../../../support/flow.ts";
import { cluster, MAC } from "../../../support/snapshot.ts";

const FLOW = "10.0.2.51:40000 > 10.0.1.21:8080";
const BACK = "10.0.1.21:8080 > 10.0.2.51:40000";
const TUNNEL: FlowEncapsulation = { kind: "vxlan", vni: 1, depth: 1, outer: 0 };

describe("asymmetric-path", () => {
  test("is an answer that leaves by another ENI than the request came in by", () => {
    const seen = new Sightings(cluster());
    seen.see(seen.at("n1/eth1"), FLOW, syn(1));
    seen.see(seen.at("n1/eth0"), BACK, synAck(2, { atMs: 1 }));
    const [match] = seen.found("asymmetric-path");
    expect(match?.level).toBe("warning");
    expect(match?.evidence[0]?.statement).toBe("requests at n1/eth1, answers at n1/eth0");
  });

  test("is an overlay whose answers come back outside the tunnel", () => {
    const seen = new Sightings(cluster());
    const eth0 = seen.at("n1/eth0");
    const outer = seen.see(eth0, "10.0.2.10:5000 > 10.0.1.10:4789", {}, undefined, {
      protocol: "udp",
      carries: "vxlan",
    });
    const encapsulation = { ...TUNNEL, outer: outer.id };
    seen.see(eth0, FLOW, syn(1), undefined, { encapsulation });
    seen.see(eth0, BACK, synAck(2, { atMs: 1 }));
    const [match] = seen.found("asymmetric-path");
    expect(match?.evidence[0]?.statement).toBe(
      "requests at n1/eth0 inside vxlan, answers at n1/eth0",
    );
  });

  test("is not the way from one node to another", () => {
    const seen = new Sightings(cluster());
    seen.see(seen.at("n2/eth0"), FLOW, syn(1));
    seen.see(seen.at("n1/eth1"), BACK, synAck(2, { atMs: 1 }));
    expect(seen.found("asymmetric-path")).toEqual([]);
  });

  test("is not told by LINUX_SLL, which records no interface for what comes in", () => {
    const seen = new Sightings(cluster());
    const inward = seen.at("n1", { linkType: 113, sll: { direction: "in", mac: MAC.router } });
    const outward = seen.tap({ linkType: 113, sll: { direction: "out", mac: MAC.n1Eth1 } });
    seen.see(inward, FLOW, syn(1));
    seen.see(outward, BACK, synAck(2, { atMs: 1 }));
    expect(seen.found("asymmetric-path")).toEqual([]);
  });

  test("is not told where one ENI saw both directions", () => {
    const seen = new Sightings(cluster());
    seen.see(seen.at("n1/eth1"), FLOW, syn(1), synAck(2));
    seen.see(seen.at("n1/eth0"), BACK, synAck(2, { atMs: 1 }));
    expect(seen.found("asymmetric-path")).toEqual([]);
  });
});
