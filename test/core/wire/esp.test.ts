/** Goal: IPsec is named, never opened, and IKE on the same port is not it. Method: a table. */
import { describe, expect, test } from "vitest";
import { hex } from "../../support/bytes.ts";
import { checkDecoder, decode, outline } from "../../support/decode.ts";
import { ethernet } from "../../support/packet.ts";

const ESP = { protocol: 50 };
const header = hex("c0ffee01 00000007");
const packet = ethernet().ipv4().header(header, ESP).payload("encrypted");

test("as an IP protocol it has no ports", () => {
  expect(outline(decode(packet))).toEqual([
    "10.0.1.10 > 10.0.2.20 protocol 50 payload 9 sealed Esp",
  ]);
});

test("behind IPv6 extension headers", () => {
  expect(outline(decode(ethernet().ipv6().hopByHop().header(header, ESP)))).toEqual([
    "fd00::1:10 > fd00::2:20 protocol 50 payload 0 sealed Esp",
  ]);
});

test("cut", () => {
  expect(outline(decode(packet, { snaplen: 40 }))).toEqual([
    "10.0.1.10 > 10.0.2.20 protocol 50 payload 9 sealed Esp",
    "stop Truncated: ESP header at 34 needs 8, has 6 (Captured)",
  ]);
});

test.each([
  ["ESP in UDP", "c0ffee01 00000007 1234", true],
  ["IKE, marked by an SPI of 0", "00000000 0102030405060708", false],
  ["a keepalive", "ff", false],
  ["too short for ESP", "c0ffee01 000000", false],
])("%s on port 4500", (_name, payload, isSealed) => {
  const datagram = ethernet().ipv4().udp({ srcPort: 4500, dstPort: 4500 }).payload(hex(payload));
  const [line = ""] = outline(decode(datagram));
  expect(line.endsWith(" sealed Esp")).toBe(isSealed);
  expect(line).toContain("10.0.1.10:4500 > 10.0.2.20:4500 protocol 17");
});

describe("damage", () => {
  checkDecoder(packet);
});
