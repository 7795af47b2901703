/** Observations in, connections out: where each was seen, which belong together, and what was rewritten between them. */
import type { OwnerIndex } from "../cluster/owner.ts";
import type { ClusterSnapshot } from "../cluster/snapshot.ts";
import type { FlowObservation, Tap } from "../flow/flow-observation.ts";
import type { Sequence } from "../sequence.ts";
import { buildConnections } from "./build-connections.ts";
import { type ClockOffset, clockOffsets } from "./clock-offset.ts";
import type { Connection } from "./connection.ts";
import { groupLegs } from "./group-legs.ts";
import { hostClocks, inHopOrder } from "./hop-order.ts";
import { identifyVantagePoints } from "./identify-vantage-points.ts";
import { joinLegs } from "./join-legs.ts";
import { knownListeners } from "./known-listeners.ts";
import type { Leg } from "./leg.ts";
import type { AmbiguousLink } from "./leg-link.ts";
import { matchByConntrack } from "./match-by-conntrack.ts";
import { matchByIsn } from "./match-by-isn.ts";
import { matchByPayload } from "./match-by-payload.ts";
import { matchBySequence } from "./match-by-sequence.ts";
import { openAwsTunnels } from "./open-aws-tunnels.ts";
import type { LabelledCapture } from "./vantage-input.ts";
import type { VantagePoint } from "./vantage-point.ts";

export interface CorrelateInput {
  readonly captures: readonly LabelledCapture[];
  readonly taps: readonly Tap[];
  readonly rows: readonly FlowObservation[];
  readonly snapshot: ClusterSnapshot;
  readonly owners: OwnerIndex;
}

export interface Correlation {
  /** By first packet; `.at(i)` has the index i. */
  readonly connections: Sequence<Connection>;
  readonly vantagePoints: readonly VantagePoint[];
  readonly clockOffsets: readonly ClockOffset[];
}

export function correlate(input: CorrelateInput): Correlation {
  const opened = openAwsTunnels(input);
  const { taps, rows } = opened;
  const { list: vantagePoints, byTap } = identifyVantagePoints({
    ...input,
    taps,
    rows,
    awsTunnels: opened.byTap,
  });
  const legs = groupLegs(rows, byTap, knownListeners(input.snapshot));
  const byConntrack = matchByConntrack(legs, input.snapshot.nodeStates);
  const bySequence = matchBySequence(legs);
  const byPayload = matchByPayload(legs);
  const joined = joinLegs(legs, [
    ...matchByIsn(legs),
    ...bySequence.links,
    ...byPayload.links,
    ...byConntrack.links,
  ]);
  const connections = buildConnections({
    joined,
    conntrack: byConntrack,
    ambiguous: ambiguousLegs([...bySequence.ambiguous, ...byPayload.ambiguous]),
    byTap,
    rows,
    awsTunnels: opened,
    owners: input.owners,
  });
  const offsets = clockOffsets(connections, rows);
  const clocks = hostClocks(offsets);
  return {
    connections: connections.map((one) => inHopOrder(one, clocks)),
    vantagePoints,
    clockOffsets: offsets,
  };
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
