/**
 * PPP (RFC 1661, in HDLC-like framing RFC 1662) and Cisco HDLC, as link types 9, 50, 104 and 204 and inside PPPoE.
 *
 *   | address ff | control 03 | protocol (2) | ...      the first two are often left out, and the protocol's leading 00 may be
 *   | 0f or 8f   | 00         | ethertype (2) | ...     Cisco HDLC
 */
import { decodeEtherType } from "./decode-ethertype.ts";
import { Layer } from "./decode-stop.ts";
import type { PacketView } from "./packet-view.ts";
import { decodePppProtocol } from "./ppp-protocol.ts";
import { stopShort, stopUnsupported } from "./stop-decoding.ts";

const ADDRESS_AND_CONTROL = 0xff03;
const CISCO_UNICAST = 0x0f00;
const CISCO_BROADCAST = 0x8f00;

/** A PPP frame with or without address and control, or a Cisco HDLC one, as LINKTYPE_PPP and LINKTYPE_PPP_HDLC allow. */
export function decodePpp(view: DataView, offset: number, end: number, packet: PacketView): void {
  if (offset + 2 > end) return stopShort(packet, Layer.Link, offset, 2, end);
  const first = view.getUint16(offset);
  if (first === ADDRESS_AND_CONTROL) return decodePppProtocol(view, offset + 2, end, packet);
  if (first === CISCO_UNICAST || first === CISCO_BROADCAST) {
    return decodeCiscoHdlc(view, offset, end, packet);
  }
  decodePppProtocol(view, offset, end, packet);
}

/** LINKTYPE_C_HDLC; some files of that type hold PPP, whose address byte is ff. */
export function decodeCiscoHdlc(
  view: DataView,
  offset: number,
  end: number,
  packet: PacketView,
): void {
  if (offset + 4 > end) return stopShort(packet, Layer.Link, offset, 4, end);
  const addressAndControl = view.getUint16(offset);
  if (addressAndControl === ADDRESS_AND_CONTROL) {
    return decodePppProtocol(view, offset + 2, end, packet);
  }
  if (addressAndControl !== CISCO_UNICAST && addressAndControl !== CISCO_BROADCAST) {
    return stopUnsupported(packet, Layer.Link, offset);
  }
  decodeEtherType(view, offset + 4, end, packet, view.getUint16(offset + 2), true);
}
