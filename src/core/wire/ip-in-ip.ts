/** IP directly in IP: protocol 4 (RFC 2003; Calico's tunl0) and 41 (RFC 4213, RFC 2473). There is no header in between. */
import { EtherType } from "./ether-type.ts";
import { IpProtocol } from "./ip-protocol.ts";
import { openTunnel } from "./open-tunnel.ts";
import { Encapsulation, type IpLayer, type PacketView } from "./packet-view.ts";

/** Opens it by the protocol number; when the version of the header inside differs, it is closed again (open-tunnel.ts). */
export function decodeIpInIp(
  offset: number,
  end: number,
  packet: PacketView,
  layer: IpLayer,
): void {
  if (layer.protocol === IpProtocol.IpIp) {
    openTunnel(packet, layer, Encapsulation.IpIp, -1, EtherType.Ipv4, offset, end);
  } else {
    openTunnel(packet, layer, Encapsulation.SixInFour, -1, EtherType.Ipv6, offset, end);
  }
}
