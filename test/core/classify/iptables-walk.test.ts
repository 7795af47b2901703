/**
 * Goal: the rule that is named is the one that netfilter applied. Method: nat tables as kube-proxy and the VPC CNI write them,
 * and packets that take one way or the other through them.
 */
import { describe, expect, it } from "vitest";
import {
  findNatRule,
  possibleMark,
  type WalkedPacket,
} from "../../../src/core/classify/iptables-walk.ts";
import type { IptablesRule, NodeState } from "../../../src/core/cluster/snapshot.ts";
import { loadText } from "../cluster/load-text.ts";

const CHAINS = `*mangle
-A PREROUTING -i eni+ -j CONNMARK --restore-mark --nfmask 0x80 --ctmask 0x80
COMMIT
*nat
:PREROUTING ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING
-A POSTROUTING -m comment --comment "AWS SNAT CHAIN" -j AWS-SNAT-CHAIN-0
-A AWS-SNAT-CHAIN-0 -d 10.0.0.0/16 -j RETURN
-A AWS-SNAT-CHAIN-0 ! -o vlan+ -m addrtype ! --dst-type LOCAL -j SNAT --to-source 10.0.1.10 --random-fully
-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000
-A KUBE-SERVICES -d 10.100.0.50/32 -p tcp -m tcp --dport 80 -j KUBE-SVC-A
-A KUBE-SVC-A ! -s 10.0.0.0/16 -d 10.100.0.50/32 -p tcp -m tcp --dport 80 -j KUBE-MARK-MASQ
-A KUBE-SVC-A -j DNAT --to-destination 10.0.1.11:8080
-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
-A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0
-A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully
COMMIT
`;

function state(text: string): NodeState {
  const [first] = loadText(text).snapshot.nodeStates;
  if (first === undefined) throw new Error("no rules in the text");
  return first;
}

function packet(source: string, destination: string, port: number): WalkedPacket {
  return {
    protocol: "tcp",
    source: { address: source, port: 40_000 },
    destination: { address: destination, port },
    inInterface: null,
    outInterface: "eth0",
  };
}

const rewritesSource = ({ target }: IptablesRule) => target === "SNAT" || target === "MASQUERADE";
const sourceRule = (on: NodeState, one: WalkedPacket, arrived: WalkedPacket) => {
  const bits = possibleMark(on, [arrived]);
  const marked = bits === undefined ? one : { ...one, possibleMark: bits };
  return findNatRule(on, "POSTROUTING", marked, rewritesSource)?.chain;
};

describe("who rewrote the source", () => {
  const node = state(CHAINS);
  const toOutside = packet("10.0.1.11", "203.0.113.9", 80);

  it("is the CNI when no rule can have marked the packet for kube-proxy", () => {
    expect(possibleMark(node, [toOutside])).toBe(0x80);
    expect(sourceRule(node, toOutside, toOutside)).toBe("AWS-SNAT-CHAIN-0");
  });

  it("is kube-proxy when the packet came in for a service from outside the pod range", () => {
    const arrived = packet("203.0.113.9", "10.100.0.50", 80);
    expect(possibleMark(node, [arrived])).toBe(0x4080);
    const sentOn = packet("203.0.113.9", "10.0.1.11", 8080);
    expect(sourceRule(node, sentOn, arrived)).toBe("KUBE-POSTROUTING");
  });

  it("is nobody when a pod's packet stays inside the VPC", () => {
    const inside = packet("10.0.1.11", "10.0.2.12", 80);
    expect(sourceRule(node, inside, inside)).toBeUndefined();
  });

  it("may be anybody who asks for a mark when the chains that set marks were not pasted", () => {
    const part = state(
      `${CHAINS.split("\n")
        .filter((line) => !/PREROUTING/.test(line))
        .join("\n")}`,
    );
    expect(possibleMark(part, [toOutside])).toBeUndefined();
    expect(sourceRule(part, toOutside, toOutside)).toBe("KUBE-POSTROUTING");
  });
});

describe("marks", () => {
  const marksOf = (rule: string) =>
    state(`*nat\n-A PREROUTING ${rule}\nCOMMIT\n`).iptables.map(({ setsMark }) => setsMark);

  it.each([
    ["-j MARK --set-xmark 0x4000/0x4000", 0x4000],
    ["-j MARK --or-mark 0x8000", 0x8000],
    ["-j CONNMARK --restore-mark --nfmask 0x80 --ctmask 0x80", 0x80],
    ["-j CONNMARK --restore-mark", 0xffffffff],
    ["-j CONNMARK --set-xmark 0x80/0x80", undefined],
    ["-m mark --mark 0x1/0x1 -j RETURN", undefined],
  ])("of the packet that `%s` can set: %s", (rule, bits) => {
    expect(marksOf(rule)).toEqual([bits]);
  });
});
