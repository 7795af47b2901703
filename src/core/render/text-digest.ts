/**
 * What the text report says of all connections, gathered from their columns: sums, and which few are shown. Only those few are
 * made.
 */
import { THROUGHPUT_FROM_BYTES } from "../limits.ts";
import { IndexList } from "../report/index-list.ts";
import { type OpenVerdicts, openVerdicts } from "../report/open-verdicts.ts";
import { comparePathClasses } from "../report/path-class-title.ts";
import type { Report } from "../report/report.ts";
import { columnsOf, type ReportColumns } from "../report/report-columns.ts";
import type { Sequence } from "../sequence.ts";
import { FirstFew } from "./first-few.ts";
import { shownCount, type TextLayout } from "./text-layout.ts";

export interface TextDigest {
  readonly open: OpenVerdicts;
  /** Classes with the worst findings first; among equals the order of path-class-title.ts. */
  readonly classes: readonly ClassDigest[];
  /** Positions in `report.connections` of those that are large enough to have their bytes over time. */
  readonly large: Sequence<number>;
}

export interface ClassDigest {
  readonly id: string;
  readonly connections: number;
  readonly proven: number;
  /** Positions of the connections to show: worst findings first, then most bytes. */
  readonly shown: Sequence<number>;
}

/** Of each class so many connections are shown; all when wide. */
const CONNECTIONS_PER_CLASS = 10;

export function digestConnections(report: Report, layout: TextLayout): TextDigest {
  const columns = columnsOf(report);
  const classes = new Map<string, ClassTally>();
  const large = new IndexList();
  const byImportance = importance(columns);
  for (let index = 0; index < columns.length; index++) {
    const id = columns.class(index);
    let tally = classes.get(id);
    if (tally === undefined) {
      tally = new ClassTally(id, layout.wide, byImportance);
      classes.set(id, tally);
    }
    tally.add(index, columns.confidence(index) === "proven", rankOf(columns, index));
    if (columns.bytes(index) >= THROUGHPUT_FROM_BYTES) large.push(index);
  }
  return {
    open: openVerdicts(columns),
    classes: [...classes.values()]
      .sort((a, b) => a.rank - b.rank || comparePathClasses(a.id, b.id))
      .map((tally) => tally.digest(layout)),
    large,
  };
}

const LEVEL_RANK = { error: 0, warning: 1, note: 2 } as const;
const NO_FINDING = 3;

function rankOf(columns: ReportColumns, index: number): number {
  const level = columns.worstFinding(index);
  return level === null ? NO_FINDING : LEVEL_RANK[level];
}

function importance(columns: ReportColumns): (a: number, b: number) => number {
  return (a, b) =>
    rankOf(columns, a) - rankOf(columns, b) || columns.bytes(b) - columns.bytes(a) || a - b;
}

/** One path class while the connections go by. */
class ClassTally {
  readonly id: string;
  /** Of its worst finding; 0 is an error. */
  rank = NO_FINDING;
  #connections = 0;
  #proven = 0;
  readonly #compare: (a: number, b: number) => number;
  readonly #all: IndexList | null;
  readonly #few: FirstFew;

  constructor(id: string, wide: boolean, compare: (a: number, b: number) => number) {
    this.id = id;
    this.#compare = compare;
    this.#all = wide ? new IndexList() : null;
    // One more than are shown when there are many: folding a single one away would save nothing.
    this.#few = new FirstFew(CONNECTIONS_PER_CLASS + 1, compare);
  }

  add(index: number, isProven: boolean, rank: number): void {
    this.#connections += 1;
    if (isProven) this.#proven += 1;
    if (rank < this.rank) this.rank = rank;
    if (this.#all === null) this.#few.offer(index);
    else this.#all.push(index);
  }

  digest(layout: TextLayout): ClassDigest {
    this.#all?.sort(this.#compare);
    return {
      id: this.id,
      connections: this.#connections,
      proven: this.#proven,
      shown:
        this.#all ??
        this.#few.items.slice(0, shownCount(layout, this.#connections, CONNECTIONS_PER_CLASS)),
    };
  }
}
