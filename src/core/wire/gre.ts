/**
 * GRE (RFC 2784, RFC 2890): IP, Ethernet (transparent bridging; NVGRE, RFC 7637), MPLS (RFC 4023), NSH (RFC 8300), or an ERSPAN mirror
 * (draft-foschiano-erspan).
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   |C|R|K|S|       Reserved0       | Ver |         Protocol Type   |
 *   |  Checksum (C) and Reserved1   |  Key (K)  |  Sequence (S) ... |
 *
 *   ERSPAN II:   | ver 1 (4), VLAN (12), CoS, En, T (6), session id (10), index (32) |
 *   ERSPAN III:  | ver 2 (4), VLAN (12), ..., session id (10), ... | 12 bytes, 20 with the platform subheader (O, last bit) |
 */
import { Layer } from "./decode-stop.ts";
import { EtherType } from "./ether-type.ts";
import { openTunnel } from "./open-tunnel.ts";
import { Encapsulation, type IpLayer, type PacketView } from "./packet-view.ts";
import { stopShort, stopUnsupported } from "./stop-decoding.ts";

const MIN_HEADER_LENGTH = 4;
const FLAG_CHECKSUM = 0x8000;
const FLAG_ROUTING = 0x4000;
const FLAG_KEY = 0x2000;
const FLAG_SEQUENCE = 0x1000;
const VERSION_MASK = 0x0007;
const ERSPAN_II_LENGTH = 8;
const ERSPAN_III_LENGTH = 12;
const ERSPAN_III_SUBHEADER_LENGTH = 8;
const ERSPAN_SESSION_MASK = 0x03ff;

/**
 * Opens version 0 without source routing. `vni` becomes the key (of NVGRE: network identifier and flow id together), or the
 * session id of an ERSPAN header. Version 1 (PPTP, RFC 2637) and other contents leave a plain GRE flow, stop Unsupported.
 */
export function decodeGre(
  view: DataView,
  offset: number,
  end: number,
  packet: PacketView,
  layer: IpLayer,
): void {
  if (offset + MIN_HEADER_LENGTH > end) {
    return stopShort(packet, Layer.Gre, offset, MIN_HEADER_LENGTH, end);
  }
  const flags = view.getUint16(offset);
  const protocolType = view.getUint16(offset + 2);
  if ((flags & (VERSION_MASK | FLAG_ROUTING)) !== 0) {
    return stopUnsupported(packet, Layer.Gre, offset);
  }
  const keyOffset = offset + MIN_HEADER_LENGTH + (flags & FLAG_CHECKSUM ? 4 : 0);
  const sequenceOffset = keyOffset + (flags & FLAG_KEY ? 4 : 0);
  const start = sequenceOffset + (flags & FLAG_SEQUENCE ? 4 : 0);
  if (start > end) return stopShort(packet, Layer.Gre, offset, start - offset, end);
  layer.payloadOffset = start;
  layer.payloadLength = Math.max(layer.transportLength - (start - offset), 0);

  const key = flags & FLAG_KEY ? view.getUint32(keyOffset) : -1;
  switch (protocolType) {
    case EtherType.Ipv4:
    case EtherType.Ipv6:
    case EtherType.MplsUnicast:
    case EtherType.MplsMulticast:
    case EtherType.Nsh:
      return openTunnel(packet, layer, Encapsulation.Gre, key, protocolType, start, end);
    case EtherType.Ethernet:
      return openTunnel(packet, layer, Encapsulation.GreTeb, key, protocolType, start, end);
    case EtherType.ErspanII:
      // Type I has neither a sequence number nor a header of its own.
      if ((flags & FLAG_SEQUENCE) === 0) {
        return openTunnel(packet, layer, Encapsulation.GreTeb, key, EtherType.Ethernet, start, end);
      }
      return openErspan(view, start, ERSPAN_II_LENGTH, end, packet, layer);
    case EtherType.ErspanIII:
      return openErspan(view, start, ERSPAN_III_LENGTH, end, packet, layer);
    default:
      return stopUnsupported(packet, Layer.Gre, offset);
  }
}

function openErspan(
  view: DataView,
  offset: number,
  headerLength: number,
  end: number,
  packet: PacketView,
  layer: IpLayer,
): void {
  if (offset + headerLength > end) return stopShort(packet, Layer.Gre, offset, headerLength, end);
  const session = view.getUint16(offset + 2) & ERSPAN_SESSION_MASK;
  let start = offset + headerLength;
  if (headerLength === ERSPAN_III_LENGTH && (view.getUint8(offset + 11) & 1) !== 0) {
    start += ERSPAN_III_SUBHEADER_LENGTH;
  }
  openTunnel(packet, layer, Encapsulation.GreTeb, session, EtherType.Ethernet, start, end);
}
