/**
 * PPPoE session frames (RFC 2516 section 4).
 *
 *   | version 1, type 1 | code 00 | session id (2) | length (2) | PPP protocol ...
 */
import { Layer, LengthSource } from "./decode-stop.ts";
import type { PacketView } from "./packet-view.ts";
import { decodePppProtocol } from "./ppp-protocol.ts";
import { stopMalformed, stopShort, stopUnsupported } from "./stop-decoding.ts";

const HEADER_LENGTH = 6;
const VERSION_AND_TYPE = 0x11;
const CODE_SESSION = 0;

export function decodePppoe(view: DataView, offset: number, end: number, packet: PacketView): void {
  if (offset + HEADER_LENGTH > end) {
    return stopShort(packet, Layer.Pppoe, offset, HEADER_LENGTH, end);
  }
  if (view.getUint8(offset) !== VERSION_AND_TYPE) {
    return stopMalformed(packet, Layer.Pppoe, offset, HEADER_LENGTH, 0, LengthSource.HeaderLength);
  }
  // Discovery (RFC 2516 section 5) carries no packets.
  if (view.getUint8(offset + 1) !== CODE_SESSION) {
    return stopUnsupported(packet, Layer.Pppoe, offset);
  }
  decodePppProtocol(view, offset + HEADER_LENGTH, end, packet);
}
