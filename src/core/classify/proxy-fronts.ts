/** The connections that a proxy accepted, by who it is, the clock they were seen on, and their client. */
import type { Owner } from "../cluster/owner.ts";
import { hostOf } from "../correlate/clock-offset.ts";
import type { Connection } from "../correlate/connection.ts";
import { MAX_PROXY_FRONTS_EXAMINED } from "../limits.ts";
import type { LoneSight } from "./lone-sight.ts";
import type { Members } from "./members.ts";
import type { Subject } from "./rule.ts";
import type { Side } from "./sightings.ts";
import { firstLeg, lastLeg } from "./subject.ts";
import { isOriginatorKnown } from "./turned-round.ts";

/** When a connection was seen on one host's clock. */
interface Seen {
  readonly host: string;
  readonly beginNs: bigint;
  readonly endNs: bigint;
  /** First packet of the responder; null: none was seen there. */
  readonly answeredNs: bigint | null;
}

/** One connection to or from a proxy. What it is as a whole is asked for only where times and clients fit. */
export interface End {
  readonly index: number;
  readonly proxy: string;
  readonly seen: readonly Seen[];
}

interface Front extends End {
  readonly isEnded: boolean;
  readonly isOriginatorKnown: boolean;
}

export interface Interval {
  readonly front: Front;
  readonly at: Seen;
  /** Until when this one, or one before it in its list, may have been open. */
  openUntilNs: bigint;
}

/** Nobody saw the end. */
const OPEN_END_NS = 1n << 80n;

type Found = { readonly front: Front; readonly onOneClock: boolean } | null;

/** Of a row that stands alone; null: nobody who is known can be the proxy. */
export function endOfSight(sight: LoneSight, side: Side, index: number): End | null {
  const proxy = proxyKey(sight.owner(side), sight.addressText(side));
  if (proxy === null) return null;
  if (sight.packets("orig") === 0) return { index, proxy, seen: [] };
  const seen = {
    host: hostOf(sight.place),
    beginNs: sight.firstOf("orig"),
    endNs: sight.lastSeenNs,
    answeredNs: sight.packets("resp") > 0 ? sight.firstOf("resp") : null,
  };
  return { index, proxy, seen: [seen] };
}

export class FrontIndex {
  private readonly classified: Members;
  private readonly fronts: Front[] = [];
  private readonly intervals = new Map<string, Interval[]>();
  /** Made when the first header asks for a client. */
  private byClient: Map<string, Front[]> | null = null;
  private ofClient: Map<string, Interval[]> | null = null;

  constructor(classified: Members) {
    this.classified = classified;
    for (const index of classified.indexes) {
      const front = this.frontOf(index);
      if (front === null) continue;
      this.fronts.push(front);
      for (const at of front.seen)
        push(this.intervals, `${front.proxy} ${at.host}`, intervalOf(front, at));
    }
    for (const list of this.intervals.values()) putInOrder(list);
  }

  subjectOf(index: number): Subject {
    const one = this.classified.source.at(index);
    if (one === undefined) throw new RangeError(`no connection ${index}`);
    return one.subject;
  }

  private frontOf(index: number): Front | null {
    const sight = this.classified.source.alone(index);
    if (sight !== null) {
      const end = endOfSight(sight, "resp", index);
      if (end === null) return null;
      const isOver = ENDED.has(sight.tcpState);
      return { ...end, isEnded: isOver, isOriginatorKnown: sight.isOriginatorKnown };
    }
    const { connection, resp } = this.subjectOf(index);
    const proxy = proxyKey(resp, lastLeg(connection).resp.address);
    if (connection.protocol !== "tcp" || proxy === null) return null;
    return {
      index,
      proxy,
      seen: seenTimes(connection),
      isEnded: isEnded(connection),
      isOriginatorKnown: isOriginatorKnown(connection),
    };
  }

  /** "address port" of the client. */
  private clientOf(index: number): readonly [string, number | null] {
    const sight = this.classified.source.alone(index);
    if (sight !== null) return [sight.addressText("orig"), sight.port("orig")];
    const { orig } = lastLeg(this.subjectOf(index).connection);
    return [orig.address, orig.port];
  }

  private partiesOf(index: number): Parties {
    const sight = this.classified.source.alone(index);
    if (sight !== null) {
      return {
        index,
        client: proxyKey(sight.owner("orig"), sight.addressText("orig")),
        server: proxyKey(sight.owner("resp"), sight.addressText("resp")),
        origIsn: sight.origIsn,
        ambiguousWith: [],
      };
    }
    const subject = this.subjectOf(index);
    const { connection, orig, resp } = subject;
    return {
      index,
      client: proxyKey(orig, addressOf(subject)),
      server: proxyKey(resp, lastLeg(connection).resp.address),
      origIsn: connection.tcp?.origIsn ?? null,
      ambiguousWith: connection.ambiguousWith,
    };
  }

  private frontsOfClient(address: string, port: number): readonly Front[] {
    if (this.byClient === null) {
      this.byClient = new Map();
      for (const front of this.fronts)
        push(this.byClient, this.clientOf(front.index).join(" "), front);
    }
    return this.byClient.get(`${address} ${port}`) ?? [];
  }

  private intervalsOf(proxy: string, host: string, client: string | null): readonly Interval[] {
    if (client === null) return this.intervals.get(`${proxy} ${host}`) ?? [];
    if (this.ofClient === null) {
      this.ofClient = new Map();
      for (const front of this.fronts) {
        const [address] = this.clientOf(front.index);
        for (const at of front.seen)
          push(this.ofClient, `${front.proxy} ${at.host} ${address}`, intervalOf(front, at));
      }
      for (const list of this.ofClient.values()) putInOrder(list);
    }
    return this.ofClient.get(`${proxy} ${host} ${client}`) ?? [];
  }

  /** The one front of exactly this client to the proxy that opened `back`; null: none, or more than one fits. */
  ofEndpoint(back: Subject, end: End, address: string, port: number): Found {
    const fits: { front: Front; onOneClock: boolean }[] = [];
    const known = this.frontsOfClient(address, port);
    if (known.length > MAX_PROXY_FRONTS_EXAMINED) return null;
    const began = end.seen;
    for (const front of known) {
      if (!front.isOriginatorKnown) continue;
      if (!isSameProxy(this.subjectOf(front.index), back)) continue;
      if (!mayBeTwo(this.partiesOf(front.index), this.partiesOf(end.index))) continue;
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
  openAt(back: End, client: string | null): Interval | null {
    const found = new Map<number, { readonly interval: Interval; readonly fits: boolean }>();
    for (const { host, beginNs } of back.seen) {
      const list = this.intervalsOf(back.proxy, host, client);
      const begun = beganUntil(list, beginNs);
      if (begun > MAX_PROXY_FRONTS_EXAMINED) return null;
      for (let i = begun - 1; i >= 0; i--) {
        const interval = list[i];
        if (interval === undefined || interval.openUntilNs < beginNs) break;
        if (interval.front.index === back.index) continue;
        const { front } = interval;
        const { endNs, answeredNs } = interval.at;
        if (endNs < beginNs && front.isEnded) continue;
        const fits =
          beginNs <= endNs &&
          answeredNs !== null &&
          answeredNs <= beginNs &&
          front.isOriginatorKnown &&
          mayBeTwo(this.partiesOf(front.index), this.partiesOf(back.index));
        const elsewhere = found.get(front.index);
        found.set(front.index, { interval, fits: fits && elsewhere?.fits !== false });
        if (found.size > 1) return null;
      }
    }
    const [only] = found.values();
    return found.size === 1 && only?.fits === true ? only.interval : null;
  }
}

export function addressOf({ connection }: Subject): string {
  return firstLeg(connection).orig.address;
}

export const NODE_KEY = "node/";

/** Who may stand between two connections: one pod, one interface of a load balancer, one node. Null: nobody who is known. */
export function proxyKey(owner: Owner, address: string): string | null {
  if ((owner.ambiguousWith ?? []).length > 0) return null;
  switch (owner.kind) {
    case "pod":
      return owner.name === undefined ? null : `pod/${owner.namespace}/${owner.name}`;
    case "node":
      return owner.name === undefined ? null : `${NODE_KEY}${owner.name}`;
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
function mayBeTwo(front: Parties, back: Parties): boolean {
  return (
    front.client !== back.client &&
    back.server !== back.client &&
    front.index !== back.index &&
    !front.ambiguousWith.includes(back.index) &&
    !back.ambiguousWith.includes(front.index) &&
    (front.origIsn === null || front.origIsn !== back.origIsn)
  );
}

/** Who is at the two ends of a connection, as far as they could be proxies, and what tells it from others. */
interface Parties {
  readonly index: number;
  readonly client: string | null;
  readonly server: string | null;
  readonly origIsn: number | null;
  readonly ambiguousWith: readonly number[];
}

const ENDED: ReadonlySet<string> = new Set(["closed", "reset", "refused"]);

function isEnded({ tcp }: Connection): boolean {
  return tcp !== null && ENDED.has(tcp.state);
}

/** By host: clocks of different hosts are not compared. Only places that saw the originator's packets. */
export function seenTimes({ observations }: Connection): Seen[] {
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

function intervalOf(front: Front, at: Seen): Interval {
  return { front, at, openUntilNs: front.isEnded ? at.endNs : OPEN_END_NS };
}

/** By begin; and each knows how long those before it were open, so that a search ends where all of them had ended. */
function putInOrder(list: Interval[]): void {
  list.sort((a, b) => (a.at.beginNs < b.at.beginNs ? -1 : a.at.beginNs > b.at.beginNs ? 1 : 0));
  let openUntilNs = 0n;
  for (const interval of list) {
    openUntilNs = later(openUntilNs, interval.openUntilNs);
    interval.openUntilNs = openUntilNs;
  }
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
