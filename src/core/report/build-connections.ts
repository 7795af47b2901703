/** The connections of a report, each made when somebody asks for it, and what can be told of all of them without making any. */
import type { Analysis } from "../analysis.ts";
import { isHealthCheck } from "../classify/health-check.ts";
import { hostClocks } from "../correlate/hop-order.ts";
import { buildConnection, type ReportIds } from "./build-connection.ts";
import { buildLinks } from "./build-links.ts";
import type { FindingIndex } from "./finding-index.ts";
import { lazySequence } from "./lazy-sequence.ts";
import type { ReportConnection, ReportConnections, ReportFinding } from "./report.ts";
import type { ReportColumns } from "./report-columns.ts";

/** `findings` in the report's order; `findingsOf` gives positions in it. */
export function buildConnections(
  analysis: Analysis,
  findings: readonly ReportFinding[],
  findingsOf: FindingIndex,
  ids: ReportIds,
  keyPackets: boolean,
): ReportConnections & { readonly columns: ReportColumns } {
  const { classified, columns: of } = analysis;
  const measures = {
    clocks: hostClocks(analysis.clockOffsets ?? []),
    spans: analysis.captures,
    keyPackets,
  };
  const linksOf = buildLinks(analysis.proxied ?? [], ids, classified.length);
  const findingIds = (index: number): string[] => {
    const found: string[] = [];
    for (const position of findingsOf.of(index)) found.push(findings[position]?.id ?? "");
    return found;
  };
  const make = (index: number): ReportConnection => {
    const one = classified.at(index);
    if (one === undefined) throw new RangeError(`no connection at ${index}`);
    const built = buildConnection(one, ids.connection(index), findingIds(index), ids, measures);
    const links = linksOf(index);
    return {
      ...built,
      ...(isHealthCheck(one, analysis.snapshot) ? { healthCheck: true } : {}),
      ...(links.length === 0 ? {} : { links }),
    };
  };
  const columns: ReportColumns = {
    length: classified.length,
    id: ids.connection,
    class: (index) => of.pathClass(index),
    confidence: (index) => of.confidence(index),
    records: (index) => of.records(index),
    bytes: (index) => of.bytes(index),
    findings: findingIds,
    worstFinding: (index) => {
      const worst = findingsOf.worstOf(index);
      return worst === null ? null : (findings[worst]?.level ?? null);
    },
    wouldDecide: (index) => of.wouldDecide(index),
  };
  return Object.assign(lazySequence(classified.length, make), { columns });
}
