/** Goal: the text form as strictly as its specification. Method: lines, good and bad. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseProxyHeader } from "../../../src/core/wire/proxy-protocol.ts";
import { ascii } from "../../support/bytes.ts";
import { tightView } from "../../support/decode.ts";

function parse(text: string) {
  const bytes = ascii(text);
  return parseProxyHeader(tightView(bytes), 0, bytes.length);
}

test("TCP4", () => {
  expect(parse("PROXY TCP4 192.0.2.1 198.51.100.7 56324 443\r\nGET / HTTP/1.1\r\n")).toEqual({
    version: 1,
    command: "PROXY",
    source: { address: "192.0.2.1", port: 56324 },
    destination: { address: "198.51.100.7", port: 443 },
    length: 45,
  });
});

test("TCP6, with addresses brought into their canonical form", () => {
  expect(parse("PROXY TCP6 2001:DB8:0::1 ::1 0 65535\r\n")).toMatchObject({
    source: { address: "2001:db8::1", port: 0 },
    destination: { address: "::1", port: 65535 },
  });
});

test.each(["PROXY UNKNOWN\r\n", "PROXY UNKNOWN ffff::1 whatever 1 2\r\n"])(
  "%j has no addresses",
  (text) => {
    expect(parse(text)).toEqual({
      version: 1,
      command: "PROXY",
      source: null,
      destination: null,
      length: text.length,
    });
  },
);

test.each([
  "PROXY TCP4 192.0.2.1 198.51.100.7 56324 443\n",
  "PROXY TCP4 192.0.2.1 198.51.100.7 56324 443\r",
  "PROXY TCP4 192.0.2.1 198.51.100.7 56324 443",
  "PROXY TCP4  192.0.2.1 198.51.100.7 56324 443\r\n",
  "PROXY TCP4 192.0.2.1 198.51.100.7 56324 443 \r\n",
  "PROXY TCP4 192.0.2.1 198.51.100.7 56324\r\n",
  "PROXY TCP4 192.0.2.256 198.51.100.7 56324 443\r\n",
  "PROXY TCP4 192.0.2.1 198.51.100.7 65536 443\r\n",
  "PROXY TCP4 192.0.2.1 198.51.100.7 056 443\r\n",
  "PROXY TCP4 192.0.2.1 198.51.100.7 -1 443\r\n",
  "PROXY TCP4 ::1 ::1 1 2\r\n",
  "PROXY TCP6 192.0.2.1 198.51.100.7 1 2\r\n",
  "PROXY TCP6 fe80::1%eth0 ::1 1 2\r\n",
  "PROXY UDP4 192.0.2.1 198.51.100.7 1 2\r\n",
  "PROXY UNKNOWNS\r\n",
  "PROXY \r\n",
  `PROXY UNKNOWN ${"x".repeat(92)}\r\n`,
])("%j is no header", (text) => {
  expect(parse(text)).toBeNull();
});

test("a line of 107 bytes is the longest", () => {
  expect(parse(`PROXY UNKNOWN ${"x".repeat(91)}\r\n`)?.length).toBe(107);
});

test("any text after PROXY gives a header or null", () => {
  const unit = fc.constantFrom(..."TCP46UNKOW 0123456789abcdef.:\r\n%");
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 120 }), (text) => {
      const parsed = parse(`PROXY ${text}`);
      if (parsed !== null) expect(parsed.length).toBeLessThanOrEqual(107);
    }),
  );
});
