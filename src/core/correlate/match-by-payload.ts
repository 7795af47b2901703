/**
 * Joins legs of datagrams (UDP, ICMP echo ...) by what NAT never changes: payload, its length, ICMP sequence numbers, and the
 * IPv4 identification at all taps of one node. Identical heartbeats exist, so a match must be the only one that fits, or be
 * confirmed by the identification or by time on one clock; otherwise it is reported as ambiguous and nothing is joined.
 */
import type { FlowDirection, FlowEndpoint } from "../flow/flow-observation.ts";
import { FINGERPRINTS_PER_DIRECTION } from "../limits.ts";
import { factsSentBy, type Leg, sentBy } from "./leg.ts";
import { type AmbiguousLink, endIsKept, type LegLink, tupleKeyOf } from "./leg-link.ts";

export interface PayloadMatches {
  readonly links: LegLink[];
  readonly ambiguous: AmbiguousLink[];
}

interface Candidate {
  readonly leg: Leg;
  readonly turned: boolean;
  /** Which end both legs share: the other one was rewritten. "none" when both were (hairpin, NodePort with masquerade). */
  readonly kept: "orig" | "resp" | "none";
  readonly sameIpId: boolean;
  /** Nanoseconds between the two legs' first packets where one capture saw both, else null (clocks differ). */
  readonly distanceNs: bigint | null;
}

/** Packets of one node pass from one interface to the next in microseconds (eks-traffic 2.1: 3-80 µs); be generous. */
export const SAME_NODE_NS = 50_000_000n;
/** So near on one clock that a rival on another clock, whose distance cannot be told, does not matter. */
const CLOSE_NS = 1_000_000n;
/**
 * A fingerprint that more legs share than this is a heartbeat (NTP requests are alike the world over): it tells nothing without
 * the identification, and comparing all of them in pairs would take time without end.
 */
export const COMMON_FINGERPRINT = 64;

/** Which fingerprints, and which together with an identification, more than COMMON_FINGERPRINT have. Prints are of 32 bits. */
export interface CommonFingerprints {
  isCommon(protocol: string, print: number): boolean;
  isCommonWithId(protocol: string, print: number, ipId: number): boolean;
}

/** @param common when there are more legs than these: those that cannot be tied to any other were left out */
export function matchByPayload(legs: readonly Leg[], common?: CommonFingerprints): PayloadMatches {
  const datagrams = legs.filter((leg) => leg.protocol !== "tcp");
  const index = indexByFingerprint(datagrams, common);
  const candidates = new Map<Leg, Candidate[]>();
  for (const leg of datagrams) candidates.set(leg, findCandidates(leg, index));
  const links: LegLink[] = [];
  const ambiguous: AmbiguousLink[] = [];
  for (const leg of datagrams) {
    for (const candidate of candidates.get(leg) ?? []) {
      if (candidate.leg.index < leg.index) continue;
      const back = (candidates.get(candidate.leg) ?? []).find((one) => one.leg === leg);
      if (back === undefined) continue;
      const clear =
        stands(candidate, candidates.get(leg) ?? []) &&
        stands(back, candidates.get(candidate.leg) ?? []);
      if (clear)
        links.push({
          x: leg,
          y: candidate.leg,
          by: leg.protocol.startsWith("icmp") ? "icmp-payload" : "payload",
          turned: candidate.turned,
          conntrack: null,
        });
      else ambiguous.push({ x: leg, y: candidate.leg });
    }
  }
  return { links, ambiguous };
}

interface Sender {
  readonly leg: Leg;
  readonly sender: FlowEndpoint;
}

interface FingerprintIndex {
  /** Fingerprint of a direction, alone and with each identification -> the legs (and their sending ends) that carried it. */
  readonly senders: ReadonlyMap<string, readonly Sender[]>;
  readonly common: CommonFingerprints;
}

function indexByFingerprint(
  legs: readonly Leg[],
  common: CommonFingerprints | undefined,
): FingerprintIndex {
  const index = new Map<string, Sender[]>();
  const add = (key: string, one: Sender): void => {
    const group = index.get(key);
    if (group === undefined) index.set(key, [one]);
    else group.push(one);
  };
  for (const leg of legs) {
    for (const sender of [leg.orig, leg.resp]) {
      const { fingerprints, ipIds } = factsSentBy(leg, sender);
      for (const print of fingerprints) {
        add(`${leg.protocol} ${print}`, { leg, sender });
        for (const ipId of ipIds) add(`${leg.protocol} ${print} ${ipId}`, { leg, sender });
      }
    }
  }
  const isMany = (key: string) => (index.get(key)?.length ?? 0) > COMMON_FINGERPRINT;
  return {
    senders: index,
    common: common ?? {
      isCommon: (protocol, print) => isMany(`${protocol} ${print}`),
      isCommonWithId: (protocol, print, ipId) => isMany(`${protocol} ${print} ${ipId}`),
    },
  };
}

/** Legs worth comparing: all that share the fingerprint, of a common one those with the same identification. */
function group(
  leg: Leg,
  sender: FlowEndpoint,
  print: number,
  { senders, common }: FingerprintIndex,
): readonly Sender[] {
  const { protocol } = leg;
  const key = `${protocol} ${print}`;
  if (!common.isCommon(protocol, print)) return senders.get(key) ?? [];
  return [...factsSentBy(leg, sender).ipIds].flatMap((ipId) =>
    common.isCommonWithId(protocol, print, ipId) ? [] : (senders.get(`${key} ${ipId}`) ?? []),
  );
}

function findCandidates(leg: Leg, index: FingerprintIndex): Candidate[] {
  const found = new Map<Leg, Candidate>();
  const tuple = tupleKeyOf(leg.protocol, leg.orig, leg.resp);
  for (const sender of [leg.orig, leg.resp]) {
    for (const print of factsSentBy(leg, sender).fingerprints) {
      for (const other of group(leg, sender, print, index)) {
        if (other.leg === leg || found.has(other.leg)) continue;
        if (tupleKeyOf(leg.protocol, other.leg.orig, other.leg.resp) === tuple) continue;
        const candidate = compare(leg, sender, other.leg, other.sender);
        if (candidate !== null) found.set(other.leg, candidate);
      }
    }
  }
  return [...found.values()];
}

/** `sender` of `leg` and `otherSender` of `other` sent the same payload. Null when they cannot be one packet. */
function compare(
  leg: Leg,
  sender: FlowEndpoint,
  other: Leg,
  otherSender: FlowEndpoint,
): Candidate | null {
  const turned = (sender === leg.orig) !== (otherSender === other.orig);
  const identity = compareIpIds(leg, sender, other, otherSender);
  if (identity === "differ") return null;
  const [mine, its] = [factsSentBy(leg, sender), factsSentBy(other, otherSender)];
  if (identity !== "same" && contradict(mine.fingerprints, its.fingerprints)) return null;
  const keptSender = endIsKept(leg.protocol, sender, otherSender);
  const receiver = sender === leg.orig ? leg.resp : leg.orig;
  const otherReceiver = otherSender === other.orig ? other.resp : other.orig;
  const keptReceiver = endIsKept(leg.protocol, receiver, otherReceiver);
  const kept =
    keptSender === keptReceiver ? "none" : keptSender === (sender === leg.orig) ? "orig" : "resp";
  // ICMP keeps both addresses only when it is the same host pair with another identifier: another ping, unless SNAT to itself.
  if (keptSender && keptReceiver && identity !== "same") return null;
  const nearest = nearestCopies(leg, sender, other, otherSender);
  if (nearest !== null && nearest.distanceNs > SAME_NODE_NS) return null;
  // Who rewrites also forwards: two copies at one node with one TTL are two hosts that said the same.
  if (nearest !== null && identity !== "same" && nearest.x.ttlMax === nearest.y.ttlMax) return null;
  const distanceNs = nearest?.distanceNs ?? null;
  return { leg: other, turned, kept, sameIpId: identity === "same", distanceNs };
}

/**
 * Each of the two carried packets that the other did not, so their equal one is chance: two pings that began together send the
 * same microsecond in one of their requests. Loss takes packets from one side only. A list that is full ended early and lacks
 * what came later; then most of both must agree.
 */
export function contradict(x: ReadonlySet<number>, y: ReadonlySet<number>): boolean {
  const shared = [...x].filter((print) => y.has(print)).length;
  const [onlyX, onlyY] = [x.size - shared, y.size - shared];
  if (onlyX === 0 || onlyY === 0) return false;
  const isFull = x.size >= FINGERPRINTS_PER_DIRECTION || y.size >= FINGERPRINTS_PER_DIRECTION;
  return !isFull || shared < Math.min(onlyX, onlyY);
}

/** The first packets of two rows are the same packet when their fingerprints are; then their identifications must agree. */
function compareIpIds(
  leg: Leg,
  sender: FlowEndpoint,
  other: Leg,
  otherSender: FlowEndpoint,
): "same" | "differ" | "unknown" {
  let differ = false;
  for (const row of leg.rows) {
    const mine = sentBy(row, sender);
    if (mine.ipId === null || mine.fingerprints.length === 0) continue;
    for (const otherRow of other.rows) {
      const its = sentBy(otherRow, otherSender);
      if (its.ipId === null || its.fingerprints[0] !== mine.fingerprints[0]) continue;
      if (its.ipId === mine.ipId) return "same";
      differ = true;
    }
  }
  return differ ? "differ" : "unknown";
}

/** The first packets with an equal first fingerprint that one capture saw both, and the nanoseconds between them. */
function nearestCopies(
  leg: Leg,
  sender: FlowEndpoint,
  other: Leg,
  otherSender: FlowEndpoint,
): { readonly x: FlowDirection; readonly y: FlowDirection; readonly distanceNs: bigint } | null {
  let best: { x: FlowDirection; y: FlowDirection; distanceNs: bigint } | null = null;
  for (const row of leg.rows) {
    const x = sentBy(row, sender);
    for (const otherRow of other.rows) {
      if (otherRow.tap.capture !== row.tap.capture) continue;
      const y = sentBy(otherRow, otherSender);
      if (x.fingerprints[0] === undefined || x.fingerprints[0] !== y.fingerprints[0]) continue;
      const gap = x.firstSeenNs - y.firstSeenNs;
      const distanceNs = gap < 0n ? -gap : gap;
      if (best === null || distanceNs < best.distanceNs) best = { x, y, distanceNs };
    }
  }
  return best;
}

/** A candidate stands when the identification confirms it, or when no rival explains the same rewrite as well. */
function stands(candidate: Candidate, all: readonly Candidate[]): boolean {
  if (candidate.sameIpId) return true;
  const rivals = all.filter((one) => one !== candidate && one.kept === candidate.kept);
  if (rivals.some((one) => one.sameIpId)) return false;
  if (candidate.kept === "none" && candidate.distanceNs === null) return false;
  if (rivals.length === 0) return true;
  const mine = candidate.distanceNs;
  if (mine === null) return false;
  // Same clock: the next interface's copy follows in microseconds; a rival must be clearly farther.
  return rivals.every((one) =>
    one.distanceNs === null ? mine <= CLOSE_NS : one.distanceNs > mine * 4n + CLOSE_NS,
  );
}
