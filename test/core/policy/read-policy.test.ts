/** Goal: a mistake in a policy is told where it is, with the word that was meant; a policy that checks nothing is a mistake. */
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { policyJsonSchema } from "../../../src/core/policy/policy-json-schemas.ts";
import { problemLines } from "../../../src/core/policy/policy-problem.ts";
import { readPolicy } from "../../../src/core/policy/read-policy.ts";
import { readYaml } from "../../../src/core/yaml/read-yaml.ts";

const FULL = `schema: podpath.policy/1
coverage: seen
accept:
  - {reason: undecodable, at-most: 3, because: a switch sends them}
expect:
  - id: web-to-api
    description: web reaches api without NAT
    match:
      from: {workload: Deployment/web, namespace: default, labels: {app: web}}
      to: [{address: 10.0.0.0/16, port: [80, 8000-8100]}, {kind: pod}]
      protocol: [tcp, udp]
    class: pod-to-pod-direct
    nat: none
    eni: own
    node-local: false
    client-address: [preserved, told]
    at-least: 1
    at-most: 10
    severity: warning
    optional: true
forbid:
  - finding: [overlay-encapsulation, unexpected-snat]
  - {level: error}
  - {overlay: vxlan, match: {either: {namespace: prod}}}
  - {match: {from: {namespace: dev}, to: {namespace: prod}}}
allow:
  - {rule: web-to-api, class: pod-to-pod-nat, reason: TICKET-1, expires: 2026-12-31, grace-days: 0}
`;

function problems(source: string): string[] {
  const { problems: found = [] } = readPolicy(source, "p.yaml");
  return found.map(({ line, column, message }) => `${line}:${column}: ${message}`);
}

describe("readPolicy", () => {
  it("reads everything that a policy can say, with the place of each rule", () => {
    const { policy } = readPolicy(FULL, "p.yaml");
    expect(policy?.rules.map(({ id, kind, place }) => [kind, id, place.line])).toEqual([
      ["expect", "web-to-api", 6],
      ["forbid", expect.stringMatching(/^forbid-overlay-encapsulation-unexpected-snat$/), 22],
      ["forbid", "forbid-level-error", 23],
      ["forbid", expect.stringMatching(/^forbid-overlay-vxlan-[0-9a-f]{6}$/), 24],
      ["forbid", expect.stringMatching(/^forbid-[0-9a-f]{6}$/), 25],
      ["allow", expect.stringMatching(/^allow-pod-to-pod-nat/), 27],
    ]);
    expect(policy?.accept).toEqual([
      { reason: "undecodable", atMost: 3, because: "a switch sends them" },
    ]);
  });

  it("agrees with the published schema on that policy and on what is no policy", () => {
    const validate = new Ajv2020({ allErrors: true }).compile(policyJsonSchema("policy"));
    expect(validate(readYaml(FULL).text?.value), JSON.stringify(validate.errors)).toBe(true);
    expect(validate({ forbid: [{ finding: "overlay" }] })).toBe(false);
    expect(validate({ forbidden: [] })).toBe(false);
  });

  it("reads JSON as well", () => {
    expect(
      readPolicy('{"forbid": [{"finding": "wrong-eni"}]}', "p.json").policy?.rules,
    ).toHaveLength(1);
  });

  it.each([
    [
      "forbid:\n  - finding: overlay-encapsulaton",
      "2:14: overlay-encapsulaton is not known here, did you mean overlay-encapsulation?",
    ],
    [
      "forbid:\n  - class: [pod-to-pod-dirct]",
      "2:13: pod-to-pod-dirct is not known here, did you mean pod-to-pod-direct?",
    ],
    ["forbid:\n  - fnding: wrong-eni", "2:5: unknown key fnding, did you mean finding?"],
    ["forbd: []", "1:1: unknown key forbd, did you mean forbid?"],
    ["expect:\n  - match: {frm: {}}", "2:13: unknown key frm, did you mean from?"],
    [
      "expect:\n  - match:\n      from: {namspace: a}",
      "3:14: unknown key namspace, did you mean namespace?",
    ],
    ["expect:\n  - match: {from: [{workload: 7}]}", "2:31: 7 is no text"],
    [
      "expect:\n  - from: {workload: web}\n    nat: none",
      "2:5: unknown key from: it stands under match",
    ],
    [
      "forbid:\n  - namespace: prod\n    class: clb",
      "2:5: unknown key namespace: it stands under match.from, match.to or match.either",
    ],
    [
      "expect:\n  - match: {workload: web}\n    nat: none",
      "2:13: unknown key workload: it stands under match.from, match.to or match.either",
    ],
    ["expect:\n  - at-least: 0", "2:15: 0 is less than 1"],
    ["expect:\n  - at-least: many", "2:15: many is no number"],
    ["expect:\n  - match: {to: {port: 70000}}", "2:24: 70000 is more than 65535"],
    [
      "expect:\n  - match: {to: {port: 90-80}}",
      "2:24: 90-80 is no port range: write the smaller port first",
    ],
    [
      "expect:\n  - match: {to: {address: 10.0.0.300}}",
      "2:27: 10.0.0.300 is neither an address nor a CIDR",
    ],
    ["allow:\n  - {class: clb, expires: 2026-12-31}", "2:5: reason is missing"],
    ["allow:\n  - {class: clb, reason: x}", "2:5: expires is missing"],
    [
      "allow:\n  - {class: clb, reason: x, expires: 2026-02-30}",
      "2:38: 2026-02-30 is no day of the calendar",
    ],
    ["allow:\n  - {class: clb, reason: x, expires: soon}", "2:38: soon is no date like 2026-12-31"],
    [
      "allow:\n  - {rule: nobody, reason: x, expires: 2026-12-31}",
      "2:12: no rule has the id nobody: give the rule an id and name it here",
    ],
    [
      "forbid:\n  - severity: error",
      "2:5: forbids nothing: say class, finding, level, overlay or match",
    ],
    [
      "expect:\n  - optional: true",
      "2:5: expects nothing: say match, class, nat, at-least or another expectation",
    ],
    ["forbid:\n  - {id: a, class: clb}\n  - {id: a, class: clb}", "3:5: the id a is taken"],
    ["forbid: []", "1:1: has no rule: nothing would be checked"],
    ["", "1:1: nothing is no mapping"],
    ["forbid: [{class: clb}]\nforbid: []", "2:1: the same key stands here twice"],
    [
      "schema: podpath.policy/2\nforbid: [{class: clb}]",
      "1:9: podpath.policy/2 is not known here, did you mean podpath.policy/1?; allowed is podpath.policy/1",
    ],
  ])("refuses %j", (source, ...expected) => {
    expect(problems(source)).toEqual(expected);
  });

  it("tells all mistakes at once, in the order of the file", () => {
    const found = problems("forbid:\n  - finding: nope\n  - clas: clb\nexpect:\n  - at-least: -1");
    expect(found.map((one) => one.split(":")[0])).toEqual(["2", "3", "5"]);
  });

  it("gives a rule the same id wherever it stands", () => {
    const ids = (source: string) => readPolicy(source, "p").policy?.rules.map(({ id }) => id) ?? [];
    const [alone] = ids("expect: [{match: {protocol: tcp}, nat: none}]");
    const [, second] = ids("expect: [{at-least: 1}, {match: {protocol: tcp}, nat: none}]");
    expect(second).toBe(alone);
  });

  it("tells apart two rules that say the same", () => {
    const { policy } = readPolicy("forbid: [{class: clb}, {class: clb}]", "p");
    expect(policy?.rules.map(({ id }) => id)).toEqual(["forbid-clb", "forbid-clb-2"]);
  });

  it("never throws, whatever the text", () => {
    const word = fc.constantFrom(
      "expect",
      "forbid",
      "allow",
      "match",
      "from",
      "class",
      "finding",
      "[",
      "]",
      "{",
      "}",
      ":",
      " ",
      "\n  ",
      "- ",
      "pod-to-pod-direct",
      "__proto__",
      "1",
      "null",
      "&a",
      "*a",
      ",",
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 40 }), (words) => {
        const { policy, problems: found } = readPolicy(words.join(""), "p");
        expect((policy === undefined) !== (found === undefined)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("problemLines", () => {
  it("puts a caret under the word", () => {
    const source = "forbid:\n\t- finding: nope";
    expect(
      problemLines("p.yaml", source, { line: 2, column: 13, message: "is not known" }),
    ).toEqual(["p.yaml:2:13: is not known", "    2 |  - finding: nope", "      |             ^"]);
  });

  it("shows a long line around the place, and none that is not there", () => {
    const source = `a: ${"x".repeat(500)}`;
    const [, line = "", caret = ""] = problemLines("p", source, {
      line: 1,
      column: 400,
      message: "m",
    });
    expect(line.length).toBeLessThan(120);
    expect(caret.length).toBeLessThan(120);
    expect(problemLines("p", source, { line: 9, column: 1, message: "m" })).toEqual(["p:9:1: m"]);
  });
});
