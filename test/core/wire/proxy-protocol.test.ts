/** Goal: the client behind a load balancer from the binary header; nothing from half of one. Method: bytes by hand and a table. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  looksLikeProxyHeader,
  type ParsedProxyHeader,
  parseProxyHeader,
} from "../../../src/core/wire/proxy-protocol.ts";
import { addressBytes, ascii, concat, hex, u8, u16 } from "../../support/bytes.ts";
import { tightView } from "../../support/decode.ts";

const SIGNATURE = hex("0d0a0d0a 000d0a51 5549540a");
const parse = (bytes: Uint8Array): ParsedProxyHeader | null =>
  parseProxyHeader(tightView(bytes), 0, bytes.length);
const header = (command: number, family: number, ...body: readonly Uint8Array[]): Uint8Array =>
  concat(SIGNATURE, u8(command), u8(family), u16(concat(...body).length), ...body);
const tlv = (type: number, value: Uint8Array) => concat(u8(type), u16(value.length), value);

const tcp4 = concat(addressBytes("192.0.2.1"), addressBytes("198.51.100.7"), u16(56324), u16(443));
const endpoint = tlv(0xea, concat(u8(1), ascii("vpce-08d2bf15fac5001c9")));
const fromTcp4 = {
  version: 2,
  command: "PROXY",
  source: { address: "192.0.2.1", port: 56324 },
  destination: { address: "198.51.100.7", port: 443 },
};

test("PROXY over IPv4, by hand", () => {
  const bytes = hex(`
    0d 0a 0d 0a 00 0d 0a 51 55 49 54 0a     # signature
    21 11 00 0c                             # version 2, PROXY, TCP over IPv4, 12 bytes
    c0 00 02 01  c6 33 64 07  dc 04  01 bb
    16 03 01`); // the client's own bytes
  expect(parse(bytes)).toEqual({ ...fromTcp4, length: 28 });
  expect(header(0x21, 0x11, tcp4)).toEqual(bytes.subarray(0, 28));
});

test("PROXY over IPv6", () => {
  const body = concat(
    addressBytes("2001:db8::1"),
    addressBytes("::ffff:10.0.0.1"),
    u16(1),
    u16(65535),
  );
  expect(parse(header(0x21, 0x21, body))).toEqual({
    version: 2,
    command: "PROXY",
    source: { address: "2001:db8::1", port: 1 },
    destination: { address: "::ffff:10.0.0.1", port: 65535 },
    length: 52,
  });
});

describe("TLVs", () => {
  const checksum = tlv(0x03, hex("a9b87ee6"));

  test("the VPC endpoint id, as an NLB sends it", () => {
    const bytes = header(0x21, 0x11, tcp4, checksum, endpoint, tlv(4, new Uint8Array(24)));
    expect(parse(bytes)).toEqual({
      ...fromTcp4,
      vpcEndpointId: "vpce-08d2bf15fac5001c9",
      length: bytes.length,
    });
  });

  test("without addresses in front", () => {
    expect(parse(header(0x20, 0x00, endpoint))).toMatchObject({
      command: "LOCAL",
      source: null,
      vpcEndpointId: "vpce-08d2bf15fac5001c9",
    });
  });

  test.each([
    ["another subtype", tlv(0xea, concat(u8(2), ascii("vpce-1")))],
    ["no subtype", tlv(0xea, hex(""))],
    ["an empty value", tlv(0xea, u8(1))],
    ["control characters", tlv(0xea, concat(u8(1), ascii("vpce-\x1b[2J")))],
    ["an absurd length", tlv(0xea, concat(u8(1), ascii("a".repeat(300))))],
    ["a TLV beyond the header, which hides the rest", concat(hex("03 ff ff"), endpoint)],
    ["half a TLV", hex("ea 00")],
  ])("%s gives no id and keeps the addresses", (_name, bytes) => {
    const parsed = parse(header(0x21, 0x11, tcp4, bytes));
    expect(parsed).toMatchObject(fromTcp4);
    expect(parsed).not.toHaveProperty("vpcEndpointId");
  });
});

test.each([
  ["LOCAL (a health check)", header(0x20, 0x00), "LOCAL", 16],
  ["LOCAL with addresses, which do not count", header(0x20, 0x11, tcp4), "LOCAL", 28],
  ["LOCAL with a family and no addresses", header(0x20, 0x11), "LOCAL", 16],
  ["an unspecified family", header(0x21, 0x00), "PROXY", 16],
  ["a Unix socket", header(0x21, 0x31, new Uint8Array(216)), "PROXY", 232],
])("%s has no addresses", (_name, bytes, command, length) => {
  expect(parse(bytes)).toEqual({ version: 2, command, source: null, destination: null, length });
});

test.each([
  ["another version", header(0x11, 0x11, tcp4)],
  ["another command", header(0x22, 0x11, tcp4)],
  ["addresses longer than the header", header(0x21, 0x21, tcp4)],
  ["the signature alone", SIGNATURE],
  [
    "a signature with one byte changed",
    concat(hex("0d0a0d0a 000d0a51 55495400"), header(0x21, 0x11, tcp4).subarray(12)),
  ],
  ["nothing", hex("")],
])("%s is no header", (_name, bytes) => {
  expect(parse(bytes)).toBeNull();
});

test("a header that was not captured whole is none", () => {
  const whole = header(0x21, 0x11, tcp4, endpoint);
  for (let length = 0; length < whole.length; length++) {
    expect(parse(whole.subarray(0, length))).toBeNull();
  }
  expect(parse(whole)).not.toBeNull();
});

test("looking is cheaper than parsing and never says no to a header", () => {
  const looks = (bytes: Uint8Array) => looksLikeProxyHeader(tightView(bytes), 0, bytes.length);
  expect(looks(header(0x21, 0x11, tcp4))).toBe(true);
  expect(looks(SIGNATURE)).toBe(true);
  expect(looks(ascii("PROXY TCP4 1.2.3.4"))).toBe(true);
  expect(looks(SIGNATURE.subarray(0, 11))).toBe(false);
  expect(looks(ascii("GET / HTTP/1.1\r\n"))).toBe(false);
  expect(looks(ascii("PROXYTCP4 1.2.3.4"))).toBe(false);
});

test("any bytes after the signature give a header or null", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const parsed = parse(concat(SIGNATURE, bytes));
      if (parsed !== null) expect(parsed.length).toBeLessThanOrEqual(12 + bytes.length);
    }),
  );
});
