// One table decides the exit code; scripts and CI jobs rely on every line of it.
import { describe, expect, it } from "vitest";
import { exitCode, type Outcome } from "../../src/cli/exit-code.ts";

const found = { error: 1, warning: 1, note: 1 };
const rows: readonly (readonly [string, Outcome, number])[] = [
  ["nothing happened", {}, 0],
  ["findings, and nobody asked to fail on them", { findings: found }, 0],
  ["an error, failing on errors", { findings: found, failOn: "error" }, 1],
  ["a warning, failing on errors", { findings: { warning: 3 }, failOn: "error" }, 0],
  ["a warning, failing on warnings", { findings: { warning: 3 }, failOn: "warning" }, 1],
  ["an error, failing on warnings", { findings: { error: 1 }, failOn: "warning" }, 1],
  ["a note, failing on notes", { findings: { note: 1 }, failOn: "note" }, 1],
  ["no finding at all", { findings: { error: 0, warning: 0, note: 0 }, failOn: "note" }, 0],
  ["doubt without --strict", { inconclusive: true }, 0],
  ["doubt with --strict", { inconclusive: true, strict: true }, 4],
  ["--strict without doubt", { inconclusive: false, strict: true }, 0],
  [
    "a definite finding outweighs a doubt",
    { findings: found, failOn: "error", inconclusive: true, strict: true },
    1,
  ],
  [
    "an unreadable input outweighs findings",
    { unreadableInputs: 1, findings: found, failOn: "error" },
    3,
  ],
  ["a policy that holds", { verdict: "pass" }, 0],
  ["a policy that is violated", { verdict: "fail", inconclusive: true, strict: true }, 1],
  ["a policy that cannot be decided", { verdict: "inconclusive" }, 4],
  ["an unreadable input outweighs a policy", { verdict: "fail", unreadableInputs: 1 }, 3],
  ["a result that was lost is not green", { verdict: "pass", outputFailed: true }, 74],
  ["a difference", { different: true, inconclusive: true, strict: true }, 1],
  ["no difference that is certain, without --strict", { different: false, inconclusive: true }, 0],
  ["a wrong command line", { usageError: true }, 2],
  [
    "output that was lost outweighs what it said",
    { outputFailed: true, findings: found, failOn: "error" },
    74,
  ],
  ["a bug outweighs everything", { bug: true, outputFailed: true, usageError: true }, 70],
];

describe("exitCode", () => {
  it.each(rows)("%s", (_, outcome, code) => {
    expect(exitCode(outcome)).toBe(code);
  });
});
