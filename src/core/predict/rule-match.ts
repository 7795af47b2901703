/** Whether one iptables rule matches one packet; "maybe" where the snapshot cannot answer. */
import { cidrContains } from "../address/cidr.ts";
import { type IpAddress, parseAddress } from "../address/ip-text.ts";
import type { IptablesRule } from "../cluster/snapshot.ts";
import { type AddressMatch, type Answer, both, type CompiledRule } from "./node-rules.ts";
import { type Mark, markAnswer } from "./packet-mark.ts";

export interface PacketEnd {
  readonly address: string;
  /** ICMP: the identifier; null for protocols without ports. */
  readonly port: number | null;
}

export interface MatchedPacket {
  readonly protocol: string;
  readonly source: PacketEnd;
  readonly destination: PacketEnd;
  /** Interfaces that it may have come in by or may leave by; null when nothing is known; empty when there is none. */
  readonly inInterfaces: readonly string[] | null;
  readonly outInterfaces: readonly string[] | null;
}

/** A packet with its addresses read once for all rules. */
export interface ReadPacket {
  readonly packet: MatchedPacket;
  readonly source: IpAddress | null;
  readonly destination: IpAddress | null;
}

export function readPacket(packet: MatchedPacket): ReadPacket {
  return {
    packet,
    source: parseAddress(packet.source.address),
    destination: parseAddress(packet.destination.address),
  };
}

/** The cheapest and most telling matches first: most rules of a large table are another service's. */
export function matchRule(
  compiled: CompiledRule,
  read: ReadPacket,
  mark: Mark,
  localAddresses: ReadonlySet<string>,
): Answer {
  const { rule } = compiled;
  const { packet } = read;
  const first = both(
    both(compiled.others, addressAnswer(compiled.destination, read.destination)),
    both(
      addressAnswer(compiled.source, read.source),
      portAnswer(rule.destinationPort, packet.destination.port),
    ),
  );
  if (first === "no") return "no";
  const second = both(
    both(protocolAnswer(rule.protocol, packet.protocol), ruleMarkAnswer(rule.mark, mark)),
    portAnswer(rule.sourcePort, packet.source.port),
  );
  if (second === "no") return "no";
  const third = both(
    both(
      interfaceAnswer(rule.inInterface, packet.inInterfaces),
      interfaceAnswer(rule.outInterface, packet.outInterfaces),
    ),
    both(
      localAnswer(rule.destinationType, packet.destination.address, localAddresses),
      localAnswer(rule.sourceType, packet.source.address, localAddresses),
    ),
  );
  return both(first, both(second, third));
}

function answered(holds: Answer, negated: boolean): Answer {
  if (holds === "maybe") return "maybe";
  return (holds === "yes") === negated ? "no" : "yes";
}

function of(holds: boolean): Answer {
  return holds ? "yes" : "no";
}

function addressAnswer(match: AddressMatch | null, ip: IpAddress | null): Answer {
  if (match === null) return "yes";
  if (match.cidr === null || ip === null) return "maybe";
  return answered(of(cidrContains(match.cidr, ip)), match.negated);
}

function protocolAnswer(match: IptablesRule["protocol"], protocol: string): Answer {
  if (match === undefined || match.name === "all" || match.name === "0") return "yes";
  const same = match.name === protocol || (match.name === "ipv6-icmp" && protocol === "icmpv6");
  // iptables prints protocols that /etc/protocols does not name as numbers, and others by names that are not used here.
  const known = /^(?:tcp|udp|sctp|icmp|icmpv6|ipv6-icmp)$/.test(match.name);
  return answered(
    same ? "yes" : known || /^(?:tcp|udp|sctp|icmp)/.test(protocol) ? "no" : "maybe",
    match.negated,
  );
}

/** "eni+" matches every name that begins with "eni". A packet of the node's own has no input interface: no name matches. */
function interfaceAnswer(
  match: IptablesRule["inInterface"],
  names: readonly string[] | null,
): Answer {
  if (match === undefined) return "yes";
  if (names === null) return "maybe";
  const fits = (name: string): boolean =>
    match.name.endsWith("+") ? name.startsWith(match.name.slice(0, -1)) : name === match.name;
  const count = names.filter(fits).length;
  const holds = count === 0 ? "no" : count === names.length ? "yes" : "maybe";
  return answered(holds, match.negated);
}

function portAnswer(match: IptablesRule["destinationPort"], port: number | null): Answer {
  if (match === undefined) return "yes";
  if (port === null) return "no";
  return answered(of(port >= match.first && port <= match.last), match.negated);
}

function localAnswer(
  match: IptablesRule["destinationType"],
  address: string,
  localAddresses: ReadonlySet<string>,
): Answer {
  if (match === undefined) return "yes";
  if (match.type !== "LOCAL" || localAddresses.size === 0) return "maybe";
  return answered(of(localAddresses.has(address)), match.negated);
}

function ruleMarkAnswer(match: IptablesRule["mark"], mark: Mark): Answer {
  if (match === undefined) return "yes";
  return answered(markAnswer(mark, match.value, match.mask), match.negated);
}
