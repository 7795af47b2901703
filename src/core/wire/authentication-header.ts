/**
 * IP Authentication Header (RFC 4302 section 2): it signs a packet and hides nothing, so that it is stepped over.
 *
 *   | next header (1) | length in 4-byte units less 2 (1) | reserved (2) | SPI (4) | sequence (4) | check value ...
 */
import { Layer, LengthSource } from "./decode-stop.ts";
import type { IpLayer, PacketView } from "./packet-view.ts";
import { stopMalformed, stopShort } from "./stop-decoding.ts";

/** Without a check value. */
const MIN_HEADER_LENGTH = 12;

/** Bytes of a header whose length field is `lengthField`. */
export function authenticationHeaderLength(lengthField: number): number {
  return (lengthField + 2) * 4;
}

/** Moves the transport of `layer` behind the header at its start; false and a stop when that is not possible. */
export function skipAuthenticationHeader(
  view: DataView,
  end: number,
  packet: PacketView,
  layer: IpLayer,
): boolean {
  const offset = layer.transportOffset;
  if (offset + MIN_HEADER_LENGTH > end) {
    stopShort(packet, Layer.Ipv6Extension, offset, MIN_HEADER_LENGTH, end);
    return false;
  }
  const length = authenticationHeaderLength(view.getUint8(offset + 1));
  if (length < MIN_HEADER_LENGTH) {
    stopMalformed(
      packet,
      Layer.Ipv6Extension,
      offset,
      MIN_HEADER_LENGTH,
      length,
      LengthSource.HeaderLength,
    );
    return false;
  }
  if (offset + length > end) {
    stopShort(packet, Layer.Ipv6Extension, offset, length, end);
    return false;
  }
  layer.protocol = view.getUint8(offset);
  layer.transportOffset = offset + length;
  layer.transportLength -= length;
  layer.payloadOffset = layer.transportOffset;
  layer.payloadLength = layer.transportLength;
  return true;
}
