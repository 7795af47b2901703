import { statement } from "../evidence.ts";
import { counted, perWorkloadPair } from "../finding-group.ts";
import type { LoneSight } from "../lone-sight.ts";
import type { Classified, Evidence, FindingRule, Subject } from "../rule.ts";
import {
  alongTheWay,
  MAX_EVIDENCE,
  packetsOf,
  placesText,
  SIDES,
  type Side,
  senderText,
} from "../sightings.ts";
import { Trait } from "../traits.ts";

/** Connections that never opened are told by the rules about silence. */
const NEVER_OPEN: ReadonlySet<string> = new Set(["syn-sent", "half-open", "refused"]);
/** Of so many packets one sent again is worth knowing, not worth waking somebody: 0.1 %. */
const NOTABLE_PACKETS = 1000;

export const tcpRetransmission: FindingRule = {
  level: "warning",
  concerns: { all: Trait.OutOfLine },
  meta: {
    id: "tcp-retransmission",
    title: "TCP sent segments again",
    why: "A segment or its acknowledgement was lost or late. Each costs a round trip; one at the end of a request, 200 ms or more.",
    proves:
      "One place saw the same sequence numbers in the same direction more than once, as different packets.",
    doesNotProve:
      "That anything was lost: the acknowledgement may have been late. Nor where, unless places behind the loss were captured too.",
    confirm: "nstat -az TcpRetransSegs TcpExtTCPLostRetransmit TcpExtTCPSpuriousRtxHostQueues",
    sources: ["RFC 9293 section 3.8.1", "RFC 6298", "aws/amazon-vpc-cni-k8s#356"],
  },
  find(classified) {
    const again = classified.filterAlone(
      (sight) => !NEVER_OPEN.has(sight.tcpState) && countAlone(sight) > 0,
      sentAgain,
    );
    return perWorkloadPair(again, ({ identity, members }) => {
      const segments = members.sum(countAlone, count);
      const packets = members.sum(
        (sight) => sight.packets("orig") + sight.packets("resp"),
        ({ subject: { connection } }) => connection.packets.orig + connection.packets.resp,
      );
      const isRare = packets >= NOTABLE_PACKETS && segments * NOTABLE_PACKETS < packets;
      return {
        level: isRare ? "note" : "warning",
        message: `${identity}: ${counted(segments, "segment")} sent again in ${counted(members.length, "connection")} of ${counted(packets, "packet")}.`,
        advice:
          "Look where it was seen once and where twice: the loss lies between. Then at drops there (ip -s link, ethtool -S: bw_*_allowance_exceeded on ENA).",
        evidence: members.head(MAX_EVIDENCE).flatMap(({ subject }) => sides(subject)),
      };
    });
  },
};

function countAlone(sight: LoneSight): number {
  return sight.retransmissions("orig") + sight.retransmissions("resp");
}

function count({ subject: { connection } }: Classified): number {
  const { tcp } = connection;
  return tcp === null ? 0 : tcp.retransmissions.orig + tcp.retransmissions.resp;
}

function sentAgain(one: Classified): boolean {
  const { tcp } = one.subject.connection;
  return tcp !== null && !NEVER_OPEN.has(tcp.state) && count(one) > 0;
}

function sides(subject: Subject): Evidence[] {
  return SIDES.filter((side) => (subject.connection.tcp?.retransmissions[side] ?? 0) > 0).map(
    (side) => sightings(subject, side),
  );
}

function sightings(subject: Subject, side: Side): Evidence {
  const seen = alongTheWay(subject.connection, side);
  const twice = seen.filter((one) => one[side].retransmissions > 0);
  const once = seen.filter((one) => one[side].retransmissions === 0);
  const [firstOnce] = once;
  // All that saw it twice stand before all that saw it once.
  const isBehind = firstOnce !== undefined && seen.indexOf(firstOnce) === twice.length;
  const where = isBehind ? `; only once at ${placesText(once)}: lost before it got there` : "";
  return statement(
    `${senderText(subject, side)} sent again what ${placesText(twice)} had seen${where}`,
    packetsOf(twice, (one) => one[side].retransmissionRecord),
  );
}
