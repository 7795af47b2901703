/**
 * Goal: what comes in is told by who opened it and which port it addressed; a load balancer that hides is never ruled out
 * without evidence.
 */
import { describe, expect, test } from "vitest";
import type { ClusterSnapshot } from "../../../../src/core/cluster/snapshot.ts";
import { oneConnection, type Sighting } from "../../../support/flow.ts";
import { cluster, ref } from "../../../support/snapshot.ts";

const B = "pod:default/web-b";
const ETH1: Sighting[0] = "n1/eth1";
const TO_POD = "10.0.1.21:8080";
const TO_PORT = "10.0.1.10:30080";

const verdict = (sightings: readonly Sighting[], fields: Partial<ClusterSnapshot> = {}) =>
  oneConnection(cluster(fields), sightings).verdicts;

/** `from` reaches the pod on its own address, at the ENI and at the pod, or at one of them. */
const straight = (from: string, where: "both" | "pod" | "wire" = "both"): Sighting[] => {
  const all: Sighting[] = [
    [ETH1, `${from} > ${TO_POD}`, 64, 63],
    [B, `${from} > ${TO_POD}`, 63, 64],
  ];
  return where === "both" ? all : where === "wire" ? all.slice(0, 1) : all.slice(1);
};
/** `from` reaches the node's port and the node rewrites to the pod. */
const throughPort = (from: string): Sighting[] => [
  ["n1/eth0", `${from} > ${TO_PORT}`, 64, 63],
  [B, `10.0.1.10:6000 > ${TO_POD}`, 63, 64],
];

const targets = [
  { address: "10.0.1.21", port: 8080, ref: ref("describe-target-health.json") },
  { instanceId: "i-n1", port: 30080, ref: ref("describe-target-health.json") },
];
const noBalancers = { enis: cluster().enis.filter(({ role }) => !role.endsWith("-balancer")) };

describe("from a load balancer's own interface", () => {
  test.each([
    ["nlb-ip", "10.0.1.200:7000"],
    ["alb-ip", "10.0.1.201:7000"],
  ])("%s to the pod", (id, from) => {
    expect(verdict(straight(from))).toEqual([`${id} (proven)`]);
    const instance = id.replace("ip", "instance");
    expect(verdict(straight(from, "pod"))).toEqual([`${id} (inferred) or ${instance}`]);
  });

  test.each([
    ["nlb-instance", "10.0.1.200:7000"],
    ["alb-instance", "10.0.1.201:7000"],
    ["clb", "10.0.1.202:7000"],
  ])("%s to the node's port", (id, from) => {
    expect(verdict(throughPort(from))).toEqual([`${id} (proven)`]);
  });

  test("an address of an unlisted interface may be any balancer's", () => {
    const [only] = verdict(throughPort("10.0.1.200:7000"), { enis: [] });
    expect(only).toBe("nodeport (inferred) or nlb-instance, alb-instance, clb");
    const [toPod] = verdict(straight("10.0.1.200:7000"), { enis: [] });
    expect(toPod).toMatch(/^vpc-to-pod \(inferred\) or .*nlb-ip, alb-ip/);
  });
});

describe("a client whose address an NLB preserves", () => {
  const client = "203.0.113.9:7000";
  test("is proven by a registered target and the wire", () => {
    expect(verdict(straight(client), { targets })).toEqual(["nlb-ip (proven)"]);
    expect(verdict(straight(client, "pod"), { targets })).toEqual([
      "nlb-ip (possible) or nlb-instance, nodeport",
    ]);
    expect(verdict(straight(client))).toEqual(["nlb-ip (inferred) or unclassified"]);
  });

  test("a private address outside the VPC may come over a gateway instead", () => {
    const [only] = verdict(straight("172.30.1.1:7000"), { targets });
    expect(only).toBe("nlb-ip (possible) or vpc-to-pod");
  });

  test("at a registered NodePort is inferred: the client may have come itself", () => {
    expect(verdict(throughPort(client), { targets })).toEqual([
      "nlb-instance (inferred) or nodeport",
    ]);
    expect(verdict(throughPort(client))).toEqual(["nodeport (inferred) or nlb-instance"]);
  });
});

describe("nodeport", () => {
  const host = "10.0.3.200:7000";
  test("with no load balancer known", () => {
    expect(verdict(throughPort(host), noBalancers)).toEqual(["nodeport (proven)"]);
  });

  test("a host behind a known NLB that preserves addresses looks the same", () => {
    expect(verdict(throughPort(host))).toEqual(["nodeport (inferred) or nlb-instance"]);
  });

  test("a pod that was seen addressing it", () => {
    const seen: Sighting[] = [
      ["pod:default/api-c", `10.0.2.51:7000 > ${TO_PORT}`, 64, 62],
      [B, `10.0.1.10:6000 > ${TO_POD}`, 62, 64],
    ];
    expect(verdict(seen)).toEqual(["nodeport (proven)"]);
  });

  test("addressed and not seen any further", () => {
    expect(verdict(throughPort(host).slice(0, 1), noBalancers)).toEqual(["nodeport (inferred)"]);
  });

  test("another port of the node is the node's own", () => {
    const [only] = verdict([
      ["n1/eth0", `${host.replace("7000", "7001")} > 10.0.1.10:9100`, 64, 64],
    ]);
    expect(only).toBe("vpc-to-node (proven)");
  });
});

describe("client-to-lb", () => {
  test.each(["10.0.1.200:80", "10.0.1.201:443"])("a pod addressed %s", (balancer) => {
    expect(verdict([["pod:default/web-a", `10.0.1.11:4000 > ${balancer}`, 64, 60]])).toEqual([
      "client-to-lb (proven)",
    ]);
  });
});

describe("hosts of the VPC", () => {
  test.each([
    ["vpc-to-node", "10.0.3.200:7000 > 10.0.1.10:22"],
    ["vpc-to-pod", `10.0.3.200:7000 > ${TO_POD}`],
  ])("%s", (id, flow) => {
    expect(verdict([[ETH1, flow, 64, 64]], noBalancers)).toEqual([`${id} (proven)`]);
  });

  test("a VPC host at a pod where no NLB could hide", () => {
    expect(verdict(straight("10.0.3.200:7000"), noBalancers)).toEqual(["vpc-to-pod (proven)"]);
    expect(verdict(straight("10.0.3.200:7000"))).toEqual(["vpc-to-pod (inferred) or nlb-ip"]);
    expect(verdict(straight("10.0.3.200:7000", "pod"), noBalancers)).toEqual([
      "vpc-to-pod (inferred) or nodeport, nlb-instance",
    ]);
  });

  test("a VPC host at a node without the lists that would name it", () => {
    const flow: Sighting[] = [["n1/eth0", "10.0.3.200:7000 > 10.0.1.10:22", 64, 64]];
    expect(verdict(flow)).toEqual(["vpc-to-node (proven)"]);
    expect(verdict(flow, { enis: [] })[0]).toMatch(/\(inferred\) or .*control-plane/);
    expect(verdict(flow, { services: [] })[0]).toMatch(/\(inferred\) or .*nodeport/);
  });

  test("an address on a node's ENI that no listed pod has is most likely a pod's", () => {
    const enis = cluster().enis.map((eni) =>
      eni.id === "eni-n2-0" ? { ...eni, addresses: [...eni.addresses, "10.0.2.99"] } : eni,
    );
    const [only] = verdict(straight("10.0.2.99:7000"), { enis });
    expect(only).toMatch(/^vpc-to-pod \(inferred\) or .*pod-to-pod-direct/);
  });
});

test("without the lists of the VPC and its ENIs an unknown client may be any load balancer, or a masquerade", () => {
  const [only] = verdict(straight("10.0.1.99:7000"), { vpcCidrs: [], enis: [] });
  expect(only).toMatch(
    /^nlb-ip \(possible\) or vpc-to-pod, alb-ip, pod-to-pod-nat, control-plane$/,
  );
});

describe("control-plane", () => {
  test("the API server to a kubelet and to a pod", () => {
    expect(verdict([["n1/eth0", "10.0.5.17:7000 > 10.0.1.10:10250", 64, 64]])).toEqual([
      "control-plane (proven)",
    ]);
    expect(verdict(straight("10.0.5.17:7000"))).toEqual(["control-plane (proven)"]);
  });

  test("a pod to the API server, perhaps by the kubernetes service", () => {
    const flow = "10.0.1.11:4000 > 10.0.5.17:443";
    expect(verdict([["pod:default/web-a", flow, 64, 60]])).toEqual(["control-plane (proven)"]);
    expect(verdict([["n1/eth0", flow, 63, 60]])).toEqual([
      "control-plane (inferred) or service-clusterip",
    ]);
  });

  test("a node to the API server: its own client of the service is rewritten before any capture", () => {
    expect(verdict([["n1/eth0", "10.0.1.10:4000 > 10.0.5.17:443", 64, 60]])).toEqual([
      "control-plane (inferred) or service-clusterip",
    ]);
  });
});
