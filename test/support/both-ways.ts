/**
 * The same captures analysed twice: with rows as numbers, of which only those that may have to do with others are made, and with
 * every row made and put through all the matchers and rules.
 */
import type { CaptureJob } from "../../src/core/analysis.ts";
import { type Classification, classify } from "../../src/core/classify/classify.ts";
import type { RuleContext } from "../../src/core/classify/rule.ts";
import { loadSnapshot } from "../../src/core/cluster/load-snapshot.ts";
import type { OwnerIndex } from "../../src/core/cluster/owner.ts";
import { buildOwnerIndex } from "../../src/core/cluster/owner-index.ts";
import type { ClusterSnapshot, SnapshotText } from "../../src/core/cluster/snapshot.ts";
import { type Correlation, correlate } from "../../src/core/correlate/correlate.ts";
import { DiagnosticLog } from "../../src/core/diagnostics/diagnostic.ts";
import { FlowTable } from "../../src/core/flow/flow-table.ts";
import { readCaptures } from "../../src/core/read-captures.ts";
import { defaultWireSettings } from "../../src/core/wire/settings.ts";

export interface OneWay {
  readonly correlation: Correlation;
  readonly classification: Classification;
  readonly context: RuleContext;
}

export interface BothWays {
  readonly numbers: OneWay;
  readonly made: OneWay;
  readonly snapshot: ClusterSnapshot;
  readonly owners: OwnerIndex;
}

export async function bothWays(
  jobs: readonly CaptureJob[],
  texts: readonly SnapshotText[],
): Promise<BothWays> {
  const log = new DiagnosticLog();
  const snapshot = loadSnapshot(texts, log);
  const owners = buildOwnerIndex(snapshot);
  const flows = new FlowTable();
  const captures = await readCaptures(jobs, flows, defaultWireSettings([]), log, {});
  const way = (rows: Parameters<typeof correlate>[0]["rows"]): OneWay => {
    const correlation = correlate({ captures, taps: flows.taps(), rows, snapshot, owners });
    const { connections, clockOffsets, vantagePoints, lone } = correlation;
    const question = { pods: [], vantagePoints, everyCapturePlaced: true };
    const classification = classify(connections, snapshot, owners, {
      clockOffsets,
      captures,
      question,
      lone,
    });
    const { having } = classification;
    const hasSnapshot = snapshot.sources.length > 0;
    const known = { snapshot, owners, hasSnapshot, connections, clockOffsets };
    return { correlation, classification, context: { ...known, question, captures, having } };
  };
  return {
    numbers: way(flows.columns()),
    made: way([...flows.observations()]),
    snapshot,
    owners,
  };
}
