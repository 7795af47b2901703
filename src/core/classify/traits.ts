/**
 * What is known of a connection in one word: enough to say which finding rules it can concern, so that a rule is given those
 * connections only. A trait that is set may be of no consequence; one that is not set rules the rule out.
 */
import type { Connection } from "../correlate/connection.ts";
import type { PathMatch, Subject } from "./rule.ts";
import { firstLeg, isEni, lastLeg } from "./subject.ts";
import { failedToOpen } from "./tcp-failure.ts";

export const Trait = {
  /** More than one row, or something may tie it to another connection: rewrites, tunnels, several places. */
  NotAlone: 1 << 0,
  Tcp: 1 << 1,
  Udp: 1 << 2,
  /** States of a TCP connection (TcpSummary.state), and that neither SYN was seen. */
  SynSent: 1 << 3,
  Refused: 1 << 4,
  HalfOpen: 1 << 5,
  Reset: 1 << 6,
  NoSynSeen: 1 << 7,
  /** The responder answered, and did not refuse. */
  GotThrough: 1 << 8,
  NoAnswer: 1 << 9,
  /** TCP segments sent again, recorded twice, with RST or a closed window. */
  OutOfLine: 1 << 10,
  IcmpErrors: 1 << 11,
  Fragments: 1 << 12,
  ProxyHeader: 1 << 13,
  /** Fewer answers of a DNS server than packets to it. */
  DnsShort: 1 << 14,
  /** To the address that it came from. */
  OneAddress: 1 << 15,
  /** Owners of the ends; "to" is what was dialled, but a pod or balancer may also be the one that answered. */
  FromPod: 1 << 16,
  ToPod: 1 << 17,
  FromBalancer: 1 << 18,
  ToBalancer: 1 << 19,
  ToService: 1 << 20,
  ToNode: 1 << 21,
  /** Seen at an ENI of a node, at a pod's interface. */
  AtEni: 1 << 22,
  AtPod: 1 << 23,
  /** Its class is one of a client that came through a load balancer or a NodePort. */
  FromOutside: 1 << 24,
  FromNode: 1 << 25,
  /** The verdict is. */
  Proven: 1 << 26,
} as const;

/** Which connections a rule asks for: with at least one of `any`, and with all of `all`. */
export interface Concern {
  readonly any?: number;
  readonly all?: number;
}

/** No connection: the rule is about the inputs. */
export const NO_CONNECTION: Concern = { any: 0 };
/** Connections that were put together of several observations, or may have to do with others. */
export const NOT_ALONE: Concern = { all: Trait.NotAlone };

export function concerns({ any, all = 0 }: Concern, traits: number): boolean {
  return (traits & all) === all && (any === undefined || (traits & any) !== 0);
}

const STATES: Readonly<Record<string, number>> = {
  "syn-sent": Trait.SynSent,
  refused: Trait.Refused,
  "half-open": Trait.HalfOpen,
  reset: Trait.Reset,
};

export function stateTraits(state: string): number {
  return STATES[state] ?? 0;
}

export const DNS_PORT = 53;

/** What the packets say. */
export function packetTraits(connection: Connection): number {
  const { protocol, tcp, packets, observations, proxyHeader } = connection;
  const first = firstLeg(connection);
  let traits = protocol === "udp" ? Trait.Udp : 0;
  if (tcp !== null) {
    traits |= Trait.Tcp | stateTraits(tcp.state);
    if (tcp.origIsn === null && tcp.respIsn === null) traits |= Trait.NoSynSeen;
  }
  if (packets.resp === 0) traits |= Trait.NoAnswer;
  else if (tcp === null || !failedToOpen(tcp.state)) traits |= Trait.GotThrough;
  const isDns = first.resp.port === DNS_PORT || lastLeg(connection).resp.port === DNS_PORT;
  if (protocol === "udp" && isDns && packets.resp < packets.orig) traits |= Trait.DnsShort;
  if (first.orig.address === first.resp.address) traits |= Trait.OneAddress;
  if (proxyHeader !== null) traits |= Trait.ProxyHeader;
  for (const { orig, resp, fragments, icmpErrors } of observations) {
    if (fragments > 0) traits |= Trait.Fragments;
    if (icmpErrors.length > 0) traits |= Trait.IcmpErrors;
    for (const { retransmissions, resets, zeroWindows, copies } of [orig, resp])
      if (retransmissions + resets + zeroWindows + copies > 0) traits |= Trait.OutOfLine;
  }
  return traits;
}

const OUTSIDE_CLASSES: ReadonlySet<string> = new Set([
  "nlb-ip",
  "nlb-instance",
  "alb-ip",
  "alb-instance",
  "clb",
  "nodeport",
]);

/** What its ends, its places and its verdict say. */
export function placeTraits(subject: Subject, verdict: PathMatch): number {
  const { orig, resp, dialled, connection } = subject;
  let traits = verdict.confidence === "proven" ? Trait.Proven : 0;
  if (orig.kind === "node") traits |= Trait.FromNode;
  if (orig.kind === "pod") traits |= Trait.FromPod;
  if (resp.kind === "pod" || dialled.kind === "pod") traits |= Trait.ToPod;
  if (orig.kind === "load-balancer") traits |= Trait.FromBalancer;
  if (resp.kind === "load-balancer" || dialled.kind === "load-balancer") traits |= Trait.ToBalancer;
  if (dialled.kind === "service") traits |= Trait.ToService;
  if (dialled.kind === "node") traits |= Trait.ToNode;
  if (OUTSIDE_CLASSES.has(verdict.class)) traits |= Trait.FromOutside;
  for (const one of connection.observations) {
    if (isEni(one)) traits |= Trait.AtEni;
    if (one.vantagePoint.pod !== null) traits |= Trait.AtPod;
  }
  return traits;
}
