/**
 * Ethernet II and IEEE 802.3 frames, without preamble and FCS.
 *
 *   |  destination (6)  |  source (6)  |  ethertype or length (2)  |  payload, perhaps padded to 46 bytes ...
 */
import { decodeEtherType } from "./decode-ethertype.ts";
import { Layer } from "./decode-stop.ts";
import { MIN_ETHER_TYPE } from "./ether-type.ts";
import { decodeLlc } from "./llc.ts";
import type { PacketView } from "./packet-view.ts";
import { stopShort } from "./stop-decoding.ts";

const HEADER_LENGTH = 14;

/** The captured frame: its addresses and tags go into the view. */
export function decodeEthernet(
  view: DataView,
  offset: number,
  end: number,
  packet: PacketView,
): void {
  if (offset + HEADER_LENGTH > end)
    return stopShort(packet, Layer.Link, offset, HEADER_LENGTH, end);
  packet.hasMac = 1;
  packet.dstMacHigh = view.getUint16(offset);
  packet.dstMacLow = view.getUint32(offset + 2);
  packet.srcMacHigh = view.getUint16(offset + 6);
  packet.srcMacLow = view.getUint32(offset + 8);
  decodeTypeOrLength(view, offset, end, packet, true);
}

/** A frame inside a tunnel: only what it carries is of interest. */
export function decodeInnerEthernet(
  view: DataView,
  offset: number,
  end: number,
  packet: PacketView,
): void {
  if (offset + HEADER_LENGTH > end)
    return stopShort(packet, Layer.Link, offset, HEADER_LENGTH, end);
  decodeTypeOrLength(view, offset, end, packet, false);
}

function decodeTypeOrLength(
  view: DataView,
  offset: number,
  end: number,
  packet: PacketView,
  isOutermost: boolean,
): void {
  const type = view.getUint16(offset + 12);
  const start = offset + HEADER_LENGTH;
  if (type >= MIN_ETHER_TYPE) decodeEtherType(view, start, end, packet, type, isOutermost);
  else decodeLlc(view, start, end, packet, isOutermost);
}
