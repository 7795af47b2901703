/**
 * TCP (RFC 9293 section 3.1).
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   |          Source Port          |       Destination Port        |
 *   |                        Sequence Number                        |
 *   |                    Acknowledgment Number                      |
 *   | Offset| Rsrvd |C|E|U|A|P|R|S|F|             Window            |
 *   |           Checksum            |         Urgent Pointer        |
 *   |                           [Options]                           |
 */
import { Layer, LengthSource } from "./decode-stop.ts";
import { type IpLayer, type PacketView, TcpFlag } from "./packet-view.ts";
import { stopMalformed, stopShort } from "./stop-decoding.ts";
import { hashSynOptions } from "./tcp-options.ts";

const MIN_HEADER_LENGTH = 20;

/** Ports, sequence numbers, flags and the extent of the segment's payload. Of a cut header, what is there is read. */
export function decodeTcp(
  view: DataView,
  offset: number,
  end: number,
  packet: PacketView,
  layer: IpLayer,
): void {
  layer.payloadLength = 0;
  if (offset + MIN_HEADER_LENGTH > end) {
    readCutHeader(view, offset, end, layer);
    return stopShort(packet, Layer.Tcp, offset, MIN_HEADER_LENGTH, end);
  }
  layer.hasPorts = 1;
  layer.srcPort = view.getUint16(offset);
  layer.dstPort = view.getUint16(offset + 2);
  layer.tcpSequence = view.getUint32(offset + 4);
  layer.tcpAck = view.getUint32(offset + 8);
  layer.tcpFlags = view.getUint8(offset + 13);
  layer.tcpWindow = view.getUint16(offset + 14);

  const headerLength = (view.getUint8(offset + 12) >>> 4) * 4;
  const isTooSmall = headerLength < MIN_HEADER_LENGTH;
  const isTooLarge = headerLength > layer.transportLength && layer.moreFragments === 0;
  if (isTooSmall || isTooLarge) {
    layer.payloadOffset = end;
    const required = isTooSmall ? MIN_HEADER_LENGTH : headerLength;
    const available = isTooSmall ? headerLength : layer.transportLength;
    const source = LengthSource.HeaderLength;
    return stopMalformed(packet, Layer.Tcp, offset, required, available, source);
  }
  const payloadOffset = offset + headerLength;
  if (payloadOffset > end) {
    layer.payloadOffset = end;
    layer.payloadLength = Math.max(layer.transportLength - headerLength, 0);
    return stopShort(packet, Layer.Tcp, offset, headerLength, end);
  }
  layer.payloadOffset = payloadOffset;
  layer.payloadLength = layer.transportLength - headerLength;
  if (layer.tcpFlags & TcpFlag.Syn) {
    layer.tcpSynOptions = hashSynOptions(view, offset + MIN_HEADER_LENGTH, payloadOffset);
  }
}

/** Fewer than 20 bytes: a short snaplen still leaves the ports, perhaps the sequence number. */
function readCutHeader(view: DataView, offset: number, end: number, layer: IpLayer): void {
  layer.payloadOffset = end;
  if (offset + 4 > end) return;
  layer.hasPorts = 1;
  layer.srcPort = view.getUint16(offset);
  layer.dstPort = view.getUint16(offset + 2);
  // Flags make a sequence number usable (is it an ISN?), so that only both together are taken.
  if (offset + 14 > end) return;
  layer.tcpSequence = view.getUint32(offset + 4);
  layer.tcpAck = view.getUint32(offset + 8);
  layer.tcpFlags = view.getUint8(offset + 13);
  layer.payloadLength = Math.max(
    layer.transportLength - Math.max((view.getUint8(offset + 12) >>> 4) * 4, MIN_HEADER_LENGTH),
    0,
  );
}
