/**
 * MPLS label stacks (RFC 3032).
 *
 *   |  label (20 bits)  | class (3) | bottom of stack (1) | TTL (8) |
 *
 * Nothing says what follows the last label; its first four bits do where it is IP (RFC 4928). Pseudowires are not opened.
 */
import { MAX_MPLS_LABELS } from "../limits.ts";
import { Layer } from "./decode-stop.ts";
import { decodeIpv4 } from "./ipv4.ts";
import { decodeIpv6 } from "./ipv6.ts";
import type { PacketView } from "./packet-view.ts";
import { stopShort, stopTooDeep, stopUnsupported } from "./stop-decoding.ts";

const LABEL_LENGTH = 4;
const BOTTOM_OF_STACK = 0x100;

export function decodeMpls(view: DataView, offset: number, end: number, packet: PacketView): void {
  let start = offset;
  for (let labels = 0; ; labels++) {
    if (labels === MAX_MPLS_LABELS) return stopTooDeep(packet, Layer.Mpls, start, MAX_MPLS_LABELS);
    // One byte more than the label: it tells what follows.
    if (start + LABEL_LENGTH >= end) {
      return stopShort(packet, Layer.Mpls, start, LABEL_LENGTH + 1, end);
    }
    const isLast = (view.getUint32(start) & BOTTOM_OF_STACK) !== 0;
    start += LABEL_LENGTH;
    if (isLast) break;
  }
  const version = view.getUint8(start) >>> 4;
  if (version === 4) return decodeIpv4(view, start, end, packet);
  if (version === 6) return decodeIpv6(view, start, end, packet);
  stopUnsupported(packet, Layer.Mpls, start);
}
