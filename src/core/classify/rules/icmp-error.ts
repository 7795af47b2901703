import { statement } from "../evidence.ts";
import { counted, perWorkloadPair } from "../finding-group.ts";
import { errorsOf, errorText, kindOfError, type ReceivedError } from "../icmp-error-words.ts";
import type { Classified, Evidence, FindingRule, RuleContext, Subject } from "../rule.ts";
import { emptyServiceOf } from "../service-endpoints.ts";
import { MAX_EVIDENCE, partyText, placesText, senderText } from "../sightings.ts";
import { firstLeg, lastLeg } from "../subject.ts";
import { Trait } from "../traits.ts";

/** Ports that traceroute counts up from: its packets are meant to die on the way, or at a port that nobody listens on. */
const FIRST_TRACEROUTE_PORT = 33_434;
const LAST_TRACEROUTE_PORT = 33_534;

export const icmpError: FindingRule = {
  level: "warning",
  concerns: { all: Trait.IcmpErrors },
  meta: {
    id: "icmp-error",
    title: "An ICMP error answered this traffic",
    why: "A host or router says that it could not deliver a packet, and why.",
    proves: "The error quotes a packet of this connection.",
    doesNotProve:
      "That its source address is genuine, or that packets before and after it were lost too.",
    confirm: "ip route get ADDRESS; ss -lun on the receiver",
    sources: ["RFC 792", "RFC 4443", "RFC 1812 section 4.3"],
  },
  find(classified, context) {
    const hit = classified.filter((one) => isTold(one, context));
    return perWorkloadPair(hit, ({ identity, members }) => {
      const errors = members.flatMap(({ subject }) =>
        errorsOf(subject.connection).map((received) => ({ subject, received })),
      );
      const kinds = [...new Set(errors.map(({ received }) => errorText(received.error)))];
      return {
        level: errors.some(({ subject, received }) => isFault(subject, received))
          ? "warning"
          : "note",
        message: `${identity}: ${counted(members.length, "connection")} got ${kinds.join(" and ")}.`,
        advice: adviceOn(errors.map(({ received }) => received)),
        evidence: errors
          .slice(0, MAX_EVIDENCE)
          .map(({ subject, received }) => evidenceOf(subject, received, context)),
      };
    });
  },
};

function isTold(one: Classified, { snapshot }: RuleContext): boolean {
  return (
    one.subject.connection.observations.some(({ icmpErrors }) => icmpErrors.length > 0) &&
    emptyServiceOf(one, snapshot) === null
  );
}

/** Path MTU discovery, traceroute, and a client that closed before a late answer are everyday life. */
function isFault({ connection }: Subject, { error }: ReceivedError): boolean {
  const { orig } = lastLeg(connection);
  const { resp } = firstLeg(connection);
  switch (kindOfError(error)) {
    case "packet-too-big":
      return false;
    case "time-exceeded":
      return !(connection.protocol.startsWith("icmp") || isTraceroutePort(resp.port));
    case "port-unreachable":
      if (isTraceroutePort(resp.port)) return false;
      return error.from !== orig.address && error.from !== firstLeg(connection).orig.address;
    default:
      return true;
  }
}

function isTraceroutePort(port: number | null): boolean {
  return port !== null && port >= FIRST_TRACEROUTE_PORT && port <= LAST_TRACEROUTE_PORT;
}

function adviceOn(errors: readonly ReceivedError[]): string {
  const kinds = new Set(errors.map(({ error }) => kindOfError(error)));
  if (kinds.has("unreachable"))
    return "Look at the route and at the firewall of the host that sent the error.";
  if (kinds.has("port-unreachable"))
    return "Nobody listens on that port: compare it with what the receiver listens on (ss -lun).";
  if (kinds.has("time-exceeded"))
    return "Unless this is a traceroute, look for a routing loop at the router that sent the error.";
  return "Path MTU discovery at work: see that the sender makes its packets smaller afterwards.";
}

function evidenceOf(
  subject: Subject,
  { error, seen }: ReceivedError,
  { owners }: RuleContext,
): Evidence {
  const from = partyText(owners.resolve(error.from), { address: error.from, port: null });
  return statement(
    `${from} sent ${errorText(error)} about packets between ${senderText(subject, "orig")} and ${senderText(subject, "resp")}, seen at ${placesText(seen.map(({ at }) => at))}`,
    seen
      .slice(0, MAX_EVIDENCE)
      .map(({ at, record }) => ({ capture: at.vantagePoint.capture, record })),
  );
}
