/**
 * Joins TCP legs seen mid-stream (no SYN at one of the places) by what NAT never changes: sequence numbers of both directions.
 * Two legs match when one end is kept, the ranges of both directions overlap, and no other leg fits as well.
 */
import type { FlowEndpoint } from "../flow/flow-observation.ts";
import { MAX_SEQUENCE_CANDIDATES } from "../limits.ts";
import {
  type DirectionFacts,
  factsSentBy,
  type Leg,
  origFacts,
  sameEndpoint,
  sequencesOverlap,
} from "./leg.ts";
import { type AmbiguousLink, type LegLink, tupleKeyOf } from "./leg-link.ts";
import { isnContradicts } from "./match-by-isn.ts";

export interface SequenceMatches {
  readonly links: LegLink[];
  readonly ambiguous: AmbiguousLink[];
}

export function matchBySequence(legs: readonly Leg[]): SequenceMatches {
  const tcp = legs.filter((leg) => leg.protocol === "tcp");
  const midStream = tcp.filter((leg) => origFacts(leg).isn === null);
  if (midStream.length === 0) return { links: [], ambiguous: [] };
  const index = indexByKeptEnd(tcp);
  const links: LegLink[] = [];
  const ambiguous: AmbiguousLink[] = [];
  const done = new Set<string>();
  for (const leg of midStream) {
    for (const kept of [leg.orig, leg.resp]) {
      const fitting = candidates(leg, kept, index);
      const [only] = fitting;
      if (only !== undefined && fitting.length === 1 && fitsNoOther(only, kept, leg, index)) {
        const pair =
          leg.index < only.index ? `${leg.index} ${only.index}` : `${only.index} ${leg.index}`;
        if (done.has(pair)) continue;
        done.add(pair);
        const turned = sameEndpoint(kept, leg.orig) !== sameEndpoint(kept, only.orig);
        links.push({ x: leg, y: only, by: "tcp-sequence", turned, conntrack: null });
      } else {
        for (const other of fitting) ambiguous.push({ x: leg, y: other });
      }
    }
  }
  return { links, ambiguous };
}

/** A long range behind the node may fit several short ones before it: then it is nobody's. */
function fitsNoOther(one: Leg, kept: FlowEndpoint, leg: Leg, index: EndIndex): boolean {
  const own = sameEndpoint(kept, one.orig) ? one.orig : one.resp;
  return candidates(one, own, index).every((other) => other === leg);
}

/** Ranges are put into 256 buckets of 2^24 numbers, so that a busy service's thousands of clients are not compared in pairs. */
const BUCKET_BITS = 24;

type EndIndex = ReadonlyMap<string, readonly Leg[]>;

function indexByKeptEnd(legs: readonly Leg[]): EndIndex {
  const index = new Map<string, Leg[]>();
  for (const leg of legs) {
    for (const end of [leg.orig, leg.resp]) {
      for (const bucket of buckets(factsSentBy(leg, end))) {
        const key = `${end.address} ${end.port} ${bucket}`;
        const group = index.get(key);
        if (group === undefined) index.set(key, [leg]);
        else group.push(leg);
      }
    }
  }
  return index;
}

function buckets(facts: DirectionFacts): number[] {
  if (facts.sequenceStart === null || facts.sequenceEnd === null) return [];
  const first = facts.sequenceStart >>> BUCKET_BITS;
  const last = facts.sequenceEnd >>> BUCKET_BITS;
  const found = [first];
  for (let bucket = first; bucket !== last; ) {
    bucket = (bucket + 1) & 0xff;
    found.push(bucket);
  }
  return found;
}

function candidates(leg: Leg, kept: FlowEndpoint, index: EndIndex): Leg[] {
  const mine = factsSentBy(leg, kept);
  const other = sameEndpoint(kept, leg.orig) ? leg.resp : leg.orig;
  const myOther = factsSentBy(leg, other);
  const found = new Set<Leg>();
  for (const bucket of buckets(mine)) {
    const group = index.get(`${kept.address} ${kept.port} ${bucket}`) ?? [];
    // Among so many, numbers tell nobody apart, and comparing all of them in pairs would take for ever (an ACK scan).
    if (group.length > MAX_SEQUENCE_CANDIDATES) continue;
    for (const one of group) {
      if (
        one === leg ||
        tupleKeyOf("tcp", one.orig, one.resp) === tupleKeyOf("tcp", leg.orig, leg.resp)
      )
        continue;
      const itsOther = sameEndpoint(kept, one.orig) ? one.resp : one.orig;
      const turned = sameEndpoint(kept, leg.orig) !== sameEndpoint(kept, one.orig);
      if (!sequencesOverlap(mine, factsSentBy(one, kept))) continue;
      if (!sequencesOverlap(myOther, factsSentBy(one, itsOther))) continue;
      if (!isnContradicts(leg, one, turned)) found.add(one);
    }
  }
  return [...found];
}
