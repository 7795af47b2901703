/** Observations in, connections out: where each was seen, which belong together, and what was rewritten between them. */
import type { OwnerIndex } from "../cluster/owner.ts";
import type { ClusterSnapshot } from "../cluster/snapshot.ts";
import type { FlowObservation, Tap } from "../flow/flow-observation.ts";
import { RowColumns } from "../flow/row-columns.ts";
import type { Sequence } from "../sequence.ts";
import { type BuildInput, draftConnections, finishConnections } from "./build-connections.ts";
import { type ClockOffset, clockOffsets } from "./clock-offset.ts";
import type { Connection } from "./connection.ts";
import { ConnectionSequence, indexesOfDrafts, orderConnections } from "./connection-order.ts";
import { legOf, legsByTuple, numbered, type TupleLegs } from "./group-legs.ts";
import { hostClocks, inHopOrder } from "./hop-order.ts";
import { identifyVantagePoints } from "./identify-vantage-points.ts";
import { joinLegs } from "./join-legs.ts";
import { knownListeners } from "./known-listeners.ts";
import type { Leg } from "./leg.ts";
import type { AmbiguousLink } from "./leg-link.ts";
import { LoneConnections } from "./lone-connections.ts";
import { markTied } from "./lone-rows.ts";
import { matchByConntrack } from "./match-by-conntrack.ts";
import { matchByIsn } from "./match-by-isn.ts";
import { type CommonFingerprints, matchByPayload } from "./match-by-payload.ts";
import { matchBySequence } from "./match-by-sequence.ts";
import { openAwsTunnels } from "./open-aws-tunnels.ts";
import type { KnownListeners } from "./orient.ts";
import { markShared, type RowMarks, SHARED, TIED } from "./shared-tuples.ts";
import type { LabelledCapture } from "./vantage-input.ts";
import type { VantagePoint } from "./vantage-point.ts";

export interface CorrelateInput {
  readonly captures: readonly LabelledCapture[];
  readonly taps: readonly Tap[];
  /** What was observed: as numbers, of which only those are made that may have to do with others; or all made already. */
  readonly rows: RowColumns | readonly FlowObservation[];
  readonly snapshot: ClusterSnapshot;
  readonly owners: OwnerIndex;
}

export interface Correlation {
  /** By first packet; `.at(i)` has the index i. */
  readonly connections: Sequence<Connection>;
  readonly vantagePoints: readonly VantagePoint[];
  readonly clockOffsets: readonly ClockOffset[];
  /** Connections that are still numbers; null when all have been made. */
  readonly lone: LoneConnections | null;
}

export function correlate(input: CorrelateInput): Correlation {
  const { rows, snapshot, owners } = input;
  const columns = rows instanceof RowColumns ? rows : null;
  const marks = columns === null ? new Uint8Array() : markShared(columns);
  const shared = rows instanceof RowColumns ? rowsMarked(rows, marks, SHARED) : rows;
  const opened = openAwsTunnels({ ...input, rows: shared });
  const { list: vantagePoints, byTap } = identifyVantagePoints({
    ...input,
    taps: opened.taps,
    rows: opened.rows,
    columns,
    awsTunnels: opened.byTap,
  });
  const listeners = knownListeners(snapshot);
  const groups = legsByTuple(opened.rows, byTap, listeners);
  const tied = columns === null ? null : tieRows(columns, marks, groups, snapshot, listeners);
  const legs = numbered(tied === null ? groups : mergeByRow(groups, tied.groups));
  const byConntrack = matchByConntrack(legs, snapshot.nodeStates);
  const bySequence = matchBySequence(legs);
  const byPayload = matchByPayload(legs, tied?.common);
  const links = [matchByIsn(legs), bySequence.links, byPayload.links, byConntrack.links].flat();
  const build: BuildInput = {
    conntrack: byConntrack,
    ambiguous: ambiguousLegs([...bySequence.ambiguous, ...byPayload.ambiguous]),
    byTap,
    awsTunnels: opened,
    owners,
  };
  const drafts = draftConnections(joinLegs(legs, links), build);
  const order = orderConnections(columns, marks, drafts);
  const joined = finishConnections(drafts, indexesOfDrafts(order, drafts.length), build);
  const lone = columns === null ? null : new LoneConnections(columns, order, build, listeners);
  const places = new Set(lone?.places());
  for (const { observations } of joined)
    for (const { vantagePoint } of observations) places.add(vantagePoint);
  const offsets = clockOffsets(
    joined,
    legs.flatMap((leg) => leg.rows),
    places,
  );
  const clocks = hostClocks(offsets);
  const inOrder = joined.map((one) => inHopOrder(one, clocks));
  return {
    connections: new ConnectionSequence(order, inOrder, lone),
    vantagePoints,
    clockOffsets: offsets,
    lone,
  };
}

/** Finds what ties single rows to others, and makes legs of those rows that something ties. */
function tieRows(
  columns: RowColumns,
  marks: RowMarks,
  groups: readonly TupleLegs[],
  { nodeStates }: ClusterSnapshot,
  listeners: KnownListeners,
): { readonly common: CommonFingerprints; readonly groups: readonly TupleLegs[] } {
  const legs = groups.flatMap((group) => group.legs);
  const common = markTied(columns, marks, legs, nodeStates);
  const singles = rowsMarked(columns, marks, TIED);
  return {
    common,
    groups: singles.map((row) => ({ firstRow: row.id, legs: [legOf([row], listeners)] })),
  };
}

function rowsMarked(columns: RowColumns, marks: RowMarks, mark: number): FlowObservation[] {
  const made: FlowObservation[] = [];
  for (let row = 0; row < columns.length; row++)
    if (marks[row] === mark) made.push(columns.observation(row));
  return made;
}

/** Two lists that are by first row each. */
function mergeByRow(x: readonly TupleLegs[], y: readonly TupleLegs[]): TupleLegs[] {
  return [...x, ...y].sort((a, b) => a.firstRow - b.firstRow);
}

function ambiguousLegs(links: readonly AmbiguousLink[]): ReadonlyMap<Leg, readonly Leg[]> {
  const found = new Map<Leg, Leg[]>();
  for (const { x, y } of links) {
    for (const [leg, other] of [
      [x, y],
      [y, x],
    ] as const) {
      const known = found.get(leg);
      if (known === undefined) found.set(leg, [other]);
      else known.push(other);
    }
  }
  return found;
}
