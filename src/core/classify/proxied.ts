/**
 * A proxy ends one connection and opens another: the two are linked, never merged, and only when exactly one front fits. A link
 * is told beside the connections; no class and no finding is built on it.
 */
import type { Connection } from "../correlate/connection.ts";
import type { Members } from "./members.ts";
import {
  addressOf,
  type End,
  endOfSight,
  FrontIndex,
  NODE_KEY,
  proxyKey,
  seenTimes,
} from "./proxy-fronts.ts";
import type { Confidence, Evidence, Subject } from "./rule.ts";
import { lastLeg, nameOf } from "./subject.ts";
import { type Concern, Trait } from "./traits.ts";

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

/**
 * By the back connection: at most one link each.
 * @param having connections by what is known of them
 */
export function proxiedLinks(having: (concern: Concern) => Members): ProxiedLink[] {
  const index = new FrontIndex(having(MAYBE_FRONT));
  const certain: ProxiedLink[] = [];
  const guesses: ProxiedLink[] = [];
  const backs = having(MAYBE_BACK);
  for (const at of backs.indexes) {
    // Of one that stands alone no header was read.
    const sight = backs.source.alone(at);
    if (sight !== null) {
      const end = endOfSight(sight, "orig", at);
      if (end !== null && sight.origIsn !== null) guesses.push(...bySize(end, index));
      continue;
    }
    const back = index.subjectOf(at);
    const proxy = proxyKey(back.orig, addressOf(back));
    if (back.connection.protocol !== "tcp" || proxy === null) continue;
    const end = { index: at, proxy, seen: seenTimes(back.connection) };
    const { proxyHeader, httpRequest } = back.connection;
    // A header that names a client, or none, has said all there is: sizes are not asked to say something else.
    if (proxyHeader !== null) certain.push(...byProxyHeader(back, end, index));
    else if (httpRequest?.forwardedFor != null) certain.push(...byForwardedFor(back, end, index));
    else if (httpRequest?.isHealthCheck !== true && back.connection.tcp?.origIsn != null)
      guesses.push(...bySize(end, index));
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

function byProxyHeader(back: Subject, end: End, index: FrontIndex): ProxiedLink[] {
  const header = back.connection.proxyHeader;
  if (header?.source == null) return [];
  const { address, port } = header.source;
  const found = index.ofEndpoint(back, end, address, port);
  if (found === null) return [];
  const named = `the PROXY protocol v${header.version} header of the second names ${address} port ${port}`;
  const clocks = "; no host saw both, so their times cannot be compared";
  return [
    link(index.subjectOf(found.front.index), back, found.onOneClock ? "proven" : "inferred", {
      because: `${named}, the client of the first${found.onOneClock ? "" : clocks}`,
      packets: [{ capture: header.capture, record: header.record }],
    }),
  ];
}

function byForwardedFor(back: Subject, end: End, index: FrontIndex): ProxiedLink[] {
  const { httpRequest, tcp } = back.connection;
  // Without the SYN the request may be any of many that the connection carried.
  if (httpRequest?.forwardedFor == null || tcp?.origIsn == null) return [];
  const { address, port } = httpRequest.forwardedFor;
  const interval = index.openAt(end, address);
  if (interval === null) return [];
  const front = index.subjectOf(interval.front.index);
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

/** @param end with a SYN of the proxy */
function bySize(end: End, index: FrontIndex): ProxiedLink[] {
  // A node's address also stands for pods behind its SNAT, which are no proxy.
  if (end.proxy.startsWith(NODE_KEY)) return [];
  const interval = index.openAt(end, null);
  if (interval === null) return [];
  const began = end.seen.find(({ host }) => host === interval.at.host);
  if (began === undefined || began.beginNs - interval.at.beginNs > PASSED_ON_WITHIN_NS) return [];
  const subject = index.subjectOf(interval.front.index);
  if (subject.connection.tcp?.origIsn == null) return [];
  const back = index.subjectOf(end.index);
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

/** Payload that the originator sent: the most that one place saw. */
function requestBytes({ observations }: Connection): number {
  return observations.reduce((most, { orig }) => Math.max(most, orig.payloadBytes), 0);
}
