/** How long a tunnelled packet is. */
import { Encapsulation, type IpLayer } from "../wire/packet-view.ts";

const ETHERNET_HEADER = 14;
const UDP_HEADER = 8;
const VXLAN_HEADER = 8;
const GENEVE_HEADER = 8;

/**
 * Bytes that the inner packet had on its own wire: its IP length and, where the tunnel carries frames, the inner link header
 * (VLAN tags included where the tunnel header's length is known). `outer` carries `inner`; both were decoded from `view`.
 */
export function innerLength(view: DataView, outer: IpLayer, inner: IpLayer): number {
  const ipLength = inner.transportOffset - inner.headerOffset + inner.transportLength;
  const before = inner.headerOffset - outer.transportOffset;
  switch (outer.encapsulation) {
    case Encapsulation.Vxlan:
      return ipLength + before - UDP_HEADER - VXLAN_HEADER;
    case Encapsulation.Geneve: {
      // RFC 8926 section 3.4: options in units of 4 bytes.
      const options = (view.getUint8(outer.transportOffset + UDP_HEADER) & 0x3f) * 4;
      return ipLength + before - UDP_HEADER - GENEVE_HEADER - options;
    }
    case Encapsulation.GreTeb:
      return ipLength + ETHERNET_HEADER;
    default:
      return ipLength;
  }
}
