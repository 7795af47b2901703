/** What could not be told for sure, and what would tell it. */
import type { Sequence } from "../sequence.ts";
import { IndexList } from "./index-list.ts";
import { lazySequence } from "./lazy-sequence.ts";
import type { ReportColumns } from "./report-columns.ts";

export interface OpenVerdicts {
  /** Connections whose path class is not proven. */
  readonly connections: number;
  /** The one that settles most first; among equals the one met first. */
  readonly decisions: readonly Decision[];
}

export interface Decision {
  /** The capture or snapshot file, as the verdicts say it. */
  readonly decides: string;
  /** Ids of the connections whose class it would settle. */
  readonly connections: Sequence<string>;
}

/** One walk over the columns. */
export function openVerdicts(columns: ReportColumns): OpenVerdicts {
  const positions = new Map<string, IndexList>();
  let connections = 0;
  for (let index = 0; index < columns.length; index++) {
    if (columns.confidence(index) === "proven") continue;
    connections += 1;
    const decides = columns.wouldDecide(index);
    if (decides === undefined) continue;
    const list = positions.get(decides) ?? new IndexList();
    if (list.length === 0) positions.set(decides, list);
    list.push(index);
  }
  // Array.prototype.sort is stable: equals stay in the order in which they were met.
  const decisions = [...positions].sort(([, a], [, b]) => b.length - a.length);
  return {
    connections,
    decisions: decisions.map(([decides, list]) => ({
      decides,
      connections: lazySequence(list.length, (i) => columns.id(list.at(i) ?? -1)),
    })),
  };
}
