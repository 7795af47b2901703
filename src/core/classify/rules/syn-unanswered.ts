import { statement } from "../evidence.ts";
import { counted, perWorkloadPair } from "../finding-group.ts";
import { levelBySuccess } from "../got-through.ts";
import type { LoneSight } from "../lone-sight.ts";
import type { Classified, Evidence, FindingRule, RuleContext, Subject } from "../rule.ts";
import { emptyServiceOf } from "../service-endpoints.ts";
import {
  alongTheWay,
  firstDialled,
  MAX_EVIDENCE,
  packetsOf,
  placesText,
  senderText,
} from "../sightings.ts";
import { isEni } from "../subject.ts";
import { Trait } from "../traits.ts";
import { wasWatched, wasWatchedAt } from "../watched.ts";

export const synUnanswered: FindingRule = {
  level: "error",
  concerns: { all: Trait.SynSent },
  meta: {
    id: "syn-unanswered",
    title: "A SYN got no answer",
    why: "The client waits through its retries, a minute or more, before it reports a timeout.",
    proves:
      "No place that was captured saw an answer to the SYN, although the capture went on or the SYN was sent again.",
    doesNotProve:
      "Where it was dropped. Behind the last place may lie a security group, a network ACL, a firewall, a host that is down; or the answer took a way that was not captured.",
    confirm: "kubectl debug node/NODE -it --image=nicolaka/netshoot -- tcpdump -ni any port PORT",
    sources: ["RFC 9293 section 3.5"],
  },
  find(classified, context) {
    const silent = classified.filterAlone(
      (sight) => isSilentAlone(sight, context),
      (one) => isSilent(one, context),
    );
    const levelOf = levelBySuccess(silent, context);
    return perWorkloadPair(silent, (pair) => {
      const dialled = firstDialled(pair.members);
      return {
        level: levelOf(pair),
        message: `${pair.identity}: ${counted(pair.members.length, "connection")} to ${dialled.join(", ")} got no answer to the SYN.`,
        advice:
          "Capture behind the place where the SYN was last seen; when that was the receiver's own interface, look at what listens there and at its firewall.",
        evidence: pair.members.head(MAX_EVIDENCE).map(({ subject }) => lastSeen(subject)),
      };
    });
  },
};

/** Null: whether the service has endpoints is asked of the connection. */
function isSilentAlone(sight: LoneSight, context: RuleContext): boolean | null {
  if (sight.dialsService) return null;
  return (
    sight.retransmissions("orig") > 0 || wasWatchedAt(sight.capture, context, sight.firstSeenNs)
  );
}

function isSilent(one: Classified, context: RuleContext): boolean {
  const { connection } = one.subject;
  if (connection.tcp?.state !== "syn-sent") return false;
  if (connection.observations.some(({ icmpErrors }) => icmpErrors.length > 0)) return false;
  if (emptyServiceOf(one, context.snapshot) !== null) return false;
  // A SYN that was sent again was waited for; else the capture must have gone on.
  return (
    connection.tcp.retransmissions.orig > 0 ||
    wasWatched(connection, context, connection.firstSeenNs)
  );
}

function lastSeen(subject: Subject): Evidence {
  const seen = alongTheWay(subject.connection, "orig");
  const last = seen.slice(-1);
  const [end] = last;
  const isThere =
    end !== undefined &&
    subject.resp.kind === "pod" &&
    !isEni(end) &&
    end.vantagePoint.pod === `${subject.resp.namespace}/${subject.resp.name}`;
  const where = isThere ? ", the receiver's own interface" : "";
  const tries = Math.max(...seen.map((one) => one.orig.records));
  return statement(
    `${senderText(subject, "orig")} sent ${counted(tries, "SYN")}; last seen at ${placesText(last)}${where}, no answer anywhere`,
    packetsOf([...last, ...seen.slice(0, 1)], (one) => one.orig.firstRecord),
  );
}
