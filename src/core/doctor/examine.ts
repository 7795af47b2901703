/** `podpath doctor`: what a report says about its own inputs, and what to capture next. */
import { podKey, podsCalled } from "../report/known-names.ts";
import { type Decision, openVerdicts } from "../report/open-verdicts.ts";
import type { Report } from "../report/report.ts";
import { columnsOf } from "../report/report-columns.ts";
import { commandsFor, type NamesInWords, namesInWords } from "./capture-commands.ts";
import { checkCapture, counted } from "./check-capture.ts";
import { checkPod } from "./check-pod.ts";
import { checkSnapshot } from "./check-snapshot.ts";
import { type Check, type Checkup, check, type NextStep, type PodCheckup } from "./checkup.ts";
import { survey } from "./survey.ts";

/** `pods`: names that somebody asks about, `[namespace/]name`; those that nothing is called by are left out. */
export function examine(report: Report, pods: readonly string[]): Checkup {
  const called = [...new Set(pods.flatMap((name) => podsCalled(report, name)))];
  const seen = survey(report, called.map(podKey));
  const { connections: open, decisions } = openVerdicts(columnsOf(report));
  const captures = report.captures.map((capture) => ({
    id: capture.id,
    file: capture.file,
    records: capture.records,
    firstSeen: capture.firstSeen,
    lastSeen: capture.lastSeen,
    checks: checkCapture(report, capture, seen.captures.get(capture.id)),
  }));
  const together = checkTogether(report);
  const snapshot = checkSnapshot(report, seen, open);
  const examined = called.map((pod) =>
    checkPod(report, pod, seen.asked.get(podKey(pod)) ?? { connections: 0 }),
  );
  const all = [...captures.flatMap(({ checks }) => checks), ...together, ...snapshot.checks];
  return {
    schema: "podpath.checkup/1",
    tool: report.tool,
    verdict: all.some(isDoubt) || examined.some(isNotShown) ? "doubtful" : "good",
    verdicts: { proven: report.connections.length - open, open },
    captures,
    together,
    snapshot,
    pods: examined,
    next: nextSteps(decisions, namesInWords(report, seen)),
  };
}

function isDoubt({ status }: Check): boolean {
  return status === "warning" || status === "error";
}

function isNotShown({ verdict }: PodCheckup): boolean {
  return verdict !== "shown";
}

/** Findings about how the capturing was done, not about the traffic. */
const ABOUT_INPUTS: ReadonlySet<string> = new Set([
  "capture-truncated",
  "capture-duplicates",
  "clock-skew",
  "stale-snapshot",
]);
const HARMLESS_REASONS: ReadonlySet<string> = new Set(["arp", "non-ip"]);

function checkTogether(report: Report): Check[] {
  const checks: Check[] = [...capturedTwice(report)];
  for (const { rule, level, message, advice } of report.findings)
    if (ABOUT_INPUTS.has(rule)) checks.push(check(rule, level, message, advice));
  for (const { limit, value, count, effect } of report.limits)
    checks.push(
      check(
        "limit",
        "warning",
        `the limit ${limit} (${value}) was reached, ${counted(count, "time")}: ${effect}`,
      ),
    );
  const { records, inConnections, notClassified, balanced } = report.accounting;
  for (const [reason, count] of Object.entries(notClassified)) {
    if (count > 0 && !HARMLESS_REASONS.has(reason))
      checks.push(
        check("not-in-a-connection", "warning", `${counted(count, "record")}: ${reason}`),
      );
  }
  // Those of the captures stand with the captures; the others are about snapshot files and folders.
  const files = new Set(report.captures.map(({ file }) => file));
  for (const { code, severity, message, first, hint } of report.diagnostics)
    if (!files.has(first.file))
      checks.push(check(code, severity, `${first.file}: ${message}`, hint));
  const sum = balanced ? "good" : "error";
  checks.push(
    check(
      "accounting",
      sum,
      `${inConnections} of ${counted(records, "record")} are in connections`,
    ),
  );
  return checks;
}

/** One interface in two files at the same time: the same packets twice. */
function capturedTwice({ vantagePoints, captures, inputs }: Report): Check[] {
  const byId = new Map(captures.map((capture) => [capture.id, capture]));
  const places = new Map<string, Set<string>>();
  for (const { node, interface: name, pod, capture } of vantagePoints) {
    if ((node === undefined && pod === undefined) || name === undefined) continue;
    const place = `${node ?? `pod ${pod ?? ""}`}/${name}`;
    places.set(place, (places.get(place) ?? new Set()).add(capture));
  }
  const checks: Check[] = [];
  for (const [place, ids] of places) {
    const there = [...ids].flatMap((id) => byId.get(id) ?? []);
    const both = there.filter((a) =>
      there.some(
        (b) =>
          a !== b &&
          (a.firstSeen ?? "") <= (b.lastSeen ?? "") &&
          (b.firstSeen ?? "") <= (a.lastSeen ?? ""),
      ),
    );
    if (both.length > 1)
      checks.push(
        check(
          "duplicates",
          "note",
          `${place} was captured ${both.length} times at once (${both.map(({ file }) => file).join(", ")}): the same packets, counted once`,
        ),
      );
  }
  const hashes = new Map<string, string[]>();
  for (const { file, kind, sha256 } of inputs)
    if (kind === "capture" && sha256 !== undefined)
      hashes.set(sha256, [...(hashes.get(sha256) ?? []), file]);
  for (const files of hashes.values())
    if (files.length > 1)
      checks.push(
        check("duplicates", "warning", `${files.join(" and ")} are the same file`, "Name it once."),
      );
  return checks;
}

function nextSteps(decisions: readonly Decision[], names: NamesInWords): NextStep[] {
  return decisions.map(({ decides, connections }) => ({
    decides,
    connections,
    commands: commandsFor(decides, names),
  }));
}
