// Header text comes from whoever opened a connection: nothing but a whole, well-formed line may be believed, and nothing may throw.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseAddress } from "../../../src/core/address/ip-text.ts";
import { looksLikeHttpRequest, parseHttpRequest } from "../../../src/core/wire/http-request.ts";
import { ascii } from "../../support/bytes.ts";

/** In the middle of other bytes, so that reading beyond either end would show. */
function parse(text: string, captured = text.length) {
  const bytes = ascii(`X-Forwarded-For: 1.1.1.1\r\n${text}\r\nX-Forwarded-For: 2.2.2.2\r\n\r\n`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = 26 + captured;
  return looksLikeHttpRequest(view, 26, end) ? parseHttpRequest(view, 26, end) : null;
}
const get = (...lines: readonly string[]) =>
  ["GET / HTTP/1.1", ...lines, "Host: a", "", ""].join("\r\n");
const forwarded = (value: string) => parse(get(`X-Forwarded-For: ${value}`))?.forwardedFor ?? null;

describe("X-Forwarded-For", () => {
  it.each([
    ["203.0.113.7", { address: "203.0.113.7", port: null }],
    ["203.0.113.7:51544", { address: "203.0.113.7", port: 51544 }],
    ["10.9.9.9, 203.0.113.7", { address: "203.0.113.7", port: null }],
    ["2001:DB8::1", { address: "2001:db8::1", port: null }],
    ["[2001:db8::1]:443", { address: "2001:db8::1", port: 443 }],
  ])("names the last address of %s", (value, client) => {
    expect(forwarded(value)).toEqual(client);
  });
  it.each(["", "unknown", "203.0.113.7, evil", "203.0.113.7:99999", "fe80::1%eth0", "1.2.3"])(
    "names nobody when it ends in %j",
    (value) => {
      expect(forwarded(value)).toBeNull();
    },
  );
  it("is found whatever the case of its name, and the last line counts", () => {
    const text = get("x-forwarded-FOR:10.0.0.1", "X-FORWARDED-FOR:  203.0.113.7 ");
    expect(parse(text)?.forwardedFor?.address).toBe("203.0.113.7");
  });
  it("is not read where the snaplen cut its line", () => {
    const text = get("X-Forwarded-For: 203.0.113.77");
    const upTo = text.indexOf("77\r\n");
    for (const captured of [upTo, upTo + 1, upTo + 2, upTo + 3])
      expect(parse(text, captured)).toBeNull();
    expect(parse(text, upTo + 4)?.forwardedFor?.address).toBe("203.0.113.77");
  });
  it("is not read out of the body", () => {
    expect(parse(get("", "X-Forwarded-For: 203.0.113.7"))).toBeNull();
  });
});

describe("a request", () => {
  it("of a load balancer's health check says so", () => {
    const check = get("User-Agent: ELB-HealthChecker/2.0");
    expect(parse(check)).toEqual({ forwardedFor: null, isHealthCheck: true });
    expect(parse(get("User-Agent: curl/8 ELB-HealthChecker/2.0"))).toBeNull();
  });
  it.each([
    "HTTP/1.1 200 OK\r\nX-Forwarded-For: 203.0.113.7\r\n\r\n",
    "GET /\r\nX-Forwarded-For: 203.0.113.7\r\n\r\n",
    "get / HTTP/1.1\r\nX-Forwarded-For: 203.0.113.7\r\n\r\n",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
  ])("is none: %j", (text) => {
    expect(parse(text)).toBeNull();
  });
  it("never throws, and never gives an address that is none", () => {
    const value = fc.string({ unit: "binary-ascii", maxLength: 60 });
    fc.assert(
      fc.property(value, fc.nat(200), (text, captured) => {
        const request = get(`X-Forwarded-For: ${text}`);
        const client = parse(request, Math.min(captured, request.length))?.forwardedFor;
        if (client != null) expect(parseAddress(client.address)).not.toBeNull();
      }),
    );
  });
});
