/**
 * IPv6 (RFC 8200 section 3).
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   |Version| Traffic Class |              Flow Label               |
 *   |         Payload Length        |  Next Header  |   Hop Limit   |
 *   |                    Source Address (16)                        |
 *   |                    Destination Address (16)                   |
 */
import { MAX_IP_LAYERS } from "../limits.ts";
import { decodeIpProtocol } from "./decode-ip-protocol.ts";
import { DecodeStop, Layer, LengthSource } from "./decode-stop.ts";
import { IpProtocol } from "./ip-protocol.ts";
import { skipIpv6Extensions } from "./ipv6-extension.ts";
import { readJumboPayloadLength } from "./ipv6-jumbo.ts";
import type { IpLayer, PacketView } from "./packet-view.ts";
import { stopMalformed, stopShort, stopTooDeep } from "./stop-decoding.ts";

const HEADER_LENGTH = 40;

/** Adds an IP layer, steps over extension headers and goes on to the transport. */
export function decodeIpv6(view: DataView, offset: number, end: number, packet: PacketView): void {
  if (offset >= end) {
    stopShort(packet, Layer.Ipv6, offset, HEADER_LENGTH, end);
    // Announced and cut off by the snaplen is a tunnel; announced in a tunnel that ends here is not.
    if (packet.stop === DecodeStop.Truncated) packet.innerIsKnown = 1;
    return;
  }
  const version = view.getUint8(offset) >>> 4;
  if (version !== 6) {
    return stopMalformed(packet, Layer.Ipv6, offset, 6, version, LengthSource.HeaderLength);
  }
  packet.innerIsKnown = 1;
  if (offset + HEADER_LENGTH > end)
    return stopShort(packet, Layer.Ipv6, offset, HEADER_LENGTH, end);
  const layer = packet.layers[packet.depth];
  if (layer === undefined) return stopTooDeep(packet, Layer.Ipv6, offset, MAX_IP_LAYERS);
  packet.depth++;
  layer.reset();
  readHeader(view, offset, layer);

  const start = offset + HEADER_LENGTH;
  const lengthField = view.getUint16(offset + 4);
  const length =
    lengthField !== 0 ? lengthField : longPayloadLength(view, start, end, packet, layer);
  packet.contentEnd = start + length;
  let ipEnd = end;
  if (packet.contentEnd <= end) {
    ipEnd = packet.contentEnd;
    if (lengthField !== 0) packet.endSource = LengthSource.Ipv6PayloadLength;
  }
  layer.transportOffset = start;
  layer.transportLength = length;
  layer.payloadEnd = ipEnd;
  const isReadable = skipIpv6Extensions(view, ipEnd, packet, layer);
  layer.payloadOffset = Math.min(layer.transportOffset, ipEnd);
  layer.payloadLength = layer.transportLength;
  if (!isReadable || layer.fragmentOffset !== 0) return;
  if (layer.moreFragments === 1) packet.inFragment = 1;
  decodeIpProtocol(view, layer.transportOffset, ipEnd, packet, layer);
}

function readHeader(view: DataView, offset: number, layer: IpLayer): void {
  layer.version = 6;
  layer.headerOffset = offset;
  layer.protocol = view.getUint8(offset + 6);
  layer.ttl = view.getUint8(offset + 7);
  layer.src0 = view.getInt32(offset + 8);
  layer.src1 = view.getInt32(offset + 12);
  layer.src2 = view.getInt32(offset + 16);
  layer.src3 = view.getInt32(offset + 20);
  layer.dst0 = view.getInt32(offset + 24);
  layer.dst1 = view.getInt32(offset + 28);
  layer.dst2 = view.getInt32(offset + 32);
  layer.dst3 = view.getInt32(offset + 36);
}

/** A length field of 0: nothing follows, or a jumbogram (RFC 2675), or a packet from before segmentation offload. */
function longPayloadLength(
  view: DataView,
  start: number,
  end: number,
  packet: PacketView,
  layer: IpLayer,
): number {
  if (layer.protocol === IpProtocol.NoNextHeader) return 0;
  const onTheWire = Math.max(packet.contentEnd - start, 0);
  if (layer.protocol !== IpProtocol.HopByHop) return onTheWire;
  const jumbo = readJumboPayloadLength(view, start, end);
  return jumbo > 0 ? jumbo : onTheWire;
}
