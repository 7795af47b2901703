/**
 * VXLAN (RFC 7348 section 5): the mark of an overlay, or of VPC traffic mirroring. Which UDP ports carry it is configuration
 * (settings.ts), not known here; on other ports overlay-by-content.ts asks for more before it calls a datagram VXLAN.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   |G|R|R|R|I|P|R|R|            Reserved           | Next protocol |
 *   |                VXLAN Network Identifier (VNI) |   Reserved    |
 *
 * G is Linux's and Cilium's group policy extension, which changes nothing for the contents; P is VXLAN-GPE
 * (draft-ietf-nvo3-vxlan-gpe section 3), whose contents need not be Ethernet.
 */
import { Layer } from "./decode-stop.ts";
import { EtherType } from "./ether-type.ts";
import { nextProtocolEtherType } from "./nsh.ts";
import { openTunnel } from "./open-tunnel.ts";
import { Encapsulation, type IpLayer, type PacketView } from "./packet-view.ts";
import { stopShort, stopUnsupported } from "./stop-decoding.ts";

const HEADER_LENGTH = 8;
const FLAG_VNI_VALID = 0x08;
const FLAG_NEXT_PROTOCOL = 0x04;
const NEXT_PROTOCOL_OFFSET = 3;
const VNI_OFFSET = 4;

/** Opens the datagram's payload when it is VXLAN; otherwise the datagram stays an ordinary one. */
export function decodeVxlan(
  view: DataView,
  offset: number,
  end: number,
  packet: PacketView,
  layer: IpLayer,
): void {
  if (layer.payloadLength < HEADER_LENGTH) return;
  if (offset < end && (view.getUint8(offset) & FLAG_VNI_VALID) === 0) return;
  if (offset + HEADER_LENGTH > end) {
    return stopShort(packet, Layer.Vxlan, offset, HEADER_LENGTH, end);
  }
  const isGpe = (view.getUint8(offset) & FLAG_NEXT_PROTOCOL) !== 0;
  const nextProtocol = isGpe ? view.getUint8(offset + NEXT_PROTOCOL_OFFSET) : 0;
  // Without a next protocol the flag is one that RFC 7348 tells a receiver to ignore.
  const etherType = nextProtocol === 0 ? EtherType.Ethernet : nextProtocolEtherType(nextProtocol);
  if (etherType === 0) return stopUnsupported(packet, Layer.Vxlan, offset);
  const vni = view.getUint32(offset + VNI_OFFSET) >>> 8;
  openTunnel(packet, layer, Encapsulation.Vxlan, vni, etherType, offset + HEADER_LENGTH, end);
}
