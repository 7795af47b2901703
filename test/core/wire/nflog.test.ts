/** Goal: the packet among the TLVs of NFLOG. Method: TLVs of both byte orders by hand. */
import { describe, expect, test } from "vitest";
import { LinkType } from "../../../src/core/wire/link-type.ts";
import { concat, hex } from "../../support/bytes.ts";
import { checkDecoder, decode, outline } from "../../support/decode.ts";
import { raw } from "../../support/packet.ts";

const linkType = LinkType.Nflog;
const ip = raw().ipv4().udp().payload("0123").bytes(); // 32 bytes
const line = "10.0.1.10:40000 > 10.0.2.20:53 protocol 17 payload 4";
const littleEndian = concat(
  hex(`
    02 00 00 1e                       # AF_INET, version 0, group 30
    08 00 01 00  08 00 01 00          # packet header: IPv4, hook 1
    05 00 0a 00  00 00 00 00          # prefix "", padded to 4
    24 00 09 00`), // payload, 36 bytes with this header
  ip,
);

test("a little-endian host", () => {
  const view = decode(littleEndian, { linkType });
  expect(outline(view)).toEqual([line]);
  expect(view.hasMac).toBe(0);
});

test("a big-endian host", () => {
  const bytes = concat(hex("02 00 00 1e  00 08 00 01 0800 0100  00 24 00 09"), ip);
  expect(outline(decode(bytes, { linkType }))).toEqual([line]);
});

test.each([
  [
    "a TLV shorter than its header, which must not loop",
    "02000000 00000100",
    "stop Malformed: link header at 4 needs 4, has 0 (HeaderLength)",
  ],
  [
    "no payload",
    "02000000 08000100 08000100",
    "stop Truncated: link header at 12 needs 4, has 0 (Captured)",
  ],
  [
    "a TLV beyond the record",
    "02000000 ff000100",
    "stop Truncated: link header at 260 needs 4, has 0 (Captured)",
  ],
  ["a bridge, whose payload is a frame", "07000000 24000900", "stop Unsupported: link header at 0"],
])("%s", (_name, bytes, stop) => {
  expect(outline(decode(hex(bytes), { linkType }))).toEqual([stop]);
});

test("a payload of no bytes with a total length of 0 inside does not reach past it", () => {
  const bytes = concat(hex("02000000 0800 0900 45000000"), raw().ipv4().bytes());
  expect(outline(decode(bytes, { linkType }))).toEqual([
    "stop Truncated: IPv4 header at 8 needs 20, has 4 (Captured)",
  ]);
});

describe("damage", () => {
  checkDecoder(littleEndian, { linkType });
});

test("a total length of 0 is derived from the TLV, not from the record", () => {
  const packet = raw().ipv4({ totalLength: 0 }).udp({ length: 0 }).payload("0123").bytes();
  const bytes = concat(hex("02000000 2400 0900"), packet, hex("0800 0100 08000100"));
  expect(outline(decode(bytes, { linkType }))).toEqual([line]);
});
