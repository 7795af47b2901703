/**
 * VLAN tags: IEEE 802.1Q clause 9 (0x8100), 802.1ad service tags (0x88a8) and their forerunner (0x9100). Branch ENIs of
 * security groups for pods are told apart by them.
 *
 *   0                   1                   2                   3
 *   |PCP |D|      VLAN id          |      ethertype of what follows      |
 */
import { Layer } from "./decode-stop.ts";
import { EtherType } from "./ether-type.ts";
import type { PacketView } from "./packet-view.ts";
import { stopShort } from "./stop-decoding.ts";

const TAG_LENGTH = 4;

export function isVlanEtherType(etherType: number): boolean {
  return (
    etherType === EtherType.Vlan ||
    etherType === EtherType.VlanService ||
    etherType === EtherType.VlanLegacy
  );
}

/**
 * Reads the tag control field and the next ethertype, which is returned (0 and a stop when the tag is cut). Id 0 marks a
 * priority tag, which puts the frame into no VLAN (802.1Q clause 9.6): it counts as a tag, not as an id.
 */
export function decodeVlanTag(
  view: DataView,
  offset: number,
  end: number,
  packet: PacketView,
  isOutermost: boolean,
): number {
  if (offset + TAG_LENGTH > end) {
    stopShort(packet, Layer.Vlan, offset, TAG_LENGTH, end);
    return 0;
  }
  if (isOutermost) {
    const id = view.getUint16(offset) & 0x0fff;
    packet.vlanTags++;
    if (id !== 0) {
      if (packet.vlan < 0) packet.vlan = id;
      packet.innerVlan = id;
    }
  }
  return view.getUint16(offset + 2);
}
