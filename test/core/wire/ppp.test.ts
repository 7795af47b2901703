/** Goal: PPP with and without its optional bytes, and Cisco HDLC under any of the link types. Method: headers by hand. */
import { describe, expect, test } from "vitest";
import { LinkType } from "../../../src/core/wire/link-type.ts";
import { hex } from "../../support/bytes.ts";
import { checkDecoder, decode, outline } from "../../support/decode.ts";
import { raw } from "../../support/packet.ts";

const { Ppp, PppHdlc, PppWithDirection, CiscoHdlc } = LinkType;

test.each([
  ["address, control, protocol", "ff 03 00 21", [Ppp, PppHdlc, CiscoHdlc]],
  ["protocol only", "00 21", [Ppp, PppHdlc]],
  ["a compressed protocol", "21", [Ppp, PppHdlc]],
  ["address, control, a compressed protocol", "ff 03 21", [Ppp, PppHdlc, CiscoHdlc]],
  ["MPLS", "ff 03 02 81 00 01 01 40", [Ppp, PppHdlc]],
  ["Cisco HDLC", "0f 00 08 00", [Ppp, PppHdlc, CiscoHdlc]],
  ["Cisco HDLC, broadcast", "8f 00 08 00", [PppHdlc, CiscoHdlc]],
  ["a direction first", "01 ff 03 00 21", [PppWithDirection]],
])("%s", (_name, header, linkTypes) => {
  for (const linkType of linkTypes) {
    expect(outline(decode(raw().payload(hex(header)).ipv4().udp(), { linkType }))).toEqual([
      "10.0.1.10:40000 > 10.0.2.20:53 protocol 17 payload 0",
    ]);
  }
});

test("IPv6", () => {
  expect(decode(raw().payload(hex("ff 03 00 57")).ipv6().udp(), { linkType: Ppp }).depth).toBe(1);
});

test.each([
  ["LCP", "ff 03 c0 21 01 01 00 04", Ppp, "stop Unsupported: link header at 2"],
  [
    "another address under Cisco HDLC",
    "12 34 08 00 45",
    CiscoHdlc,
    "stop Unsupported: link header at 0",
  ],
  ["one byte", "ff", Ppp, "stop Truncated: link header at 0 needs 2, has 1 (Captured)"],
  [
    "nothing after address and control",
    "ff 03",
    Ppp,
    "stop Truncated: link header at 2 needs 2, has 0 (Captured)",
  ],
  [
    "half a protocol",
    "ff 03 00",
    Ppp,
    "stop Truncated: link header at 2 needs 2, has 1 (Captured)",
  ],
  [
    "no bytes where a direction should be",
    "",
    PppWithDirection,
    "stop Truncated: link header at 1 needs 2, has 0 (Captured)",
  ],
])("%s", (_name, bytes, linkType, stop) => {
  expect(outline(decode(hex(bytes), { linkType }))).toEqual([stop]);
});

describe("damage", () => {
  checkDecoder(raw().payload(hex("ff 03 00 21")).ipv4().udp(), { linkType: Ppp });
});
