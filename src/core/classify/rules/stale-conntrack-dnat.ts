import { statement } from "../evidence.ts";
import { counted, perWorkloadPair } from "../finding-group.ts";
import { rewriteEvidence, rewritesBy } from "../rewrite.ts";
import type { Classified, Evidence, FindingRule, RuleContext } from "../rule.ts";
import { dialledText, endpointText, firstOf, MAX_EVIDENCE, packetsOf } from "../sightings.ts";
import { firstLeg, lastLeg, rewritesDestination } from "../subject.ts";
import { NOT_ALONE } from "../traits.ts";

/** Without an answer an entry lives so long after the last packet (nf_conntrack_udp_timeout). */
const UNREPLIED_TIMEOUT_NS = 30_000_000_000n;

export const staleConntrackDnat: FindingRule = {
  level: "warning",
  concerns: NOT_ALONE,
  meta: {
    id: "stale-conntrack-dnat",
    title: "UDP is still sent to an endpoint that its service no longer lists",
    why: "A client that keeps its port never recovers: each packet renews the conntrack entry that leads to the pod that is gone.",
    proves:
      "The node translated packets to the service into an address that is not among its endpoints nor any pod's, and what came back was nothing or an ICMP error.",
    doesNotProve:
      "That the entry is older than the change: the endpoint may have gone after the packets and before the snapshot.",
    confirm: "conntrack -L -p udp --orig-dst CLUSTER-IP; conntrack -D -p udp --orig-dst CLUSTER-IP",
    sources: [
      "kubernetes/kubernetes#125467",
      "kubernetes pkg/proxy/conntrack/cleanup.go",
      "Linux net/netfilter/nf_conntrack_proto_udp.c",
    ],
  },
  find(classified, context) {
    const stale = classified.filter((one) => isStale(one, context));
    return perWorkloadPair(stale, ({ identity, members }) => {
      const gone = [
        ...new Set(members.map(({ subject }) => lastLeg(subject.connection).resp.address)),
      ];
      return {
        level: "warning",
        message: `${identity}: ${counted(members.length, "connection")} by UDP to a service translated to ${gone.slice(0, 3).join(", ")}, which is none of its endpoints.`,
        advice:
          "Delete the entries (conntrack -D -p udp --orig-dst CLUSTER-IP) and update kube-proxy, which should have done so.",
        evidence: members.head(MAX_EVIDENCE).flatMap((one) => evidenceOf(one, context)),
      };
    });
  },
};

function isStale({ subject }: Classified, { snapshot, owners }: RuleContext): boolean {
  const { connection, dialled, resp } = subject;
  const { protocol, nat, packets, observations, firstSeenNs, lastSeenNs } = connection;
  if (protocol !== "udp" || dialled.kind !== "service" || !nat.some(rewritesDestination))
    return false;
  const isRefused = observations.some(({ icmpErrors }) => icmpErrors.length > 0);
  const isKept = packets.orig > 1 && lastSeenNs - firstSeenNs >= UNREPLIED_TIMEOUT_NS;
  if (packets.resp > 0 || !(isRefused || isKept)) return false;
  const listed = listedOf(subject, snapshot);
  const { address } = lastLeg(connection).resp;
  if (listed.length === 0 || listed.some((one) => one.address === address)) return false;
  // An address that somebody has now says that the list of endpoints is behind, or that the service has it by other means.
  return resp.kind === "vpc" && owners.inVpc(address) && snapshot.pods.length > 0;
}

function listedOf(
  { connection }: Classified["subject"],
  snapshot: RuleContext["snapshot"],
): RuleContext["snapshot"]["endpoints"] {
  const { address } = firstLeg(connection).resp;
  const service = snapshot.services.find(({ clusterIps }) => clusterIps.includes(address));
  if (service === undefined) return [];
  return snapshot.endpoints.filter(
    (one) => one.namespace === service.namespace && one.service === service.name,
  );
}

function evidenceOf(one: Classified, { snapshot }: RuleContext): Evidence[] {
  const { connection } = one.subject;
  const { resp } = lastLeg(connection);
  const listed = listedOf(one.subject, snapshot);
  const refused = connection.observations.filter(({ icmpErrors }) => icmpErrors.length > 0);
  const [error] = refused.flatMap(({ icmpErrors }) => icmpErrors.slice(0, 1));
  const answer = error === undefined ? "no answer" : `an ICMP error of ${error.from}`;
  return [
    ...rewritesBy(rewritesDestination)(one).map(rewriteEvidence),
    statement(
      `endpoints of ${dialledText(one.subject)} are ${listed.map(({ address, port }) => endpointText({ address, port })).join(", ")}`,
      [],
      listed.slice(0, MAX_EVIDENCE).map(({ ref }) => ref),
    ),
    statement(
      `${counted(connection.packets.orig, "packet")} to ${endpointText(resp)} got ${answer}`,
      error === undefined
        ? firstOf(connection.observations, "orig").slice(0, 1)
        : packetsOf(refused, ({ icmpErrors }) => icmpErrors[0]?.record ?? 0).slice(0, 1),
    ),
  ];
}
