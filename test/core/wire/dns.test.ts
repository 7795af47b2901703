/** Goal: the names that answers give addresses, and nothing from a broken or malicious one. Method: bytes by hand, every cut, every byte flipped. */
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { MAX_DNS_ANSWERS_READ } from "../../../src/core/limits.ts";
import { type DnsAnswer, parseDnsAnswer } from "../../../src/core/wire/dns.ts";
import { ascii, concat, hex, u8, u16 } from "../../support/bytes.ts";
import { tightView } from "../../support/decode.ts";
import { a, cname, dnsName, dnsResponse } from "../../support/dns-message.ts";

const parse = (bytes: Uint8Array): DnsAnswer | null =>
  parseDnsAnswer(tightView(bytes), 0, bytes.length);
const pointer = (target: number) => u16(0xc000 | target);

const BY_HAND = hex(`
  12 34 81 80 00 01 00 03 00 00 00 00            # response, recursion desired and available, 1 question, 3 answers
  03 77 77 57 07 65 78 61 6d 70 6c 65 03 63 6f 6d 00   # wwW.example.com
  00 01 00 01                                    # A, IN
  c0 0c 00 05 00 01 00 00 01 2c 00 06            # offset 12 is an alias
  03 63 64 6e c0 10                              #   of cdn.example.com (its tail at offset 16)
  c0 2d 00 01 00 01 00 00 01 2c 00 04 cb 00 71 0a  # which has 203.0.113.10
  c0 2d 00 01 00 01 00 00 01 2c 00 04 cb 00 71 0b  # and 203.0.113.11
`);

test("an answer with an alias and compressed names, by hand", () => {
  expect(parse(BY_HAND)).toEqual({
    name: "www.example.com",
    addresses: ["203.0.113.10", "203.0.113.11"],
  });
});

test("reads no byte beyond any cut, and keeps the records before it", () => {
  const found = Array.from(
    { length: BY_HAND.length + 1 },
    (_, end) => parse(BY_HAND.slice(0, end))?.addresses.length ?? 0,
  );
  expect(found.indexOf(1)).toBe(BY_HAND.length - 16);
  expect(found.indexOf(2)).toBe(BY_HAND.length);
});

test("the message may stand anywhere in a packet, and pointers count from its start", () => {
  const view = tightView(concat(hex("ffffff"), BY_HAND, hex("ffff")));
  expect(parseDnsAnswer(view, 3, 3 + BY_HAND.length)).toEqual(parse(BY_HAND));
});

describe("an answer", () => {
  it("names IPv6 addresses", () => {
    const records = [a("www.example.com", "2001:db8::10")];
    expect(parse(dnsResponse({ records }))?.addresses).toEqual(["2001:db8::10"]);
  });

  it("may have its records in any order, and names each address once", () => {
    const records = [a("b", "192.0.2.1"), a("b", "192.0.2.1"), cname("a", "b"), cname("q", "a")];
    expect(parse(dnsResponse({ question: "q", records }))).toEqual({
      name: "q",
      addresses: ["192.0.2.1"],
    });
  });

  it("says nothing of addresses that belong to another name than the one asked for", () => {
    const records = [a("other.example", "192.0.2.66")];
    expect(parse(dnsResponse({ records }))).toBeNull();
  });

  it("may have aliases that go in a circle", () => {
    const records = [cname("q", "r"), cname("r", "q"), a("r", "192.0.2.1")];
    expect(parse(dnsResponse({ question: "q", records }))?.addresses).toEqual(["192.0.2.1"]);
  });

  it("is read up to a number of records", () => {
    const other = Array.from({ length: MAX_DNS_ANSWERS_READ - 1 }, () => a("x", "192.0.2.9"));
    const last = a("q", "192.0.2.1");
    expect(parse(dnsResponse({ question: "q", records: [...other, last] }))).not.toBeNull();
    expect(parse(dnsResponse({ question: "q", records: [...other, ...other, last] }))).toBeNull();
  });

  it("passes over records of other types and classes, and lengths that do not fit their type", () => {
    const good = a("q", "192.0.2.1");
    const records = [
      { name: "q", type: 16, data: ascii("text") },
      { name: "q", type: 1, class: 3, data: hex("c0000203") },
      { name: "q", type: 1, data: hex("c0000204 00") },
      { name: "q", type: 28, data: hex("c0000205") },
      good,
    ];
    expect(parse(dnsResponse({ question: "q", records }))?.addresses).toEqual(["192.0.2.1"]);
  });

  it.each([
    ["a query", { flags: 0x0100 }],
    ["an error (NXDOMAIN)", { flags: 0x8183 }],
    ["an update", { flags: 0xa800 }],
    ["two questions", { questions: 2 }],
    ["no answer", { answers: 0 }],
  ])("is not read from %s", (_, fields) => {
    const records = [a("www.example.com", "192.0.2.1")];
    expect(parse(dnsResponse({ records }))).not.toBeNull();
    expect(parse(dnsResponse({ records, ...fields }))).toBeNull();
  });
});

describe("a name", () => {
  const named = (question: Uint8Array) =>
    parse(dnsResponse({ question, records: [a(pointer(12), "192.0.2.1")] }))?.name;

  it("cannot bring controls, markup, spaces or dots of its own", () => {
    const label = (bytes: Uint8Array) => concat(u8(bytes.length), bytes, u8(0));
    expect(named(label(hex("1b 5b 32 4a 00 ff e2 80 ae")))).toBe(
      "\\027\\0912j\\000\\255\\226\\128\\174",
    );
    expect(named(label(ascii('a.b\\ <"&*')))).toBe("a\\.b\\\\\\032\\060\\034\\038*");
    expect(named(label(ascii("__proto__")))).toBe("__proto__");
  });

  it("of the root is none", () => {
    expect(named(dnsName("q"))).toBe("q");
    expect(named(dnsName(""))).toBeUndefined();
  });

  it("is at most 255 octets long", () => {
    const name = (last: number) =>
      dnsName([63, 63, 63, last].map((size) => "x".repeat(size)).join("."));
    expect(name(61)).toHaveLength(255);
    expect(named(name(61))).toHaveLength(253);
    expect(named(name(62))).toBeUndefined();
  });

  it.each([
    ["to itself", pointer(12)],
    ["forward", pointer(14)],
    ["into the header", pointer(4)],
    ["beyond the message", pointer(0x3fff)],
    ["behind a label, in a circle", concat(u8(1), ascii("a"), pointer(12))],
    ["of an unknown kind", hex("40 61 00")],
  ])("with a pointer %s is none", (_, question) => {
    expect(named(question)).toBeUndefined();
  });

  it("of pointers to pointers is given up after as many as a name can need", () => {
    const chained = (pointers: number) => {
      // TXT data that holds the name and pointers, each to the one before it.
      const start = 12 + 3 + 4 + 3 + 10;
      const data = concat(
        dnsName("q"),
        ...Array.from({ length: pointers }, (__, i) =>
          pointer(i === 0 ? start : start + 3 + 2 * (i - 1)),
        ),
      );
      const last = pointer(start + 3 + 2 * (pointers - 1));
      return parse(
        dnsResponse({
          question: "q",
          records: [{ name: "q", type: 16, data }, a(last, "192.0.2.1")],
        }),
      );
    };
    expect(chained(126)?.addresses).toEqual(["192.0.2.1"]);
    expect(chained(127)).toBeNull();
  });
});

test("any bytes give an answer or none, and never throw", () => {
  for (let at = 0; at < BY_HAND.length; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const changed = BY_HAND.slice();
      changed[at] = (changed[at] ?? 0) ^ (1 << bit);
      expect(parse(changed)?.name ?? "x").toMatch(/^[!-~]+$/);
    }
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (rest) => {
      const head = BY_HAND.slice(0, 12);
      expect(parse(concat(head, rest))?.name ?? "x").toMatch(/^[!-~]{1,1020}$/);
    }),
  );
});
