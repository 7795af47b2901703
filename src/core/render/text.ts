/**
 * `-o text` and `-o wide`: the report for a person. Summary first, then findings worst first, then the connections by path
 * class and over the targets of load balancers and services, then what is missing; lists are folded with a word on how to see the rest. `wide` folds nothing.
 */
import type { Report } from "../report/report.ts";
import { renderConnections } from "./text-connections.ts";
import { digestConnections } from "./text-digest.ts";
import { renderFindings } from "./text-findings.ts";
import { renderGaps } from "./text-gaps.ts";
import { type TextOptions, textLayout } from "./text-layout.ts";
import { textNames } from "./text-names.ts";
import { renderSpread } from "./text-spread.ts";
import { renderSummary } from "./text-summary.ts";
import { renderThroughput } from "./text-throughput.ts";

/**
 * Chunks of text, each ending in a newline. Without colour the bytes depend on the report and the width alone. Of all
 * connections only those are made that are shown in full or in a line; wide shows all, one after the other.
 */
export function* renderText(
  report: Report,
  options: TextOptions,
): Generator<string, void, undefined> {
  const layout = textLayout(options);
  const names = textNames(report, layout);
  const digest = digestConnections(report, layout);
  yield* renderSummary(report, layout, names, digest);
  yield* renderFindings(report, layout, names);
  yield* renderConnections(report, layout, names, digest);
  yield* renderThroughput(report, layout, names, digest);
  yield* renderSpread(report, layout, names);
  yield* renderGaps(report, layout, names, digest);
}
