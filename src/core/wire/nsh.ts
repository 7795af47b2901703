/**
 * Network Service Header (RFC 8300 section 2.2), between a tunnel or Ethernet header and the frame that a chain of service
 * functions passes on. Its path and metadata are of no use here.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   |Ver|O|U|    TTL    |   Length  |U|U|U|U|MD Type| Next Protocol |
 *   |          Service Path Identifier (SPI)        | Service Index |
 *   |                    Metadata ...                               |
 */
import { DecodeStop, Layer, LengthSource } from "./decode-stop.ts";
import { EtherType } from "./ether-type.ts";
import type { PacketView } from "./packet-view.ts";
import { stopMalformed, stopShort, stopUnsupported } from "./stop-decoding.ts";

/** Base header and service path header. */
const MIN_HEADER_LENGTH = 8;
/** The IANA registry "NSH Next Protocol", which VXLAN-GPE's follows. */
const NEXT_IPV4 = 1;
const NEXT_IPV6 = 2;
const NEXT_ETHERNET = 3;
const NEXT_NSH = 4;
const NEXT_MPLS = 5;

/** The ethertype that says the same as a next protocol of NSH or VXLAN-GPE; 0 for those that podpath does not read. */
export function nextProtocolEtherType(nextProtocol: number): number {
  switch (nextProtocol) {
    case NEXT_IPV4:
      return EtherType.Ipv4;
    case NEXT_IPV6:
      return EtherType.Ipv6;
    case NEXT_ETHERNET:
      return EtherType.Ethernet;
    case NEXT_NSH:
      return EtherType.Nsh;
    case NEXT_MPLS:
      return EtherType.MplsUnicast;
    default:
      return 0;
  }
}

/** Leaves what follows the header to the loop of decode-link.ts, as a tunnel would, but opens none: no layer carries it. */
export function decodeNsh(view: DataView, offset: number, end: number, packet: PacketView): void {
  if (offset + MIN_HEADER_LENGTH > end) {
    stopShort(packet, Layer.Nsh, offset, MIN_HEADER_LENGTH, end);
    // What the snaplen cut off is still a tunnel's contents.
    if (packet.stop === DecodeStop.Truncated) packet.innerIsKnown = 1;
    return;
  }
  const first = view.getUint16(offset);
  const length = (first & 0x3f) * 4;
  if (first >>> 14 !== 0 || length < MIN_HEADER_LENGTH) {
    return stopMalformed(
      packet,
      Layer.Nsh,
      offset,
      MIN_HEADER_LENGTH,
      length,
      LengthSource.HeaderLength,
    );
  }
  const etherType = nextProtocolEtherType(view.getUint8(offset + 3));
  if (etherType === 0) return stopUnsupported(packet, Layer.Nsh, offset);
  if (offset + length > end) {
    stopShort(packet, Layer.Nsh, offset, length, end);
    if (packet.stop === DecodeStop.Truncated) packet.innerIsKnown = 1;
    return;
  }
  packet.innerEtherType = etherType;
  packet.innerOffset = offset + length;
  packet.innerEnd = end;
}
