/**
 * ICMP (RFC 792).
 *
 *   | type (1) | code (1) | checksum (2) | identifier (2) | sequence (2) |  data ...                    queries
 *   | type (1) | code (1) | checksum (2) | unused, gateway, MTU ... (4)  |  the packet in error ...     errors
 */
import { decodeIcmpQuery, readIcmpHeader } from "./icmp.ts";
import type { IpLayer, PacketView } from "./packet-view.ts";
import { decodeQuotedPacket } from "./quoted-packet.ts";

const ECHO_REPLY = 0;
const DESTINATION_UNREACHABLE = 3;
const SOURCE_QUENCH = 4;
const REDIRECT = 5;
const ECHO = 8;
const TIME_EXCEEDED = 11;
const PARAMETER_PROBLEM = 12;
/** Timestamp, information (RFC 792) and address mask (RFC 950) pairs have an identifier like echo; conntrack tracks them too. */
const TIMESTAMP = 13;
const ADDRESS_MASK_REPLY = 18;

export function decodeIcmpv4(
  view: DataView,
  offset: number,
  end: number,
  packet: PacketView,
  layer: IpLayer,
): void {
  if (!readIcmpHeader(view, offset, end, packet, layer)) return;
  const type = layer.icmpType;
  if (type === ECHO || type === ECHO_REPLY || (type >= TIMESTAMP && type <= ADDRESS_MASK_REPLY)) {
    return decodeIcmpQuery(view, offset, layer);
  }
  switch (type) {
    case DESTINATION_UNREACHABLE:
    case SOURCE_QUENCH:
    case REDIRECT:
    case TIME_EXCEEDED:
    case PARAMETER_PROBLEM:
      return decodeQuotedPacket(view, layer.payloadOffset, end, packet, layer);
    default:
      return;
  }
}
