/** Goal: each rewrite is laid to the rule of the node that did it. Method: one connection rewritten on two nodes. */
import { describe, expect, it } from "vitest";
import { namedRules, rewriteEvidence, rewritesBy } from "../../../src/core/classify/rewrite.ts";
import type { NatRule } from "../../../src/core/classify/rule.ts";
import { oneConnection } from "../../support/flow.ts";
import { cluster, ref } from "../../support/snapshot.ts";

const [twice] = oneConnection(cluster(), [
  ["pod:default/web-a", "10.0.1.11:4000 > 10.0.2.51:8080", 64, 62],
  ["n1/eth0", "10.0.1.10:5000 > 10.0.2.51:8080", 63, 63],
  ["pod:default/api-c", "10.0.2.10:6000 > 10.0.2.51:8080", 62, 64],
]).classify().classified;
if (twice === undefined) throw new Error("no connection");

const rule = (node: string): NatRule => ({ text: `-j SNAT (${node})`, ref: ref(`${node}.txt`, 7) });
const rewrites = (...natRules: (NatRule | null)[]) =>
  rewritesBy(({ kind }) => kind === "snat")({ ...twice, natRules });

describe("two rewrites of one connection", () => {
  it("cite a rule each", () => {
    const evidence = rewrites(rule("n1"), rule("n2")).map(rewriteEvidence);
    expect(evidence.map(({ snapshot }) => snapshot)).toEqual([
      [{ file: "n1.txt", line: 7 }],
      [{ file: "n2.txt", line: 7 }],
    ]);
    expect(evidence[1]?.statement).toContain("10.0.1.10:5000");
  });

  it("lend no rule to each other", () => {
    const evidence = rewrites(null, rule("n2")).map(rewriteEvidence);
    expect(evidence.map(({ snapshot }) => snapshot.length)).toEqual([0, 1]);
  });

  it.each([
    [[null, null], ""],
    [[rule("n1"), null], "; rule: -j SNAT (n1)"],
    [[rule("n1"), rule("n1")], "; rule: -j SNAT (n1)"],
    [[rule("n1"), rule("n2")], "; rules: -j SNAT (n1); -j SNAT (n2)"],
  ])("name their rules once: %#", (rules, text) => {
    expect(namedRules(rewrites(...rules))).toBe(text);
  });
});

it("rewrites of another kind are left out", () => {
  const dnat = rewritesBy(({ kind }) => kind === "dnat")({ ...twice, natRules: [null, null] });
  expect(dnat).toEqual([]);
});
