import { statement } from "../evidence.ts";
import { counted, perWorkloadPair } from "../finding-group.ts";
import type { Classified, FindingRule, RuleContext } from "../rule.ts";
import { alongTheWay, MAX_EVIDENCE, packetsOf, placesText, senderText } from "../sightings.ts";
import { Trait } from "../traits.ts";
import { wasWatched, wasWatchedAt } from "../watched.ts";

export const halfOpen: FindingRule = {
  level: "warning",
  concerns: { all: Trait.HalfOpen },
  meta: {
    id: "half-open",
    title: "The handshake stopped after the SYN-ACK",
    why: "The answer does not reach the client, or the client never meant to go on: half-open connections fill the listener's queue.",
    proves:
      "SYN and SYN-ACK were seen, and no further packet of the side that opened, although the capture went on or the SYN-ACK was sent again.",
    doesNotProve:
      "That the SYN-ACK was lost: the client may have gone, scan, or flood. Where the client's own interface was not captured, the last ACK may have taken another way.",
    confirm: "ss -tn state syn-recv; nstat -az TcpExtTCPTimeouts TcpExtListenDrops",
    sources: ["RFC 9293 section 3.5", "RFC 4987", "aws/amazon-vpc-cni-k8s#1392"],
  },
  find(classified, context) {
    const stuck = classified.filterAlone(
      (sight) =>
        sight.retransmissions("resp") > 0 || wasWatchedAt(sight.capture, context, sight.lastSeenNs),
      (one) => isStuck(one, context),
    );
    return perWorkloadPair(stuck, ({ identity, members }) => ({
      level: "warning",
      message: `${identity}: ${counted(members.length, "handshake")} without the last ACK.`,
      advice:
        "See how far the SYN-ACK got on its way back: it may leave by another interface than the SYN came in by, or be dropped as unknown to conntrack.",
      evidence: members.head(MAX_EVIDENCE).map(({ subject }) => {
        const seen = alongTheWay(subject.connection, "resp");
        const sent = Math.max(...seen.map((one) => one.resp.records));
        return statement(
          `${senderText(subject, "resp")} sent ${counted(sent, "SYN-ACK")}, last seen at ${placesText(seen.slice(-1))}; no ACK came`,
          packetsOf(seen.slice(-1), (one) => one.resp.firstRecord),
        );
      }),
    }));
  },
};

function isStuck({ subject: { connection } }: Classified, context: RuleContext): boolean {
  const { tcp } = connection;
  if (tcp?.state !== "half-open") return false;
  return tcp.retransmissions.resp > 0 || wasWatched(connection, context, connection.lastSeenNs);
}
