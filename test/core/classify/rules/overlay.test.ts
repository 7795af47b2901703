/**
 * Goal: a tunnel is an overlay only when it runs between cluster nodes and carries pods; a mirror session, an appliance and a
 * VPN are none.
 */
import { describe, expect, test } from "vitest";
import type { EncapsulationKind } from "../../../../src/core/flow/flow-observation.ts";
import { Sightings, syn, synAck } from "../../../support/flow.ts";
import { cluster, nodeInterface, pod, STATES } from "../../../support/snapshot.ts";

const INNER = "10.0.1.11:4000 > 10.0.2.51:8080";

function tunnel(outer: string, inner = INNER, kind: EncapsulationKind = "vxlan"): Sightings {
  const seen = new Sightings(cluster());
  const eth0 = seen.at("n1/eth0");
  const wrapping = seen.see(eth0, outer, { records: 2 }, undefined, {
    protocol: "udp",
    carries: kind,
  });
  const encapsulation = { kind, vni: 1, depth: 1, outer: wrapping.id };
  const [request, answer] = [syn(100, { ttlMax: 63 }), synAck(900, { ttlMax: 63 })];
  seen.see(eth0, inner, request, answer, { encapsulation });
  return seen;
}

describe("between two nodes", () => {
  const seen = tunnel("10.0.1.10:33333 > 10.0.2.10:8472");

  test("the outer connection and the pods' own are told apart and linked", () => {
    expect(seen.verdicts).toEqual(["overlay-tunnel (proven)", "pod-to-pod-overlay (proven)"]);
    const [outer, inner] = seen.connections;
    expect(outer?.carries).toEqual({ kind: "vxlan", connections: [1] });
    expect(inner?.observations[0]?.encapsulation).toEqual({
      kind: "vxlan",
      vni: 1,
      depth: 1,
      outerConnection: 0,
    });
  });

  test("is found as overlay-encapsulation", () => {
    expect(seen.findings).toEqual(["overlay-encapsulation"]);
    expect(seen.classify().findings[0]?.match.connections).toEqual([1, 0]);
  });

  test("the answers' outer flow is counted too: VXLAN gives each direction a port of its own", () => {
    const answered = tunnel("10.0.1.10:33333 > 10.0.2.10:8472");
    const udp = { protocol: "udp", carries: "vxlan" } as const;
    const eth0 = answered.taps[0];
    if (eth0 === undefined) throw new Error("no tap");
    answered.see(eth0, "10.0.2.10:44444 > 10.0.1.10:8472", { atMs: 1 }, undefined, udp);
    const [finding] = answered.classify().findings;
    expect(finding?.match.message).toContain("in 2 outer flows");
    expect(finding?.match.connections).toEqual([1, 0, 2]);
  });

  test("a tunnel of the same kind between other nodes is not counted", () => {
    const beside = tunnel("10.0.1.10:33333 > 10.0.2.10:8472");
    const udp = { protocol: "udp", carries: "vxlan" } as const;
    beside.see(beside.at("n1/eth0"), "10.0.1.10:5555 > 10.0.1.10:8472", {}, undefined, udp);
    expect(beside.classify().findings[0]?.match.message).toContain("in 1 outer flow.");
  });

  test("seen plain at the pod and wrapped on the wire is one connection", () => {
    const both = tunnel("10.0.1.10:33333 > 10.0.2.10:8472");
    both.see(both.at("pod:default/web-a"), INNER, syn(100), synAck(900));
    expect(both.connections).toHaveLength(2);
    expect(both.verdicts).toContain("pod-to-pod-overlay (proven)");
  });
});

test.each([
  ["a VPC mirror session to a host", "10.0.1.10:33333 > 10.0.3.200:4789", ["traffic-mirroring"]],
  [
    "a mirror session from an unknown ENI",
    "10.0.3.9:33333 > 10.0.2.10:4789",
    ["traffic-mirroring"],
  ],
  ["a tunnel of somebody else", "10.0.3.9:33333 > 10.0.3.10:6081", []],
] as const)("%s is no overlay", (_, outer, findings) => {
  const seen = tunnel(outer);
  expect(seen.verdicts.some((one) => one.startsWith("pod-to-pod-overlay"))).toBe(false);
  expect(seen.findings).toEqual(findings);
});

test("a mirrored copy does not hide the overlay that another capture shows", () => {
  const seen = tunnel("10.0.1.10:33333 > 10.0.3.200:4789");
  const eth0 = seen.at("n2/eth0");
  const udp = { protocol: "udp", carries: "vxlan" } as const;
  const wrapping = seen.see(eth0, "10.0.1.10:44444 > 10.0.2.10:8472", {}, undefined, udp);
  const encapsulation = { kind: "vxlan", vni: 1, depth: 1, outer: wrapping.id } as const;
  const request = syn(100, { ttlMax: 63, atMs: 1 });
  seen.see(eth0, INNER, request, undefined, { encapsulation });
  expect(seen.verdicts).toContain("pod-to-pod-overlay (proven)");
});

test("nodes that talk through a tunnel are no finding about pods", () => {
  const seen = tunnel("10.0.1.10:33333 > 10.0.2.10:8472", "192.168.77.1:4000 > 192.168.77.2:80");
  expect(seen.findings).toEqual([]);
});

describe("without the outer packets", () => {
  test("a tunnel device infers the overlay", () => {
    const state = {
      ...STATES.n1,
      interfaces: [
        ...STATES.n1.interfaces,
        nodeInterface(20, "flannel.1", "0e:00:00:00:00:01", ["10.244.0.0"], { kind: "vxlan" }),
      ],
    };
    const seen = new Sightings(cluster({ nodeStates: [state] }));
    seen.see(seen.at("n1/flannel.1"), INNER, syn(100, { ttlMax: 63 }));
    expect(seen.verdicts).toEqual(["pod-to-pod-overlay (inferred) or pod-to-pod-direct"]);
  });

  test("a device of another name with an address of the pods' network is no ENI", () => {
    const interfaces = [
      ...STATES.n1.interfaces,
      nodeInterface(20, "vx33", "0e:00:00:00:00:01", ["10.244.0.0"]),
    ];
    const seen = new Sightings(cluster({ nodeStates: [{ ...STATES.n1, interfaces }] }));
    seen.see(seen.at("n1/vx33"), INNER, syn(100, { ttlMax: 63 }));
    expect(seen.connections[0]?.observations[0]?.vantagePoint.kind).toBe("unknown");
  });

  test("without the VPC's CIDRs what ran between two nodes unseen may have been wrapped", () => {
    const blind = (...flows: readonly (readonly [string, string])[]) => {
      const seen = new Sightings(cluster({ vpcCidrs: [] }));
      for (const [order, [place, flow]] of flows.entries()) {
        const ttlMax = order === 0 ? 64 : 62;
        const answer = synAck(900, { ttlMax: order === 0 ? 62 : 64 });
        seen.see(seen.at(place), flow, syn(100, { ttlMax, atMs: order * 0.05 }), answer);
      }
      return seen.verdicts;
    };
    const [from, to] = ["pod:default/web-a", "pod:default/api-c"];
    const service = "10.0.1.11:4000 > 10.100.0.50:80";
    expect(blind([from, INNER], [to, INNER])).toEqual([
      "pod-to-pod-direct (inferred) or pod-to-pod-overlay",
    ]);
    expect(blind([from, INNER], [to, "10.0.1.10:2000 > 10.0.2.51:8080"])).toEqual([
      "pod-to-pod-nat (inferred) or pod-to-pod-overlay",
    ]);
    expect(blind([from, service], [to, INNER])).toEqual([
      "service-clusterip (inferred) or pod-to-pod-overlay",
    ]);
    expect(blind([from, INNER], ["n1/eth0", INNER], [to, INNER])).toEqual([
      "pod-to-pod-direct (proven)",
    ]);
  });

  describe("a service of pods that the VPC cannot route", () => {
    const seenAt = (...places: readonly (readonly [string, string])[]) => {
      const pods = [pod("default/a", "10.244.0.5", "n1"), pod("default/b", "10.244.1.7", "n2")];
      const vpcCidrs = [{ text: "10.0.0.0/16", ref: { file: "v" } }];
      const seen = new Sightings(cluster({ pods, vpcCidrs }));
      for (const [order, [place, flow]] of places.entries()) {
        const ttlMax = 64 - order;
        seen.see(seen.at(place), flow, syn(100, { ttlMax, atMs: order * 0.05 }), synAck(900));
      }
      return seen.verdicts;
    };
    const dialled = ["pod:default/a", "10.244.0.5:4000 > 10.100.0.50:80"] as const;
    const endpoint = "10.244.0.5:4000 > 10.244.1.7:8080";

    test("infers the tunnel that was not captured", () => {
      expect(seenAt(dialled, ["pod:default/b", endpoint])).toEqual([
        "pod-to-pod-overlay (inferred) or service-clusterip",
      ]);
    });

    test("leaves it open when the endpoint was not seen", () => {
      expect(seenAt(dialled)).toEqual(["service-clusterip (inferred) or pod-to-pod-overlay"]);
    });

    test("is no overlay when an ENI shows the endpoint's leg unwrapped", () => {
      expect(seenAt(dialled, ["n1/eth0", endpoint])).toEqual(["service-clusterip (proven)"]);
    });
  });

  test("addresses that the VPC cannot route infer it, unless the pods share a node", () => {
    const pods = (other: string) => [
      pod("default/a", "10.244.0.5", "n1"),
      pod("default/b", "10.244.1.7", other),
    ];
    const snapshot = (other: string) =>
      cluster({ pods: pods(other), vpcCidrs: [{ text: "10.0.0.0/16", ref: { file: "v" } }] });
    for (const [other, wanted] of [
      ["n2", "pod-to-pod-overlay (inferred) or pod-to-pod-direct"],
      ["n1", "pod-to-pod-direct (inferred) or pod-to-pod-nat"],
    ] as const) {
      const seen = new Sightings(snapshot(other));
      seen.see(
        seen.at("pod:default/a"),
        "10.244.0.5:4 > 10.244.1.7:80",
        syn(100),
        synAck(9, { ttlMax: 62 }),
      );
      expect(seen.verdicts).toEqual([wanted]);
    }
  });
});

describe("sealed packets", () => {
  const sealed = (flow: string) => {
    const seen = new Sightings(cluster());
    const ttl = { ttlMax: 64 };
    seen.see(seen.at("n1/eth0"), flow, ttl, ttl, { protocol: "udp", sealed: "wireguard" });
    return seen.verdicts;
  };

  test("between nodes are a tunnel", () => {
    expect(sealed("10.0.1.10:51871 > 10.0.2.10:51871")).toEqual(["overlay-tunnel (proven)"]);
  });

  test("to the outside are somebody's VPN", () => {
    expect(sealed("10.0.1.10:51820 > 203.0.113.9:51820")).toEqual([
      "node-egress (inferred) or snat-egress",
    ]);
  });
});
