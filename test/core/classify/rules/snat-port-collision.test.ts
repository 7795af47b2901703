import { describe, expect, test } from "vitest";
import { membersOf } from "../../../../src/core/classify/members.ts";
import type { Classified, RuleContext } from "../../../../src/core/classify/rule.ts";
import { snatPortCollision } from "../../../../src/core/classify/rules/snat-port-collision.ts";
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
const OUT = "203.0.113.9:443";

function rewritten(
  index: number,
  from: string,
  to: string,
  answers: number,
  [start, end]: readonly [number, number] = [0, 1000],
): Classified {
  const before = `${from} > ${OUT}`;
  const after = `${to} > ${OUT}`;
  const one = connection(index, [before, after], [], {
    firstSeenNs: BigInt(start) * 1_000_000n,
    lastSeenNs: BigInt(end) * 1_000_000n,
    packets: { orig: 3, resp: answers },
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
  return {
    subject: subject(one, { kind: "pod" }, { kind: "external" }),
    verdict: verdict({ class: "snat-egress" }),
    natRules: [null],
  };
}

const WEB_A = "10.0.1.11:5000";
const WEB_B = "10.0.1.21:5000";
const SHARED = "10.0.1.10:5000";

describe("snat-port-collision", () => {
  test("is one tuple for two senders at a time, one of them unanswered", () => {
    const [match] = snatPortCollision.find(
      membersOf([rewritten(0, WEB_A, SHARED, 5), rewritten(1, WEB_B, SHARED, 0)]),
      CONTEXT,
    );
    expect(match?.level).toBe("error");
    expect(match?.connections).toEqual([0, 1]);
    expect(match?.evidence).toHaveLength(2);
  });

  const harmless: readonly (readonly [string, readonly Classified[]])[] = [
    ["another port", [rewritten(0, WEB_A, SHARED, 5), rewritten(1, WEB_B, "10.0.1.10:5001", 0)]],
    [
      "the port of a connection that is over",
      [rewritten(0, WEB_A, SHARED, 5), rewritten(1, WEB_B, SHARED, 0, [2000, 3000])],
    ],
    ["two that were answered", [rewritten(0, WEB_A, SHARED, 5), rewritten(1, WEB_B, SHARED, 5)]],
    [
      "one sender that tries again",
      [rewritten(0, WEB_A, SHARED, 0), rewritten(1, WEB_A, SHARED, 0)],
    ],
  ];
  test.each(harmless)("is not %s", (_, classified) => {
    expect(snatPortCollision.find(membersOf(classified), CONTEXT)).toEqual([]);
  });
});
