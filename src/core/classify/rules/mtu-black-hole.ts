import { statement } from "../evidence.ts";
import { counted, perWorkloadPair } from "../finding-group.ts";
import { errorsOf, errorText, kindOfError, type ReceivedError } from "../icmp-error-words.ts";
import type { Classified, FindingRule } from "../rule.ts";
import { MAX_EVIDENCE, placesText, senderText } from "../sightings.ts";
import { Trait } from "../traits.ts";

/** One round of path MTU discovery costs one or two segments; more means that the sender does not learn. */
const UNHEEDED_RETRANSMISSIONS = 3;

export const mtuBlackHole: FindingRule = {
  level: "error",
  concerns: { all: Trait.IcmpErrors },
  meta: {
    id: "mtu-black-hole",
    title: "Large packets disappear: the sender does not learn the path's MTU",
    why: "Connections open and small requests work, but the first full-size packet hangs the transfer.",
    proves:
      "A router said that packets are too big for the next link, and the sender sent the same data again several times all the same.",
    doesNotProve:
      "Why the sender does not heed it: the error may be dropped on the way, or be rewritten wrongly by NAT. Black holes without any ICMP error are not found.",
    confirm: "ping -M do -s 1472 ADDRESS; ip route get ADDRESS",
    sources: ["RFC 1191", "RFC 8201", "RFC 4821", "aws/amazon-vpc-cni-k8s#356"],
  },
  find(classified) {
    return perWorkloadPair(classified.filter(isUnheeded), ({ identity, members }) => ({
      level: "error",
      message: `${identity}: ${counted(members.length, "connection")} goes on sending packets that a router called too big.`,
      advice:
        "Allow ICMP type 3 code 4 (IPv6: type 2) all the way to the sender, or lower the MTU (AWS_VPC_ENI_MTU, POD_MTU) or clamp the MSS.",
      evidence: members.head(MAX_EVIDENCE).flatMap(({ subject }) =>
        tooBig(subject.connection).map(({ error, seen }) =>
          statement(
            `${error.from} sent ${errorText(error)}, seen at ${placesText(seen.map(({ at }) => at))}; ${senderText(subject, "orig")} and ${senderText(subject, "resp")} sent ${counted(sentAgain(subject.connection), "segment")} again`,
            seen.map(({ at, record }) => ({ capture: at.vantagePoint.capture, record })),
          ),
        ),
      ),
    }));
  },
};

type Connection = Classified["subject"]["connection"];

function tooBig(connection: Connection): ReceivedError[] {
  return errorsOf(connection).filter(({ error }) => kindOfError(error) === "packet-too-big");
}

function sentAgain({ tcp }: Connection): number {
  return tcp === null ? 0 : Math.max(tcp.retransmissions.orig, tcp.retransmissions.resp);
}

function isUnheeded({ subject: { connection } }: Classified): boolean {
  return sentAgain(connection) >= UNHEEDED_RETRANSMISSIONS && tooBig(connection).length > 0;
}
