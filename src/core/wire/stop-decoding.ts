/** How a decoder ends early: it writes why and where into the view, once, and returns. */
import { DecodeStop, type LayerCode, LengthSource, type LengthSourceCode } from "./decode-stop.ts";
import type { PacketView } from "./packet-view.ts";

/**
 * A header needs `required` bytes from `offset`, `end` comes before. When the snaplen (or the end of a first fragment) decided
 * `end`, the packet is Truncated; when a length field of an outer header did, the two headers contradict: Malformed.
 */
export function stopShort(
  packet: PacketView,
  layer: LayerCode,
  offset: number,
  required: number,
  end: number,
): void {
  const isCut = packet.endSource === LengthSource.Captured || packet.inFragment === 1;
  packet.stop = isCut ? DecodeStop.Truncated : DecodeStop.Malformed;
  packet.stopLayer = layer;
  packet.stopOffset = offset;
  packet.stopRequired = required;
  packet.stopAvailable = end > offset ? end - offset : 0;
  packet.stopLengthSource = packet.endSource;
}

/** A field of the header at `offset` contradicts it: `source` says `available` bytes where `required` are needed. */
export function stopMalformed(
  packet: PacketView,
  layer: LayerCode,
  offset: number,
  required: number,
  available: number,
  source: LengthSourceCode,
): void {
  packet.stop = DecodeStop.Malformed;
  packet.stopLayer = layer;
  packet.stopOffset = offset;
  packet.stopRequired = required;
  packet.stopAvailable = available;
  packet.stopLengthSource = source;
}

/** The bound of limits.ts for this layer was reached. */
export function stopTooDeep(
  packet: PacketView,
  layer: LayerCode,
  offset: number,
  limit: number,
): void {
  packet.stop = DecodeStop.TooDeep;
  packet.stopLayer = layer;
  packet.stopOffset = offset;
  packet.stopRequired = limit + 1;
  packet.stopAvailable = limit;
  packet.stopLengthSource = LengthSource.HeaderLength;
}

/** A protocol that podpath does not read starts at `offset`. */
export function stopUnsupported(packet: PacketView, layer: LayerCode, offset: number): void {
  packet.stop = DecodeStop.Unsupported;
  packet.stopLayer = layer;
  packet.stopOffset = offset;
  packet.stopRequired = 0;
  packet.stopAvailable = 0;
  packet.stopLengthSource = packet.endSource;
}
