import { describe, expect, test } from "vitest";
import { membersOf } from "../../../../src/core/classify/members.ts";
import type { Classified, RuleContext } from "../../../../src/core/classify/rule.ts";
import { snatPortPressure } from "../../../../src/core/classify/rules/snat-port-pressure.ts";
import { buildOwnerIndex } from "../../../../src/core/cluster/owner-index.ts";
import { emptySnapshot } from "../../../../src/core/cluster/snapshot.ts";
import { connection, subject, tuple, verdict } from "../../../support/analysis-parts.ts";

const CONTEXT: RuleContext = {
  snapshot: emptySnapshot(),
  owners: buildOwnerIndex(emptySnapshot()),
  hasSnapshot: false,
  connections: [],
  having: () => membersOf([]),
  question: { pods: [], vantagePoints: [], everyCapturePlaced: true },
  captures: [],
};

/** Connections of one node to one destination, opened at even distances. */
function connections(count: number, everyMs: number, destinations = 1): Classified[] {
  return Array.from({ length: count }, (_, index) => {
    const to = `203.0.113.${(index % destinations) + 1}:443`;
    const before = `10.0.1.11:${1024 + (index % 60_000)} > ${to}`;
    const after = `10.0.1.10:${1024 + (index % 60_000)} > ${to}`;
    const one = connection(index, [before, after], [], {
      firstSeenNs: BigInt(index * everyMs) * 1_000_000n,
      nat: [
        {
          kind: "snat",
          node: "n1",
          before: tuple(before),
          after: tuple(after),
          matchedBy: "tcp-isn",
          confidence: "proven",
          conntrack: null,
          packets: [],
        },
      ],
    });
    const external = { kind: "external" } as const;
    return {
      subject: subject(one, { kind: "pod" }, external),
      verdict: verdict({ class: "snat-egress" }),
      natRules: [null],
    };
  });
}

describe("snat-port-pressure", () => {
  test("is more than half of all ports to one destination within two minutes", () => {
    const [match, ...more] = snatPortPressure.find(membersOf(connections(33_000, 3)), CONTEXT);
    expect(more).toEqual([]);
    expect(match?.level).toBe("warning");
    expect(match?.message).toContain("10.0.1.10 → tcp 203.0.113.1:443: 33000 connections");
    expect(match?.connections).toHaveLength(33_000);
  });
  test("is not as many over an hour, whose ports come free again", () => {
    expect(snatPortPressure.find(membersOf(connections(33_000, 100)), CONTEXT)).toEqual([]);
  });
  test("is not as many to several destinations, each of which has all ports", () => {
    expect(snatPortPressure.find(membersOf(connections(33_000, 1, 2)), CONTEXT)).toEqual([]);
  });
});
