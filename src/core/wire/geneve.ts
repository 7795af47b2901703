/**
 * Geneve (RFC 8926 section 3.4): overlays of Antrea, OVN and Cilium, and the Gateway Load Balancer.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   |Ver|  Opt Len  |O|C|    Rsvd.  |          Protocol Type        |
 *   |        Virtual Network Identifier (VNI)       |    Reserved   |
 *   |                    Options, Opt Len * 4 bytes                 |
 */
import { Layer } from "./decode-stop.ts";
import { EtherType } from "./ether-type.ts";
import { openTunnel } from "./open-tunnel.ts";
import { Encapsulation, type IpLayer, type PacketView } from "./packet-view.ts";
import { stopShort } from "./stop-decoding.ts";

const HEADER_LENGTH = 8;
const PROTOCOL_TYPE_OFFSET = 2;
const VNI_OFFSET = 4;

/** Opens the datagram's payload when it is Geneve carrying Ethernet, IP or NSH; otherwise the datagram stays an ordinary one. */
export function decodeGeneve(
  view: DataView,
  offset: number,
  end: number,
  packet: PacketView,
  layer: IpLayer,
): void {
  if (layer.payloadLength < HEADER_LENGTH) return;
  if (offset < end && view.getUint8(offset) >>> 6 !== 0) return;
  if (offset + HEADER_LENGTH > end) {
    return stopShort(packet, Layer.Geneve, offset, HEADER_LENGTH, end);
  }
  const etherType = view.getUint16(offset + PROTOCOL_TYPE_OFFSET);
  const isOpened =
    etherType === EtherType.Ethernet ||
    etherType === EtherType.Ipv4 ||
    etherType === EtherType.Ipv6 ||
    etherType === EtherType.Nsh;
  const length = HEADER_LENGTH + (view.getUint8(offset) & 0x3f) * 4;
  if (!isOpened || length > layer.payloadLength) return;
  const vni = view.getUint32(offset + VNI_OFFSET) >>> 8;
  openTunnel(packet, layer, Encapsulation.Geneve, vni, etherType, offset + length, end);
}
