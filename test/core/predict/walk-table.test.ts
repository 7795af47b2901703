/**
 * Goal: the rule that netfilter applied is named, or none. Method: nat tables as iptables-save prints them, in the order of
 * real nodes; packets that reach one rule, another, or cannot be followed.
 */
import { describe, expect, test } from "vitest";
import type { IptablesRule, NodeState } from "../../../src/core/cluster/snapshot.ts";
import { compileNodeRules } from "../../../src/core/predict/node-rules.ts";
import { type Mark, NO_MARK, UNKNOWN_MARK } from "../../../src/core/predict/packet-mark.ts";
import type { MatchedPacket } from "../../../src/core/predict/rule-match.ts";
import { type TableOutcome, walkTable } from "../../../src/core/predict/walk-table.ts";
import { endpoint } from "../../support/flow.ts";
import { natRules, STATES } from "../../support/snapshot.ts";

const state = (...lines: string[]) => ({ ...STATES.n1, iptables: natRules(...lines) });
const packet = (flow: string, fields: Partial<MatchedPacket> = {}): MatchedPacket => {
  const [source = "", destination = ""] = flow.split(" > ");
  return {
    protocol: "tcp",
    source: endpoint(source),
    destination: endpoint(destination),
    inInterfaces: null,
    outInterfaces: ["eth0"],
    ...fields,
  };
};
const SNAT = (rule: IptablesRule) => rule.target === "SNAT" || rule.target === "MASQUERADE";

function outcomes(
  table: NodeState,
  chain: string,
  at: MatchedPacket,
  mark: Mark = UNKNOWN_MARK,
): readonly TableOutcome[] {
  return walkTable(compileNodeRules(table), "nat", chain, at, { mark, connmark: NO_MARK }) ?? [];
}

/** The one rule that may have decided and does what is looked for; null when there is none, or more than one. */
function decider(
  table: NodeState,
  chain: string,
  at: MatchedPacket,
  does: (rule: IptablesRule) => boolean,
  mark?: Mark,
): IptablesRule | null {
  const rules = outcomes(table, chain, at, mark).flatMap(({ decidedBy }) => decidedBy ?? []);
  const found = new Set(rules.filter(does));
  const [only] = found;
  return found.size === 1 ? (only ?? null) : null;
}

/** POSTROUTING for a packet to the outside, one inside the VPC, ... : the text of the rule, or null. */
const source = (table: NodeState, flow: string, fields?: Partial<MatchedPacket>, mark?: Mark) =>
  decider(table, "POSTROUTING", packet(flow, fields), SNAT, mark)?.text ?? null;

const OUT = "10.0.1.11:4000 > 203.0.113.9:443";
const INSIDE = "10.0.1.11:4000 > 10.0.2.51:8080";
const AWS_SNAT =
  '-A AWS-SNAT-CHAIN-0 ! -o vlan+ -m comment --comment "AWS, SNAT" -m addrtype ! --dst-type LOCAL -j SNAT --to-source 10.0.1.10 --random-fully';
const KUBE = [
  '-A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING',
  "-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN",
  "-A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0",
  "-A KUBE-POSTROUTING -j MASQUERADE --random-fully",
];

describe("the CNI's chain", () => {
  const returning = state(
    "-A POSTROUTING -j AWS-SNAT-CHAIN-0",
    "-A AWS-SNAT-CHAIN-0 -d 10.0.0.0/16 -j RETURN",
    AWS_SNAT,
  );
  const chained = state(
    "-A POSTROUTING -j AWS-SNAT-CHAIN-0",
    "-A AWS-SNAT-CHAIN-0 ! -d 10.0.0.0/16 -j AWS-SNAT-CHAIN-1",
    "-A AWS-SNAT-CHAIN-1 ! -d 10.20.0.0/16 -j AWS-SNAT-CHAIN-2",
    AWS_SNAT.replace("CHAIN-0", "CHAIN-2"),
  );

  test.each([
    ["with RETURN", returning],
    ["chained", chained],
  ])("%s rewrites what leaves the VPC and nothing else", (_, table) => {
    expect(source(table, OUT)).toContain("--to-source 10.0.1.10");
    expect(source(table, INSIDE)).toBeNull();
  });

  test("leaves alone what goes out by a branch ENI or stays on the node", () => {
    expect(source(returning, OUT, { outInterfaces: ["vlan.eth.1"] })).toBeNull();
    expect(source(returning, "10.0.1.11:4 > 10.0.1.20:5")).toBeNull();
  });

  test("an excluded CIDR of the chained form is left alone", () => {
    expect(source(chained, "10.0.1.11:4000 > 10.20.3.4:443")).toBeNull();
  });
});

describe("kube-proxy's masquerade before the CNI's chain", () => {
  const lines = [...KUBE, "-A POSTROUTING -j AWS-SNAT-CHAIN-0", AWS_SNAT];

  test("does not explain packets that no rule can have marked", () => {
    expect(source(state(...lines), OUT, {}, NO_MARK)).toContain("AWS-SNAT-CHAIN-0");
  });

  test("and with a mark that may be there nobody can say which of the two it was", () => {
    expect(source(state(...lines), OUT)).toBeNull();
  });

  test("alone explains a marked packet", () => {
    expect(source(state(...KUBE), OUT)).toContain("KUBE-POSTROUTING -j MASQUERADE");
  });
});

test("a MASQUERADE inserted before everything else is the one", () => {
  const table = state(
    "-A POSTROUTING -s 10.0.1.11/32 -j MASQUERADE",
    "-A POSTROUTING -j AWS-SNAT-CHAIN-0",
    AWS_SNAT,
  );
  expect(source(table, OUT)).toContain("-s 10.0.1.11/32 -j MASQUERADE");
  expect(source(table, OUT.replace("1.11", "1.21"))).toContain("AWS-SNAT-CHAIN-0");
});

test("negation turns a match round", () => {
  const table = state("-A POSTROUTING ! -s 10.0.1.11/32 ! -d 10.0.0.0/16 -j MASQUERADE");
  expect(source(table, OUT)).toBeNull();
  expect(source(table, OUT.replace("1.11", "1.21"))).toContain("MASQUERADE");
  expect(source(table, INSIDE.replace("1.11", "1.21"))).toBeNull();
});

describe("a service", () => {
  const table = state(
    "-A PREROUTING -j KUBE-SERVICES",
    "-A KUBE-SERVICES -d 10.100.0.50/32 -p tcp -m tcp --dport 80 -j KUBE-SVC-A",
    "-A KUBE-SVC-A -m statistic --mode random --probability 0.50000000000 -j KUBE-SEP-A",
    "-A KUBE-SVC-A -j KUBE-SEP-B",
    "-A KUBE-SEP-A -s 10.0.1.21/32 -j KUBE-MARK-MASQ",
    "-A KUBE-SEP-A -p tcp -m tcp -j DNAT --to-destination 10.0.1.21:8080",
    "-A KUBE-SEP-B -p tcp -m tcp -j DNAT --to-destination 10.0.2.51:8080",
    "-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000",
  );
  const to = (wanted: string, flow = "10.0.1.11:4000 > 10.100.0.50:80", protocol = "tcp") =>
    decider(
      table,
      "PREROUTING",
      packet(flow, { protocol }),
      (rule) => rule.toDestination === wanted,
      NO_MARK,
    );

  test("is followed past the dice to the endpoint that answered", () => {
    expect(to("10.0.1.21:8080")?.chain).toBe("KUBE-SEP-A");
    expect(to("10.0.2.51:8080")?.chain).toBe("KUBE-SEP-B");
    expect(to("10.0.9.9:8080")).toBeNull();
  });

  test("needs its port and protocol", () => {
    expect(to("10.0.1.21:8080", "10.0.1.11:4000 > 10.100.0.50:81")).toBeNull();
    expect(to("10.0.1.21:8080", undefined, "udp")).toBeNull();
  });

  test("marks only what comes from its own endpoint", () => {
    const marks = (flow: string) =>
      new Set(
        outcomes(table, "PREROUTING", packet(flow), NO_MARK).map((one) => one.marks.mark.value),
      );
    expect(marks("10.0.1.11:4000 > 10.100.0.50:80")).toEqual(new Set([0]));
    // The dice may send it to itself, which is marked, or to the other endpoint, which is not.
    expect(marks("10.0.1.21:4000 > 10.100.0.50:80")).toEqual(new Set([0x4000, 0]));
  });
});

describe("tables that nobody sane has", () => {
  test("loops end, and nothing is told of a table that no kernel loads", () => {
    const table = state("-A POSTROUTING -j LOOP", "-A LOOP -j LOOP", "-A LOOP -j MASQUERADE");
    expect(source(table, OUT)).toBeNull();
  });

  test("and so do chains that fan out without end", () => {
    const fan = Array.from({ length: 30 }, () => "-A LOOP -j LOOP");
    const table = state("-A POSTROUTING -j LOOP", ...fan, "-A POSTROUTING -j MASQUERADE");
    expect(source(table, OUT)).toBeNull();
  });

  test("a jump to a chain that is not there goes on", () => {
    expect(source(state("-A POSTROUTING -j GONE", "-A POSTROUTING -j MASQUERADE"), OUT)).toContain(
      "MASQUERADE",
    );
  });

  test("a rule of ip6tables does not meet an IPv4 packet", () => {
    const [rule] = natRules("-A POSTROUTING -j MASQUERADE");
    if (rule === undefined) throw new Error("a rule");
    const table = { ...STATES.n1, iptables: [{ ...rule, family: 6 as const }] };
    expect(decider(table, "POSTROUTING", packet(OUT), SNAT)).toBeNull();
    const flow = "[2001:db8::1]:4 > [2001:db8:1::1]:5";
    expect(decider(table, "POSTROUTING", packet(flow), SNAT)).not.toBeNull();
  });
});
