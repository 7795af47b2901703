/**
 * Conntrack as a witness: an entry holds the tuple as the originator sent it and the tuple of the replies, so every rewrite of
 * its node is in it. It joins two legs that were both seen, and tells the other side of a rewrite that only one place saw.
 */
import type { ConntrackEntry, ConntrackTuple, NodeState } from "../cluster/snapshot.ts";
import type { FlowEndpoint } from "../flow/flow-observation.ts";
import type { FiveTuple } from "./connection.ts";
import { type Leg, sameEndpoint, turnRound } from "./leg.ts";
import { type ConntrackWitness, type LegLink, tupleKeyOf } from "./leg-link.ts";
import { isnContradicts } from "./match-by-isn.ts";
import { isStronger } from "./orient.ts";

/** What an entry says about a leg: the leg is the tuple before (or after) the rewrite, and `other` is the tuple on the other side. */
export interface ConntrackStatement {
  readonly witness: ConntrackWitness;
  readonly legIs: "before" | "after";
  readonly other: FiveTuple;
}

export interface ConntrackMatches {
  readonly links: LegLink[];
  readonly statements: ReadonlyMap<Leg, readonly ConntrackStatement[]>;
  /** What entries say of a tuple that only an entry told, at the time of a leg that was seen. */
  further(told: FiveTuple, seen: Leg): readonly ConntrackStatement[];
}

/** Event logs carry times; an event this far from the leg's packets speaks of another use of the tuple. Clocks may differ. */
const EVENT_SLACK_NS = 120_000_000_000n;

export function matchByConntrack(
  legs: readonly Leg[],
  states: readonly NodeState[],
): ConntrackMatches {
  const matches = new Matches(legs);
  for (const { conntrack, node } of states)
    for (const entry of conntrack) matches.add({ entry, node });
  return matches;
}

class Matches implements ConntrackMatches {
  readonly links: LegLink[] = [];
  readonly statements = new Map<Leg, ConntrackStatement[]>();
  readonly #byTuple = new Map<string, Leg[]>();
  readonly #told = new Map<string, ConntrackStatement[]>();
  readonly #linked = new Set<string>();

  constructor(legs: readonly Leg[]) {
    for (const leg of legs) {
      const key = tupleKeyOf(leg.protocol, leg.orig, leg.resp);
      const group = this.#byTuple.get(key);
      if (group === undefined) this.#byTuple.set(key, [leg]);
      else group.push(leg);
    }
  }

  add(witness: ConntrackWitness): void {
    const { entry } = witness;
    const before = asSent(entry.original);
    const after = asAnswered(entry.reply);
    const first = this.#legsOf(before, entry);
    const second = this.#legsOf(after, entry);
    for (const leg of first) orientBy(leg, before);
    for (const leg of second) orientBy(leg, after);
    if (isSame(before, after)) return;
    const onward: ConntrackStatement = { witness, legIs: "before", other: after };
    const back: ConntrackStatement = { witness, legIs: "after", other: before };
    say(this.#told, keyOf(entry.protocol, before), onward);
    say(this.#told, keyOf(entry.protocol, after), back);
    const [x, y] = [first[0], second[0]];
    // Of a tuple that was used several times the entry does not say which use it is.
    if (y === undefined && x !== undefined && first.length === 1) say(this.statements, x, onward);
    if (x === undefined && y !== undefined && second.length === 1) say(this.statements, y, back);
    for (const link of joined(first, second, before, after, witness)) {
      say(this.statements, link.x, onward);
      say(this.statements, link.y, back);
      this.#link(link);
    }
  }

  further(tuple: FiveTuple, seen: Leg): readonly ConntrackStatement[] {
    const said = this.#told.get(keyOf(seen.protocol, tuple)) ?? [];
    return said.filter((one) => isNearEvent(one.witness.entry, seen));
  }

  /** Listings and events tell the same pair several times. */
  #link(link: LegLink): void {
    const pair = `${link.x.index} ${link.y.index}`;
    if (this.#linked.has(pair)) return;
    this.#linked.add(pair);
    this.links.push(link);
  }

  #legsOf({ orig, resp }: FiveTuple, entry: ConntrackEntry): readonly Leg[] {
    const legs = this.#byTuple.get(tupleKeyOf(entry.protocol, orig, resp)) ?? [];
    return legs.filter((leg) => isNearEvent(entry, leg));
  }
}

/** The first packet that conntrack saw started the conversation: better than ports, less than a SYN. */
function orientBy(leg: Leg, told: FiveTuple): void {
  if (!isStronger("conntrack", leg.orientedBy)) return;
  if (!sameEndpoint(leg.orig, told.orig)) turnRound(leg);
  leg.orientedBy = "conntrack";
}

function keyOf(protocol: string, { orig, resp }: FiveTuple): string {
  return `${protocol} ${orig.address} ${orig.port} ${resp.address} ${resp.port}`;
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

/** True of an entry without a time as well: a listing says that it was there at the end. */
function isNearEvent(entry: ConntrackEntry, leg: Leg): boolean {
  const timeNs = eventTimeNs(entry);
  if (timeNs === null) return true;
  return (
    timeNs >= leg.facts.firstSeenNs - EVENT_SLACK_NS &&
    timeNs <= leg.facts.lastSeenNs + EVENT_SLACK_NS
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

function say<Key>(
  statements: Map<Key, ConntrackStatement[]>,
  of: Key,
  statement: ConntrackStatement,
): void {
  const known = statements.get(of);
  if (known === undefined) statements.set(of, [statement]);
  // -L, -L extended and -E tell the same rewrite again; the first one is enough.
  else if (
    !known.some((one) => one.legIs === statement.legIs && isSame(one.other, statement.other))
  )
    known.push(statement);
}
