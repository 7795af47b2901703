/** Who started the connection, what was dialled, who answered and how it went. */
import type { ReportConnection, ReportParty } from "../report/report.ts";
import { type Sentence, sentence } from "./explanation.ts";
import { endWords, plainCount, spanWords } from "./plain-words.ts";

export function explainEnds(connection: ReportConnection): Sentence[] {
  const { protocol, orig, resp, dialled, client, clientFrom } = connection;
  const told: Sentence[] = [sentence(`${started(connection)}${basis(connection)}`)];
  const origNames = dnsWords(orig);
  if (origNames !== null) told.push(sentence(origNames));
  const origEni = eniWords(orig);
  if (origEni !== null) told.push(sentence(origEni));
  if (client !== undefined) {
    const header = clientFrom === "x-forwarded-for" ? "An X-Forwarded-For" : "A PROXY protocol";
    told.push(
      sentence(`${header} header names ${endWords("tcp", client)} as the client behind it.`),
    );
  }
  const direct = dialled.address === resp.address && dialled.port === resp.port;
  told.push(
    sentence(
      direct
        ? `It dialled ${endWords(protocol, dialled)}: ${who(resp)}.`
        : `It dialled ${endWords(protocol, dialled)}; what stood at the other end was ${endWords(protocol, resp)}: ${who(resp)}.`,
    ),
  );
  const respNames = dnsWords(resp);
  if (respNames !== null) told.push(sentence(respNames));
  const respEni = eniWords(resp);
  if (respEni !== null) told.push(sentence(respEni));
  told.push(sentence(answered(connection)), sentence(amounts(connection)), ...linked(connection));
  return told;
}

/** A link is one between two connections; which of them this is decides the words. */
function linked({ links = [], orig, resp }: ReportConnection): Sentence[] {
  return links.map(({ connection, side, confidence, because, evidence }) => {
    const proxy = who(side === "back" ? resp : orig);
    const told =
      side === "back"
        ? `${capital(proxy)} opened ${connection} on behalf of it`
        : `${capital(proxy)} opened it on behalf of ${connection}`;
    return sentence(
      `${told}, ${confidence}: ${because}.`,
      evidence.flatMap(({ packets }) => packets),
      evidence.flatMap(({ snapshot }) => snapshot),
    );
  });
}

function started({ orig, protocol, ...rest }: ReportConnection): string {
  const what = `started this ${protocolWord(protocol)}`;
  const from = endWords(protocol, orig);
  if (orig.name === undefined) return `${from} (${kindWord(orig)}) ${what}`;
  // A node's address on the outside may stand for any pod behind it.
  const classes = [rest.class, ...(rest.candidates ?? [])];
  const masked = orig.kind === "node" && classes.includes("snat-egress");
  return `${who(orig)}${masked ? ", or a pod behind its address," : ""} ${what} from ${from}`;
}

/** What tells the originator; ports and conntrack may have had to. */
function basis({ protocol, tcp, orig }: ReportConnection): string {
  if (protocol.startsWith("icmp") && orig.port !== null && orig.port > 0)
    return ` (echo identifier ${orig.port}).`;
  if (protocol !== "tcp" || tcp === undefined) return ".";
  if (tcp.origIsn !== undefined)
    return `: its SYN was captured (initial sequence number ${tcp.origIsn}).`;
  return ". Its SYN was not captured: ports, conntrack or the answers tell who started.";
}

function protocolWord(protocol: string): string {
  if (protocol === "tcp") return "TCP connection";
  if (protocol === "udp") return "UDP exchange";
  if (protocol.startsWith("icmp")) return `${protocol === "icmp" ? "ICMP" : "ICMPv6"} exchange`;
  const number = /^ip(\d+)$/.exec(protocol)?.[1];
  return number === undefined
    ? `${protocol.toUpperCase()} exchange`
    : `exchange of IP protocol ${number}`;
}

/** "pod default/web-0 (Deployment/web) on node n1", "an address outside the VPC". */
function who(party: ReportParty): string {
  if (party.name === undefined) return kindWord(party);
  const name = party.namespace === undefined ? party.name : `${party.namespace}/${party.name}`;
  const workload = party.workload === undefined ? "" : ` (${party.workload})`;
  const node = party.node === undefined || party.kind === "node" ? "" : ` on ${party.node}`;
  return `${namedKind(party.kind)} ${name}${workload}${node}`;
}

function namedKind(kind: string): string {
  return kind.replaceAll("-", " ");
}

const UNNAMED: Readonly<Record<string, string>> = {
  external: "an address outside the cluster and its VPC",
  vpc: "an address inside the VPC that no list names",
  peer: "an address of a peered network",
  unknown: "nobody knows whose: no list names it",
};

function kindWord({ kind }: ReportParty): string {
  return UNNAMED[kind] ?? `a ${namedKind(kind)} address`;
}

function dnsWords({ address, dnsNames = [] }: ReportParty): string | null {
  if (dnsNames.length === 0) return null;
  return `DNS answers in the captures gave ${address} for ${dnsNames.join(", ")}; whoever answered may have said anything.`;
}

function eniWords({ address, eni, deviceIndex, kind, ambiguousWith }: ReportParty): string | null {
  if (ambiguousWith !== undefined)
    return `${address} is claimed by ${ambiguousWith.join(", ")} as well, so its name may be wrong.`;
  if (eni === undefined || kind !== "pod") return null;
  if (deviceIndex === undefined) return `${address} is an address of ${eni}.`;
  const which = deviceIndex === 0 ? "the node's primary ENI" : `a secondary ENI`;
  return `${address} is an address of ${eni}, ${which} (device index ${deviceIndex}).`;
}

function answered({ protocol, tcp, packets, resp, ...rest }: ReportConnection): string {
  if (rest.class === "overlay-tunnel" && packets.resp === 0)
    return "The other direction of a tunnel is a connection of its own.";
  const other = endWords(protocol, resp);
  switch (tcp?.state) {
    case "closed":
      return `${other} answered, and both sides closed it (FIN).`;
    case "established":
      return `${other} answered; it was open when the captures ended, or its end was not captured.`;
    case "reset":
      return `It was ended by a reset (RST).`;
    case "refused":
      return `${other} answered the SYN with a reset: the connection was refused.`;
    case "half-open":
      return `${other} answered with SYN-ACK, and nothing came after that from the one who started.`;
    case "syn-sent":
      return "No answer to the SYN was captured.";
    case "mid-stream":
      return "It was under way before the captures began.";
    default:
      return packets.resp === 0 ? "No answer was captured." : `${other} answered.`;
  }
}

function amounts({ packets, bytes, firstSeen, lastSeen }: ReportConnection): string {
  const side = (count: number, size: number): string =>
    count === 0 ? "nothing" : `${plainCount(count, "packet")} (${plainCount(size, "byte")})`;
  return (
    `${capital(side(packets.orig, bytes.orig))} went out and ${side(packets.resp, bytes.resp)} came back, ` +
    `${spanWords(firstSeen, lastSeen)}, each counted once however many places saw it.`
  );
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
