/** Goal: a small reader of addresses for a page agrees with the core's. Method: both read the same texts and prefixes. */

import fc from "fast-check";
import { describe, expect, it, test as property } from "vitest";
import { cidrContains, makeCidr, parseCidr } from "../../src/core/address/cidr.ts";
import { parseAddress } from "../../src/core/address/ip-text.ts";
import { parsePrefix, prefixContains } from "../../src/web/address-prefix.ts";

function coreContains(prefix: string, address: string): boolean | null {
  const alone = parseAddress(prefix);
  const cidr = alone === null ? parseCidr(prefix) : makeCidr(alone, alone.family === 4 ? 32 : 128);
  if (cidr === null) return null;
  const other = parseAddress(address);
  return other !== null && cidrContains(cidr, other);
}

function pageContains(prefix: string, address: string): boolean | null {
  const parsed = parsePrefix(prefix);
  return parsed === null ? null : prefixContains(parsed, address);
}

describe("a prefix", () => {
  it.each([
    "",
    "/",
    "10",
    "10.0.0.1",
    "10.0.0.01",
    "10.0.0.256",
    "10.0.0.0/16",
    "10.0.0.0/33",
    "10.0.0.0/",
    "10.0.0.0/08",
    "1.2.3.4/8/8",
    "::",
    "::/0",
    "::1",
    "1::",
    "2001:db8::/32",
    "2001:DB8::1",
    "1:2:3:4:5:6:7:8",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4:5:6:7::",
    "1::2::3",
    ":::",
    "::ffff:10.0.0.1",
    "::10.0.0.1",
    "10.0.0.1::",
    "1:2:3:4:5:6:10.0.0.1",
    "12345::",
    "g::",
    ":1",
    "1:",
    "fe80::1/129",
    "::/",
    " ::1",
    "0x0a.1.1.1",
    "1.2.3",
    "1.2.3.4.5",
  ])("%j is one for the page exactly when it is one for the core", (text) => {
    expect(parsePrefix(text) !== null).toBe(coreContains(text, "10.0.0.1") !== null);
  });

  const octets = fc.ipV4();
  const six = fc.ipV6();
  property("holds the same addresses", () => {
    fc.assert(
      fc.property(
        fc.oneof(octets, six),
        fc.nat(128),
        fc.oneof(octets, six),
        (base, length, address) => {
          const prefix = `${base}/${length}`;
          expect(pageContains(prefix, address)).toBe(coreContains(prefix, address));
          expect(pageContains(prefix, base)).toBe(coreContains(prefix, base));
        },
      ),
      { numRuns: 500 },
    );
  });
});
