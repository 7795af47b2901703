/**
 * IPsec ESP (RFC 4303), as IP protocol 50 and in UDP (RFC 3948): recognised, never opened.
 *
 *   | SPI (4) | sequence (4) | encrypted ...          in UDP an SPI of 0 marks IKE, a single byte ff is a keepalive
 */
import { Layer } from "./decode-stop.ts";
import { type IpLayer, type PacketView, Sealed } from "./packet-view.ts";
import { stopShort } from "./stop-decoding.ts";

const HEADER_LENGTH = 8;

/** Payload is everything after the header: ciphertext, trailer and check value. */
export function decodeEsp(offset: number, end: number, packet: PacketView, layer: IpLayer): void {
  layer.sealed = Sealed.Esp;
  layer.payloadLength = Math.max(layer.transportLength - HEADER_LENGTH, 0);
  layer.payloadOffset = Math.min(offset + HEADER_LENGTH, end);
  if (offset + HEADER_LENGTH > end) stopShort(packet, Layer.Esp, offset, HEADER_LENGTH, end);
}

/** Called for datagrams on port 4500; they stay UDP flows, marked. */
export function decodeEspInUdp(view: DataView, offset: number, end: number, layer: IpLayer): void {
  if (layer.payloadLength < HEADER_LENGTH || offset + 4 > end) return;
  if (view.getUint32(offset) !== 0) layer.sealed = Sealed.Esp;
}
