import { statement } from "../evidence.ts";
import { counted, perWorkloadPair } from "../finding-group.ts";
import type { LoneSight } from "../lone-sight.ts";
import type { Classified, FindingRule, RuleContext } from "../rule.ts";
import { emptyServiceOf } from "../service-endpoints.ts";
import { alongTheWay, firstOf, MAX_EVIDENCE, placesText, senderText } from "../sightings.ts";
import { firstLeg, lastLeg } from "../subject.ts";
import { DNS_PORT, Trait } from "../traits.ts";
import { wasWatched, wasWatchedAt } from "../watched.ts";

/** resolv.conf(5): a resolver waits 5 seconds before it asks again. */
const RESOLVER_TIMEOUT_NS = 5_000_000_000n;

export const dnsUnanswered: FindingRule = {
  level: "warning",
  concerns: { all: Trait.DnsShort },
  meta: {
    id: "dns-unanswered",
    title: "A DNS query got no answer",
    why: "The application stalls for the resolver's timeout, 5 seconds by default, with every name that is lost.",
    proves:
      "No place that was captured saw an answer to the query, or fewer answers than queries with a repeat a timeout later.",
    doesNotProve: "Whether the server got it: look at where the query was last seen.",
    confirm: "kubectl -n kube-system logs -l k8s-app=kube-dns; conntrack -S",
    sources: ["resolv.conf(5)", "kubernetes/kubernetes#56903", "kubernetes/kubernetes#125467"],
  },
  find(classified, context) {
    const lost = classified.filterAlone(
      (sight) => isLostAlone(sight, context),
      (one) => isLost(one, context),
    );
    return perWorkloadPair(lost, ({ identity, members }) => ({
      level: "warning",
      message: `${identity}: ${counted(members.length, "DNS exchange")} with queries that got no answer.`,
      advice:
        "See where the query was last seen. A and AAAA queries of one socket race in conntrack: NodeLocal DNS or single-request-reopen avoids it.",
      evidence: members.head(MAX_EVIDENCE).map(({ subject }) => {
        const seen = alongTheWay(subject.connection, "orig").slice(-1);
        const { packets } = subject.connection;
        return statement(
          `${senderText(subject, "orig")}: ${counted(packets.orig, "packet")} asked, ${packets.resp} answered; last seen at ${placesText(seen)}`,
          firstOf(seen, "orig"),
        );
      }),
    }));
  },
};

/** Null: whether the service has endpoints is asked of the connection. */
function isLostAlone(sight: LoneSight, context: RuleContext): boolean | null {
  if (sight.dialsService) return null;
  if (sight.packets("orig") === 0) return false;
  if (sight.packets("resp") === 0)
    return wasWatchedAt(sight.capture, context, sight.firstSeenNs, RESOLVER_TIMEOUT_NS);
  return sight.lastSeenNs - sight.firstSeenNs >= RESOLVER_TIMEOUT_NS;
}

function isLost(one: Classified, context: RuleContext): boolean {
  const { connection } = one.subject;
  if (connection.protocol !== "udp") return false;
  if (firstLeg(connection).resp.port !== DNS_PORT && lastLeg(connection).resp.port !== DNS_PORT)
    return false;
  if (emptyServiceOf(one, context.snapshot) !== null) return false;
  const { orig, resp } = connection.packets;
  if (orig === 0) return false;
  if (resp === 0) {
    return wasWatched(connection, context, connection.firstSeenNs, RESOLVER_TIMEOUT_NS);
  }
  return resp < orig && connection.lastSeenNs - connection.firstSeenNs >= RESOLVER_TIMEOUT_NS;
}
