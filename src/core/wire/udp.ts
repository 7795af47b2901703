/**
 * UDP (RFC 768), and what is known by its ports, or by contents that can be nothing else.
 *
 *   | source port (2) | destination port (2) | length, header included (2) | checksum (2) |
 */
import { Layer, LengthSource } from "./decode-stop.ts";
import { decodeEspInUdp } from "./esp.ts";
import { decodeGeneve } from "./geneve.ts";
import { decodeOverlayByContent } from "./overlay-by-content.ts";
import { type IpLayer, type PacketView, UdpPortRole } from "./packet-view.ts";
import { stopMalformed, stopShort } from "./stop-decoding.ts";
import { decodeVxlan } from "./vxlan.ts";
import { decodeWireGuard } from "./wireguard.ts";

const HEADER_LENGTH = 8;

export function decodeUdp(
  view: DataView,
  offset: number,
  end: number,
  packet: PacketView,
  layer: IpLayer,
): void {
  layer.payloadLength = Math.max(layer.transportLength - HEADER_LENGTH, 0);
  if (offset + HEADER_LENGTH > end) {
    layer.payloadOffset = end;
    if (offset + 4 <= end) readPorts(view, offset, layer);
    return stopShort(packet, Layer.Udp, offset, HEADER_LENGTH, end);
  }
  readPorts(view, offset, layer);
  layer.payloadOffset = offset + HEADER_LENGTH;

  const length = view.getUint16(offset + 4);
  let datagramEnd = end;
  if (length < HEADER_LENGTH) {
    // Zero means "longer than 65535" in a jumbogram (RFC 2675 section 4) and before segmentation offload.
    if (length !== 0) {
      const source = LengthSource.UdpLength;
      return stopMalformed(packet, Layer.Udp, offset, HEADER_LENGTH, length, source);
    }
  } else if (length > layer.transportLength) {
    // The first fragment of a datagram announces all of it; alone it is as long as the IP header says.
    if (layer.moreFragments === 0) {
      const source = LengthSource.UdpLength;
      return stopMalformed(packet, Layer.Udp, offset, length, layer.transportLength, source);
    }
  } else {
    layer.payloadLength = length - HEADER_LENGTH;
    packet.contentEnd = offset + length;
    if (offset + length < end) {
      datagramEnd = offset + length;
      layer.payloadEnd = datagramEnd;
      packet.endSource = LengthSource.UdpLength;
    }
  }
  decodeByPort(view, datagramEnd, packet, layer);
}

function readPorts(view: DataView, offset: number, layer: IpLayer): void {
  layer.hasPorts = 1;
  layer.srcPort = view.getUint16(offset);
  layer.dstPort = view.getUint16(offset + 2);
}

function decodeByPort(view: DataView, end: number, packet: PacketView, layer: IpLayer): void {
  const toRoles = packet.udpPortRoles[layer.dstPort] ?? 0;
  const roles = toRoles | (packet.udpPortRoles[layer.srcPort] ?? 0);
  if (roles === 0) return decodeOverlayByContent(view, end, packet, layer);
  const offset = layer.payloadOffset;
  // The source port of an overlay is a hash of the inner flow (RFC 7348 section 5): only the destination port tells.
  if (toRoles & UdpPortRole.Vxlan) decodeVxlan(view, offset, end, packet, layer);
  else if (toRoles & UdpPortRole.Geneve) decodeGeneve(view, offset, end, packet, layer);
  else if (roles & UdpPortRole.WireGuard) decodeWireGuard(view, offset, end, layer);
  else if (roles & UdpPortRole.Esp) decodeEspInUdp(view, offset, end, layer);
}
