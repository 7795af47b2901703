/** Goal: IP in a PPPoE session, as frame and as link type. Method: headers by hand. */
import { describe, expect, test } from "vitest";
import { LinkType } from "../../../src/core/wire/link-type.ts";
import { hex } from "../../support/bytes.ts";
import { checkDecoder, decode, outline } from "../../support/decode.ts";
import { ethernet, raw } from "../../support/packet.ts";

const line = "10.0.1.10:40000 > 10.0.2.20:53 protocol 17 payload 0";
const session = hex("11 00 00 2a 00 1e 00 21"); // version 1, type 1, session 42, 30 bytes, PPP IPv4
const packet = ethernet().header(session, { etherType: 0x8864 }).ipv4().udp();

test("in Ethernet", () => {
  expect(outline(decode(packet))).toEqual([line]);
  expect(decode(packet).etherType).toBe(0x8864);
});

test("as LINKTYPE_PPP_ETHER", () => {
  const linkType = LinkType.PppEther;
  expect(outline(decode(raw().payload(session).ipv4().udp(), { linkType }))).toEqual([line]);
});

test.each([
  [
    "another version",
    "21 00 00 2a 00 1e 00 21",
    "stop Malformed: PPPoE header at 14 needs 6, has 0 (HeaderLength)",
  ],
  ["a session's end", "11 a7 00 2a 00 00", "stop Unsupported: PPPoE header at 14"],
  ["a cut header", "11 00 00", "stop Truncated: PPPoE header at 14 needs 6, has 3 (Captured)"],
  ["another protocol", "11 00 00 2a 00 02 c0 21", "stop Unsupported: link header at 20"],
])("%s", (_name, header, stop) => {
  expect(outline(decode(ethernet().header(hex(header), { etherType: 0x8864 })))).toEqual([stop]);
});

test("discovery has its own ethertype", () => {
  const discovery = ethernet().header(hex("11 09 00 00 00 00"), { etherType: 0x8863 });
  expect(outline(decode(discovery))).toEqual(["stop Unsupported: link header at 14"]);
});

describe("damage", () => {
  checkDecoder(packet);
});
