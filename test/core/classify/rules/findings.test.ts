/**
 * Goal: each finding fires on the fault, names who did it and which rule, and stays silent on its nearest innocent neighbour.
 */
import { describe, expect, test } from "vitest";
import type { ClusterSnapshot } from "../../../../src/core/cluster/snapshot.ts";
import { oneConnection, type Sighting, Sightings, syn, synAck } from "../../../support/flow.ts";
import { cluster, natRules, ref, statesWith } from "../../../support/snapshot.ts";

const A = "pod:default/web-a";
const C = "pod:default/api-c";
const PLAIN: Sighting = [A, "10.0.1.11:4000 > 10.0.2.51:8080", 64, 62];
const REWRITTEN: Sighting = [C, "10.0.1.10:5000 > 10.0.2.51:8080", 62, 64];

const findings = (sightings: readonly Sighting[], fields: Partial<ClusterSnapshot> = {}) =>
  oneConnection(cluster(fields), sightings).classify().findings;
const ids = (...of: Parameters<typeof findings>) => findings(...of).map(({ rule }) => rule.meta.id);

describe("unexpected-snat", () => {
  test("a pod that another pod sees as a node", () => {
    const [only] = findings([PLAIN, REWRITTEN]);
    expect(only?.rule.meta.id).toBe("unexpected-snat");
    expect(only?.match.message).toContain("rewritten by n1");
    expect(only?.match.identity).toBe("default/Deployment/web-a → default/Deployment/api-c");
    expect(only?.match.evidence[0]?.packets.length).toBeGreaterThan(1);
  });

  test("names the rule of the node that did it", () => {
    const iptables = natRules(
      "-A POSTROUTING -s 10.0.1.11/32 -d 10.0.2.0/24 -j MASQUERADE",
      "-A POSTROUTING -j AWS-SNAT-CHAIN-0",
    );
    const [only] = findings([PLAIN, REWRITTEN], { nodeStates: statesWith("n1", { iptables }) });
    expect(only?.match.message).toContain("-s 10.0.1.11/32 -d 10.0.2.0/24 -j MASQUERADE");
    expect(only?.match.evidence[0]?.snapshot).toContainEqual(ref("iptables-save.txt", 3));
  });

  test("is one finding for all connections of two workloads", () => {
    const seen = new Sightings(cluster());
    const [veth, there] = [seen.at(A), seen.at(C)];
    for (const isn of [100, 200, 300]) {
      const port = 4000 + isn;
      seen.see(
        veth,
        `10.0.1.11:${port} > 10.0.2.51:8080`,
        syn(isn),
        synAck(isn + 1, { ttlMax: 62 }),
      );
      const after = [syn(isn, { ttlMax: 62 }), synAck(isn + 1)] as const;
      seen.see(there, `10.0.1.10:${port} > 10.0.2.51:8080`, ...after);
    }
    const { findings: found } = seen.classify();
    expect(found.map(({ match }) => match.connections)).toEqual([[0, 1, 2]]);
  });

  test.each([
    [
      "a hairpin through a service",
      [
        ["pod:default/web-b", "10.0.1.21:4000 > 10.100.0.50:80", 64, 63],
        ["pod:default/web-b", "10.0.1.10:5000 > 10.0.1.21:8080", 63, 64],
      ],
    ],
    [
      "egress",
      [
        [A, "10.0.1.11:4000 > 203.0.113.9:443", 64, 50],
        ["n1/eth0", "10.0.1.10:5000 > 203.0.113.9:443", 63, 51],
      ],
    ],
    ["a direct connection", [PLAIN, [C, PLAIN[1], 62, 64]]],
  ] as [string, Sighting[]][])("not %s", (_, sightings) => {
    expect(ids(sightings)).toEqual([]);
  });
});

describe("unexpected-dnat", () => {
  const elsewhere: Sighting = ["pod:default/web-b", "10.0.1.11:4000 > 10.0.1.21:8080", 63, 64];

  test("a pod's address that leads to another pod", () => {
    const iptables = natRules(
      "-A PREROUTING -d 10.0.2.51/32 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 10.0.1.21:8080",
    );
    const [only] = findings([PLAIN, elsewhere], { nodeStates: statesWith("n1", { iptables }) });
    expect(only?.rule.meta.id).toBe("unexpected-dnat");
    expect(only?.match.message).toContain("--to-destination 10.0.1.21:8080");
  });

  test("not a service's address", () => {
    expect(ids([[A, "10.0.1.11:4000 > 10.100.0.50:80", 64, 63], elsewhere])).toEqual([]);
  });

  test("not a NodePort", () => {
    expect(ids([[A, "10.0.1.11:4000 > 10.0.1.10:30080", 64, 63], elsewhere])).toEqual([]);
  });
});

describe("double-nat", () => {
  test("two nodes one after the other", () => {
    const twice: Sighting = [C, "10.0.2.10:7777 > 10.0.2.51:8080", 62, 64];
    const between: Sighting = ["n2/eth0", "10.0.1.10:5000 > 10.0.2.51:8080", 63, 63];
    const found = findings([PLAIN, between, twice]);
    const double = found.find(({ rule }) => rule.meta.id === "double-nat");
    expect(double?.match.message).toContain("n1 and then by n2");
  });

  test("not one node", () => {
    expect(ids([PLAIN, REWRITTEN])).not.toContain("double-nat");
  });
});

describe("vpc-cidr-not-excluded", () => {
  const vpcCidrs = [
    { text: "10.0.0.0/16", ref: ref("describe-vpcs.json") },
    { text: "100.64.0.0/16", ref: ref("describe-vpcs.json") },
  ];
  const SNAT = "-j SNAT --to-source 10.0.1.10 --random-fully";
  const toSecondary: Sighting[] = [
    [A, "10.0.1.11:4000 > 100.64.3.4:5432", 64, 60],
    ["n1/eth0", "10.0.1.10:5000 > 100.64.3.4:5432", 63, 61],
  ];
  const found = (...chain: string[]) =>
    ids(toSecondary, {
      vpcCidrs,
      nodeStates: statesWith("n1", {
        iptables: natRules("-A POSTROUTING -j AWS-SNAT-CHAIN-0", ...chain),
      }),
    });

  test.each([
    [
      "the RETURN form",
      ["-A AWS-SNAT-CHAIN-0 -d 10.0.0.0/16 -j RETURN", `-A AWS-SNAT-CHAIN-0 ${SNAT}`],
    ],
    [
      "the chained form",
      ["-A AWS-SNAT-CHAIN-0 ! -d 10.0.0.0/16 -j AWS-SNAT-CHAIN-1", `-A AWS-SNAT-CHAIN-1 ${SNAT}`],
    ],
  ])("a VPC CIDR that %s does not list", (_, chain) => {
    expect(found(...chain)).toEqual(["vpc-cidr-not-excluded"]);
  });

  test.each([
    [
      "the RETURN form lists it",
      [
        "-A AWS-SNAT-CHAIN-0 -d 10.0.0.0/16 -j RETURN",
        "-A AWS-SNAT-CHAIN-0 -d 100.64.0.0/16 -j RETURN",
        `-A AWS-SNAT-CHAIN-0 ${SNAT}`,
      ],
    ],
    [
      "the chained form lists it",
      [
        "-A AWS-SNAT-CHAIN-0 ! -d 10.0.0.0/16 -j AWS-SNAT-CHAIN-1",
        "-A AWS-SNAT-CHAIN-1 ! -d 100.64.0.0/16 -j AWS-SNAT-CHAIN-2",
        `-A AWS-SNAT-CHAIN-2 ${SNAT}`,
      ],
    ],
    [
      "a wider exclusion covers it",
      [
        "-A AWS-SNAT-CHAIN-0 -d 10.0.0.0/16 -j RETURN",
        "-A AWS-SNAT-CHAIN-0 -d 100.64.0.0/10 -j RETURN",
        `-A AWS-SNAT-CHAIN-0 ${SNAT}`,
      ],
    ],
    ["the chain is not the CNI's", ["-A POSTROUTING -j MASQUERADE"]],
  ])("not where %s", (_, chain) => {
    expect(found(...chain)).toEqual([]);
  });

  test("not a destination outside the VPC", () => {
    const outside: Sighting[] = [
      [A, "10.0.1.11:4000 > 203.0.113.9:443", 64, 60],
      ["n1/eth0", "10.0.1.10:5000 > 203.0.113.9:443", 63, 61],
    ];
    const iptables = natRules(`-A AWS-SNAT-CHAIN-0 ${SNAT}`);
    expect(ids(outside, { vpcCidrs, nodeStates: statesWith("n1", { iptables }) })).toEqual([]);
  });
});

describe("peered-cidr-snat", () => {
  test("not a pod that keeps its address, nor the node itself", () => {
    expect(
      ids([
        [A, "10.0.1.11:4000 > 10.20.3.4:5432", 64, 60],
        ["n1/eth0", "10.0.1.11:4000 > 10.20.3.4:5432", 63, 61],
      ]),
    ).toEqual([]);
    expect(ids([["n1/eth0", "10.0.1.10:4000 > 10.20.3.4:5432", 64, 61]])).toEqual([]);
  });
});
