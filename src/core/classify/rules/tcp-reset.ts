import { statement } from "../evidence.ts";
import { counted, perWorkloadPair } from "../finding-group.ts";
import type { Classified, Evidence, FindingRule, Subject } from "../rule.ts";
import {
  alongTheWay,
  flagsOf,
  MAX_EVIDENCE,
  packetsOf,
  payloadOf,
  placesText,
  SIDES,
  type Side,
  senderText,
} from "../sightings.ts";
import { Trait } from "../traits.ts";

const FIN = 1;

export const tcpReset: FindingRule = {
  level: "warning",
  concerns: { all: Trait.Reset },
  meta: {
    id: "tcp-reset",
    title: "An open connection was reset",
    why: "The other side loses what was on its way and reports 'connection reset by peer'.",
    proves: "A segment with RST and this sender's address ended a connection that was not closing.",
    doesNotProve:
      "That the sender's process made it: its kernel, a firewall, a load balancer's idle timeout (NLB: 350 s) or conntrack may have. A client may also reset on purpose after it has its answer.",
    confirm: "nstat -az TcpOutRsts TcpExtTCPAbortOnClose TcpExtTCPAbortOnData",
    sources: [
      "RFC 9293 section 3.5.2",
      "kubernetes/kubernetes#74839",
      "ELB user guide: NLB connection idle timeout",
    ],
  },
  find(classified) {
    return perWorkloadPair(classified.filter(isReset), ({ identity, members }) => {
      const cut = members.filter((one) => cutsSomething(one.subject));
      const senders = [...new Set(members.flatMap(({ subject }) => sendersOf(subject).map(word)))];
      return {
        level: cut.length > 0 ? "warning" : "note",
        message: `${identity}: ${counted(members.length, "connection")} reset by ${senders.join(" and ")}${cut.length > 0 ? "" : ", after the answer had come"}.`,
        advice:
          cut.length > 0
            ? "Ask the sender first: did its process close with data unread or crash, was the connection idle for long, does conntrack or a proxy in between know it?"
            : "A client that closes with RST to save TIME_WAIT does this on purpose; nothing to do unless it reports errors.",
        evidence: members.head(MAX_EVIDENCE).flatMap(({ subject }) => evidenceOf(subject)),
      };
    });
  },
};

function word(side: Side): string {
  return side === "orig" ? "the side that opened it" : "the side that was dialled";
}

function sendersOf({ connection }: Subject): Side[] {
  return SIDES.filter((side) => (connection.tcp?.resets[side] ?? 0) > 0);
}

/** A reset while a FIN is about belongs to the closing; one before the connection opened is a refusal. */
function isReset({ subject }: Classified): boolean {
  const { connection } = subject;
  if (connection.tcp?.state !== "reset") return false;
  if (((flagsOf(connection, "orig") | flagsOf(connection, "resp")) & FIN) !== 0) return false;
  const senders = sendersOf(subject);
  if (senders.length === 0) return false;
  if (senders.includes("resp")) return true;
  return !isProbe(subject) && !isQuietClose(subject);
}

/** Opened and reset without a byte for the server: a health check or port scan, which ends so on purpose. */
function isProbe({ connection }: Subject): boolean {
  if (payloadOf(connection, "resp") > 0) return false;
  return payloadOf(connection, "orig") === 0 || connection.proxyHeader?.command === "LOCAL";
}

/** Load balancers end connections that have been answered with RST. */
function isQuietClose({ orig, connection }: Subject): boolean {
  return orig.kind === "load-balancer" && payloadOf(connection, "resp") > 0;
}

/** The dialled side gave up, or the other left before an answer came. */
function cutsSomething(subject: Subject): boolean {
  return sendersOf(subject).includes("resp") || payloadOf(subject.connection, "resp") === 0;
}

function evidenceOf(subject: Subject): Evidence[] {
  return sendersOf(subject).map((side) => {
    const seen = alongTheWay(subject.connection, side);
    const withReset = seen.filter((one) => one[side].resets > 0);
    const nearest = seen[0];
    const isForeign = nearest !== undefined && nearest[side].resets === 0;
    const foreign = isForeign
      ? `; ${placesText([nearest])}, nearer to it, saw its other packets but no RST`
      : "";
    return statement(
      `${senderText(subject, side)} sent RST, seen at ${placesText(withReset)}${foreign}`,
      packetsOf(withReset, (one) => one[side].resetRecord),
    );
  });
}
