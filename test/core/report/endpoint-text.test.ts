import { describe, expect, it } from "vitest";
import { parseEndpoint, parseTuple } from "../../../src/core/report/endpoint-text.ts";

describe("an endpoint", () => {
  it.each([
    ["10.0.1.11", "10.0.1.11", null],
    ["10.0.1.11:443", "10.0.1.11", 443],
    ["10.0.1.11.443", "10.0.1.11", 443],
    ["2001:DB8::1", "2001:db8::1", null],
    ["[2001:db8:0::1]:443", "2001:db8::1", 443],
    ["[2001:db8::1]", "2001:db8::1", null],
  ])("%s", (text, address, port) => {
    expect(parseEndpoint(text)).toEqual({ address, port });
  });

  it.each(["", "web-0", "10.0.1", "10.0.1.300:1", "10.0.1.1:65536", "10.0.1.1:", "a:1", "[x]:1"])(
    "%j is none",
    (text) => {
      expect(parseEndpoint(text)).toBeNull();
    },
  );
});

describe("a tuple", () => {
  const ends = [
    { address: "10.0.1.11", port: 40_000 },
    { address: "203.0.113.9", port: 443 },
  ];
  it.each([
    ["tcp 10.0.1.11:40000 203.0.113.9:443", "tcp"],
    ["TCP 10.0.1.11:40000 -> 203.0.113.9:443", "tcp"],
    ["10.0.1.11:40000->203.0.113.9:443", null],
    ["10.0.1.11:40000 → 203.0.113.9:443", null],
    ["10.0.1.11:40000,203.0.113.9:443", null],
    ["IP 10.0.1.11.40000 > 203.0.113.9.443:", null],
  ])("%s", (text, protocol) => {
    expect(parseTuple(text)).toEqual({ protocol, ends });
  });

  it("may have one end, no ports, and IPv6", () => {
    expect(parseTuple("icmp 10.0.1.11")?.ends).toEqual([{ address: "10.0.1.11", port: null }]);
    expect(parseTuple("[2001:db8::1]:1->2001:db8::2")?.ends).toEqual([
      { address: "2001:db8::1", port: 1 },
      { address: "2001:db8::2", port: null },
    ]);
  });

  it.each([
    "",
    "tcp",
    "web-0",
    "default/web-0",
    "conn-3",
    "10.0.1.1 web",
    "1.1.1.1 2.2.2.2 3.3.3.3",
  ])("%j is none", (text) => {
    expect(parseTuple(text)).toBeNull();
  });

  it("is not looked for in a megabyte", () => {
    expect(parseTuple("->".repeat(500_000))).toBeNull();
  });
});
