/** Goal: extension headers are stepped over in any number up to the limit. Method: chains from the builder. */
import { describe, expect, test } from "vitest";
import { MAX_IPV6_EXTENSIONS } from "../../../src/core/limits.ts";
import { hex } from "../../support/bytes.ts";
import { checkDecoder, decode, innermost, outline } from "../../support/decode.ts";
import { ethernet } from "../../support/packet.ts";

const v6 = ethernet().ipv6();
const endpoints = "[fd00::1:10]:40000 > [fd00::2:20]:80 protocol 6 payload 0";

test.each([
  ["hop-by-hop options", v6.hopByHop()],
  ["destination options", v6.destinationOptions()],
  ["a long destination options header", v6.destinationOptions(new Uint8Array(2046))],
  ["routing", v6.routing()],
  ["mobility", v6.ipv6Extension(135)],
  ["host identity", v6.ipv6Extension(139)],
  ["shim6", v6.ipv6Extension(140)],
  ["authentication", v6.authenticationHeader()],
  ["an atomic fragment", v6.ipv6Fragment()],
  ["several", v6.hopByHop().routing().ipv6Fragment().authenticationHeader().destinationOptions()],
])("%s lead to TCP", (_name, headers) => {
  expect(outline(decode(headers.tcp()))).toEqual([endpoints]);
});

describe("a chain by hand", () => {
  const bytes = hex(`
    60 00 00 00 00 28 00 40                              # IPv6, 40 bytes, hop-by-hop follows
    fd 00 00 00 00 00 00 00  00 00 00 00 00 01 00 10
    fd 00 00 00 00 00 00 00  00 00 00 00 00 02 00 20
    2c 00 01 04 00 00 00 00                              # hop-by-hop options, PadN, fragment follows
    33 00 00 01 de ad be ef                              # fragment 0, more, id deadbeef, AH follows
    11 02 00 00 00 00 01 00 00 00 00 01                  # AH, 16 bytes, UDP follows
    00 00 00 00
    00 35 9c 40 00 10 00 00                              # UDP 53 > 40000`);

  test("gives protocol, identification and ports", () => {
    expect(outline(decode(bytes, { linkType: 229 }))).toEqual([
      "[fd00::1:10]:53 > [fd00::2:20]:40000 protocol 17 payload 0 fragment 0+",
    ]);
    expect(innermost(decode(bytes, { linkType: 229 }))).toMatchObject({
      ipId: 0xdeadbeef,
      transportOffset: 72,
      transportLength: 8,
    });
  });

  checkDecoder(bytes, { linkType: 229 });
});

describe("fragments", () => {
  test("the first one has ports", () => {
    const view = decode(v6.ipv6Fragment({ id: 7, more: true }).udp({ length: 3000 }).payload("x"));
    expect(outline(view)).toEqual([
      "[fd00::1:10]:40000 > [fd00::2:20]:53 protocol 17 payload 1 fragment 0+",
    ]);
    expect(innermost(view).ipId).toBe(7);
  });

  test("a later one ends the walk: what follows is the middle of something", () => {
    expect(outline(decode(v6.ipv6Fragment({ id: 7, offset: 1448, nextHeader: 60 }).udp()))).toEqual(
      ["fd00::1:10 > fd00::2:20 protocol 60 payload 8 fragment 1448"],
    );
  });
});

test("as many headers as the limit allows, and one more", () => {
  let headers = v6;
  for (let i = 0; i < MAX_IPV6_EXTENSIONS; i++) headers = headers.destinationOptions();
  expect(outline(decode(headers.tcp()))).toEqual([endpoints]);
  expect(outline(decode(headers.destinationOptions().tcp()))).toEqual([
    "fd00::1:10 > fd00::2:20 protocol 60 payload 28",
    "stop TooDeep: IPv6 extension header at 182 needs 17, has 16 (HeaderLength)",
  ]);
});

test.each([
  [
    "cut by the snaplen",
    60,
    "stop Truncated: IPv6 extension header at 54 needs 8, has 6 (Captured)",
  ],
  [
    "cut after its length",
    62,
    "stop Truncated: IPv6 extension header at 54 needs 16, has 8 (Captured)",
  ],
])("a header %s leaves the addresses", (_name, snaplen, stop) => {
  const lines = outline(decode(v6.hopByHop(new Uint8Array(14)).tcp(), { snaplen }));
  expect(lines).toEqual(["fd00::1:10 > fd00::2:20 protocol 0 payload 36", stop]);
});

test("a header longer than the packet contradicts it", () => {
  const packet = v6.header(hex("06 ff 00 00 00 00 00 00"), { protocol: 60 }).tcp();
  expect(outline(decode(packet)).at(-1)).toBe(
    "stop Malformed: IPv6 extension header at 54 needs 2048, has 28 (Ipv6PayloadLength)",
  );
});
