/** From the protocol number of an IP layer to its transport. */
import { decodeEsp } from "./esp.ts";
import { decodeGre } from "./gre.ts";
import { decodeIcmpv4 } from "./icmpv4.ts";
import { decodeIcmpv6 } from "./icmpv6.ts";
import { decodeIpInIp } from "./ip-in-ip.ts";
import { IpProtocol } from "./ip-protocol.ts";
import type { IpLayer, PacketView } from "./packet-view.ts";
import { decodeSctp } from "./sctp.ts";
import { decodeTcp } from "./tcp.ts";
import { decodeUdp } from "./udp.ts";

/** Protocols without a decoder are whole as they are: the layer's payload is what follows the IP headers. */
export function decodeIpProtocol(
  view: DataView,
  offset: number,
  end: number,
  packet: PacketView,
  layer: IpLayer,
): void {
  switch (layer.protocol) {
    case IpProtocol.Tcp:
      return decodeTcp(view, offset, end, packet, layer);
    case IpProtocol.Udp:
      return decodeUdp(view, offset, end, packet, layer);
    case IpProtocol.Icmp:
      return decodeIcmpv4(view, offset, end, packet, layer);
    case IpProtocol.Icmpv6:
      return decodeIcmpv6(view, offset, end, packet, layer);
    case IpProtocol.Sctp:
      return decodeSctp(view, offset, end, packet, layer);
    case IpProtocol.Gre:
      return decodeGre(view, offset, end, packet, layer);
    case IpProtocol.IpIp:
    case IpProtocol.Ipv6:
      return decodeIpInIp(offset, end, packet, layer);
    case IpProtocol.Esp:
      return decodeEsp(offset, end, packet, layer);
    default:
      return;
  }
}
