import fc from "fast-check";
import { expect, test } from "vitest";
import { type Cidr, cidrContains, parseCidr } from "../../../src/core/address/cidr.ts";
import { type IpAddress, parseAddress } from "../../../src/core/address/ip-text.ts";
import { PrefixTable } from "../../../src/core/address/prefix-table.ts";
import { ipv4Address, ipv6Address } from "../../support/address-arbitraries.ts";

function cidr(text: string): Cidr {
  const parsed = parseCidr(text);
  if (parsed === null) throw new Error(`no prefix: ${text}`);
  return parsed;
}

function address(text: string): IpAddress {
  const parsed = parseAddress(text);
  if (parsed === null) throw new Error(`no address: ${text}`);
  return parsed;
}

test("the longest prefix wins, whatever the order of insertion", () => {
  const table = new PrefixTable<string>();
  for (const text of ["10.0.0.0/16", "0.0.0.0/0", "10.0.1.0/24", "10.0.0.0/8"]) {
    table.insert(cidr(text), text);
  }
  expect(table.lookup(address("10.0.1.7"))).toBe("10.0.1.0/24");
  expect(table.lookup(address("10.0.2.7"))).toBe("10.0.0.0/16");
  expect(table.lookupAll(address("10.0.1.7"))).toEqual([
    "10.0.1.0/24",
    "10.0.0.0/16",
    "10.0.0.0/8",
    "0.0.0.0/0",
  ]);
  expect(table.lookup(address("::1"))).toBeNull();
});

test("a second value for the same prefix replaces the first", () => {
  const table = new PrefixTable<number>();
  table.insert(cidr("fd00::/8"), 1);
  table.insert(cidr("fd00::1/8"), 2);
  expect(table.lookupAll(address("fd12::1"))).toEqual([2]);
});

test("a falsy value is a value", () => {
  const table = new PrefixTable<number | null>();
  table.insert(cidr("10.0.0.0/8"), 0);
  table.insert(cidr("10.0.0.0/16"), null);
  expect(table.lookupAll(address("10.0.0.1"))).toEqual([null, 0]);
});

test("an empty table knows nothing", () => {
  expect(new PrefixTable<number>().lookup(address("10.0.0.1"))).toBeNull();
});

test("agrees with a search through all prefixes", () => {
  const prefix = fc.oneof(
    fc.tuple(ipv4Address, fc.nat(32)).map(([text, length]) => cidr(`${text}/${length}`)),
    fc.tuple(ipv6Address, fc.nat(128)).map(([text, length]) => cidr(`${text}/${length}`)),
  );
  const any = fc.oneof(ipv4Address, ipv6Address).map(address);
  fc.assert(
    fc.property(
      fc.array(prefix, { maxLength: 30 }),
      fc.array(any, { maxLength: 10 }),
      (all, asked) => {
        const table = new PrefixTable<string>();
        for (const entry of all) table.insert(entry, entry.text);
        for (const one of asked) {
          const expected = [...new Map(all.map((entry) => [entry.text, entry])).values()]
            .filter((entry) => cidrContains(entry, one))
            .sort((a, b) => b.prefixLength - a.prefixLength)
            .map((entry) => entry.text);
          expect(table.lookupAll(one)).toEqual(expected);
          expect(table.lookup(one)).toBe(expected[0] ?? null);
        }
      },
    ),
  );
});
