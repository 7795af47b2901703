/**
 * A proxy ends one connection and opens another: the two are linked, never merged, and only when exactly one front fits. A link
 * is told beside the connections; no class and no finding is built on it.
 */
import type { Owner } from "../cluster/owner.ts";
import { hostOf } from "../correlate/clock-offset.ts";
import type { Connection } from "../correlate/connection.ts";
import { MAX_PROXY_FRONTS_EXAMINED } from "../limits.ts";
import type { Members } from "./members.ts";
import type { Confidence, Evidence, Subject } from "./rule.ts";
import { firstLeg, lastLeg, nameOf } from "./subject.ts";
import { type Concern, Trait } from "./traits.ts";
import { isOriginatorKnown } from "./turned-round.ts";

export interface ProxiedLink {
  /** Connection.index of the one that the proxy accepted, and of the one that it opened on behalf of it. */
  readonly front: number;
  readonly back: number;
  readonly confidence: Confidence;
  readonly because: string;
  readonly evidence: readonly Evidence[];
}

/** Sizes may differ by what a proxy adds to a request or takes from it. */
const SIZE_TOLERANCE_PERCENT = 10;
/** A request that is passed on is passed on soon. */
const PASSED_ON_WITHIN_NS = 1_000_000_000n;

/** When a connection was seen on one host's clock. */
interface Seen {
  readonly host: string;
  readonly beginNs: bigint;
  readonly endNs: bigint;
  /** First packet of the responder; null: none was seen there. */
  readonly answeredNs: bigint | null;
}

/** Its subject is asked for only where time and client fit. */
interface Front {
  readonly index: number;
  readonly seen: readonly Seen[];
  readonly isEnded: boolean;
  readonly isOriginatorKnown: boolean;
}

interface Interval {
  readonly front: Front;
  readonly at: Seen;
}

type Found = { readonly front: Front; readonly onOneClock: boolean } | null;

/**
 * By the back connection: at most one link each.
 * @param having connections by what is known of them
 */
export function proxiedLinks(having: (concern: Concern) => Members): ProxiedLink[] {
  const index = new FrontIndex(having(MAYBE_FRONT));
  const certain: ProxiedLink[] = [];
  const guesses: ProxiedLink[] = [];
  for (const { subject: back } of having(MAYBE_BACK)) {
    const { connection } = back;
    if (connection.protocol !== "tcp" || proxyKey(back.orig, addressOf(back)) === null) continue;
    const { proxyHeader, httpRequest } = connection;
    // A header that names a client, or none, has said all there is: sizes are not asked to say something else.
    if (proxyHeader !== null) certain.push(...byProxyHeader(back, index));
    else if (httpRequest?.forwardedFor != null) certain.push(...byForwardedFor(back, index));
    else if (httpRequest?.isHealthCheck !== true) guesses.push(...bySize(back, index));
  }
  // Two that a proxy may have opened for one request: nothing says which of them it was.
  const perFront = new Map<number, number>();
  for (const { front } of [...certain, ...guesses])
    perFront.set(front, (perFront.get(front) ?? 0) + 1);
  const unique = guesses.filter(({ front }) => perFront.get(front) === 1);
  return [...certain, ...unique].sort((a, b) => a.back - b.back);
}

const MAYBE_FRONT: Concern = {
  all: Trait.Tcp,
  any: Trait.NotAlone | Trait.ToPod | Trait.ToNode | Trait.ToBalancer,
};
const MAYBE_BACK: Concern = {
  all: Trait.Tcp,
  any: Trait.NotAlone | Trait.FromPod | Trait.FromNode | Trait.FromBalancer,
};

/** The fronts that a proxy accepted, by who it is, the clock they were seen on, and their client. */
class FrontIndex {
  private readonly byClient = new Map<string, Front[]>();
  private readonly intervals = new Map<string, Interval[]>();
  private readonly classified: Members;

  constructor(classified: Members) {
    this.classified = classified;
    for (const { subject } of classified) {
      const { connection, resp } = subject;
      const leg = lastLeg(connection);
      const proxy = proxyKey(resp, leg.resp.address);
      if (connection.protocol !== "tcp" || proxy === null) continue;
      const front: Front = {
        index: connection.index,
        seen: seenTimes(connection),
        isEnded: isEnded(connection),
        isOriginatorKnown: isOriginatorKnown(connection),
      };
      push(this.byClient, `${leg.orig.address} ${leg.orig.port}`, front);
      for (const at of front.seen) {
        push(this.intervals, `${proxy} ${at.host}`, { front, at });
        push(this.intervals, `${proxy} ${at.host} ${leg.orig.address}`, { front, at });
      }
    }
    for (const list of this.intervals.values())
      list.sort((a, b) => (a.at.beginNs < b.at.beginNs ? -1 : a.at.beginNs > b.at.beginNs ? 1 : 0));
  }

  subjectOf(front: Front): Subject {
    const one = this.classified.source.at(front.index);
    if (one === undefined) throw new RangeError(`no connection ${front.index}`);
    return one.subject;
  }

  /** The one front of exactly this client to the proxy that opened `back`; null: none, or more than one fits. */
  ofEndpoint(back: Subject, address: string, port: number): Found {
    const fits: { front: Front; onOneClock: boolean }[] = [];
    const known = this.byClient.get(`${address} ${port}`) ?? [];
    if (known.length > MAX_PROXY_FRONTS_EXAMINED) return null;
    const began = seenTimes(back.connection);
    for (const front of known) {
      if (!front.isOriginatorKnown) continue;
      const subject = this.subjectOf(front);
      if (!isSameProxy(subject, back) || !mayBeTwo(subject, back)) continue;
      const shared = front.seen.flatMap((at) =>
        began.filter(({ host }) => host === at.host).map(({ beginNs }) => ({ at, beginNs })),
      );
      // A TCP proxy may dial before it answers, so that only the front's first packet has to come before.
      if (shared.some(({ at, beginNs }) => beginNs < at.beginNs || beginNs > at.endNs)) continue;
      fits.push({ front, onOneClock: shared.length > 0 });
    }
    const [only] = fits;
    return fits.length === 1 && only !== undefined ? only : null;
  }

  /**
   * The one front that was open, and had been answered, when `back` began; null: none, or more than one may fit. `client`
   * leaves only fronts of that address. One whose end was not seen may have been open still, and stands in the way of others.
   */
  openAt(back: Subject, client: string | null): Interval | null {
    const proxy = proxyKey(back.orig, addressOf(back));
    const found = new Map<number, { readonly interval: Interval; readonly fits: boolean }>();
    for (const { host, beginNs } of seenTimes(back.connection)) {
      const key = `${proxy} ${host}${client === null ? "" : ` ${client}`}`;
      const list = this.intervals.get(key) ?? [];
      const begun = beganUntil(list, beginNs);
      for (let i = begun - 1; i >= 0; i--) {
        const interval = list[i];
        if (interval === undefined || begun - i > MAX_PROXY_FRONTS_EXAMINED) return null;
        const { front } = interval;
        if (front.index === back.connection.index) continue;
        const { endNs, answeredNs } = interval.at;
        if (endNs < beginNs && front.isEnded) continue;
        const fits =
          beginNs <= endNs &&
          answeredNs !== null &&
          answeredNs <= beginNs &&
          front.isOriginatorKnown &&
          mayBeTwo(this.subjectOf(front), back);
        const elsewhere = found.get(front.index);
        found.set(front.index, { interval, fits: fits && elsewhere?.fits !== false });
        if (found.size > 1) return null;
      }
    }
    const [only] = found.values();
    return found.size === 1 && only?.fits === true ? only.interval : null;
  }
}

function byProxyHeader(back: Subject, index: FrontIndex): ProxiedLink[] {
  const header = back.connection.proxyHeader;
  if (header?.source == null) return [];
  const { address, port } = header.source;
  const found = index.ofEndpoint(back, address, port);
  if (found === null) return [];
  const named = `the PROXY protocol v${header.version} header of the second names ${address} port ${port}`;
  const clocks = "; no host saw both, so their times cannot be compared";
  return [
    link(index.subjectOf(found.front), back, found.onOneClock ? "proven" : "inferred", {
      because: `${named}, the client of the first${found.onOneClock ? "" : clocks}`,
      packets: [{ capture: header.capture, record: header.record }],
    }),
  ];
}

function byForwardedFor(back: Subject, index: FrontIndex): ProxiedLink[] {
  const { httpRequest, tcp } = back.connection;
  // Without the SYN the request may be any of many that the connection carried.
  if (httpRequest?.forwardedFor == null || tcp?.origIsn == null) return [];
  const { address, port } = httpRequest.forwardedFor;
  const interval = index.openAt(back, address);
  if (interval === null) return [];
  const front = index.subjectOf(interval.front);
  const { connection } = front;
  if (port !== null && port !== lastLeg(connection).orig.port) return [];
  if (requestBytes(connection) === 0) return [];
  return [
    link(front, back, "inferred", {
      because:
        `X-Forwarded-For of the second's first request names ${address}, ` +
        "and that client had one connection open to the proxy",
      packets: [{ capture: httpRequest.capture, record: httpRequest.record }],
    }),
  ];
}

function bySize(back: Subject, index: FrontIndex): ProxiedLink[] {
  // A node's address also stands for pods behind its SNAT, which are no proxy.
  if (back.orig.kind === "node" || back.connection.tcp?.origIsn == null) return [];
  const interval = index.openAt(back, null);
  if (interval === null) return [];
  const subject = index.subjectOf(interval.front);
  if (subject.connection.tcp?.origIsn == null) return [];
  const began = seenTimes(back.connection).find(({ host }) => host === interval.at.host);
  if (began === undefined || began.beginNs - interval.at.beginNs > PASSED_ON_WITHIN_NS) return [];
  const taken = requestBytes(subject.connection);
  const sent = requestBytes(back.connection);
  const isAlike = Math.abs(taken - sent) * 100 <= SIZE_TOLERANCE_PERCENT * Math.max(taken, sent);
  if (taken === 0 || sent === 0 || !isAlike) return [];
  return [
    link(subject, back, "possible", {
      because:
        `the first took ${taken} bytes in, the second ${sent} bytes out, it began within a second, ` +
        "and no other connection to the proxy was open",
      packets: [],
    }),
  ];
}

function link(
  front: Subject,
  back: Subject,
  confidence: Confidence,
  { because, packets }: { because: string; packets: Evidence["packets"] },
): ProxiedLink {
  const proxy = nameOf(back.orig, addressOf(back));
  const began = [front.connection, back.connection].flatMap(firstPacket);
  return {
    front: front.connection.index,
    back: back.connection.index,
    confidence,
    because,
    evidence: [
      {
        statement: `${proxy} is the end of the one connection and the beginning of the other.`,
        packets: began,
        snapshot: back.orig.ref === undefined ? [] : [back.orig.ref],
      },
      ...(packets.length === 0 ? [] : [{ statement: `${because}.`, packets, snapshot: [] }]),
    ],
  };
}

function firstPacket({ observations }: Connection): Evidence["packets"] {
  const one = observations.find(({ orig }) => orig.records > 0);
  return one === undefined
    ? []
    : [{ capture: one.vantagePoint.capture, record: one.orig.firstRecord }];
}

function addressOf({ connection }: Subject): string {
  return firstLeg(connection).orig.address;
}

/** Who may stand between two connections: one pod, one interface of a load balancer, one node. Null: nobody who is known. */
function proxyKey(owner: Owner, address: string): string | null {
  if ((owner.ambiguousWith ?? []).length > 0) return null;
  switch (owner.kind) {
    case "pod":
      return owner.name === undefined ? null : `pod/${owner.namespace}/${owner.name}`;
    case "node":
      return owner.name === undefined ? null : `node/${owner.name}`;
    case "load-balancer":
      return `load-balancer/${owner.eni ?? address}`;
    default:
      return null;
  }
}

/** With a header as witness any interface of a load balancer will do: cross-zone ones answer for each other. */
function isSameProxy(front: Subject, back: Subject): boolean {
  if (front.resp.kind === "load-balancer" && front.resp.name !== undefined)
    return back.orig.kind === "load-balancer" && back.orig.name === front.resp.name;
  const key = proxyKey(back.orig, addressOf(back));
  return key === proxyKey(front.resp, lastLeg(front.connection).resp.address);
}

/**
 * Two sides of one connection that NAT keeps apart are no proxy's; nor is what a pod says to itself, which a service may lead
 * back to it: it is the client there.
 */
function mayBeTwo(accepted: Subject, opened: Subject): boolean {
  const { connection: front } = accepted;
  const { connection: back } = opened;
  const proxy = proxyKey(opened.orig, addressOf(opened));
  return (
    proxyKey(accepted.orig, addressOf(accepted)) !== proxy &&
    proxyKey(opened.resp, lastLeg(back).resp.address) !== proxy &&
    front.index !== back.index &&
    !front.ambiguousWith.includes(back.index) &&
    !back.ambiguousWith.includes(front.index) &&
    (front.tcp?.origIsn == null || front.tcp.origIsn !== back.tcp?.origIsn)
  );
}

function isEnded({ tcp }: Connection): boolean {
  return tcp?.state === "closed" || tcp?.state === "reset" || tcp?.state === "refused";
}

/** Payload that the originator sent: the most that one place saw. */
function requestBytes({ observations }: Connection): number {
  return observations.reduce((most, { orig }) => Math.max(most, orig.payloadBytes), 0);
}

/** By host: clocks of different hosts are not compared. Only places that saw the originator's packets. */
function seenTimes({ observations }: Connection): Seen[] {
  const byHost = new Map<string, Seen>();
  for (const { vantagePoint, orig, resp } of observations) {
    if (orig.records === 0) continue;
    const host = hostOf(vantagePoint);
    const answered = resp.records > 0 ? resp.firstSeenNs : null;
    const last = resp.records > 0 ? later(orig.lastSeenNs, resp.lastSeenNs) : orig.lastSeenNs;
    const known = byHost.get(host);
    byHost.set(host, {
      host,
      beginNs:
        known === undefined || orig.firstSeenNs < known.beginNs ? orig.firstSeenNs : known.beginNs,
      endNs: known === undefined ? last : later(known.endNs, last),
      answeredNs: known?.answeredNs ?? answered,
    });
  }
  return [...byHost.values()];
}

function later(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

/** How many of the list, which is ordered by begin, had begun. */
function beganUntil(list: readonly Interval[], atNs: bigint): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const at = list[middle]?.at.beginNs;
    if (at !== undefined && at <= atNs) low = middle + 1;
    else high = middle;
  }
  return low;
}

function push<V>(map: Map<string, V[]>, key: string, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
