/**
 * SCTP common header (RFC 9260 section 3.1). Chunks are not read.
 *
 *   | source port (2) | destination port (2) | verification tag (4) | checksum (4) |
 */
import { Layer } from "./decode-stop.ts";
import type { IpLayer, PacketView } from "./packet-view.ts";
import { stopShort } from "./stop-decoding.ts";

const HEADER_LENGTH = 12;

export function decodeSctp(
  view: DataView,
  offset: number,
  end: number,
  packet: PacketView,
  layer: IpLayer,
): void {
  layer.payloadLength = Math.max(layer.transportLength - HEADER_LENGTH, 0);
  layer.payloadOffset = Math.min(offset + HEADER_LENGTH, end);
  if (offset + 4 <= end) {
    layer.hasPorts = 1;
    layer.srcPort = view.getUint16(offset);
    layer.dstPort = view.getUint16(offset + 2);
  }
  if (offset + HEADER_LENGTH > end) stopShort(packet, Layer.Sctp, offset, HEADER_LENGTH, end);
}
