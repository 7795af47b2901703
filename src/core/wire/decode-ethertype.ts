/** From an ethertype to the IP header behind it, through VLAN tags, MPLS labels, PPPoE and NSH. */
import { MAX_VLAN_TAGS } from "../limits.ts";
import { DecodeStop, Layer } from "./decode-stop.ts";
import { EtherType } from "./ether-type.ts";
import { decodeIpv4 } from "./ipv4.ts";
import { decodeIpv6 } from "./ipv6.ts";
import { decodeMpls } from "./mpls.ts";
import { decodeNsh } from "./nsh.ts";
import type { PacketView } from "./packet-view.ts";
import { decodePppoe } from "./pppoe.ts";
import { stopTooDeep, stopUnsupported } from "./stop-decoding.ts";
import { decodeVlanTag, isVlanEtherType } from "./vlan.ts";

/**
 * Decodes what `etherType` announces at `offset`. `isOutermost`: the frame is the captured one, whose tags and type belong into
 * the view; those of frames inside tunnels do not.
 */
export function decodeEtherType(
  view: DataView,
  offset: number,
  end: number,
  packet: PacketView,
  etherType: number,
  isOutermost: boolean,
): void {
  let type = etherType;
  let start = offset;
  for (let tags = 0; isVlanEtherType(type); tags++) {
    if (tags === MAX_VLAN_TAGS) return stopTooDeep(packet, Layer.Vlan, start, MAX_VLAN_TAGS);
    type = decodeVlanTag(view, start, end, packet, isOutermost);
    if (packet.stop !== DecodeStop.None) return;
    start += 4;
  }
  if (isOutermost) packet.etherType = type;
  if (type === EtherType.Ipv4) return decodeIpv4(view, start, end, packet);
  if (type === EtherType.Ipv6) return decodeIpv6(view, start, end, packet);
  switch (type) {
    case EtherType.Arp:
      // Its addresses are of no use to podpath; that it is ARP is all that the accounting needs.
      packet.innerIsKnown = 1;
      return;
    case EtherType.MplsUnicast:
    case EtherType.MplsMulticast:
      return decodeMpls(view, start, end, packet);
    case EtherType.PppoeSession:
      return decodePppoe(view, start, end, packet);
    case EtherType.Nsh:
      return decodeNsh(view, start, end, packet);
    default:
      return stopUnsupported(packet, Layer.Link, start);
  }
}
