/**
 * IEEE 802.2 LLC, as far as it announces an ethertype: SNAP with an all-zero OUI (RFC 1042). Spanning tree and other LLC users
 * are not IP.
 *
 *   | DSAP aa | SSAP aa | control 03 | OUI 00 00 00 | ethertype (2) |
 */
import { decodeEtherType } from "./decode-ethertype.ts";
import { Layer } from "./decode-stop.ts";
import type { PacketView } from "./packet-view.ts";
import { stopShort, stopUnsupported } from "./stop-decoding.ts";

const SNAP_LENGTH = 8;
const SNAP_ZERO_OUI_HIGH = 0xaaaa0300;

export function decodeLlc(
  view: DataView,
  offset: number,
  end: number,
  packet: PacketView,
  isOutermost: boolean,
): void {
  // Other LLC frames may be shorter than a SNAP header: only what starts like one can be cut.
  if (offset + 2 <= end && view.getUint16(offset) !== 0xaaaa) {
    return stopUnsupported(packet, Layer.Link, offset);
  }
  if (offset + SNAP_LENGTH > end) return stopShort(packet, Layer.Link, offset, SNAP_LENGTH, end);
  if (view.getUint32(offset) !== SNAP_ZERO_OUI_HIGH || view.getUint16(offset + 4) !== 0) {
    return stopUnsupported(packet, Layer.Link, offset);
  }
  const etherType = view.getUint16(offset + 6);
  decodeEtherType(view, offset + SNAP_LENGTH, end, packet, etherType, isOutermost);
}
