/**
 * Joins TCP legs by initial sequence numbers. NAT changes addresses and ports, never sequence numbers (netfilter's sequence
 * adjusting helpers excepted), so a SYN is the same SYN at every place: ISN plus its options (MSS, window scale, SACK, TSval).
 * A proxy opens a connection of its own with an ISN of its own: its two sides never match here.
 */
import { factsSentBy, type Leg, origFacts, respFacts, sameEndpoint, sentBy } from "./leg.ts";
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

/** A packet crosses a handful of rewrites at most. More legs with one ISN are a scanner's, which uses it for every target. */
const MOST_LEGS = 8;

function linkGroup(
  group: readonly Leg[],
  links: LegLink[],
  same: (x: Leg, y: Leg) => boolean,
): void {
  if (group.length > MOST_LEGS) {
    linkParts(group, links, same);
    return;
  }
  const found: LegLink[] = [];
  for (const [position, x] of group.entries()) {
    for (const y of group.slice(position + 1)) {
      if (tupleKeyOf("tcp", x.orig, x.resp) === tupleKeyOf("tcp", y.orig, y.resp)) continue;
      if (!same(x, y) || passedTogether(x, y)) continue;
      found.push({ x, y, by: "tcp-isn", turned: false, conntrack: null });
    }
  }
  links.push(...found.filter((link) => !isSuperseded(link, found)));
}

/**
 * The first SYN was rewritten to one destination and lost, and its retransmission to another, which answered: conntrack keeps
 * no entry of a packet that its own node drops, so the next SYN is balanced anew. Only the leg that answered belongs.
 */
function isSuperseded(link: LegLink, links: readonly LegLink[]): boolean {
  return (
    [link.x, link.y].filter((leg) => respFacts(leg).isn === null).length === 1 &&
    links.some((other) => {
      const shared = other.x === link.x || other.x === link.y ? other.x : other.y;
      if (shared !== link.x && shared !== link.y) return false;
      const lost = shared === link.x ? link.y : link.x;
      const taken = shared === other.x ? other.y : other.x;
      return (
        respFacts(lost).isn === null &&
        respFacts(taken).isn !== null &&
        sameEndpoint(lost.orig, taken.orig) &&
        !sameEndpoint(lost.resp, taken.resp) &&
        optionsDiffer(lost, taken)
      );
    })
  );
}

function optionsDiffer(x: Leg, y: Leg): boolean {
  const [a, b] = [origFacts(x).synOptions, origFacts(y).synOptions];
  return a !== 0 && b !== 0 && a !== b;
}

/** Of many legs with one ISN, those that agree in both ISNs, the options and the responder are few, or cannot be told apart. */
function linkParts(
  group: readonly Leg[],
  links: LegLink[],
  same: (x: Leg, y: Leg) => boolean,
): void {
  const parts = new Map<string, Leg[]>();
  for (const leg of group) {
    const isns = `${origFacts(leg).isn} ${origFacts(leg).synOptions} ${respFacts(leg).isn}`;
    const key = `${isns} ${leg.resp.address} ${leg.resp.port}`;
    const part = parts.get(key);
    if (part === undefined) parts.set(key, [leg]);
    else part.push(leg);
  }
  for (const part of parts.values()) {
    if (part.length <= MOST_LEGS) linkGroup(part, links, same);
  }
}

/**
 * One place saw the originator's packets of both legs with the same TTL: two packets, not one before and after a rewrite. A
 * node that rewrites also forwards, so a packet that passes one interface twice has lost a hop in between.
 */
function passedTogether(x: Leg, y: Leg): boolean {
  return x.rows.some((row) => {
    const sent = sentBy(row, x.orig);
    if (sent.records === 0) return false;
    return y.rows.some((other) => {
      if (other.tap.index !== row.tap.index) return false;
      const its = sentBy(other, y.orig);
      return its.records > 0 && its.ttlMax === sent.ttlMax && its.ttlMin === sent.ttlMin;
    });
  });
}

/** Equal ISN of the SYN is given. 32 bits alone collide in large captures; a second witness is asked for. */
function sameSyn(x: Leg, y: Leg): boolean {
  const [a, b] = [origFacts(x), origFacts(y)];
  const [respX, respY] = [respFacts(x), respFacts(y)];
  if (respX.isn !== null && respY.isn !== null) {
    if (respX.isn !== respY.isn) return false;
    // A retransmitted SYN has a TSval of its own (RFC 7323 section 3.2) and may be the first that one of the two places saw;
    // iptables' TCPMSS lowers the MSS on the way. Both numbers agree: what is left is to rule out a sender of constant ones.
    return !optionsDiffer(x, y) || sameSynAck(x, y) || shareAnEnd(x, y);
  }
  if (a.synOptions !== 0 && b.synOptions !== 0) return a.synOptions === b.synOptions;
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
