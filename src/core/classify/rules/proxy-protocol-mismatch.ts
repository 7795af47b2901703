import type { TargetGroupEntry } from "../../cluster/snapshot.ts";
import { statement } from "../evidence.ts";
import { counted, perWorkloadPair } from "../finding-group.ts";
import type { Classified, Evidence, FindingRule, RuleContext } from "../rule.ts";
import { firstOf, MAX_EVIDENCE, packetsOf, payloadOf, senderText } from "../sightings.ts";
import { lastLeg } from "../subject.ts";
import { Trait } from "../traits.ts";

/** A header with its TLVs: what must be captured of a packet before "no header" means anything. */
const HEADER_SNAPLEN = 256;
const ATTRIBUTE = "proxy_protocol_v2.enabled";

export const proxyProtocolMismatch: FindingRule = {
  level: "error",
  concerns: { all: Trait.Tcp, any: Trait.ProxyHeader | Trait.FromBalancer },
  meta: {
    id: "proxy-protocol-mismatch",
    title: "Load balancer and server disagree about PROXY protocol",
    why: "A server that does not expect the header takes it for the request; one that waits for it refuses every connection without.",
    proves:
      "A header was sent and the server reset the connection without a byte of answer; or the target group says that headers are sent and a stream began without one.",
    doesNotProve: "Which side is set up wrongly, or that the reset was because of the header.",
    confirm: "aws elbv2 describe-target-group-attributes --target-group-arn ARN",
    sources: ["proxy-protocol.txt section 2", "kubernetes/ingress-nginx#6996"],
  },
  find(classified, context) {
    const members = classified.filter((one) => evidenceOf(one, context) !== null);
    return perWorkloadPair(members, (pair) => ({
      level: "error",
      message: `${pair.identity}: ${counted(pair.members.length, "connection")} where PROXY protocol does not fit.`,
      advice:
        "Set the target group's proxy_protocol_v2.enabled and the server's listener alike, for the health check's port too.",
      evidence: pair.members.head(MAX_EVIDENCE).flatMap((one) => evidenceOf(one, context) ?? []),
    }));
  },
};

function evidenceOf(one: Classified, context: RuleContext): Evidence | null {
  return one.subject.connection.proxyHeader === null
    ? missingHeader(one, context)
    : refusedHeader(one);
}

function refusedHeader({ subject }: Classified): Evidence | null {
  const { connection } = subject;
  const header = connection.proxyHeader;
  if (header === null || (connection.tcp?.resets.resp ?? 0) === 0) return null;
  if (payloadOf(connection, "resp") > 0) return null;
  return statement(
    `${senderText(subject, "resp")} reset the connection after the PROXY header, without an answer`,
    [
      { capture: header.capture, record: header.record },
      ...packetsOf(connection.observations, (seen) => seen.resp.resetRecord).slice(0, 1),
    ],
  );
}

function missingHeader({ subject }: Classified, context: RuleContext): Evidence | null {
  const { connection, orig } = subject;
  if (orig.kind !== "load-balancer" || orig.name === undefined) return null;
  if (connection.tcp === null || connection.tcp.origIsn === null) return null;
  if (payloadOf(connection, "orig") === 0) return null;
  const { resp } = lastLeg(connection);
  const groups = context.snapshot.targetGroups.filter(
    (group) => group.port === resp.port && group.loadBalancers.includes(orig.name ?? ""),
  );
  const [group] = groups;
  if (group === undefined || !groups.every(sendsHeaders)) return null;
  if (!connection.observations.every((one) => isWhole(one.vantagePoint.capture, context)))
    return null;
  return statement(
    `target group ${group.name} sends PROXY protocol v2, but the stream of ${senderText(subject, "orig")} begins without a header`,
    firstOf(connection.observations.slice(0, 1), "orig"),
    [group.ref],
  );
}

function sendsHeaders(group: TargetGroupEntry): boolean {
  return group.attributes[ATTRIBUTE] === "true";
}

/** The capture kept enough of each packet to hold a header. */
function isWhole(capture: number, { captures }: RuleContext): boolean {
  const info = captures[capture]?.info;
  if (info == null) return false;
  return info.interfaces.every(({ snaplen }) => snaplen === 0 || snaplen >= HEADER_SNAPLEN);
}
