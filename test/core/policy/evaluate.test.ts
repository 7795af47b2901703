/** Goal: the whole is decided by the rules that count, in one way over the connections. */
import { describe, expect, it } from "vitest";
import {
  check,
  checkOne,
  DOUBTFUL,
  MASQUERADED,
  of,
  WEB,
  webToApi,
  wholeReport,
} from "../../support/policy.ts";
import { reportOf } from "../../support/report.ts";

describe("the whole", () => {
  it("fails on a violation whatever else is in doubt, and on nothing below --fail-on", () => {
    const policy = `
forbid: [{class: pod-to-pod-nat}, {class: pod-to-pod-overlay, severity: warning}]`;
    const report = of(MASQUERADED, { ...DOUBTFUL, id: "conn-2" });
    expect(check(policy, report).verdict).toBe("fail");
    const mild = policy.replace("pod-to-pod-nat", "pod-to-pod-nat, severity: warning");
    expect(check(mild, report).verdict).toBe("pass");
    expect(check(mild, report, { failOn: "warning" }).verdict).toBe("fail");
    expect(check(mild, report).rules.map(({ counts }) => counts)).toEqual([false, false]);
  });

  it("passes nothing that saw nothing", () => {
    const gate = check(
      "forbid: [{class: clb}]\nexpect: [{at-most: 3, optional: true}]",
      wholeReport({}),
    );
    expect(gate.verdict).toBe("inconclusive");
    expect(gate.reasons.map(({ id }) => id)).toContain("no-connections");
  });

  it("walks the connections once, however many rules there are", () => {
    const report = of(webToApi("conn-1"), webToApi("conn-2"));
    let walks = 0;
    const counted = {
      ...report,
      connections: {
        length: 2,
        at: (index: number) => [...report.connections].at(index),
        *[Symbol.iterator]() {
          walks += 1;
          yield* report.connections;
        },
      },
    };
    check(
      "forbid: [{class: clb}, {overlay: any}, {level: error}]\nexpect: [{at-least: 1}]",
      counted,
    );
    expect(walks).toBe(1);
  });

  it("keeps no more paths than it shows, and counts the others", () => {
    const many = Array.from({ length: 150 }, (_, i) => ({
      ...webToApi(`conn-${i + 1}`, "pod-to-pod-nat"),
      orig: { ...WEB, workload: `Deployment/w${i}` },
    }));
    const rule = checkOne("forbid: [{class: pod-to-pod-nat}]", of(...many));
    expect(rule.affected).toHaveLength(100);
    expect(rule.more).toBe(50);
    expect(rule.violations.connections).toBe(150);
  });

  it("without a snapshot says nothing about who talks to whom", () => {
    const blind = { ...of(webToApi()), snapshot: reportOf({}).snapshot };
    expect(checkOne("forbid: [{finding: overlay-encapsulation}]", blind)).toMatchObject({
      verdict: "inconclusive",
      hiddenBy: ["no-snapshot"],
    });
    expect(
      checkOne("expect: [{match: {to: {address: 10.0.2.22}}, at-least: 1}]", blind).verdict,
    ).toBe("pass");
  });
});
