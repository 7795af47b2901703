/**
 * The gate's result as SARIF 2.1.0, for code scanning. A capture has no lines, so that a result stands at the rule of the policy that
 * was violated; the packets are in its text and properties. Fingerprints keep an alert the same over runs.
 */
import { MAX_SARIF_RESULTS } from "../limits.ts";
import type { AffectedPath, GateResult, RuleResult } from "../policy/gate-result.ts";
import { affectedLine, oneLine, reasonSentence, ruleLines } from "./gate-lines.ts";
import { terminalSafeJson } from "./json-stream.ts";
import { safeText } from "./safe-text.ts";

/** Chunks of one JSON document. */
export function renderGateSarif(gate: GateResult): readonly string[] {
  const rules = gate.rules.filter(({ verdict }) => verdict !== "pass");
  const all = rules.flatMap((rule) => resultsOf(rule, gate.rules.indexOf(rule)));
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: gate.tool.name,
            version: gate.tool.version,
            rules: gate.rules.map(reportingDescriptor),
          },
        },
        automationDetails: { id: "podpath/check/" },
        invocations: [
          {
            // The tool ran to its end; whether the policy holds is told by the results.
            executionSuccessful: true,
            toolExecutionNotifications: notifications(gate, all.length),
          },
        ],
        columnKind: "utf16CodeUnits",
        results: all.slice(0, MAX_SARIF_RESULTS),
        properties: { verdict: gate.verdict, seen: gate.seen },
      },
    ],
  };
  return [`${terminalSafeJson(JSON.stringify(log, null, 2))}\n`];
}

/** Longer names and sentences are cut: a page shows a few lines of them. */
const LONGEST = 1_000;

function text(words: string): string {
  return safeText(words.length > LONGEST ? `${words.slice(0, LONGEST)}…` : words);
}

const LEVELS = { error: "error", warning: "warning", note: "note" } as const;

function reportingDescriptor({ id, kind, title, severity }: RuleResult) {
  return {
    id,
    name: pascalCase(id),
    shortDescription: { text: text(title) },
    fullDescription: { text: text(`${kind}: ${title}`) },
    help: {
      text: `A rule of the policy. \`podpath schema policy\` says what \`${kind}\` rules can say.`,
    },
    defaultConfiguration: { level: LEVELS[severity] },
    properties: { tags: ["network", "kubernetes", kind] },
  };
}

function pascalCase(id: string): string {
  return id
    .split("-")
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join("");
}

/** A result for each path that violates the rule; one for the rule where it is a doubt or about no path. */
function resultsOf(rule: RuleResult, ruleIndex: number) {
  const violating = rule.affected.filter(({ outcome }) => outcome === "violates");
  if (rule.verdict !== "fail" || violating.length === 0)
    return [
      result(
        rule,
        ruleIndex,
        [`${rule.verdict}: ${oneLine(rule.title)}`, ...ruleLines(rule)].join("\n"),
        rule.fingerprint,
      ),
    ];
  return violating.map((one) =>
    result(rule, ruleIndex, oneLine(`${rule.title}: ${affectedLine(one)}`), one.fingerprint, one),
  );
}

function result(
  rule: RuleResult,
  ruleIndex: number,
  message: string,
  fingerprint: string,
  affected?: AffectedPath,
) {
  return {
    ruleId: rule.id,
    ruleIndex,
    // What is not decided needs a look as much as what is wrong: no lower level, and no level that the check does not act on.
    level: LEVELS[rule.severity],
    message: { text: message.split("\n").map(text).join("\n") },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(rule.file) },
          region: { startLine: rule.line, startColumn: rule.column },
        },
      },
    ],
    // GitHub keeps alerts apart by the first, whose form it gives (hash:occurrence), and leaves it alone when it is there.
    partialFingerprints: {
      primaryLocationLineHash: `${fingerprint}:1`,
      "podpathRulePath/v1": fingerprint,
    },
    properties: {
      verdict: rule.verdict,
      ...(affected === undefined
        ? {}
        : { connections: affected.amount.connections, packets: affected.amount.packets }),
    },
  };
}

/** Relative to the repository as people name files there; no scheme, and every part percent-encoded (RFC 3986). */
function uriOf(file: string): string {
  const path = file
    .replace(/\p{Cs}/gu, "\ufffd")
    .replace(/^(?:\.\/)+/, "")
    .split("/")
    .map(encodeURIComponent)
    .join("/");
  return path.startsWith("/") ? `file://${path}` : path;
}

function notifications({ reasons, accepted }: GateResult, results: number) {
  const list = [
    ...reasons.map(({ id, details, hint }) => ({
      level: "warning",
      message: { text: text(`${id}: ${reasonSentence(details, hint)}`) },
    })),
    ...accepted.map((one) => ({ level: "note", message: { text: text(`accepted: ${one}`) } })),
  ];
  if (results > MAX_SARIF_RESULTS)
    list.push({
      level: "warning",
      message: { text: `${results - MAX_SARIF_RESULTS} more results are left out.` },
    });
  return list;
}
