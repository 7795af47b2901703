/** Goal: every numbering of AF_INET6 in both byte orders. Method: the four bytes by hand. */
import { describe, expect, test } from "vitest";
import { LinkType } from "../../../src/core/wire/link-type.ts";
import { hex } from "../../support/bytes.ts";
import { checkDecoder, decode, outline } from "../../support/decode.ts";
import { raw } from "../../support/packet.ts";

const frame = (family: string) => raw().payload(hex(family));

test.each([
  ["02000000", "little-endian IPv4"],
  ["00000002", "big-endian IPv4"],
])("%s is %s", (family) => {
  const packet = frame(family).ipv4().udp();
  for (const linkType of [LinkType.Null, LinkType.Loop]) {
    expect(outline(decode(packet, { linkType }))).toEqual([
      "10.0.1.10:40000 > 10.0.2.20:53 protocol 17 payload 0",
    ]);
  }
});

test.each([
  ["0a000000", "Linux"],
  ["17000000", "Windows"],
  ["18000000", "NetBSD and OpenBSD"],
  ["1c000000", "FreeBSD"],
  ["1e000000", "Darwin"],
  ["0000001e", "Darwin, big-endian"],
])("%s is the IPv6 of %s", (family) => {
  const view = decode(frame(family).ipv6().udp(), { linkType: LinkType.Null });
  expect([view.depth, view.etherType, view.hasMac]).toEqual([1, 0, 0]);
});

test.each(["00000000", "07000000", "0f000800"])("%s is unsupported", (family) => {
  expect(outline(decode(frame(family).ipv4().udp(), { linkType: LinkType.Null }))).toEqual([
    "stop Unsupported: link header at 0",
  ]);
});

describe("damage", () => {
  checkDecoder(frame("1e000000").ipv6().udp(), { linkType: LinkType.Null });
});
