/**
 * LINKTYPE_NFLOG: packets logged by netfilter's NFLOG target (https://www.tcpdump.org/linktypes/LINKTYPE_NFLOG.html).
 *
 *   | address family (1) | version 0 (1) | resource id (2) |  then TLVs:  | length (2) | type (2) | value, padded to 4 | ...
 *
 * Length (header included) and type are in the byte order of the logging host; types are small, which tells the order.
 */
import { Layer, LengthSource } from "./decode-stop.ts";
import type { PacketView } from "./packet-view.ts";
import { decodeRawIp } from "./raw-ip.ts";
import { stopMalformed, stopShort, stopUnsupported } from "./stop-decoding.ts";

const HEADER_LENGTH = 4;
const TLV_HEADER_LENGTH = 4;
/** NFULA_PAYLOAD (linux/netfilter/nfnetlink_log.h): the packet from its IP header on. */
const TLV_PAYLOAD = 9;
const AF_INET = 2;
const AF_INET6 = 10;

export function decodeNflog(view: DataView, offset: number, end: number, packet: PacketView): void {
  if (offset + HEADER_LENGTH > end)
    return stopShort(packet, Layer.Link, offset, HEADER_LENGTH, end);
  const family = view.getUint8(offset);
  if (family !== AF_INET && family !== AF_INET6) return stopUnsupported(packet, Layer.Link, offset);
  for (let start = offset + HEADER_LENGTH; ; ) {
    if (start + TLV_HEADER_LENGTH > end) {
      return stopShort(packet, Layer.Link, start, TLV_HEADER_LENGTH, end);
    }
    const isLittleEndian = view.getUint8(start + 3) === 0;
    const length = view.getUint16(start, isLittleEndian);
    const type = view.getUint16(start + 2, isLittleEndian) & 0x7fff;
    if (length < TLV_HEADER_LENGTH) {
      return stopMalformed(
        packet,
        Layer.Link,
        start,
        TLV_HEADER_LENGTH,
        length,
        LengthSource.HeaderLength,
      );
    }
    if (type === TLV_PAYLOAD) {
      packet.contentEnd = start + length;
      return decodeRawIp(view, start + TLV_HEADER_LENGTH, Math.min(start + length, end), packet);
    }
    start += (length + 3) & ~3;
  }
}
