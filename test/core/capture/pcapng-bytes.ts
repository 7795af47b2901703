/** Blocks of a pcapng file, written out by hand. */
import { concat, hex } from "../../support/bytes.ts";
import { pcapngBlock } from "../../support/capture.ts";

export const SECTION = hex("0a0d0d0a 1c000000 4d3c2b1a 0100 0000 ffffffffffffffff 1c000000");
export const SECTION_BIG = hex("0a0d0d0a 0000001c 1a2b3c4d 0001 0000 ffffffffffffffff 0000001c");
/** Ethernet, snaplen 96, no options: microseconds. */
export const INTERFACE = hex("01000000 14000000 0100 0000 60000000 14000000");
/** 1 767 225 600.123456 s in microseconds, 5 bytes captured of 60. */
export const PACKET = hex(`
  06000000 28000000 00000000  # Enhanced Packet Block, 40 bytes, interface 0
  48470600 40222246           # high and low half of 1767225600123456
  05000000 3c000000 deadbeefaa 000000 28000000`);

export const EXPECTED = {
  record: 1,
  fileOffset: 48,
  seconds: 1_767_225_600,
  nanos: 123_456_000,
  capturedLength: 5,
  wireLength: 60,
  interfaceIndex: 0,
  linkType: 1,
  frame: "deadbeefaa",
};

export function option(code: number, value: Uint8Array | string): Uint8Array {
  const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value;
  const head = new DataView(new ArrayBuffer(4));
  head.setUint16(0, code, true);
  head.setUint16(2, bytes.length, true);
  return concat(new Uint8Array(head.buffer), bytes, new Uint8Array(-bytes.length & 3));
}
export const END = hex("00000000");

/** An Interface Description Block of Ethernet with these options. */
export function face(...options: Uint8Array[]): Uint8Array {
  return pcapngBlock(1, concat(hex("0100 0000 00000000"), ...options));
}
