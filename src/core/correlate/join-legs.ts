/** Puts linked legs together into the legs of one connection each, all oriented the same way and in path order. */

import { type Leg, origFacts, respFacts, turnRound } from "./leg.ts";
import type { LegLink } from "./leg-link.ts";
import { isStronger } from "./orient.ts";

export interface JoinedLegs {
  /** In path order: as the originator sent it first. */
  readonly legs: readonly Leg[];
  readonly links: readonly LegLink[];
}

export function joinLegs(legs: readonly Leg[], links: readonly LegLink[]): JoinedLegs[] {
  const linksOf = new Map<Leg, LegLink[]>();
  for (const link of links) {
    for (const leg of [link.x, link.y]) {
      const known = linksOf.get(leg);
      if (known === undefined) linksOf.set(leg, [link]);
      else known.push(link);
    }
  }
  const seen = new Set<Leg>();
  const joined: JoinedLegs[] = [];
  for (const leg of legs) {
    if (seen.has(leg)) continue;
    const members = reach(leg, linksOf, seen);
    const inside = [...new Set(members.flatMap((member) => linksOf.get(member) ?? []))];
    orientTogether(members, linksOf);
    joined.push({
      legs: members.length === 1 ? members : pathOrder(members, inside),
      links: inside,
    });
  }
  return joined;
}

function reach(start: Leg, linksOf: ReadonlyMap<Leg, readonly LegLink[]>, seen: Set<Leg>): Leg[] {
  const members = [start];
  seen.add(start);
  for (const member of members) {
    for (const link of linksOf.get(member) ?? []) {
      const other = link.x === member ? link.y : link.x;
      if (seen.has(other)) continue;
      seen.add(other);
      members.push(other);
    }
  }
  return members;
}

/** The leg whose orientation stands on the strongest ground turns the others, link by link. */
function orientTogether(
  members: readonly Leg[],
  linksOf: ReadonlyMap<Leg, readonly LegLink[]>,
): void {
  const first = members[0];
  if (first === undefined || members.length === 1) return;
  let strongest = first;
  for (const member of members)
    if (isStronger(member.orientedBy, strongest.orientedBy)) strongest = member;
  // Links say how the legs stood when they were matched, so what was turned since is kept apart.
  const turned = new Map<Leg, boolean>([[strongest, false]]);
  const queue = [strongest];
  for (const leg of queue) {
    for (const link of linksOf.get(leg) ?? []) {
      const other = link.x === leg ? link.y : link.x;
      if (turned.has(other)) continue;
      const turn = link.turned !== (turned.get(leg) === true);
      turned.set(other, turn);
      if (turn) turnRound(other);
      other.orientedBy = strongest.orientedBy;
      queue.push(other);
    }
  }
}

/**
 * Path order: a conntrack entry says which tuple came first; else the originator's TTL falls with every forwarding node and
 * the responder's rises towards it; else the earlier packet is the earlier leg (one node's taps share a clock).
 */
function pathOrder(members: readonly Leg[], links: readonly LegLink[]): Leg[] {
  const before = new Set<string>();
  for (const link of links)
    if (link.conntrack !== null) before.add(`${link.x.index} ${link.y.index}`);
  const byIndex = [...members].sort((x, y) => x.index - y.index);
  if (before.size === 0) return byIndex.sort((x, y) => byTtl(x, y) || byTime(x, y));
  const rest = new Set(byIndex);
  const ordered: Leg[] = [];
  // Leg by leg, not by sorting: what conntrack says of two legs and what TTLs say of others need not make one order.
  while (rest.size > 0) {
    const free = [...rest].filter(
      (leg) => ![...rest].some((other) => before.has(`${other.index} ${leg.index}`)),
    );
    const pool = free.length > 0 ? free : [...rest];
    const next = pool.reduce((best, leg) =>
      (byTtl(leg, best) || byTime(leg, best)) < 0 ? leg : best,
    );
    ordered.push(next);
    rest.delete(next);
  }
  return ordered;
}

function byTtl(x: Leg, y: Leg): number {
  const [origX, origY] = [origFacts(x), origFacts(y)];
  if (origX.records > 0 && origY.records > 0 && origX.ttlMax !== origY.ttlMax)
    return origY.ttlMax - origX.ttlMax;
  const [respX, respY] = [respFacts(x), respFacts(y)];
  if (respX.records > 0 && respY.records > 0 && respX.ttlMax !== respY.ttlMax)
    return respX.ttlMax - respY.ttlMax;
  return 0;
}

function byTime(x: Leg, y: Leg): number {
  const [origX, origY] = [origFacts(x).firstSeenNs, origFacts(y).firstSeenNs];
  if (origX === null || origY === null) return 0;
  return origX < origY ? -1 : origX > origY ? 1 : 0;
}
