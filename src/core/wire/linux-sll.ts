/**
 * LINKTYPE_LINUX_SLL: what `tcpdump -i any` wrote before version 2 (https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html).
 *
 *   | packet type (2) | ARPHRD_ (2) | address length (2) | address (8) | protocol (2) |
 *
 * The address is the sender's; there is no interface.
 */
import { decodeEtherType } from "./decode-ethertype.ts";
import { Layer } from "./decode-stop.ts";
import { MIN_ETHER_TYPE } from "./ether-type.ts";
import { decodeLlc } from "./llc.ts";
import type { PacketView } from "./packet-view.ts";
import { stopShort, stopUnsupported } from "./stop-decoding.ts";

const HEADER_LENGTH = 16;
const ADDRESS_LENGTH_OFFSET = 4;
const ADDRESS_OFFSET = 6;
const PROTOCOL_OFFSET = 14;

/** `ARPHRD_NETLINK` (linux/if_arp.h): the protocol field is then a netlink family, not an ethertype. */
const ARPHRD_NETLINK = 824;
/** `ETH_P_802_2` (linux/if_ether.h): an LLC header follows. */
const PROTOCOL_LLC = 4;

export function decodeLinuxSll(
  view: DataView,
  offset: number,
  end: number,
  packet: PacketView,
): void {
  if (offset + HEADER_LENGTH > end)
    return stopShort(packet, Layer.Link, offset, HEADER_LENGTH, end);
  packet.sllPacketType = view.getUint16(offset);
  if (view.getUint16(offset + ADDRESS_LENGTH_OFFSET) === 6) {
    readSllAddress(view, offset + ADDRESS_OFFSET, packet);
  }
  decodeSllProtocol(
    view,
    offset + HEADER_LENGTH,
    end,
    packet,
    view.getUint16(offset + 2),
    view.getUint16(offset + PROTOCOL_OFFSET),
  );
}

/** The sender's MAC address; the receiver's is not in a cooked header. */
export function readSllAddress(view: DataView, offset: number, packet: PacketView): void {
  packet.hasMac = 1;
  packet.srcMacHigh = view.getUint16(offset);
  packet.srcMacLow = view.getUint32(offset + 2);
}

/** What follows either kind of cooked header. */
export function decodeSllProtocol(
  view: DataView,
  offset: number,
  end: number,
  packet: PacketView,
  hardwareType: number,
  protocol: number,
): void {
  if (hardwareType === ARPHRD_NETLINK) return stopUnsupported(packet, Layer.Link, offset);
  if (protocol >= MIN_ETHER_TYPE) return decodeEtherType(view, offset, end, packet, protocol, true);
  if (protocol === PROTOCOL_LLC) return decodeLlc(view, offset, end, packet, true);
  stopUnsupported(packet, Layer.Link, offset);
}
