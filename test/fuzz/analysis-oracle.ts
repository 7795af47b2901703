/**
 * What must hold for a whole analysis: nothing throws up to the last renderer, every record is accounted for, the report is
 * not bigger than its input can explain, the same bytes give the same report, and honest packets are counted where they belong.
 */
import type { CaptureJob, SnapshotText } from "../../src/core/analysis.ts";
import { analyze } from "../../src/core/analyze.ts";
import { DIAGRAMS } from "../../src/core/diagram/diagram.ts";
import { examine } from "../../src/core/doctor/examine.ts";
import { explain } from "../../src/core/explain/explain.ts";
import { renderCheckupText } from "../../src/core/render/checkup-text.ts";
import { renderExplanationText } from "../../src/core/render/explanation-text.ts";
import { renderJson } from "../../src/core/render/json.ts";
import { renderText } from "../../src/core/render/text.ts";
import { buildReport } from "../../src/core/report/build-report.ts";
import type { Report } from "../../src/core/report/report.ts";
import { bytesSource } from "./container-oracle.ts";
import { expectThat } from "./finding.ts";

export interface AnalyzedCapture {
  readonly report: Report;
  readonly json: string;
}

/** JSON of a report with nothing in it, and the most that one record, one byte of text and one input may add. */
const EMPTY_REPORT = 20_000;
const PER_RECORD = 40_000;
const PER_SNAPSHOT_BYTE = 400;

async function analyzeBytes(
  captures: readonly Uint8Array[],
  snapshots: readonly SnapshotText[],
  chunk: number,
): Promise<AnalyzedCapture> {
  const jobs = captures.map(
    (bytes, index): CaptureJob => ({
      file: `capture-${index}`,
      label: null,
      source: bytesSource(bytes, chunk),
    }),
  );
  const analysis = await analyze(jobs, snapshots);
  const report = buildReport(analysis, { tool: { name: "podpath", version: "0" }, inputs: [] });
  return { report, json: [...renderJson(report)].join("") };
}

/** Returns the report. `records`: how many the captures hold, by another count. */
export async function checkAnalysis(
  captures: readonly Uint8Array[],
  snapshots: readonly SnapshotText[],
  records: number,
): Promise<Report> {
  const { report, json } = await analyzeBytes(captures, snapshots, 1 << 20);
  const { accounting } = report;
  const notClassified = Object.values(accounting.notClassified).reduce(
    (sum, count) => sum + count,
    0,
  );
  expectThat(
    accounting.records === records,
    () => `${accounting.records} records are accounted for, there are ${records}`,
  );
  expectThat(
    accounting.balanced && accounting.inConnections + notClassified === records,
    () =>
      `${accounting.inConnections} in connections and ${notClassified} not classified are not ${records}`,
  );
  const told = report.captures.reduce((sum, capture) => sum + capture.records, 0);
  expectThat(
    told === records,
    () => `the captures of the report hold ${told} records instead of ${records}`,
  );
  const texts = snapshots.reduce((sum, { text }) => sum + text.length, 0);
  const most =
    EMPTY_REPORT + PER_RECORD * records + PER_SNAPSHOT_BYTE * texts + 60 * totalBytes(captures);
  expectThat(
    json.length <= most,
    () => `the report has ${json.length} characters, ${records} records explain ${most}`,
  );
  checkConnections(report);
  return report;
}

function totalBytes(captures: readonly Uint8Array[]): number {
  return captures.reduce((sum, bytes) => sum + bytes.length, 0);
}

function checkConnections(report: Report): void {
  let inClasses = 0;
  for (const { connections } of Object.values(report.summary.classes)) inClasses += connections;
  expectThat(
    inClasses === report.connections.length,
    () => `the classes hold ${inClasses} of ${report.connections.length} connections`,
  );
  for (const { id, packets, bytes, observations, firstSeen, lastSeen } of report.connections) {
    const sums = [packets.orig, packets.resp, bytes.orig, bytes.resp];
    expectThat(
      sums.every((sum) => Number.isSafeInteger(sum) && sum >= 0),
      () => `${id} has sums ${sums.join(", ")}`,
    );
    expectThat(
      observations.length > 0 && firstSeen <= lastSeen,
      () => `${id}: ${observations.length} observations from ${firstSeen} to ${lastSeen}`,
    );
  }
}

/** The same inputs in small reads, and a second time, give the same report to the byte. */
export async function checkDeterminism(
  captures: readonly Uint8Array[],
  snapshots: readonly SnapshotText[],
  chunk: number,
): Promise<void> {
  const once = await analyzeBytes(captures, snapshots, 1 << 20);
  const again = await analyzeBytes(captures, snapshots, chunk);
  expectThat(
    once.json === again.json,
    () =>
      `the report differs at character ${firstDifference(once.json, again.json)} when read ${chunk} bytes at a time`,
  );
}

function firstDifference(a: string, b: string): string {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  return `${at}: ${JSON.stringify(a.slice(at, at + 60))} or ${JSON.stringify(b.slice(at, at + 60))}`;
}

/** Controls except the line feed, and what turns the direction of text. */
const STEERING = /(?!\n)\p{Cc}|\p{Bidi_Control}/u;

/** Everything that can be made of a report is made; bytes that steer a terminal never come out. */
export function checkRenderers(report: Report): void {
  const texts = [
    ...renderText(report, { color: false, width: 80, wide: false }),
    ...renderText(report, { color: false, width: Number.POSITIVE_INFINITY, wide: true }),
    ...renderCheckupText(examine(report, []), report, { color: false, width: 100, wide: false }),
  ];
  const first = report.connections.at(0);
  if (first !== undefined) {
    const { explanation } = explain(report, first.id, 1);
    expectThat(explanation !== undefined, () => `${first.id} cannot be explained by its own id`);
    texts.push(
      ...renderExplanationText(explanation, report, { color: false, width: 80, wide: false }),
    );
  }
  for (const { id, about, layOut } of DIAGRAMS) {
    if (about === "connection" && first === undefined) continue;
    const { width, height } = layOut(report, first === undefined ? {} : { connection: first });
    expectThat(
      width > 0 && height > 0 && width < 1e6 && height < 1e6,
      () => `the ${id} is ${width} wide and ${height} high`,
    );
  }
  for (const text of texts) {
    expectThat(
      !STEERING.test(text),
      () => `text steers the terminal: ${JSON.stringify(text.slice(0, 200))}`,
    );
  }
}
