/**
 * IPv4 (RFC 791 section 3.1).
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   |Version|  IHL  |Type of Service|          Total Length         |
 *   |         Identification        |Flags|      Fragment Offset    |
 *   |  Time to Live |    Protocol   |         Header Checksum       |
 *   |                         Source Address                        |
 *   |                      Destination Address                      |
 *   |                    Options ...                                |
 */
import { MAX_IP_LAYERS } from "../limits.ts";
import { skipAuthenticationHeader } from "./authentication-header.ts";
import { decodeIpProtocol } from "./decode-ip-protocol.ts";
import { DecodeStop, Layer, LengthSource } from "./decode-stop.ts";
import { IpProtocol } from "./ip-protocol.ts";
import type { IpLayer, PacketView } from "./packet-view.ts";
import { stopMalformed, stopShort, stopTooDeep } from "./stop-decoding.ts";

const MIN_HEADER_LENGTH = 20;
const MORE_FRAGMENTS = 0x2000;
const FRAGMENT_OFFSET_MASK = 0x1fff;

/** Adds an IP layer and goes on to its transport. The layer is added once its fixed 20 bytes are sound. */
export function decodeIpv4(view: DataView, offset: number, end: number, packet: PacketView): void {
  if (offset >= end) {
    stopShort(packet, Layer.Ipv4, offset, MIN_HEADER_LENGTH, end);
    // Announced and cut off by the snaplen is a tunnel; announced in a tunnel that ends here is not.
    if (packet.stop === DecodeStop.Truncated) packet.innerIsKnown = 1;
    return;
  }
  const versionAndLength = view.getUint8(offset);
  if (versionAndLength >>> 4 !== 4) {
    return stopMalformed(
      packet,
      Layer.Ipv4,
      offset,
      4,
      versionAndLength >>> 4,
      LengthSource.HeaderLength,
    );
  }
  packet.innerIsKnown = 1;
  if (offset + MIN_HEADER_LENGTH > end) {
    return stopShort(packet, Layer.Ipv4, offset, MIN_HEADER_LENGTH, end);
  }
  const headerLength = (versionAndLength & 0x0f) * 4;
  if (headerLength < MIN_HEADER_LENGTH) {
    return stopMalformed(
      packet,
      Layer.Ipv4,
      offset,
      MIN_HEADER_LENGTH,
      headerLength,
      LengthSource.HeaderLength,
    );
  }
  let totalLength = view.getUint16(offset + 2);
  const isLengthKnown = totalLength !== 0;
  // Zero: the packet was captured before segmentation offload (TSO), or is longer than 65535 bytes (BIG TCP).
  if (!isLengthKnown) totalLength = Math.max(packet.contentEnd - offset, headerLength);
  if (totalLength < headerLength) {
    return stopMalformed(
      packet,
      Layer.Ipv4,
      offset,
      headerLength,
      totalLength,
      LengthSource.Ipv4TotalLength,
    );
  }
  const layer = packet.layers[packet.depth];
  if (layer === undefined) return stopTooDeep(packet, Layer.Ipv4, offset, MAX_IP_LAYERS);
  packet.depth++;
  layer.reset();
  readHeader(view, offset, layer);
  packet.contentEnd = offset + totalLength;
  let ipEnd = end;
  if (isLengthKnown && offset + totalLength <= end) {
    ipEnd = offset + totalLength;
    packet.endSource = LengthSource.Ipv4TotalLength;
  }
  decodeContents(view, offset, headerLength, totalLength, ipEnd, packet, layer);
}

function readHeader(view: DataView, offset: number, layer: IpLayer): void {
  const flagsAndOffset = view.getUint16(offset + 6);
  layer.version = 4;
  layer.headerOffset = offset;
  layer.ipId = view.getUint16(offset + 4);
  layer.fragmentOffset = (flagsAndOffset & FRAGMENT_OFFSET_MASK) * 8;
  layer.moreFragments = flagsAndOffset & MORE_FRAGMENTS ? 1 : 0;
  layer.ttl = view.getUint8(offset + 8);
  layer.protocol = view.getUint8(offset + 9);
  layer.src0 = view.getInt32(offset + 12);
  layer.dst0 = view.getInt32(offset + 16);
}

function decodeContents(
  view: DataView,
  offset: number,
  headerLength: number,
  totalLength: number,
  end: number,
  packet: PacketView,
  layer: IpLayer,
): void {
  layer.transportOffset = offset + headerLength;
  layer.transportLength = totalLength - headerLength;
  layer.payloadOffset = Math.min(layer.transportOffset, end);
  layer.payloadEnd = end;
  layer.payloadLength = layer.transportLength;
  if (layer.transportOffset > end) return stopShort(packet, Layer.Ipv4, offset, headerLength, end);
  if (layer.fragmentOffset !== 0) return;
  if (layer.moreFragments === 1) packet.inFragment = 1;
  if (layer.protocol === IpProtocol.AuthenticationHeader) {
    if (!skipAuthenticationHeader(view, end, packet, layer)) return;
  }
  decodeIpProtocol(view, layer.transportOffset, end, packet, layer);
}
