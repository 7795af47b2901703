/** The protocol field of PPP (RFC 1661 section 2) and the IP packet behind it. */
import { Layer } from "./decode-stop.ts";
import { decodeIpv4 } from "./ipv4.ts";
import { decodeIpv6 } from "./ipv6.ts";
import { decodeMpls } from "./mpls.ts";
import type { PacketView } from "./packet-view.ts";
import { stopShort, stopUnsupported } from "./stop-decoding.ts";

/** IANA "PPP DLL Protocol Numbers". */
const PPP_IPV4 = 0x0021;
const PPP_IPV6 = 0x0057;
const PPP_MPLS_UNICAST = 0x0281;
const PPP_MPLS_MULTICAST = 0x0283;

export function decodePppProtocol(
  view: DataView,
  offset: number,
  end: number,
  packet: PacketView,
): void {
  if (offset >= end) return stopShort(packet, Layer.Link, offset, 2, end);
  let protocol = view.getUint8(offset);
  let length = 1;
  // The low bit marks the last byte of the field: an odd first byte is a compressed protocol (RFC 1661 section 6.5).
  if ((protocol & 1) === 0) {
    if (offset + 2 > end) return stopShort(packet, Layer.Link, offset, 2, end);
    protocol = view.getUint16(offset);
    length = 2;
  }
  switch (protocol) {
    case PPP_IPV4:
      return decodeIpv4(view, offset + length, end, packet);
    case PPP_IPV6:
      return decodeIpv6(view, offset + length, end, packet);
    case PPP_MPLS_UNICAST:
    case PPP_MPLS_MULTICAST:
      return decodeMpls(view, offset + length, end, packet);
    default:
      return stopUnsupported(packet, Layer.Link, offset);
  }
}
