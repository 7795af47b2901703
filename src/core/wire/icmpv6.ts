/** ICMPv6 (RFC 4443): the layout of ICMP with other type numbers. Neighbour discovery (RFC 4861) is not read further. */
import { decodeIcmpQuery, readIcmpHeader } from "./icmp.ts";
import type { IpLayer, PacketView } from "./packet-view.ts";
import { decodeQuotedPacket } from "./quoted-packet.ts";

const DESTINATION_UNREACHABLE = 1;
const PARAMETER_PROBLEM = 4;
const ECHO_REQUEST = 128;
const ECHO_REPLY = 129;

export function decodeIcmpv6(
  view: DataView,
  offset: number,
  end: number,
  packet: PacketView,
  layer: IpLayer,
): void {
  if (!readIcmpHeader(view, offset, end, packet, layer)) return;
  const type = layer.icmpType;
  if (type === ECHO_REQUEST || type === ECHO_REPLY) {
    decodeIcmpQuery(view, offset, layer);
  } else if (type >= DESTINATION_UNREACHABLE && type <= PARAMETER_PROBLEM) {
    decodeQuotedPacket(view, layer.payloadOffset, end, packet, layer);
  }
}
