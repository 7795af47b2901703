/**
 * IPv6 extension headers (RFC 8200 section 4, RFC 6564).
 *
 *   | next header (1) | length in 8-byte units less 1 (1) | ...                                            the common form
 *   | next header (1) | reserved (1) | offset (13 bits), 00, more fragments (1 bit) | identification (4) |  fragment header
 */
import { MAX_IPV6_EXTENSIONS } from "../limits.ts";
import { skipAuthenticationHeader } from "./authentication-header.ts";
import { Layer } from "./decode-stop.ts";
import { IpProtocol } from "./ip-protocol.ts";
import type { IpLayer, PacketView } from "./packet-view.ts";
import { stopShort, stopTooDeep } from "./stop-decoding.ts";

/** Length of a fragment header, and the shortest of the others. */
const MIN_EXTENSION_LENGTH = 8;

/** Whether the protocol number is an extension header of the common form (not the fragment and authentication headers). */
export function isCommonExtension(protocol: number): boolean {
  switch (protocol) {
    case IpProtocol.HopByHop:
    case IpProtocol.Routing:
    case IpProtocol.DestinationOptions:
    case IpProtocol.Mobility:
    case IpProtocol.Hip:
    case IpProtocol.Shim6:
      return true;
    default:
      return false;
  }
}

/** Bytes of a header of the common form whose length field is `lengthField`. */
export function commonExtensionLength(lengthField: number): number {
  return (lengthField + 1) * 8;
}

/**
 * Moves the transport of `layer` behind its extension headers and sets its protocol and fragment fields. Stops at the header of
 * a later fragment: what follows is the middle of something. False and a stop when a header cannot be read.
 */
export function skipIpv6Extensions(
  view: DataView,
  end: number,
  packet: PacketView,
  layer: IpLayer,
): boolean {
  for (let headers = 0; ; headers++) {
    const protocol = layer.protocol;
    const isFragment = protocol === IpProtocol.Fragment;
    const isAuthentication = protocol === IpProtocol.AuthenticationHeader;
    if (!isFragment && !isAuthentication && !isCommonExtension(protocol)) return true;
    const offset = layer.transportOffset;
    if (headers === MAX_IPV6_EXTENSIONS) {
      stopTooDeep(packet, Layer.Ipv6Extension, offset, MAX_IPV6_EXTENSIONS);
      return false;
    }
    if (isAuthentication) {
      if (!skipAuthenticationHeader(view, end, packet, layer)) return false;
      continue;
    }
    if (offset + MIN_EXTENSION_LENGTH > end) {
      stopShort(packet, Layer.Ipv6Extension, offset, MIN_EXTENSION_LENGTH, end);
      return false;
    }
    const length = isFragment
      ? MIN_EXTENSION_LENGTH
      : commonExtensionLength(view.getUint8(offset + 1));
    if (offset + length > end) {
      stopShort(packet, Layer.Ipv6Extension, offset, length, end);
      return false;
    }
    if (isFragment) readFragmentHeader(view, offset, layer);
    layer.protocol = view.getUint8(offset);
    layer.transportOffset = offset + length;
    layer.transportLength -= length;
    if (layer.fragmentOffset !== 0) return true;
  }
}

function readFragmentHeader(view: DataView, offset: number, layer: IpLayer): void {
  const offsetAndFlags = view.getUint16(offset + 2);
  layer.fragmentOffset = offsetAndFlags & 0xfff8;
  layer.moreFragments = offsetAndFlags & 1;
  layer.ipId = view.getUint32(offset + 4);
}
