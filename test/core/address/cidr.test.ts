import fc from "fast-check";
import { Address4, Address6 } from "ip-address";
import { describe, expect, test } from "vitest";
import { cidrContains, parseCidr } from "../../../src/core/address/cidr.ts";
import { type IpAddress, parseAddress } from "../../../src/core/address/ip-text.ts";
import { ipv4Address, ipv6Address } from "../../support/address-arbitraries.ts";

function address(text: string): IpAddress {
  const parsed = parseAddress(text);
  if (parsed === null) throw new Error(`no address: ${text}`);
  return parsed;
}

describe("parseCidr", () => {
  test.each([
    ["10.0.0.0/16", "10.0.0.0/16"],
    ["10.0.1.5/16", "10.0.0.0/16"],
    ["255.255.255.255/0", "0.0.0.0/0"],
    ["10.1.2.3/32", "10.1.2.3/32"],
    ["2001:DB8:1::1/32", "2001:db8::/32"],
    ["ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/33", "ffff:ffff:8000::/33"],
    ["::ffff:10.0.0.1/104", "::ffff:10.0.0.0/104"],
    ["::1/128", "::1/128"],
  ])("%s is %s", (text, canonical) => {
    const cidr = parseCidr(text);
    expect(cidr?.text).toBe(canonical);
    expect(parseCidr(canonical)).toEqual(cidr);
  });

  test.each([
    "",
    "/",
    "10.0.0.0",
    "10.0.0.0/",
    "10.0.0.0/33",
    "::/129",
    "10.0.0.0/08",
    "10.0.0.0/-1",
  ])("%j is no prefix", (text) => {
    expect(parseCidr(text)).toBeNull();
  });

  test.each(["10.0.0.0/8/8", "10.0.0.0/255.0.0.0", "x/8", "10.0.0.0/8 ", "10.0.0.0/1e1"])(
    "%j is no prefix either",
    (text) => {
      expect(parseCidr(text)).toBeNull();
    },
  );
});

describe("cidrContains", () => {
  test("families never mix", () => {
    const mapped = address("::ffff:10.0.0.1");
    const cidr = parseCidr("10.0.0.0/8");
    expect(cidr !== null && cidrContains(cidr, mapped)).toBe(false);
    const everything = parseCidr("::/0");
    expect(everything !== null && cidrContains(everything, address("10.0.0.1"))).toBe(false);
  });

  test("IPv4 agrees with ip-address", () => {
    fc.assert(
      fc.property(ipv4Address, ipv4Address, fc.nat(32), (a, b, length) => {
        const cidr = parseCidr(`${a}/${length}`);
        const oracle = new Address4(b).isInSubnet(new Address4(`${a}/${length}`));
        expect(cidr !== null && cidrContains(cidr, address(b))).toBe(oracle);
      }),
    );
  });

  test("IPv6 agrees with ip-address", () => {
    fc.assert(
      fc.property(ipv6Address, ipv6Address, fc.nat(128), (a, b, length) => {
        const cidr = parseCidr(`${a}/${length}`);
        const oracle = new Address6(b).isInSubnet(new Address6(`${a}/${length}`));
        expect(cidr !== null && cidrContains(cidr, address(b))).toBe(oracle);
      }),
    );
  });
});
