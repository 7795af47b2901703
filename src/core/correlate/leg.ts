/**
 * A leg: all observations of one tuple that belong to one conversation, wherever they were seen. Between two legs of a
 * connection somebody rewrote addresses or ports; within a leg nobody did.
 */
import type { FlowDirection, FlowEndpoint, FlowObservation } from "../flow/flow-observation.ts";
import type { Orientation } from "./orient.ts";

export interface Leg {
  /** Dense, 0-based. */
  index: number;
  readonly protocol: string;
  /** Rows in order of their first packet. */
  readonly rows: readonly FlowObservation[];
  /** Who started, as far as this leg alone tells; `orientedBy` says on what ground. */
  orig: FlowEndpoint;
  resp: FlowEndpoint;
  orientedBy: Orientation;
  /** Facts of both directions put together over the rows. */
  readonly facts: LegFacts;
}

/** Facts of the direction that `a` of the first row sends, and of the other. */
export interface LegFacts {
  readonly a: FlowEndpoint;
  readonly forward: DirectionFacts;
  readonly backward: DirectionFacts;
  readonly firstSeenNs: bigint;
  readonly lastSeenNs: bigint;
}

export interface DirectionFacts {
  readonly isn: number | null;
  readonly synOptions: number;
  /** Highest TTL any vantage point saw: the nearer to the sender, the higher. */
  readonly ttlMax: number;
  /** Empty for TCP, as the identifications. */
  readonly fingerprints: ReadonlySet<number>;
  readonly ipIds: ReadonlySet<number>;
  readonly sequenceStart: number | null;
  readonly sequenceEnd: number | null;
  readonly records: number;
  readonly firstSeenNs: bigint | null;
}

export function sameEndpoint(a: FlowEndpoint, b: FlowEndpoint): boolean {
  return a.port === b.port && a.address === b.address;
}

/** The packets of `row` that `sender` sent. */
export function sentBy(row: FlowObservation, sender: FlowEndpoint): FlowDirection {
  return sameEndpoint(row.a, sender) ? row.forward : row.backward;
}

/** Facts of the direction that `sender` sends in this leg. */
export function factsSentBy(leg: Leg, sender: FlowEndpoint): DirectionFacts {
  return sameEndpoint(leg.facts.a, sender) ? leg.facts.forward : leg.facts.backward;
}

export function origFacts(leg: Leg): DirectionFacts {
  return factsSentBy(leg, leg.orig);
}

export function respFacts(leg: Leg): DirectionFacts {
  return factsSentBy(leg, leg.resp);
}

export function turnRound(leg: Leg): void {
  const orig = leg.orig;
  leg.orig = leg.resp;
  leg.resp = orig;
}

/** Puts the facts of all rows of a leg together. `rows` is not empty. */
export function gatherFacts(rows: readonly FlowObservation[]): LegFacts {
  const first = rows[0];
  if (first === undefined) throw new Error("a leg without rows");
  const a = first.a;
  let firstSeenNs: bigint | null = null;
  let lastSeenNs = 0n;
  for (const row of rows) {
    for (const direction of [row.forward, row.backward]) {
      if (direction.records === 0) continue;
      if (firstSeenNs === null || direction.firstSeenNs < firstSeenNs)
        firstSeenNs = direction.firstSeenNs;
      if (direction.lastSeenNs > lastSeenNs) lastSeenNs = direction.lastSeenNs;
    }
  }
  return {
    a,
    forward: gatherDirection(
      rows.map((row) => sentBy(row, a)),
      first.protocol === "tcp",
    ),
    backward: gatherDirection(
      rows.map((row) => (sameEndpoint(row.a, a) ? row.backward : row.forward)),
      first.protocol === "tcp",
    ),
    firstSeenNs: firstSeenNs ?? 0n,
    lastSeenNs,
  };
}

type Marks = Pick<DirectionFacts, "fingerprints" | "ipIds">;

/** TCP is told by its numbers. */
const NO_MARKS: Marks = { fingerprints: new Set(), ipIds: new Set() };

function gatherMarks(directions: readonly FlowDirection[]): Marks {
  const fingerprints = new Set<number>();
  const ipIds = new Set<number>();
  for (const direction of directions) {
    if (direction.records === 0) continue;
    for (const fingerprint of direction.fingerprints) fingerprints.add(fingerprint);
    if (direction.ipId !== null) ipIds.add(direction.ipId);
  }
  return { fingerprints, ipIds };
}

function gatherDirection(directions: readonly FlowDirection[], isTcp: boolean): DirectionFacts {
  let isn: number | null = null;
  let synOptions = 0;
  let ttlMax = 0;
  let records = 0;
  let sequenceStart: number | null = null;
  let sequenceEnd: number | null = null;
  let firstSeenNs: bigint | null = null;
  for (const direction of directions) {
    if (direction.records === 0) continue;
    isn ??= direction.isn;
    if (synOptions === 0) synOptions = direction.synOptions;
    ttlMax = Math.max(ttlMax, direction.ttlMax);
    records = Math.max(records, direction.records);
    if (direction.sequenceStart !== null) {
      if (sequenceStart === null || sequenceBefore(direction.sequenceStart, sequenceStart)) {
        sequenceStart = direction.sequenceStart;
      }
    }
    if (direction.sequenceEnd !== null) {
      if (sequenceEnd === null || sequenceBefore(sequenceEnd, direction.sequenceEnd)) {
        sequenceEnd = direction.sequenceEnd;
      }
    }
    if (firstSeenNs === null || direction.firstSeenNs < firstSeenNs)
      firstSeenNs = direction.firstSeenNs;
  }
  return {
    isn,
    synOptions,
    ttlMax,
    ...(isTcp ? NO_MARKS : gatherMarks(directions)),
    sequenceStart,
    sequenceEnd,
    records,
    firstSeenNs,
  };
}

/** Sequence number order modulo 2^32 (RFC 9293 section 3.4). */
function sequenceBefore(a: number, b: number): boolean {
  return ((a - b) | 0) < 0;
}

/** Whether two sequence ranges [start, end] modulo 2^32 share a number. */
export function sequencesOverlap(a: DirectionFacts, b: DirectionFacts): boolean {
  if (a.sequenceStart === null || a.sequenceEnd === null) return false;
  if (b.sequenceStart === null || b.sequenceEnd === null) return false;
  return (
    !sequenceBefore(a.sequenceEnd, b.sequenceStart) &&
    !sequenceBefore(b.sequenceEnd, a.sequenceStart)
  );
}
