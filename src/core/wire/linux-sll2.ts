/**
 * LINKTYPE_LINUX_SLL2: what `tcpdump -i any` writes (https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL2.html).
 *
 *   | protocol (2) | reserved (2) | interface index (4) | ARPHRD_ (2) | packet type (1) | address length (1) | address (8) |
 */
import { Layer } from "./decode-stop.ts";
import { decodeSllProtocol, readSllAddress } from "./linux-sll.ts";
import type { PacketView } from "./packet-view.ts";
import { stopShort } from "./stop-decoding.ts";

const HEADER_LENGTH = 20;
const INTERFACE_OFFSET = 4;
const HARDWARE_TYPE_OFFSET = 8;
const PACKET_TYPE_OFFSET = 10;
const ADDRESS_LENGTH_OFFSET = 11;
const ADDRESS_OFFSET = 12;

export function decodeLinuxSll2(
  view: DataView,
  offset: number,
  end: number,
  packet: PacketView,
): void {
  if (offset + HEADER_LENGTH > end)
    return stopShort(packet, Layer.Link, offset, HEADER_LENGTH, end);
  packet.sllInterface = view.getUint32(offset + INTERFACE_OFFSET);
  packet.sllPacketType = view.getUint8(offset + PACKET_TYPE_OFFSET);
  if (view.getUint8(offset + ADDRESS_LENGTH_OFFSET) === 6) {
    readSllAddress(view, offset + ADDRESS_OFFSET, packet);
  }
  decodeSllProtocol(
    view,
    offset + HEADER_LENGTH,
    end,
    packet,
    view.getUint16(offset + HARDWARE_TYPE_OFFSET),
    view.getUint16(offset),
  );
}
