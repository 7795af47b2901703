/**
 * What all tunnels share: the carrying layer is marked and its contents are left in the view for the loop of decode-link.ts.
 * The mark is provisional. When the contents turn out to be neither IP nor ARP, the layer was no tunnel as far as anybody can
 * tell (say, a DNS answer to the ephemeral port 8472), and becomes a plain flow again.
 */
import { DecodeStop } from "./decode-stop.ts";
import {
  Encapsulation,
  type EncapsulationCode,
  type IpLayer,
  type PacketView,
} from "./packet-view.ts";

/** Marks `layer` as carrier of the bytes [offset, end): `etherType` says what they are, EtherType.Ethernet for a frame. */
export function openTunnel(
  packet: PacketView,
  layer: IpLayer,
  encapsulation: EncapsulationCode,
  vni: number,
  etherType: number,
  offset: number,
  end: number,
): void {
  layer.encapsulation = encapsulation;
  layer.vni = vni;
  packet.innerEtherType = etherType;
  packet.innerOffset = offset;
  packet.innerEnd = end;
}

/** Takes the mark back. A stop inside the contents goes with it, except that the snaplen cut them: that stays worth knowing. */
export function closeTunnel(packet: PacketView, carrier: IpLayer): void {
  carrier.encapsulation = Encapsulation.None;
  carrier.vni = -1;
  if (packet.stop !== DecodeStop.Truncated) packet.stop = DecodeStop.None;
}
