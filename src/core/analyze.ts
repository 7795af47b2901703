/** The pipeline, in reading order: snapshot, records, flows, connections, verdicts. */
import type { Analysis, AnalyzeOptions, CaptureJob } from "./analysis.ts";
import { classify } from "./classify/classify.ts";
import { proxiedLinks } from "./classify/proxied.ts";
import { spreads } from "./classify/spread.ts";
import { loadSnapshot } from "./cluster/load-snapshot.ts";
import { buildOwnerIndex } from "./cluster/owner-index.ts";
import type { ClusterSnapshot, SnapshotText } from "./cluster/snapshot.ts";
import { correlate } from "./correlate/correlate.ts";
import { decodeDiagnostics, overlapDiagnostics } from "./decode-diagnostics.ts";
import { DiagnosticLog } from "./diagnostics/diagnostic.ts";
import { FlowTable } from "./flow/flow-table.ts";
import { readCaptures } from "./read-captures.ts";
import { defaultWireSettings } from "./wire/settings.ts";

/** Never throws on what the inputs hold; what could not be used is in `diagnostics`, what was cut in `limits`. */
export async function analyze(
  jobs: readonly CaptureJob[],
  snapshots: readonly SnapshotText[],
  options: AnalyzeOptions = {},
): Promise<Analysis> {
  const log = new DiagnosticLog();
  const snapshot = loadSnapshot(snapshots, log);
  const owners = buildOwnerIndex(snapshot);

  const { maxFlows, hashSeed } = options;
  const flows = new FlowTable({
    ...(maxFlows === undefined ? {} : { maxFlows }),
    ...(hashSeed === undefined ? {} : { seed: hashSeed }),
  });
  const settings = defaultWireSettings(tunnelPorts(snapshot));
  const captures = await readCaptures(jobs, flows, settings, log, options);
  decodeDiagnostics(flows.decodeStops(), captures, log);
  overlapDiagnostics(flows.fragmentOverlaps(), captures, log);

  const records = flows.accounting();
  options.onProgress?.({ stage: "correlate", records: records.records, bytes: 0 });
  const { connections, vantagePoints, clockOffsets, lone } = correlate({
    captures,
    taps: flows.taps(),
    rows: flows.columns(),
    snapshot,
    owners,
  });

  options.onProgress?.({ stage: "classify", records: records.records, bytes: 0 });
  const placed = new Set(vantagePoints.map(({ capture }) => capture));
  const { classified, columns, having, findings } = classify(connections, snapshot, owners, {
    clockOffsets,
    captures,
    lone,
    question: {
      pods: options.askedPods ?? [],
      vantagePoints,
      everyCapturePlaced: captures.every(({ info }, i) => info === null || placed.has(i)),
    },
  });

  return {
    captures,
    vantagePoints,
    clockOffsets,
    snapshot,
    classified,
    columns,
    findings,
    spreads: spreads(having, snapshot, vantagePoints, (address) => owners.resolve(address)),
    dnsNames: flows.dnsNames(),
    proxied: proxiedLinks(having),
    accounting: records,
    diagnostics: log.list(),
    limits: flows.limits(),
  };
}

/** VXLAN ports that the nodes' own interfaces name (`ip -d link`). */
function tunnelPorts(snapshot: ClusterSnapshot): number[] {
  return snapshot.nodeStates.flatMap((state) =>
    state.interfaces.flatMap((one) =>
      one.kind === "vxlan" && one.tunnelPort !== undefined ? [one.tunnelPort] : [],
    ),
  );
}
