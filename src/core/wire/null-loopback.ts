/**
 * LINKTYPE_NULL and LINKTYPE_LOOP (BSD, macOS, Npcap loopback): a 4-byte address family, in the byte order of the capturing
 * host (NULL) or of the network (LOOP). The order of NULL is found by its value: families are small numbers.
 */
import { Layer } from "./decode-stop.ts";
import { decodeIpv4 } from "./ipv4.ts";
import { decodeIpv6 } from "./ipv6.ts";
import type { PacketView } from "./packet-view.ts";
import { stopShort, stopUnsupported } from "./stop-decoding.ts";

const HEADER_LENGTH = 4;
const AF_INET = 2;
/** AF_INET6 was numbered by everybody on his own. */
const AF_INET6_LINUX = 10;
const AF_INET6_WINDOWS = 23;
const AF_INET6_NETBSD_OPENBSD = 24;
const AF_INET6_FREEBSD = 28;
const AF_INET6_DARWIN = 30;

export function decodeNullLoopback(
  view: DataView,
  offset: number,
  end: number,
  packet: PacketView,
): void {
  if (offset + HEADER_LENGTH > end)
    return stopShort(packet, Layer.Link, offset, HEADER_LENGTH, end);
  const bigEndian = view.getUint32(offset);
  const family = bigEndian <= 0xffff ? bigEndian : view.getUint32(offset, true);
  switch (family) {
    case AF_INET:
      return decodeIpv4(view, offset + HEADER_LENGTH, end, packet);
    case AF_INET6_LINUX:
    case AF_INET6_WINDOWS:
    case AF_INET6_NETBSD_OPENBSD:
    case AF_INET6_FREEBSD:
    case AF_INET6_DARWIN:
      return decodeIpv6(view, offset + HEADER_LENGTH, end, packet);
    default:
      return stopUnsupported(packet, Layer.Link, offset);
  }
}
