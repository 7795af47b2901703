/** Goal: an exception excuses what it speaks of, until its end, by the date that was given. */
import { describe, expect, it } from "vitest";
import { check, DOUBTFUL, MASQUERADED, of, WEB, webToApi } from "../../support/policy.ts";

describe("allow", () => {
  const POLICY = `
forbid: [{id: no-nat, class: pod-to-pod-nat}]
allow: [{id: known, class: pod-to-pod-nat, match: {from: {workload: web}}, reason: TICKET-1, expires: 2026-11-30}]`;

  it.each([
    ["2026-11-30", "pass", ["pass", "pass"], 0],
    ["2026-12-01", "pass", ["pass", "pass"], 2],
    ["2026-12-14", "pass", ["pass", "pass"], 2],
    ["2026-12-15", "fail", ["fail", "fail"], 1],
    [null, "inconclusive", ["inconclusive", "inconclusive"], 0],
  ] as const)("on %s: %s", (today, verdict, rules, warnings) => {
    const gate = check(POLICY, of(MASQUERADED), { today });
    expect(gate.verdict).toBe(verdict);
    expect(gate.rules.map((rule) => rule.verdict)).toEqual(rules);
    expect(gate.rules.flatMap((rule) => rule.warnings)).toHaveLength(warnings);
  });

  it("is told apart from what it does not cover", () => {
    const other = {
      ...MASQUERADED,
      id: "conn-2",
      orig: { ...WEB, workload: "Deployment/cart", name: "cart-1" },
    };
    const [rule] = check(POLICY, of(MASQUERADED, other), { today: "2026-11-01" }).rules;
    expect(rule).toMatchObject({
      verdict: "fail",
      violations: { connections: 1 },
      excused: { connections: 1 },
    });
    expect(rule?.affected.map(({ outcome, allowedBy }) => [outcome, allowedBy])).toEqual([
      ["violates", undefined],
      ["excused", "known"],
    ]);
  });

  it("that excuses nothing fails, unless it is optional", () => {
    const gate = check(POLICY, of(webToApi()), { today: "2026-11-01" });
    expect(gate.rules.map(({ id, verdict }) => [id, verdict])).toEqual([
      ["no-nat", "pass"],
      ["known", "fail"],
    ]);
    const optional = POLICY.replace("reason:", "optional: true, reason:");
    expect(check(optional, of(webToApi()), { today: "2026-11-01" }).verdict).toBe("pass");
  });

  it("that ended does not stand before one that replaced it", () => {
    const renewed = `${POLICY.trimEnd().slice(0, -1)}, {id: renewed, class: pod-to-pod-nat, reason: TICKET-2, expires: 2027-11-30}]`;
    const gate = check(renewed, of(MASQUERADED), { today: "2027-01-01" });
    expect(gate.rules.map(({ id, verdict }) => [id, verdict])).toEqual([
      ["no-nat", "pass"],
      ["known", "fail"],
      ["renewed", "pass"],
    ]);
  });

  it("counts a connection once, however many rules it is excused from", () => {
    const two = POLICY.replace("forbid: [", "forbid: [{id: again, class: pod-to-pod-nat}, ");
    const [, , allowed] = check(two, of(MASQUERADED), { today: "2026-11-01" }).rules;
    expect(allowed).toMatchObject({ lookedAt: { connections: 1 }, excused: { connections: 1 } });
  });

  it("for one rule excuses no other", () => {
    const two = `
forbid: [{id: a, class: pod-to-pod-nat}, {id: b, class: pod-to-pod-nat}]
allow: [{rule: a, reason: x, expires: 2026-12-31}]`;
    const gate = check(two, of(MASQUERADED), { today: "2026-11-01" });
    expect(gate.rules.map(({ verdict }) => verdict)).toEqual(["pass", "fail", "pass"]);
  });

  it("a doubt about what it speaks of excuses nothing", () => {
    const policy = `
forbid: [{overlay: any}]
allow: [{class: pod-to-pod-overlay, reason: x, expires: 2026-12-31, optional: true}]`;
    expect(check(policy, of(DOUBTFUL), { today: "2026-11-01" }).verdict).toBe("inconclusive");
  });
});
