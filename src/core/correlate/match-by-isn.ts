/**
 * Joins TCP legs by initial sequence numbers. NAT changes addresses and ports, never sequence numbers (netfilter's sequence
 * adjusting helpers excepted), so a SYN is the same SYN at every place: ISN plus its options (MSS, window scale, SACK, TSval).
 * A proxy opens a connection of its own with an ISN of its own: its two sides never match here.
 */
import { factsSentBy, type Leg, origFacts, respFacts, sameEndpoint } from "./leg.ts";
import { type LegLink, tupleKeyOf } from "./leg-link.ts";

export function matchByIsn(legs: readonly Leg[]): LegLink[] {
  const byOrigIsn = new Map<number, Leg[]>();
  const byRespIsn = new Map<number, Leg[]>();
  for (const leg of legs) {
    if (leg.protocol !== "tcp") continue;
    const orig = origFacts(leg).isn;
    const resp = respFacts(leg).isn;
    if (orig !== null) add(byOrigIsn, orig, leg);
    if (resp !== null) add(byRespIsn, resp, leg);
  }
  const links: LegLink[] = [];
  for (const group of byOrigIsn.values()) linkGroup(group, links, sameSyn);
  for (const group of byRespIsn.values()) {
    // Where a SYN was seen on both sides it has been decided above; here the SYN-ACK stands for a SYN that one place missed.
    linkGroup(
      group,
      links,
      (x, y) => (origFacts(x).isn === null || origFacts(y).isn === null) && sameSynAck(x, y),
    );
  }
  return links;
}

function linkGroup(
  group: readonly Leg[],
  links: LegLink[],
  same: (x: Leg, y: Leg) => boolean,
): void {
  for (const [position, x] of group.entries()) {
    for (const y of group.slice(position + 1)) {
      if (tupleKeyOf("tcp", x.orig, x.resp) === tupleKeyOf("tcp", y.orig, y.resp)) continue;
      if (same(x, y)) links.push({ x, y, by: "tcp-isn", turned: false, conntrack: null });
    }
  }
}

/** Equal ISN of the SYN is given. 32 bits alone collide in large captures; a second witness is asked for. */
function sameSyn(x: Leg, y: Leg): boolean {
  const [a, b] = [origFacts(x), origFacts(y)];
  if (a.synOptions !== 0 && b.synOptions !== 0 && a.synOptions !== b.synOptions) return false;
  const [respX, respY] = [respFacts(x).isn, respFacts(y).isn];
  if (respX !== null && respY !== null) return respX === respY;
  if (a.synOptions !== 0 && b.synOptions !== 0) return true;
  return shareAnEnd(x, y);
}

function sameSynAck(x: Leg, y: Leg): boolean {
  const [a, b] = [respFacts(x), respFacts(y)];
  if (a.synOptions !== 0 && b.synOptions !== 0) return a.synOptions === b.synOptions;
  return shareAnEnd(x, y);
}

function shareAnEnd(x: Leg, y: Leg): boolean {
  return sameEndpoint(x.orig, y.orig) || sameEndpoint(x.resp, y.resp);
}

function add(into: Map<number, Leg[]>, key: number, leg: Leg): void {
  const group = into.get(key);
  if (group === undefined) into.set(key, [leg]);
  else group.push(leg);
}

/** True when two legs cannot be one conversation because both know an ISN of the same side and the two differ. */
export function isnContradicts(x: Leg, y: Leg, turned: boolean): boolean {
  if (x.protocol !== "tcp") return false;
  const yOrig = turned ? y.resp : y.orig;
  const yResp = turned ? y.orig : y.resp;
  return (
    differ(origFacts(x).isn, factsSentBy(y, yOrig).isn) ||
    differ(respFacts(x).isn, factsSentBy(y, yResp).isn)
  );
}

function differ(a: number | null, b: number | null): boolean {
  return a !== null && b !== null && a !== b;
}
