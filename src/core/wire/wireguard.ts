/**
 * WireGuard (https://www.wireguard.com/protocol/, "5.4 Messages" of the white paper): recognised, never opened. Cilium and Calico
 * encrypt node to node with it.
 *
 *   | type (1) | reserved 00 00 00 | ...   1 initiation: 148 bytes, 2 response: 92, 3 cookie: 64, 4 data: 32 + 16 n
 */
import { type IpLayer, Sealed } from "./packet-view.ts";

const INITIATION = 1;
const RESPONSE = 2;
const COOKIE_REPLY = 3;
const TRANSPORT_DATA = 4;
/** Type, receiver index, counter and authentication tag: a keepalive. */
const MIN_DATA_LENGTH = 32;
/** The plain text is padded to a multiple of it. */
const DATA_PADDING = 16;

/** Called for datagrams on a WireGuard port; marks `layer` when type, reserved bytes and length fit together. */
export function decodeWireGuard(view: DataView, offset: number, end: number, layer: IpLayer): void {
  if (offset + 4 > end) return;
  const word = view.getUint32(offset);
  if ((word & 0x00ffffff) !== 0) return;
  if (isMessageLength(word >>> 24, layer.payloadLength)) layer.sealed = Sealed.WireGuard;
}

function isMessageLength(type: number, length: number): boolean {
  switch (type) {
    case INITIATION:
      return length === 148;
    case RESPONSE:
      return length === 92;
    case COOKIE_REPLY:
      return length === 64;
    case TRANSPORT_DATA:
      return length >= MIN_DATA_LENGTH && length % DATA_PADDING === 0;
    default:
      return false;
  }
}
