import type { Observation } from "../../correlate/connection.ts";
import { natEvidence, statement } from "../evidence.ts";
import { counted, perWorkloadPair } from "../finding-group.ts";
import type { Members } from "../members.ts";
import type { Classified, FindingRule, RuleContext } from "../rule.ts";
import { firstOf, MAX_EVIDENCE, placesText, senderText } from "../sightings.ts";
import { firstLeg, lastLeg, rewritesDestination, sightingsOf } from "../subject.ts";
import { NOT_ALONE, Trait } from "../traits.ts";
import { droppedPackets } from "../watched.ts";

const DNS_PORT = 53;
/** resolv.conf(5): a resolver waits 5 seconds before it asks again. */
const RESOLVER_TIMEOUT_NS = 5_000_000_000n;
/** A query passes its node in far less. */
const PASSAGE_NS = 1_000_000_000n;

export const dnsRace: FindingRule = {
  level: "warning",
  concerns: NOT_ALONE,
  meta: {
    id: "dns-race",
    title: "A DNS query was lost on the client's own node",
    why: "Lookups take 5 seconds now and then: A and AAAA leave one socket together, race for one conntrack entry, and the loser is dropped.",
    proves:
      "Of the queries that one socket sent to the DNS service, its node passed on the first and the last but not all, and the socket was still asking a resolver's timeout later.",
    doesNotProve:
      "That the race did it: a firewall rule, a full conntrack table or a capture that missed a packet without counting it look alike.",
    confirm: "conntrack -S (insert_failed)",
    sources: [
      "kubernetes/kubernetes#56903",
      "Linux net/netfilter/nf_conntrack_core.c (insert_failed)",
      "resolv.conf(5)",
    ],
  },
  find(classified, context) {
    const short = classified.filter((one) => passageOf(one, context) !== null);
    const uses = usesOfSockets(short, context);
    // Queries that went to two backends are two connections of one socket, and neither is short of any.
    const members = short.filter((one) => uses.get(socketOf(one.subject.connection)) === 1);
    return perWorkloadPair(members, (pair) => ({
      level: "warning",
      message: `${pair.identity}: ${counted(pair.members.length, "socket")} lost DNS queries on the client's node and asked again seconds later.`,
      advice:
        "NodeLocal DNSCache takes the race away; so does the resolver option single-request-reopen (glibc). Newer kernels lose fewer.",
      evidence: pair.members.head(MAX_EVIDENCE).flatMap((one) => {
        const passage = passageOf(one, context);
        if (passage === null) return [];
        const { sent, passed } = passage;
        return [
          ...one.subject.connection.nat.filter(rewritesDestination).map(natEvidence),
          statement(
            `${senderText(one.subject, "orig")} sent ${sent.orig.records} queries at ${placesText([sent])}, of which ${passed.orig.records} left at ${placesText([passed])}`,
            firstOf([sent, passed], "orig"),
          ),
        ];
      }),
    }));
  },
};

/** How many connections each of the clients' sockets has. */
function usesOfSockets(short: Members, context: RuleContext): ReadonlyMap<string, number> {
  const uses = new Map(short.map(({ subject }) => [socketOf(subject.connection), 0]));
  if (uses.size === 0) return uses;
  const ports = new Set(short.map(({ subject }) => firstLeg(subject.connection).orig.port));
  const likely = context.having({ all: Trait.Udp }).filterAlone(
    (sight) => (ports.has(sight.port("orig")) ? null : false),
    ({ subject }) => ports.has(firstLeg(subject.connection).orig.port),
  );
  for (const { subject } of likely) {
    const socket = socketOf(subject.connection);
    const known = uses.get(socket);
    if (known !== undefined) uses.set(socket, known + 1);
  }
  return uses;
}

function socketOf(connection: Classified["subject"]["connection"]): string {
  const { address, port } = firstLeg(connection).orig;
  return `${address} ${port}`;
}

interface Passage {
  readonly sent: Observation;
  readonly passed: Observation;
}

/** What the client sent and what its node made of it, when queries are missing in between. */
function passageOf({ subject }: Classified, { captures }: RuleContext): Passage | null {
  const { connection, orig, dialled } = subject;
  if (connection.protocol !== "udp" || orig.kind !== "pod" || dialled.kind !== "service")
    return null;
  const first = firstLeg(connection);
  if (first.resp.port !== DNS_PORT || connection.ambiguousWith.length > 0) return null;
  if (connection.legs.length !== 2 || !connection.nat.some(rewritesDestination)) return null;
  const sent = sightingsOf(connection, first).find(
    ({ vantagePoint }) =>
      vantagePoint.pod === `${orig.namespace}/${orig.name}` && !vantagePoint.oneWay,
  );
  if (sent === undefined || droppedPackets(captures[sent.vantagePoint.capture])) return null;
  if (sent.orig.lastSeenNs - sent.orig.firstSeenNs < RESOLVER_TIMEOUT_NS) return null;
  const after = sightingsOf(connection, lastLeg(connection)).filter(
    ({ vantagePoint, orig: { records } }) =>
      vantagePoint.node !== null && vantagePoint.node === orig.node && records > 0,
  );
  // The place that saw most: what any place of the node let out was not lost on it.
  const [passed] = after.toSorted((x, y) => y.orig.records - x.orig.records);
  if (passed === undefined || passed.orig.records >= sent.orig.records) return null;
  if (passed.vantagePoint.oneWay || droppedPackets(captures[passed.vantagePoint.capture]))
    return null;
  const isWhole =
    near(sent.orig.firstSeenNs, passed.orig.firstSeenNs) &&
    near(sent.orig.lastSeenNs, passed.orig.lastSeenNs);
  return isWhole ? { sent, passed } : null;
}

function near(x: bigint, y: bigint): boolean {
  return x - y < PASSAGE_NS && y - x < PASSAGE_NS;
}
