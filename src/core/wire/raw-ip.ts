/** LINKTYPE_RAW and everything else that says "IP" without saying which: the version field of the header decides. */
import { Layer, LengthSource } from "./decode-stop.ts";
import { decodeIpv4 } from "./ipv4.ts";
import { decodeIpv6 } from "./ipv6.ts";
import type { PacketView } from "./packet-view.ts";
import { stopMalformed, stopShort } from "./stop-decoding.ts";

export function decodeRawIp(view: DataView, offset: number, end: number, packet: PacketView): void {
  if (offset >= end) return stopShort(packet, Layer.Link, offset, 1, end);
  const version = view.getUint8(offset) >>> 4;
  if (version === 4) return decodeIpv4(view, offset, end, packet);
  if (version === 6) return decodeIpv6(view, offset, end, packet);
  stopMalformed(packet, Layer.Link, offset, 1, end - offset, LengthSource.HeaderLength);
}
