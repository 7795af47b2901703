/**
 * Goal: what leaves the cluster is told by what left and by who sent it, and from one side only never more than inferred.
 */
import { describe, expect, test } from "vitest";
import type { ClusterSnapshot } from "../../../../src/core/cluster/snapshot.ts";
import { datagram, oneConnection, type Sighting, Sightings } from "../../../support/flow.ts";
import { cluster, conntrack, natRules, ref, statesWith } from "../../../support/snapshot.ts";

const A = "pod:default/web-a";
const POD = "10.0.1.11:4000 > 203.0.113.9:443";
const NODE = "10.0.1.10:5000 > 203.0.113.9:443";
const ENTRY =
  "tcp 6 100 ESTABLISHED src=10.0.1.11 dst=203.0.113.9 sport=4000 dport=443 src=203.0.113.9 dst=10.0.1.10 sport=443 dport=5000 use=1";

const verdict = (sightings: readonly Sighting[], fields: Partial<ClusterSnapshot> = {}) =>
  oneConnection(cluster(fields), sightings).verdicts;
const external = (externalSnat: boolean) => ({
  cni: { excludeSnatCidrs: [], externalSnat, ref: ref("daemonset.json") },
});

describe("snat-egress", () => {
  test("both sides of the rewrite", () => {
    const both: Sighting[] = [
      [A, POD, 64, 50],
      ["n1/eth0", NODE, 63, 51],
    ];
    expect(verdict(both)).toEqual(["snat-egress (proven)"]);
  });

  test("the pod's side and conntrack", () => {
    const nodeStates = statesWith("n1", { conntrack: conntrack(ENTRY) });
    expect(verdict([[A, POD, 64, 50]], { nodeStates })).toEqual(["snat-egress (proven)"]);
  });

  test("the wire's side and conntrack", () => {
    const nodeStates = statesWith("n1", { conntrack: conntrack(ENTRY) });
    expect(verdict([["n1/eth0", NODE, 63, 51]], { nodeStates })).toEqual(["snat-egress (proven)"]);
  });

  test("a rewrite to a peered network is one too, and is found", () => {
    const seen = oneConnection(cluster(), [
      [A, "10.0.1.11:4000 > 10.20.3.4:5432", 64, 50],
      ["n1/eth0", "10.0.1.10:5000 > 10.20.3.4:5432", 63, 51],
    ]);
    expect(seen.verdicts).toEqual(["snat-egress (proven)"]);
    expect(seen.findings).toEqual(["peered-cidr-snat"]);
  });

  test("the pod's side alone, by what the CNI is told to do", () => {
    const at: Sighting[] = [[A, POD, 64, 50]];
    const rules = natRules("-A AWS-SNAT-CHAIN-0 -j SNAT --to-source 10.0.1.10");
    expect(verdict(at)).toEqual(["snat-egress (possible) or direct-egress"]);
    expect(verdict(at, external(false))).toEqual(["snat-egress (inferred) or direct-egress"]);
    expect(verdict(at, { nodeStates: statesWith("n1", { iptables: rules }) })).toEqual([
      "snat-egress (inferred) or direct-egress",
    ]);
    expect(verdict(at, external(true))).toEqual(["direct-egress (inferred) or snat-egress"]);
  });

  test("the pod's side alone without services may be on its way to one", () => {
    const [only] = verdict([[A, "10.0.1.11:4000 > 10.100.0.50:80", 64, 50]], { services: [] });
    expect(only).toBe("snat-egress (possible) or direct-egress, service-clusterip, pod-to-peer");
  });

  test("the pod's side alone to a private address outside the VPC may end in a network that no list names", () => {
    const at: Sighting[] = [[A, "10.0.1.11:4000 > 172.31.9.78:5432", 64, 50]];
    expect(verdict(at)).toEqual(["snat-egress (possible) or direct-egress, pod-to-peer"]);
  });

  test("the pod's side alone, towards an address of which no list says whether it is the VPC's own", () => {
    const blind = { ...external(false), vpcCidrs: [], enis: [] };
    const seen = oneConnection(cluster(blind), [[A, POD, 64, 50]]);
    expect(seen.verdicts[0]).toMatch(/^snat-egress \(inferred\) or .*client-to-lb, control-plane$/);
    const said = seen.classify().classified[0]?.verdict.evidence.map((one) => one.statement);
    expect(said).toContain("the CNI's SNAT is on; no list says which addresses are the VPC's own");
  });

  test("IPv6 has no SNAT rules", () => {
    const pods = cluster().pods.map((one) =>
      one.name === "web-a" ? { ...one, addresses: ["2001:db8:1::11"] } : one,
    );
    const at: Sighting[] = [[A, "[2001:db8:1::11]:4000 > [2001:db8:ffff::1]:443", 64, 50]];
    expect(verdict(at, { pods })).toEqual(["direct-egress (inferred) or snat-egress"]);
  });

  test("the wire alone: forwarded packets are somebody's, whose is not told", () => {
    expect(verdict([["n1/eth0", NODE, 63, 51]])).toEqual(["snat-egress (inferred) or node-egress"]);
  });

  test("an unknown source behind the rewrite is no node's", () => {
    const both: Sighting[] = [
      [A, POD, 64, 50],
      ["x", "10.0.77.7:5000 > 203.0.113.9:443", 63, 51],
    ];
    expect(verdict(both)).toEqual(["snat-egress (inferred) or unclassified"]);
  });
});

describe("node-egress", () => {
  test("packets that nobody forwarded are the node's own as far as the wire shows", () => {
    expect(verdict([["n1/eth0", NODE, 64, 51]])).toEqual(["node-egress (inferred) or snat-egress"]);
  });

  test("without the VPC's CIDRs the other end may be anywhere", () => {
    const probe: Sighting[] = [["n1/eth0", "10.0.1.10:5000 > 10.9.9.9:443", 64, 51]];
    expect(verdict(probe, { vpcCidrs: [], pods: [], enis: [] })).toEqual([
      "node-egress (inferred) or snat-egress, node-to-pod, node-to-node, node-to-vpc, control-plane",
    ]);
  });

  test("conntrack that names the node as the sender proves it", () => {
    const own = ENTRY.replace("src=10.0.1.11", "src=10.0.1.10");
    const nodeStates = statesWith("n1", { conntrack: conntrack(own) });
    expect(verdict([["n1/eth0", NODE, 64, 51]], { nodeStates })).toEqual(["node-egress (proven)"]);
  });
});

describe("direct-egress", () => {
  test("the pod's own address at the pod and on the wire", () => {
    const both: Sighting[] = [
      [A, POD, 64, 50],
      ["n1/eth0", POD, 63, 51],
    ];
    expect(verdict(both)).toEqual(["direct-egress (proven)"]);
    expect(verdict(both, { vpcCidrs: [] })[0]).toMatch(/^direct-egress \(inferred\) or pod-to-vpc/);
  });

  test("the wire alone does not show what the pod addressed", () => {
    expect(verdict([["n1/eth0", POD, 63, 51]])).toEqual([
      "direct-egress (inferred) or service-clusterip",
    ]);
  });
});

describe("pod-to-vpc", () => {
  const VPC = "10.0.1.11:4000 > 10.0.3.200:5432";
  const both: Sighting[] = [
    [A, VPC, 64, 60],
    ["n1/eth0", VPC, 63, 61],
  ];
  test("at the pod and on the wire", () => {
    expect(verdict(both)).toEqual(["pod-to-vpc (proven)"]);
    const ofInstances = cluster().enis.map((eni) => ({
      ...eni,
      ref: { file: "describe-instances.json", pointer: "/Reservations/0/Instances/0" },
    }));
    expect(verdict(both, { enis: ofInstances })[0]).toMatch(
      /^pod-to-vpc \(inferred\) or .*client-to-lb/,
    );
  });

  test("at one of them", () => {
    expect(verdict(both.slice(0, 1))).toEqual(["pod-to-vpc (inferred) or snat-egress"]);
    expect(verdict(both.slice(1))).toEqual(["pod-to-vpc (inferred) or service-clusterip"]);
  });

  test("an address that only a missing list would name may be anybody's", () => {
    expect(verdict(both, { enis: [], nodeStates: statesWith("n1", {}) })).toHaveLength(1);
    const without = (fields: Partial<ClusterSnapshot>) => verdict(both, fields)[0] ?? "";
    expect(without({ nodes: [] })).toMatch(/\(inferred\).*pod-to-node/);
  });

  test("a rewritten source inside the VPC is egress that should not be", () => {
    const seen = oneConnection(cluster(), [
      [A, VPC, 64, 60],
      ["n1/eth0", "10.0.1.10:5000 > 10.0.3.200:5432", 63, 61],
    ]);
    expect(seen.verdicts).toEqual(["snat-egress (proven)"]);
  });
});

describe("pod-to-peer", () => {
  const PEER = "10.0.1.11:4000 > 10.20.3.4:5432";
  test("at the pod and on the wire, at one of them", () => {
    const [pod, wire]: Sighting[] = [
      [A, PEER, 64, 60],
      ["n1/eth0", PEER, 63, 61],
    ];
    if (pod === undefined || wire === undefined) throw new Error("two sightings");
    expect(verdict([pod, wire])).toEqual(["pod-to-peer (proven)"]);
    expect(verdict([pod])).toEqual(["pod-to-peer (inferred) or snat-egress"]);
    expect(verdict([wire])).toEqual(["pod-to-peer (inferred) or service-clusterip"]);
  });
});

describe("nodes and hosts", () => {
  test("node-to-vpc", () => {
    expect(verdict([["n1/eth0", "10.0.1.10:4000 > 10.0.3.200:443", 64, 60]])).toEqual([
      "node-to-vpc (inferred) or snat-egress",
    ]);
  });

  test("node-to-node", () => {
    expect(verdict([["n1/eth0", "10.0.1.10:4000 > 10.0.2.10:10250", 64, 64]])).toEqual([
      "node-to-node (inferred) or nodeport, pod-to-node",
    ]);
  });

  test("external", () => {
    const foreign: Sighting[] = [["n1/eth0", "198.51.100.1:4000 > 203.0.113.9:443", 64, 60]];
    expect(verdict(foreign)).toEqual(["external (inferred) or unclassified"]);
    expect(verdict(foreign, { pods: [] })).toEqual(["unclassified (possible)"]);
    const hosts: Sighting[] = [["n1/eth0", "10.0.3.200:4000 > 10.0.3.201:443", 64, 60]];
    expect(verdict(hosts)).toEqual(["external (inferred) or unclassified"]);
    expect(verdict(hosts, { enis: [] })).toEqual(["external (inferred) or client-to-lb"]);
  });

  test("unclassified without any snapshot names what is missing", () => {
    const seen = oneConnection(cluster({ sources: [], pods: [], nodes: [] }), [["x", POD, 64, 60]]);
    const [only] = seen.classify().classified;
    expect(only?.verdict.class).toBe("unclassified");
    expect(only?.verdict.wouldDecide).toContain("kubectl get pods");
  });
});

describe("link-local", () => {
  test.each([
    ["IMDS at the pod", A, "10.0.1.11:4000 > 169.254.169.254:80"],
    ["IMDS behind the SNAT", "n1/eth0", "10.0.1.10:5000 > 169.254.169.254:80"],
    ["Pod Identity", A, "10.0.1.11:4000 > 169.254.170.23:80"],
    ["neighbour discovery", "n1/eth0", "[fe80::1]:1 > [ff02::1]:2"],
  ])("%s", (_, place, flow) => {
    expect(verdict([[place, flow, 64, 60]])).toEqual(["link-local (proven)"]);
  });

  test("IMDS rewritten to the node is no egress and no finding", () => {
    const seen = oneConnection(cluster(), [
      [A, "10.0.1.11:4000 > 169.254.169.254:80", 64, 60],
      ["n1/eth0", "10.0.1.10:5000 > 169.254.169.254:80", 63, 61],
    ]);
    expect(seen.verdicts).toEqual(["link-local (proven)"]);
    expect(seen.findings).toEqual([]);
  });
});

describe("from eth0 alone", () => {
  const flows = [
    POD,
    NODE,
    "10.0.1.11:4000 > 10.0.2.51:8080",
    "10.0.1.11:4000 > 10.0.3.200:5432",
    "10.0.1.11:4000 > 10.20.3.4:5432",
    "10.0.1.10:4000 > 10.20.3.4:5432",
    "10.0.1.10:4000 > 10.0.3.200:5432",
    "10.0.1.11:4000 > 10.0.2.10:9100",
    "10.0.1.10:4000 > 10.0.2.51:8080",
    "10.0.1.11:4000 > 10.0.5.17:443",
  ];
  test.each(flows)("nothing is proven that only a pod's interface shows: %s", (flow) => {
    for (const ttl of [63, 64]) {
      const [only] = oneConnection(cluster(), [["n1/eth0", flow, ttl, 60]]).classify().classified;
      expect(only?.verdict.confidence).not.toBe("proven");
      expect(only?.verdict.candidates.length).toBeGreaterThan(1);
      expect(only?.verdict.wouldDecide).not.toBe("");
    }
  });
});

test("UDP is told as TCP is", () => {
  const seen = new Sightings(cluster());
  seen.udp(seen.at(A), "10.0.1.11:4000 > 8.8.8.8:53", datagram(1));
  seen.udp(seen.at("n1/eth0"), "10.0.1.10:5000 > 8.8.8.8:53", datagram(1, { ttlMax: 63 }));
  expect(seen.verdicts).toEqual(["snat-egress (proven)"]);
});
