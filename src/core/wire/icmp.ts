/** What ICMP (RFC 792) and ICMPv6 (RFC 4443) have in common: the 8-byte header and the identifier of queries. */
import { Layer } from "./decode-stop.ts";
import type { IpLayer, PacketView } from "./packet-view.ts";
import { stopShort } from "./stop-decoding.ts";

const HEADER_LENGTH = 8;

/** Type, code and the extent of what follows the header; false and a stop when the header is cut. */
export function readIcmpHeader(
  view: DataView,
  offset: number,
  end: number,
  packet: PacketView,
  layer: IpLayer,
): boolean {
  layer.payloadLength = Math.max(layer.transportLength - HEADER_LENGTH, 0);
  layer.payloadOffset = Math.min(offset + HEADER_LENGTH, end);
  if (offset + 2 <= end) {
    layer.icmpType = view.getUint8(offset);
    layer.icmpCode = view.getUint8(offset + 1);
  }
  if (offset + HEADER_LENGTH <= end) return true;
  stopShort(packet, Layer.Icmp, offset, HEADER_LENGTH, end);
  return false;
}

/** The identifier stands for both ports, as in conntrack's tuples: the reply has the same one. */
export function decodeIcmpQuery(view: DataView, offset: number, layer: IpLayer): void {
  layer.hasPorts = 1;
  layer.srcPort = view.getUint16(offset + 4);
  layer.dstPort = layer.srcPort;
  layer.icmpSequence = view.getUint16(offset + 6);
}
