/**
 * Goal: what was seen is held to what the node's rules give, and only a certain contradiction is said. Method: the example
 * cluster with its nodes' rules; connections that follow them, and the same connections after one rule is gone.
 */
import { describe, expect, test } from "vitest";
import type { ExpectedPath } from "../../../src/core/classify/rule.ts";
import type { NodeState } from "../../../src/core/cluster/snapshot.ts";
import { oneConnection, type Sighting, Sightings } from "../../support/flow.ts";
import {
  KUBE_PROXY,
  N1_ROUTES,
  nodesWithRules,
  policyRules,
  returningCni,
} from "../../support/node-tables.ts";
import { cluster, ref } from "../../support/snapshot.ts";

const A = "pod:default/web-a";
const B = "pod:default/web-b";
const C = "pod:default/api-c";
const EGRESS: Sighting[] = [
  [A, "10.0.1.11:4000 > 203.0.113.9:443", 64, 50],
  ["n1/eth0", "10.0.1.10:5000 > 203.0.113.9:443", 63, 51],
];
const DIRECT: Sighting[] = [
  [A, "10.0.1.11:4000 > 10.0.2.51:8080", 64, 62],
  ["n1/eth0", "10.0.1.11:4000 > 10.0.2.51:8080", 63, 63],
  ["n2/eth0", "10.0.1.11:4000 > 10.0.2.51:8080", 63, 63],
  [C, "10.0.1.11:4000 > 10.0.2.51:8080", 62, 64],
];
const SERVICE: Sighting[] = [
  [A, "10.0.1.11:4000 > 10.100.0.50:80", 64, 62],
  ["n1/eth0", "10.0.1.11:4000 > 10.0.2.51:8080", 63, 63],
];
const WITHOUT_SNAT = KUBE_PROXY.concat(
  returningCni("10.0.1.10").filter((rule) => !rule.includes("-j SNAT")),
);

function judge(
  sightings: readonly Sighting[],
  nodeStates: readonly NodeState[] = nodesWithRules(),
) {
  const seen = oneConnection(cluster({ nodeStates }), sightings).classify();
  const expected: ExpectedPath | null | undefined = seen.classified[0]?.expected;
  return {
    expected,
    rules: seen.findings.map(({ rule }) => rule.meta.id),
    findings: seen.findings,
  };
}

describe("what the rules explain", () => {
  test.each([
    ["egress", EGRESS, "snat-egress", "SNAT to 10.0.1.10"],
    ["pod to pod", DIRECT, "pod-to-pod-direct", "no rewrite"],
    ["a service", SERVICE, "service-clusterip", "DNAT to one of 2 endpoints"],
  ])("%s agrees, and no finding says otherwise", (_, sightings, path, rewrites) => {
    const { expected, rules } = judge(sightings);
    expect(expected).toMatchObject({ class: path, certainty: "certain", agrees: true, rewrites });
    expect(rules).toEqual([]);
  });

  test("the steps are those of the endpoint that was chosen, with the lines that say so", () => {
    const steps = judge(SERVICE).expected?.steps ?? [];
    expect(steps.map(({ statement }) => statement).join("\n")).toContain("10.0.2.51:8080` of n1");
    expect(steps.every(({ snapshot }) => snapshot.length > 0)).toBe(true);
  });

  test("a NodePort that a client outside asks for", () => {
    const { expected, rules } = judge([
      ["n1/eth0", "203.0.113.9:4000 > 10.0.1.10:30080", 50, 62],
      [B, "10.0.1.10:5000 > 10.0.1.21:8080", 49, 64],
    ]);
    expect(expected?.agrees).toBe(true);
    expect(rules).toEqual(["client-ip-lost"]);
  });
});

describe("a packet that comes back to the node it left", () => {
  test("a node's own client, sent by another node's NodePort to a pod at home", () => {
    const { expected, rules } = judge([
      ["n2/eth0", "10.0.2.10:4000 > 10.0.1.10:30080", 64, 62],
      ["n1/eth0", "10.0.2.10:4000 > 10.0.1.10:30080", 64, 62],
      ["n2/eth0", "10.0.1.10:5000 > 10.0.2.51:8080", 63, 63],
      [C, "10.0.1.10:5000 > 10.0.2.51:8080", 62, 64],
    ]);
    expect(expected).toMatchObject({ certainty: "certain", agrees: true });
    expect(rules).not.toContain("path-differs-from-rules");
  });
});

describe("path-differs-from-rules", () => {
  test("a rewrite that no rule does", () => {
    const { expected, findings } = judge(EGRESS, nodesWithRules(WITHOUT_SNAT));
    expect(expected).toMatchObject({ class: "direct-egress", agrees: false });
    const [only] = findings;
    expect(only?.rule.meta.id).toBe("path-differs-from-rules");
    expect(only?.match.message).toContain("these give no rewrite; seen was SNAT to 10.0.1.10:5000");
    expect(only?.match.evidence[0]?.packets.length).toBeGreaterThan(1);
  });

  test("a rewrite that a rule should have done", () => {
    const stray = ["-A POSTROUTING -s 10.0.1.11/32 -j MASQUERADE", ...KUBE_PROXY];
    const { rules, findings } = judge(DIRECT, nodesWithRules(stray));
    expect(rules).toEqual(["path-differs-from-rules"]);
    expect(findings[0]?.match.message).toContain("SNAT to 10.0.1.10; seen was no rewrite");
  });

  test("an endpoint that no rule leads to", () => {
    const [before, after] = SERVICE;
    if (before === undefined || after === undefined) throw new Error("two sightings");
    const elsewhere: Sighting = [after[0], "10.0.1.11:4000 > 10.0.2.77:8080", 63, 63];
    expect(judge([before, elsewhere]).rules).toContain("path-differs-from-rules");
  });

  test.each([
    ["no rules of the node", EGRESS, []],
    ["only one chain listed", EGRESS, ["-A POSTROUTING -j X", "-A X -j RETURN"]],
    ["only one side seen", EGRESS.slice(0, 1), WITHOUT_SNAT],
  ])("not with %s", (_, sightings, rules) => {
    expect(judge(sightings, nodesWithRules(rules)).rules).toEqual([]);
  });

  test("not where somebody outside the nodes rewrites", () => {
    const natGateway: Sighting = ["gateway", "198.51.100.7:9000 > 203.0.113.9:443", 62, 52];
    const external = nodesWithRules(WITHOUT_SNAT);
    const [pod] = EGRESS;
    if (pod === undefined) throw new Error("a sighting");
    const wire: Sighting = ["n1/eth0", pod[1], 63, 51];
    expect(judge([pod, wire, natGateway], external).rules).not.toContain("path-differs-from-rules");
  });
});

describe("wrong-eni", () => {
  const flow = "10.0.1.21:4000 > 10.0.7.7:80";

  test("a pod's own address on an ENI that does not hold it", () => {
    const { findings } = judge([
      [B, flow, 64, 62],
      ["n1/eth0", flow, 63, 63],
    ]);
    const [only] = findings;
    expect(only?.rule.meta.id).toBe("wrong-eni");
    expect(only?.match.message).toContain(
      "10.0.1.21 belongs to eni-n1-1 and left by eth0 (eni-n1-0)",
    );
    const [seen, routed] = only?.match.evidence ?? [];
    expect(seen?.packets).toHaveLength(1);
    expect(routed?.statement).toContain("ip rule 1536: from 10.0.1.21 lookup 2");
  });

  test("a lost ip rule is shown as the reason", () => {
    const rules = policyRules("0:\tfrom all lookup local", "32766:\tfrom all lookup main");
    const lost = nodesWithRules(undefined, { rules });
    const { findings } = judge(
      [
        [B, flow, 64, 62],
        ["n1/eth0", flow, 63, 63],
      ],
      lost,
    );
    expect(findings[0]?.match.evidence[1]?.snapshot).toContainEqual(
      ref("ip-route.txt", N1_ROUTES.indexOf("default via 10.0.1.1 dev eth0") + 1),
    );
  });

  test("answers that leave by another ENI than they came", () => {
    const asked = "10.0.7.7:4000 > 10.0.1.21:8080";
    const seen = new Sightings(cluster());
    seen.see(seen.at("n1/eth1"), asked);
    seen.see(seen.at("n1/eth0"), "10.0.1.21:8080 > 10.0.7.7:4000", { atMs: 1 });
    expect(seen.findings).toContain("wrong-eni");
  });

  test.each([
    [
      "its own ENI",
      [
        [B, flow, 64, 62],
        ["n1/eth1", flow, 63, 63],
      ],
    ],
    ["the node's address on the primary ENI", EGRESS],
    [
      "its packets on another node's ENI",
      [
        [B, flow, 64, 62],
        ["n2/eth0", flow, 63, 63],
      ],
    ],
  ] as [string, Sighting[]][])("not %s", (_, sightings) => {
    expect(judge(sightings).rules).not.toContain("wrong-eni");
  });
});
