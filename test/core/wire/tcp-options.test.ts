/** Goal: one number per handshake, the same at every hop. Method: options in several spellings; which of them count. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { hashSynOptions } from "../../../src/core/wire/tcp-options.ts";
import { concat, hex, u32 } from "../../support/bytes.ts";
import { tightView } from "../../support/decode.ts";
import { type TcpOptions, tcpOptionBytes } from "../../support/packet-transport.ts";

const hash = (bytes: Uint8Array): number => hashSynOptions(tightView(bytes), 0, bytes.length);
const linux: TcpOptions = { mss: 1460, sackPermitted: true, timestamp: 0xdeadbeef, windowScale: 7 };

test("order, padding, the echoed timestamp and unknown options do not matter", () => {
  const other = concat(
    hex("03 03 07"), // window scale
    hex("01 01 01"),
    hex("fe 04 ab cd"), // experimental
    hex("08 0a"),
    u32(0xdeadbeef),
    u32(12345),
    hex("04 02"),
    hex("02 04 05 b4"),
    hex("00 99 99"), // nothing counts after the end
  );
  expect(hash(other)).toBe(hash(tcpOptionBytes(linux)));
});

test.each([
  ["the MSS", { mss: 1360 }],
  ["the window scale", { windowScale: 8 }],
  ["the absence of SACK", { sackPermitted: false }],
  ["the timestamp", { timestamp: 0xdeadbef0 }],
])("%s makes a difference", (_name, change) => {
  expect(hash(tcpOptionBytes({ ...linux, ...change }))).not.toBe(hash(tcpOptionBytes(linux)));
});

test("a SYN without options has a number too", () => {
  expect(hash(hex(""))).toBeGreaterThan(0);
});

test.each([
  ["a kind without a length", "02"],
  ["a length below 2", "02 01 05 b4"],
  ["a length of 0, which must not loop", "02 00"],
  ["an option beyond the header", "08 0a 00 00 00 01"],
])("%s gives 0", (_name, bytes) => {
  expect(hash(hex(bytes))).toBe(0);
});

test("any bytes give a number from 0 to 2^31-1 and are not read past their end", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      const value = hash(bytes);
      expect(Number.isInteger(value) && value >= 0 && value < 2 ** 31).toBe(true);
    }),
  );
});

test("timestamps of a busy host rarely share a number", () => {
  const seen = new Set<number>();
  for (let timestamp = 1; timestamp <= 20_000; timestamp++) {
    seen.add(hash(tcpOptionBytes({ ...linux, timestamp })));
  }
  expect(seen.size).toBeGreaterThan(19_990);
});
