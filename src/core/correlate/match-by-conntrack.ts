/**
 * Conntrack as a witness: an entry holds the tuple as the originator sent it and the tuple of the replies, so every rewrite of
 * its node is in it. It joins two legs that were both seen, and tells the other side of a rewrite that only one place saw.
 */
import type { ConntrackEntry, ConntrackTuple, NodeState } from "../cluster/snapshot.ts";
import type { FlowEndpoint } from "../flow/flow-observation.ts";
import type { FiveTuple } from "./connection.ts";
import { type Leg, sameEndpoint } from "./leg.ts";
import { type ConntrackWitness, type LegLink, tupleKeyOf } from "./leg-link.ts";
import { isnContradicts } from "./match-by-isn.ts";

/** What an entry says about a leg: the leg is the tuple before (or after) the rewrite, and `other` is the tuple on the other side. */
export interface ConntrackStatement {
  readonly witness: ConntrackWitness;
  readonly legIs: "before" | "after";
  readonly other: FiveTuple;
}

export interface ConntrackMatches {
  readonly links: LegLink[];
  readonly statements: ReadonlyMap<Leg, readonly ConntrackStatement[]>;
}

/** Event logs carry times; an event this far from the leg's packets speaks of another use of the tuple. Clocks may differ. */
const EVENT_SLACK_NS = 120_000_000_000n;

export function matchByConntrack(
  legs: readonly Leg[],
  states: readonly NodeState[],
): ConntrackMatches {
  const byTuple = new Map<string, Leg[]>();
  for (const leg of legs) {
    const key = tupleKeyOf(leg.protocol, leg.orig, leg.resp);
    const group = byTuple.get(key);
    if (group === undefined) byTuple.set(key, [leg]);
    else group.push(leg);
  }
  const links: LegLink[] = [];
  const statements = new Map<Leg, ConntrackStatement[]>();
  const linked = new Set<string>();
  for (const state of states) {
    for (const entry of state.conntrack) {
      const before = asSent(entry.original);
      const after = asAnswered(entry.reply);
      if (isSame(before, after)) continue;
      const witness: ConntrackWitness = { entry, node: state.node };
      const first = legsOf(before, entry, byTuple);
      const second = legsOf(after, entry, byTuple);
      for (const leg of first) say(statements, leg, { witness, legIs: "before", other: after });
      for (const leg of second) say(statements, leg, { witness, legIs: "after", other: before });
      for (const link of joined(first, second, before, after, witness)) {
        const pair = `${link.x.index} ${link.y.index}`;
        if (linked.has(pair)) continue;
        linked.add(pair);
        links.push(link);
      }
    }
  }
  return { links, statements };
}

function joined(
  first: readonly Leg[],
  second: readonly Leg[],
  before: FiveTuple,
  after: FiveTuple,
  witness: ConntrackWitness,
): LegLink[] {
  const fitting: LegLink[] = [];
  for (const x of first) {
    for (const y of second) {
      const turned = sameEndpoint(x.orig, before.orig) !== sameEndpoint(y.orig, after.orig);
      if (!isnContradicts(x, y, turned) && nearInTime(x, y))
        fitting.push({ x, y, by: "conntrack", turned, conntrack: witness });
    }
  }
  // A tuple used several times has one entry at a time: which use it was, the entry does not say.
  return fitting.length === 1
    ? fitting
    : fitting.filter((link) => first.length === 1 || second.length === 1 || sameIsn(link));
}

function sameIsn(link: LegLink): boolean {
  return (
    link.x.facts.forward.isn !== null &&
    (link.x.facts.forward.isn === link.y.facts.forward.isn ||
      link.x.facts.forward.isn === link.y.facts.backward.isn)
  );
}

function nearInTime(x: Leg, y: Leg): boolean {
  return (
    x.facts.firstSeenNs <= y.facts.lastSeenNs + EVENT_SLACK_NS &&
    y.facts.firstSeenNs <= x.facts.lastSeenNs + EVENT_SLACK_NS
  );
}

function legsOf(
  tuple: FiveTuple,
  entry: ConntrackEntry,
  byTuple: ReadonlyMap<string, readonly Leg[]>,
): readonly Leg[] {
  const legs = byTuple.get(tupleKeyOf(entry.protocol, tuple.orig, tuple.resp)) ?? [];
  const timeNs = eventTimeNs(entry);
  if (timeNs === null) return legs;
  return legs.filter(
    (leg) =>
      timeNs >= leg.facts.firstSeenNs - EVENT_SLACK_NS &&
      timeNs <= leg.facts.lastSeenNs + EVENT_SLACK_NS,
  );
}

function eventTimeNs(entry: ConntrackEntry): bigint | null {
  const match = /^(\d{1,12})(?:\.(\d{1,9}))?$/.exec(entry.time ?? "");
  if (match?.[1] === undefined) return null;
  return BigInt(match[1]) * 1_000_000_000n + BigInt((match[2] ?? "").padEnd(9, "0"));
}

function asSent(tuple: ConntrackTuple): FiveTuple {
  return {
    orig: endpoint(tuple.source, tuple.sourcePort),
    resp: endpoint(tuple.destination, tuple.destinationPort),
  };
}

/** The reply's source answers, so it is the responder after the rewrite. */
function asAnswered(tuple: ConntrackTuple): FiveTuple {
  return {
    orig: endpoint(tuple.destination, tuple.destinationPort),
    resp: endpoint(tuple.source, tuple.sourcePort),
  };
}

function endpoint(address: string, port: number | null): FlowEndpoint {
  return { address, port };
}

function isSame(x: FiveTuple, y: FiveTuple): boolean {
  return sameEndpoint(x.orig, y.orig) && sameEndpoint(x.resp, y.resp);
}

function say(
  statements: Map<Leg, ConntrackStatement[]>,
  leg: Leg,
  statement: ConntrackStatement,
): void {
  const known = statements.get(leg);
  if (known === undefined) statements.set(leg, [statement]);
  // -L, -L extended and -E tell the same rewrite again; the first one is enough.
  else if (
    !known.some((one) => one.legIs === statement.legIs && isSame(one.other, statement.other))
  )
    known.push(statement);
}
