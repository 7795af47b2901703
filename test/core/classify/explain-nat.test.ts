/** Goal: each rewrite names the rule of the node that did it, as that node's table stands, or nothing. */
import { describe, expect, test } from "vitest";
import { oneConnection, type Sighting } from "../../support/flow.ts";
import { cluster, natRules, statesWith } from "../../support/snapshot.ts";

const TABLE = natRules(
  "-A PREROUTING -j KUBE-SERVICES",
  "-A KUBE-SERVICES -d 10.100.0.50/32 -p tcp -m tcp --dport 80 -j KUBE-SVC-A",
  "-A KUBE-SVC-A -m statistic --mode random --probability 0.50000000000 -j KUBE-SEP-A",
  "-A KUBE-SVC-A -j KUBE-SEP-B",
  "-A KUBE-SEP-A -s 10.0.1.21/32 -j KUBE-MARK-MASQ",
  "-A KUBE-SEP-A -p tcp -m tcp -j DNAT --to-destination 10.0.1.21:8080",
  "-A KUBE-SEP-B -p tcp -m tcp -j DNAT --to-destination 10.0.2.51:8080",
  "-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000",
  "-A POSTROUTING -j KUBE-POSTROUTING",
  "-A POSTROUTING -j AWS-SNAT-CHAIN-0",
  "-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN",
  "-A KUBE-POSTROUTING -j MASQUERADE --random-fully",
  "-A AWS-SNAT-CHAIN-0 -d 10.0.0.0/16 -j RETURN",
  "-A AWS-SNAT-CHAIN-0 ! -o vlan+ -m addrtype ! --dst-type LOCAL -j SNAT --to-source 10.0.1.10 --random-fully",
);

/** Texts of the rules, one for each rewrite. */
function rules(sightings: readonly Sighting[], iptables = TABLE): (string | null)[] {
  const nodeStates = statesWith("n1", { iptables });
  const [only] = oneConnection(cluster({ nodeStates }), sightings).classify().classified;
  return only?.natRules.map((rule) => rule?.text ?? null) ?? [];
}

const A = "pod:default/web-a";

describe("the rule that explains", () => {
  test("egress is the CNI's, not kube-proxy's before it", () => {
    const seen = rules([
      [A, "10.0.1.11:4000 > 203.0.113.9:443", 64, 50],
      ["n1/eth0", "10.0.1.10:5000 > 203.0.113.9:443", 63, 51],
    ]);
    expect(seen).toEqual([expect.stringContaining("AWS-SNAT-CHAIN-0 ! -o vlan+")]);
  });

  test("a service is the endpoint's DNAT", () => {
    const seen = rules([
      [A, "10.0.1.11:4000 > 10.100.0.50:80", 64, 62],
      ["n1/eth0", "10.0.1.11:4000 > 10.0.2.51:8080", 63, 63],
    ]);
    expect(seen).toEqual([expect.stringContaining("KUBE-SEP-B")]);
  });

  test("a rewrite that no rule of the table does is none of them", () => {
    const seen = rules([
      [A, "10.0.1.11:4000 > 10.0.2.51:8080", 64, 62],
      ["n1/eth0", "10.0.1.10:5000 > 10.0.2.51:8080", 63, 63],
    ]);
    expect(seen).toEqual([null]);
  });

  test("another source address than the rule gives is not the rule's", () => {
    const seen = rules([
      [A, "10.0.1.11:4000 > 203.0.113.9:443", 64, 50],
      ["n1/eth0", "10.0.1.20:5000 > 203.0.113.9:443", 63, 51],
    ]);
    expect(seen).toEqual([null]);
  });

  test("without the node's table is none", () => {
    const seen = rules(
      [
        [A, "10.0.1.11:4000 > 203.0.113.9:443", 64, 50],
        ["n1/eth0", "10.0.1.10:5000 > 203.0.113.9:443", 63, 51],
      ],
      [],
    );
    expect(seen).toEqual([null]);
  });
});
