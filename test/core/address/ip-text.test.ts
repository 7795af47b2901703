import fc from "fast-check";
import { Address4, Address6 } from "ip-address";
import { describe, expect, test } from "vitest";
import {
  formatIpv4,
  formatIpv6,
  formatMac,
  parseAddress,
  parseMac,
} from "../../../src/core/address/ip-text.ts";

const word = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
/** Words as they occur: half of them zero, so that `::` has something to shorten. */
const sparseWord = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff }), word);

describe("IPv4 text", () => {
  test.each([
    [0, "0.0.0.0"],
    [-1, "255.255.255.255"],
    [0x0a00010a, "10.0.1.10"],
    [0xc0a80001, "192.168.0.1"],
  ])("word %i is %s", (value, text) => {
    expect(formatIpv4(value)).toBe(text);
  });

  test("every word survives the way to text and back, and ip-address agrees", () => {
    fc.assert(
      fc.property(word, (value) => {
        const text = formatIpv4(value);
        expect(new Address4(text).bigInt()).toBe(BigInt(value >>> 0));
        expect(parseAddress(text)).toEqual({ family: 4, words: [value, 0, 0, 0], text });
      }),
    );
  });
});

describe("IPv6 text", () => {
  test.each([
    [[0, 0, 0, 0], "::"],
    [[0, 0, 0, 1], "::1"],
    [[0x20010db8, 0, 0x00010000, 1], "2001:db8::1:0:0:1"],
    [[0x20010db8, 0x00000001, 0x00010001, 0x00010001], "2001:db8:0:1:1:1:1:1"],
    [[0xfe800000, 0, 0, 0], "fe80::"],
    [[0x00010000, 0, 0x00020000, 0], "1::2:0:0:0"],
    [[0, 0, 0xffff, 0x0a000001], "::ffff:10.0.0.1"],
    [[0x0064ff9b, 0, 0, 0x0a000001], "64:ff9b::a00:1"],
    [[0, 0, 0, 0x0a000001], "::a00:1"],
  ] as const)("words %j are %s", ([word0, word1, word2, word3], text) => {
    expect(formatIpv6(word0, word1, word2, word3)).toBe(text);
  });

  test("RFC 5952 as ip-address understands it, except for IPv4-mapped addresses", () => {
    fc.assert(
      fc.property(sparseWord, sparseWord, sparseWord, sparseWord, (a, b, c, d) => {
        const text = formatIpv6(a, b, c, d);
        const oracle = new Address6(text);
        const value = [a, b, c, d].reduce((sum, w) => (sum << 32n) | BigInt(w >>> 0), 0n);
        expect(oracle.bigInt()).toBe(value);
        if (!text.includes(".")) expect(text).toBe(oracle.correctForm());
        expect(parseAddress(text)).toEqual({ family: 6, words: [a, b, c, d], text });
      }),
    );
  });
});

describe("parseAddress", () => {
  test.each([
    ["FE80::0:1", "fe80::1"],
    ["fe80::1%eth0", "fe80::1"],
    ["::ffff:10.0.0.1", "::ffff:10.0.0.1"],
    ["::FFFF:0a00:0001", "::ffff:10.0.0.1"],
    ["2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1"],
  ])("%s is written %s", (text, canonical) => {
    expect(parseAddress(text)?.text).toBe(canonical);
  });

  test.each([
    "",
    "10.0.0",
    "10.0.0.256",
    "10.0.0.01",
    "10.0.0.1/24",
    "10.0.0.1%eth0",
    " 10.0.0.1",
    "10.0.0.1 ",
    "0x0a000001",
    "[::1]",
    "::1/128",
    "1::2::3",
    "12345::",
    ":::",
    "1:2:3:4:5:6:7:8:9",
    "ip-10-0-0-1.ec2.internal",
    "<none>",
    "%eth0",
    "1".repeat(100_000),
  ])("%j is no address", (text) => {
    expect(parseAddress(text)).toBeNull();
  });

  test("any text gives an address or null, never an exception", () => {
    const alphabet = fc.constantFrom(..."0123456789abcdefABCDEF:.%/[] x");
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: alphabet, maxLength: 45 })), (text) => {
        const address = parseAddress(text);
        if (address !== null) expect(parseAddress(address.text)).toEqual(address);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("MAC text", () => {
  test("a MAC address is 16 + 32 bits, lower case with colons", () => {
    expect(formatMac(0x0200, 0xdeadbeef)).toBe("02:00:de:ad:be:ef");
    expect(formatMac(0, 0)).toBe("00:00:00:00:00:00");
    expect(formatMac(0xffff, -1)).toBe("ff:ff:ff:ff:ff:ff");
  });

  test.each(["02:00:DE:AD:BE:EF", "02-00-de-ad-be-ef", "0200.dead.beef"])(
    "%s is the same address",
    (text) => {
      expect(parseMac(text)).toBe("02:00:de:ad:be:ef");
    },
  );

  test.each([
    "",
    "02:00:de:ad:be",
    "02:00:de:ad:be:ef:00",
    "02:00-de:ad:be:ef",
    "2:0:de:ad:be:ef",
    "0200deadbeef",
    "02:00:de:ad:be:eg",
    "02:00:de:ad:be:ef\n",
  ])("%j is no MAC address", (text) => {
    expect(parseMac(text)).toBeNull();
  });

  test("numbers survive the way to text and back", () => {
    fc.assert(
      fc.property(fc.nat(0xffff), fc.nat(0xffffffff), (high, low) => {
        const text = formatMac(high, low);
        expect(parseMac(text)).toBe(text);
        const digits = text.replaceAll(":", "");
        expect([
          Number.parseInt(digits.slice(0, 4), 16),
          Number.parseInt(digits.slice(4), 16),
        ]).toEqual([high, low]);
      }),
    );
  });
});
