/**
 * VXLAN and Geneve on ports that nobody told: both ports are configuration (`dstport` of ip-link(8)), and a snapshot names them
 * only when it was taken with `ip -d link`. Here the contents alone must prove the tunnel, so nothing is forgiven: the header
 * with all its reserved bits zero, then an Ethernet frame whose IP packet fills the datagram to its last byte, with a correct
 * IPv4 header checksum. Some 90 bits have to agree before a datagram of another protocol is taken for a tunnel.
 */
import { EtherType } from "./ether-type.ts";
import { decodeGeneve } from "./geneve.ts";
import type { IpLayer, PacketView } from "./packet-view.ts";
import { decodeVxlan } from "./vxlan.ts";

const TUNNEL_HEADER_LENGTH = 8;
/** RFC 7348 section 5: the I flag, and nothing in the 31 bits after it that are reserved. */
const VXLAN_FIRST_WORD = 0x0800_0000;
/** RFC 8926 section 3.4: version 0 and no reserved bit; the option length and the O and C flags vary. */
const GENEVE_FIXED_BITS = 0xc03f_ffff;
const ETHERNET_LENGTH = 14;
const IPV4_LENGTH = 20;
const IPV6_LENGTH = 40;
const SHORTEST = TUNNEL_HEADER_LENGTH + ETHERNET_LENGTH + IPV4_LENGTH;

/** Opens the datagram's payload when it can be nothing but VXLAN or Geneve with an IP packet inside. */
export function decodeOverlayByContent(
  view: DataView,
  end: number,
  packet: PacketView,
  layer: IpLayer,
): void {
  const offset = layer.payloadOffset;
  if (layer.payloadLength < SHORTEST || offset + SHORTEST > end) return;
  const word = view.getUint32(offset);
  const isVxlan = word === VXLAN_FIRST_WORD;
  if (!isVxlan && (word & GENEVE_FIXED_BITS) !== EtherType.Ethernet) return;
  if (view.getUint8(offset + TUNNEL_HEADER_LENGTH - 1) !== 0) return;
  const header = TUNNEL_HEADER_LENGTH + (isVxlan ? 0 : (word >>> 24) * 4);
  if (!isWholeFrame(view, offset + header, end, layer.payloadLength - header)) return;
  if (isVxlan) decodeVxlan(view, offset, end, packet, layer);
  else decodeGeneve(view, offset, end, packet, layer);
}

/** An Ethernet frame of `length` bytes on the wire that one IP packet fills; false when the snaplen cut what would tell. */
function isWholeFrame(view: DataView, offset: number, end: number, length: number): boolean {
  const ip = offset + ETHERNET_LENGTH;
  const ipLength = length - ETHERNET_LENGTH;
  if (ip + IPV4_LENGTH > end) return false;
  const etherType = view.getUint16(ip - 2);
  if (etherType === EtherType.Ipv4) {
    const headerLength = (view.getUint8(ip) & 0x0f) * 4;
    return (
      view.getUint8(ip) >>> 4 === 4 &&
      headerLength >= IPV4_LENGTH &&
      ip + headerLength <= end &&
      view.getUint16(ip + 2) === ipLength &&
      hasGoodChecksum(view, ip, headerLength)
    );
  }
  return (
    etherType === EtherType.Ipv6 &&
    view.getUint8(ip) >>> 4 === 6 &&
    view.getUint16(ip + 4) === ipLength - IPV6_LENGTH
  );
}

/** RFC 1071: the one's complement sum over a header with its checksum is all ones. */
function hasGoodChecksum(view: DataView, offset: number, length: number): boolean {
  let sum = 0;
  for (let at = offset; at < offset + length; at += 2) sum += view.getUint16(at);
  sum = (sum & 0xffff) + (sum >>> 16);
  sum = (sum & 0xffff) + (sum >>> 16);
  return sum === 0xffff;
}
