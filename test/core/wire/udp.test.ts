/** Goal: ports and the extent of a datagram; what a port announces is tested with that protocol. Method: lies about lengths. */
import { describe, expect, test } from "vitest";
import { hex } from "../../support/bytes.ts";
import { checkDecoder, decode, innermost, outline } from "../../support/decode.ts";
import { ethernet } from "../../support/packet.ts";

const ip = ethernet().ipv4();
const endpoints = "10.0.1.10:40000 > 10.0.2.20:53 protocol 17 payload";

describe("a datagram", () => {
  const bytes = hex(`
    02 00 00 00 00 02  02 00 00 00 00 01  08 00                 # Ethernet
    45 00 00 20 00 00 00 00 40 11 63 b0  0a 00 01 0a 0a 00 02 14  # IPv4, 32 bytes, UDP
    9c 40 00 35 00 0c 00 00                                     # 40000 > 53, 12 bytes, no checksum
    71 75 65 72`);

  test("is the same from the builder and by hand", () => {
    expect(ip.udp({ checksum: 0 }).payload("quer").bytes()).toEqual(bytes);
  });

  test("has ports and payload", () => {
    expect(outline(decode(bytes))).toEqual([`${endpoints} 4`]);
    expect(innermost(decode(bytes))).toMatchObject({ payloadOffset: 42, payloadEnd: 46 });
  });

  checkDecoder(bytes);
});

test("bytes after the datagram (UDP options, RFC 9868) are no payload", () => {
  const view = decode(ip.udp({ length: 10 }).payload("hi and options"));
  expect(innermost(view)).toMatchObject({ payloadLength: 2, payloadEnd: 44, transportLength: 22 });
});

test("a length of 0 means all of the IP payload", () => {
  expect(outline(decode(ip.udp({ length: 0 }).payload("jumbo")))).toEqual([`${endpoints} 5`]);
});

test.each([
  ["below the header", 7, `stop Malformed: UDP header at 34 needs 8, has 7 (UdpLength)`],
  ["beyond the IP payload", 13, `stop Malformed: UDP header at 34 needs 13, has 12 (UdpLength)`],
])("a length %s is malformed; the ports are good", (_name, length, stop) => {
  expect(outline(decode(ip.udp({ length }).payload("quer")))).toEqual([`${endpoints} 4`, stop]);
});

test("of a cut header the ports are read", () => {
  const packet = ip.udp().payload("quer");
  expect(outline(decode(packet, { snaplen: 38 }))).toEqual([
    `${endpoints} 4`,
    "stop Truncated: UDP header at 34 needs 8, has 4 (Captured)",
  ]);
  expect(innermost(decode(packet, { snaplen: 37 })).hasPorts).toBe(0);
});
