// Counts are held against what was put in, target by target; what cannot be told must be said to be unknown.
import { describe, expect, test } from "vitest";
import { spreads } from "../../../src/core/classify/spread.ts";
import { buildOwnerIndex } from "../../../src/core/cluster/owner-index.ts";
import type { ClusterSnapshot, TargetGroupEntry } from "../../../src/core/cluster/snapshot.ts";
import { Sightings, syn, synAck } from "../../support/flow.ts";
import { cluster, ref } from "../../support/snapshot.ts";

function spreadOf(seen: Sightings) {
  const owners = buildOwnerIndex(seen.snapshot);
  const { having } = seen.classify();
  return spreads(having, seen.snapshot, seen.vantagePoints, (address) => owners.resolve(address));
}

const request = (isn: number) => syn(isn, { records: 3, bytes: 300, payloadBytes: 80 });
const answer = (isn: number) => synAck(isn, { records: 2, bytes: 900, payloadBytes: 700 });

/** The NLB of the example cluster with these targets. */
function balanced(
  targets: readonly { address: string; port: number; state?: string }[],
  group: Partial<TargetGroupEntry> = {},
): ClusterSnapshot {
  const enis = cluster().enis.filter(({ role }) => role === "network-load-balancer");
  const name = enis[0]?.loadBalancer ?? "";
  const of = ref("describe-target-health.json");
  return cluster({
    loadBalancers: [{ name, type: "network", ref: ref("describe-load-balancers.json") }],
    targets: targets.map((one) => ({ ...one, targetGroup: "tg", ref: of })),
    targetGroups: [{ name: "tg", loadBalancers: [name], attributes: {}, ref: of, ...group }],
  });
}

describe("connections of a load balancer", () => {
  test("are counted by target, those without a byte of data as health checks", () => {
    const seen = new Sightings(balanced([{ address: "10.0.2.51", port: 8080 }]));
    const tap = seen.at("n2/eth0");
    seen.see(tap, "10.0.1.200:1001 > 10.0.2.51:8080", request(1), answer(2));
    seen.see(tap, "10.0.1.200:1002 > 10.0.2.51:8080", request(3), answer(4));
    seen.see(tap, "10.0.1.200:1003 > 10.0.2.51:8080", syn(5), synAck(6));
    expect(spreadOf(seen)).toMatchObject([
      {
        kind: "load-balancer",
        targets: [
          {
            address: "10.0.2.51",
            port: 8080,
            connections: 2,
            healthChecks: 1,
            packets: 10,
            bytes: 2400,
          },
        ],
        unresolved: 0,
        neverReached: [],
      },
    ]);
  });
  test("that ask as ELB-HealthChecker are health checks, however much they carry", () => {
    const seen = new Sightings(balanced([]));
    const tap = seen.at("n2/eth0");
    const httpRequest = { forwardedFor: null, isHealthCheck: true, record: 3 };
    seen.see(tap, "10.0.1.200:1001 > 10.0.2.51:8080", request(1), answer(2), { httpRequest });
    seen.see(tap, "10.0.1.11:1001 > 10.0.2.51:8080", request(3), answer(4), { httpRequest });
    expect(spreadOf(seen)).toMatchObject([{ targets: [{ connections: 0, healthChecks: 1 }] }]);
  });
  test("that began before the capture may have carried data", () => {
    const seen = new Sightings(balanced([]));
    const part = { tcpFlags: 16, sequenceStart: 5, sequenceEnd: 6 };
    seen.see(seen.at("n2/eth0"), "10.0.1.200:40001 > 10.0.2.51:8080", part, part);
    expect(spreadOf(seen)[0]?.targets).toMatchObject([{ connections: 1, healthChecks: 0 }]);
  });
  test("are all health checks when it keeps the clients' addresses for them", () => {
    const keeps = { attributes: { "preserve_client_ip.enabled": "true" } };
    const targets = [{ address: "10.0.2.51", port: 8080 }];
    const seen = new Sightings(balanced(targets, keeps));
    const tap = seen.at("n2/eth0");
    seen.see(tap, "10.0.1.200:1001 > 10.0.2.51:8080", request(1), answer(2));
    seen.see(tap, "203.0.113.9:5000 > 10.0.2.51:8080", request(3), answer(4));
    const [spread, another] = spreadOf(seen);
    expect(spread?.targets).toMatchObject([{ connections: 1, healthChecks: 1 }]);
    expect(another).toBeUndefined();
  });
});

describe("a target that got nothing", () => {
  const targets = [
    { address: "10.0.2.51", port: 8080 },
    { address: "10.0.2.51", port: 9090, state: "draining" },
    { address: "10.0.1.11", port: 8080 },
  ];
  test("is never reached where a capture would have shown it, and not captured elsewhere", () => {
    const seen = new Sightings(balanced(targets));
    seen.see(seen.at("n2/eth0"), "10.0.1.200:1001 > 10.0.2.51:8080", request(1), answer(2));
    expect(spreadOf(seen)[0]?.neverReached).toMatchObject([
      { address: "10.0.1.11", port: 8080, state: null, watched: false },
      { address: "10.0.2.51", port: 9090, state: "draining", watched: true },
    ]);
  });
  test("is not told of when nobody knows whose target it is", () => {
    const seen = new Sightings(balanced(targets, { name: "another" }));
    const second = { name: "second", type: "network", ref: ref("x") } as const;
    const two = { ...seen.snapshot, loadBalancers: [...seen.snapshot.loadBalancers, second] };
    const again = new Sightings(two);
    again.see(again.at("n2/eth0"), "10.0.1.200:1001 > 10.0.2.51:8080", request(1), answer(2));
    expect(spreadOf(again)[0]?.neverReached).toEqual([]);
  });
});

describe("connections to a service", () => {
  test("are counted by the pod behind it, and as not told where no packet shows one", () => {
    const seen = new Sightings(cluster());
    const [service] = seen.snapshot.services;
    const ip = service?.clusterIps[0];
    const port = service?.ports[0]?.port;
    const [pod, wire] = [seen.at("pod:default/web-a"), seen.at("n1/eth0")];
    seen.see(pod, `10.0.1.11:1001 > ${ip}:${port}`, request(1), answer(2));
    seen.see(wire, "10.0.1.11:1001 > 10.0.2.51:8080", request(1), answer(2));
    seen.see(pod, `10.0.1.11:1002 > ${ip}:${port}`, request(3), answer(4));
    expect(spreadOf(seen)).toMatchObject([
      {
        kind: "service",
        name: `${service?.namespace}/${service?.name}`,
        targets: [{ address: "10.0.2.51", port: 8080, connections: 1, packets: 5, bytes: 1200 }],
        unresolved: 1,
      },
    ]);
  });
  test("name the ready endpoints that got none", () => {
    const seen = new Sightings(cluster());
    const web = seen.snapshot.services.find(({ name }) => name === "web");
    const dialled = `${web?.clusterIps[0]}:${web?.ports[0]?.port}`;
    seen.see(seen.at("pod:default/web-a"), `10.0.1.11:1002 > ${dialled}`, request(3), answer(4));
    expect(spreadOf(seen)[0]?.neverReached).toMatchObject([
      { address: "10.0.1.21", port: 8080, state: null, watched: false },
    ]);
  });
});

test("traffic between pods spreads over nothing", () => {
  const seen = new Sightings(cluster());
  seen.see(seen.at("n1/eth0"), "10.0.1.11:1 > 10.0.2.51:8080", request(1), answer(2));
  expect(spreadOf(seen)).toEqual([]);
});
