/**
 * Goal: the path that a node's rules give a packet is among the predicted ones, and nothing is predicted that the snapshot does
 * not say. Method: the rules of kube-proxy and of the VPC CNI in both layouts, with one thing changed at a time.
 */
import { describe, expect, test } from "vitest";
import { buildOwnerIndex } from "../../../src/core/cluster/owner-index.ts";
import type { ClusterSnapshot } from "../../../src/core/cluster/snapshot.ts";
import { pathPredictor } from "../../../src/core/predict/predict-path.ts";
import type { PredictedPath } from "../../../src/core/predict/predicted-path.ts";
import { endpoint } from "../../support/flow.ts";
import {
  chainedCni,
  KUBE_PROXY,
  N1_POLICY,
  N1_ROUTES,
  nodesWithRules,
  policyRules,
  returningCni,
  routes,
} from "../../support/node-tables.ts";
import { cluster, natRules, ref, STATES } from "../../support/snapshot.ts";

const WEB_A = "10.0.1.11:4000";
const WEB_B = "10.0.1.21:4000";
const OUT = "203.0.113.9:443";

function predict(
  flow: string,
  nodeStates = nodesWithRules(),
  fields: Partial<ClusterSnapshot> = {},
  node = "n1",
): PredictedPath {
  const snapshot = cluster({ nodeStates, ...fields });
  const [source = "", destination = ""] = flow.split(" > ");
  return pathPredictor(snapshot, buildOwnerIndex(snapshot)).predict({
    protocol: "tcp",
    source: endpoint(source),
    destination: endpoint(destination),
    node,
  });
}

/** "10.0.1.10 > 203.0.113.9:443 by eth0": what leaves the last node, for each outcome. */
function ends({ outcomes }: PredictedPath): string[] {
  const words = outcomes.map(({ stages }) => {
    const last = stages.at(-1);
    const { source, destination } = last?.after ?? {};
    return `${source?.address} > ${destination?.address}:${destination?.port} by ${stages[0]?.device}`;
  });
  return [...new Set(words)].sort();
}

const because = (path: PredictedPath) => path.because.map(({ text }) => text).join("\n");

describe.each([
  ["returning chains", returningCni],
  ["chained chains", chainedCni],
])("the CNI's SNAT, %s", (_, cni) => {
  const nodes = nodesWithRules([...KUBE_PROXY, ...cni("10.0.1.10", "10.20.0.0/16")]);

  test("rewrites what goes outside, and sends it by the primary ENI", () => {
    const path = predict(`${WEB_A} > ${OUT}`, nodes);
    expect(path).toMatchObject({ certainty: "certain", class: "snat-egress" });
    expect(ends(path)).toEqual([`10.0.1.10 > ${OUT} by eth0`]);
    expect(because(path)).toContain("--to-source 10.0.1.10");
  });

  test("sends a pod of a secondary ENI by the primary one, because of the mark", () => {
    const path = predict(`${WEB_B} > ${OUT}`, nodes);
    expect(ends(path)).toEqual([`10.0.1.10 > ${OUT} by eth0`]);
    expect(because(path)).toContain("ip rule 1024: from all fwmark 0x80/0x80 lookup main");
  });

  test.each([
    ["inside the VPC", "10.0.7.7:80", "pod-to-vpc"],
    ["in an excluded network", "10.20.3.4:80", "pod-to-peer"],
  ])("leaves alone what goes %s", (__, destination, path) => {
    expect(predict(`${WEB_A} > ${destination}`, nodes).class).toBe(path);
    expect(ends(predict(`${WEB_A} > ${destination}`, nodes))).toEqual([
      `10.0.1.11 > ${destination} by eth0`,
    ]);
  });
});

test("says which ip rule and which route send a pod of a secondary ENI inside the VPC", () => {
  const path = predict(`${WEB_B} > 10.0.2.51:8080`);
  expect(path.class).toBe("pod-to-pod-direct");
  expect(path.because[0]).toEqual({
    text: "ip rule 1536: from 10.0.1.21 lookup 2 → table 2: default via 10.0.1.1 dev eth1",
    refs: [ref("ip-rule.txt", 5), ref("ip-route.txt", 1)],
  });
  expect(path.outcomes[0]?.stages.map(({ node, device }) => [node, device])).toEqual([
    ["n1", "eth1"],
    ["n2", "eni7f740b63bfc"],
  ]);
});

describe("kube-proxy", () => {
  test("any endpoint may be chosen, and the sender's own address stays", () => {
    const path = predict(`${WEB_A} > 10.100.0.50:80`);
    expect(path).toMatchObject({ certainty: "certain", class: "service-clusterip" });
    expect(ends(path)).toEqual([
      "10.0.1.11 > 10.0.1.21:8080 by eniddeaa362342",
      "10.0.1.11 > 10.0.2.51:8080 by eth0",
    ]);
  });

  test("a pod that gets itself is masqueraded", () => {
    expect(ends(predict(`${WEB_B} > 10.100.0.50:80`))).toEqual([
      "10.0.1.10 > 10.0.1.21:8080 by eniddeaa362342",
      "10.0.1.20 > 10.0.1.21:8080 by eniddeaa362342",
      "10.0.1.21 > 10.0.2.51:8080 by eth1",
    ]);
  });

  test("a NodePort is masqueraded whoever asks", () => {
    const path = predict("203.0.113.9:4000 > 10.0.1.10:30080");
    expect(ends(path)).toContain("10.0.1.10 > 10.0.2.51:8080 by eth0");
    expect(ends(path).every((end) => !end.startsWith("203."))).toBe(true);
  });

  test("a process of the node passes OUTPUT, not PREROUTING", () => {
    const rules = [...KUBE_PROXY.filter((rule) => !rule.startsWith("-A OUTPUT"))];
    const nodes = nodesWithRules([
      ...rules,
      "-A OUTPUT -p udp -j ACCEPT",
      ...returningCni("10.0.1.10"),
    ]);
    expect(ends(predict("10.0.1.10:4000 > 10.100.0.50:80", nodes))[0]).toContain(
      "> 10.100.0.50:80",
    );
    expect(ends(predict("10.0.1.10:4000 > 10.100.0.50:80"))).toHaveLength(2);
  });

  test("another port of the service's address is not rewritten", () => {
    expect(ends(predict(`${WEB_A} > 10.100.0.50:81`))).toEqual([
      "10.0.1.10 > 10.100.0.50:81 by eth0",
    ]);
  });
});

describe("rules that somebody inserted", () => {
  const stray = (rule: string) =>
    nodesWithRules([rule, ...KUBE_PROXY, ...returningCni("10.0.1.10")]);

  test("a masquerade rule rewrites pod to pod, and is named", () => {
    const path = predict(
      `${WEB_A} > 10.0.2.51:8080`,
      stray("-A POSTROUTING -s 10.0.0.0/16 -d 10.0.0.0/16 ! -o lo -j MASQUERADE"),
    );
    expect(path.class).toBe("pod-to-pod-nat");
    expect(ends(path)).toEqual(["10.0.1.10 > 10.0.2.51:8080 by eth0"]);
    expect(because(path)).toContain("! -o lo -j MASQUERADE");
  });

  test("a DNAT rule leads elsewhere", () => {
    const path = predict(
      `${WEB_A} > 10.0.2.51:8080`,
      stray(
        "-A PREROUTING -d 10.0.2.51/32 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 10.0.1.21",
      ),
    );
    expect(ends(path)).toEqual(["10.0.1.11 > 10.0.1.21:8080 by eniddeaa362342"]);
  });

  test("a rule of the receiving node counts too", () => {
    const [n1, n2] = nodesWithRules();
    if (n1 === undefined || n2 === undefined) throw new Error("two nodes");
    const iptables = natRules("-A POSTROUTING -o eni+ -j MASQUERADE", ...KUBE_PROXY);
    const path = predict(`${WEB_A} > 10.0.2.51:8080`, [n1, { ...n2, iptables }]);
    expect(ends(path)).toEqual(["10.0.2.10 > 10.0.2.51:8080 by eth0"]);
  });

  test("a match that cannot be evaluated leaves both ways open", () => {
    const path = predict(
      `${WEB_A} > 10.0.2.51:8080`,
      stray("-A POSTROUTING -m set --match-set peers dst -j MASQUERADE"),
    );
    expect(ends(path)).toEqual([
      "10.0.1.10 > 10.0.2.51:8080 by eth0",
      "10.0.1.11 > 10.0.2.51:8080 by eth0",
    ]);
    expect(path.class).toBeNull();
  });

  test.each([
    "-A PREROUTING -p tcp -j REDIRECT --to-ports 15001",
    "-A PREROUTING -d 10.0.2.51/32 -j DNAT --to-destination 10.0.2.1-10.0.2.9",
    "-A POSTROUTING -j NETMAP --to 10.9.0.0/16",
    "-A POSTROUTING -j SNAT --to-source 10.0.1.1-10.0.1.9",
    "-A PREROUTING -j DROP",
  ])("what is not predicted is unknown: %s", (rule) => {
    expect(predict(`${WEB_A} > 10.0.2.51:8080`, stray(rule))).toMatchObject({
      certainty: "unknown",
      class: null,
      outcomes: [],
    });
  });

  test("state NEW is the first packet's, ESTABLISHED is not", () => {
    const masquerade = (state: string) =>
      stray(`-A POSTROUTING -m conntrack --ctstate ${state} -j MASQUERADE`);
    const ctstate = (state: string) =>
      predict(`${WEB_A} > 10.0.2.51:8080`, masquerade(state)).class;
    expect(ctstate("NEW")).toBe("pod-to-pod-nat");
    expect(ctstate("RELATED,ESTABLISHED")).toBe("pod-to-pod-direct");
  });
});

describe("what the snapshot does not say", () => {
  test.each([
    ["no output of the node", []],
    ["one chain only", ["-A POSTROUTING -j AWS-SNAT-CHAIN-0", "-A AWS-SNAT-CHAIN-0 -j RETURN"]],
  ])("%s: unknown, never a guess", (_, rules) => {
    expect(predict(`${WEB_A} > ${OUT}`, nodesWithRules(rules)).certainty).toBe("unknown");
    expect(predict(`${WEB_A} > ${OUT}`, []).certainty).toBe("unknown");
  });

  test("services without kube-proxy's chains (IPVS, nftables, eBPF) are unknown, other traffic is not", () => {
    const nodes = nodesWithRules([...returningCni("10.0.1.10")]);
    expect(predict(`${WEB_A} > 10.100.0.50:80`, nodes).certainty).toBe("unknown");
    expect(predict(`${WEB_A} > 10.0.1.10:30080`, nodes).certainty).toBe("unknown");
    expect(predict(`${WEB_A} > ${OUT}`, nodes).class).toBe("snat-egress");
  });

  test("without `ip rule` the rewrite is told and the interface is not", () => {
    const path = predict(`${WEB_A} > ${OUT}`, nodesWithRules(undefined, { rules: [] }));
    expect(path.class).toBe("snat-egress");
    expect(path.outcomes[0]?.stages[0]?.device).toBeNull();
  });

  test("a mark that an nftables table may set leaves both interfaces open", () => {
    const rules = [
      ...KUBE_PROXY,
      ...returningCni("10.0.1.10").filter((rule) => !rule.includes("CONNMARK")),
    ];
    const path = predict(`${WEB_B} > ${OUT}`, nodesWithRules(rules));
    expect(ends(path)).toEqual([`10.0.1.10 > ${OUT} by eth0`, `10.0.1.10 > ${OUT} by eth1`]);
    const external = { cni: { externalSnat: true, excludeSnatCidrs: [] } };
    expect(ends(predict(`${WEB_B} > ${OUT}`, nodesWithRules(KUBE_PROXY), external))).toEqual([
      `10.0.1.21 > ${OUT} by eth1`,
    ]);
  });

  test("a packet that goes into a tunnel device is not followed", () => {
    const rules = ["32765:\tfrom all to 10.0.2.51 lookup 77", ...N1_POLICY.slice(0, -2)];
    const nodes = nodesWithRules(undefined, {
      rules: policyRules(...rules),
      routes: routes("10.0.2.0/24 via 10.244.1.0 dev flannel.1 onlink table 77", ...N1_ROUTES),
    });
    const path = predict(`${WEB_A} > 10.0.2.51:8080`, nodes);
    expect(path.certainty).toBe("unknown");
    expect(because(path)).toContain("flannel.1");
  });

  test("chains that lead in circles end", () => {
    const loop = ["-A PREROUTING -j A", "-A A -j B", "-A A -j B", "-A B -j A", "-A B -j A"];
    const nodes = nodesWithRules([...loop, "-A POSTROUTING -j A", ...KUBE_PROXY]);
    expect(predict(`${WEB_A} > ${OUT}`, nodes).certainty).toBe("unknown");
  });

  test("rules that may or may not match do not multiply without end", () => {
    const maybe = Array.from(
      { length: 40 },
      (_, i) =>
        `-A PREROUTING -m set --match-set s${i} src -j MARK --set-xmark 0x${(2 ** (i % 30)).toString(16)}/0x${(2 ** (i % 30)).toString(16)}`,
    );
    const nodes = nodesWithRules([...maybe, ...KUBE_PROXY, ...returningCni("10.0.1.10")]);
    expect(predict(`${WEB_A} > ${OUT}`, nodes).certainty).toBe("unknown");
  });
});

describe("the CNI's settings where rules are missing", () => {
  const cni = (fields: object) => ({
    cni: { excludeSnatCidrs: [], ref: ref("daemonset.json"), ...fields },
  });
  const assumed = (destination: string, fields: object, more: Partial<ClusterSnapshot> = {}) => {
    const path = predict(`${WEB_A} > ${destination}`, [STATES.n1], { ...cni(fields), ...more });
    return `${path.certainty} ${path.class}`;
  };

  test.each([
    [OUT, {}, "assumed snat-egress"],
    [OUT, { externalSnat: true }, "assumed direct-egress"],
    ["10.0.2.51:8080", {}, "assumed pod-to-pod-direct"],
    ["10.20.0.9:80", {}, "assumed snat-egress"],
    ["10.20.0.9:80", { excludeSnatCidrs: ["10.20.0.0/16"] }, "assumed pod-to-peer"],
    ["10.100.0.50:80", {}, "unknown null"],
    [OUT, { ref: undefined }, "unknown null"],
  ])("%s with %o: %s", (destination, fields, wanted) => {
    expect(assumed(destination, fields)).toBe(wanted);
  });

  test("outside means nothing without the VPC's CIDRs", () => {
    expect(assumed(OUT, {}, { vpcCidrs: [] })).toBe("unknown null");
  });

  test("IPv6 has no SNAT", () => {
    const path = predict("[2001:db8::11]:4000 > [2001:db8:9::9]:443", [STATES.n1], {
      ...cni({}),
      pods: cluster().pods.map((pod, i) =>
        i === 0 ? { ...pod, addresses: ["2001:db8::11"] } : pod,
      ),
    });
    expect(path).toMatchObject({ certainty: "assumed", class: "direct-egress" });
  });
});
