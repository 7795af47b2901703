/** What stands in the payloads that podpath reads: PROXY headers, HTTP requests, DNS answers; some of them lie. */
import type { Random } from "./random.ts";

const encoder = new TextEncoder();

export function httpRequest(random: Random): Uint8Array {
  const forwarded = random.pick([
    "198.51.100.7",
    "198.51.100.7:5151",
    "[2001:db8::1]:99999",
    "a, b,, 10.0.0.1",
    "%",
    "::",
  ]);
  const agent = random.pick(["ELB-HealthChecker/2.0", "curl/8", "\u0000\u001b[31m"]);
  const end = random.pick(["\r\n\r\n", "\r\n", "\n", ""]);
  return encoder.encode(
    `GET /${"x".repeat(random.pick([0, 3, 5000]) % 700)} HTTP/1.1\r\nX-Forwarded-For: ${forwarded}\r\nUser-Agent: ${agent}${end}`,
  );
}

const SIGNATURE = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a];

export function proxyHeader(random: Random): Uint8Array {
  if (random.oneIn(2)) {
    const line = random.pick([
      "PROXY TCP4 198.51.100.7 10.0.0.1 40000 443\r\n",
      "PROXY TCP6 2001:db8::1 2001:db8::2 1 65535\r\n",
      "PROXY UNKNOWN\r\n",
      "PROXY TCP4 999.0.0.1 10.0.0.1 99999 -1\r\n",
      `PROXY TCP4 ${"1".repeat(200)}`,
    ]);
    return encoder.encode(line);
  }
  const family = random.pick([0x11, 0x12, 0x21, 0x22, 0x31, 0x00]);
  const body = random.bytes(random.pick([0, 12, 13, 14, 15, 36, 38, 60]));
  // TLVs of an AWS endpoint, with a length that fits or does not.
  if (body.length > 20)
    body.set(
      [0xea, 0, random.pick([9, 22, 255]), 1],
      family === 0x21 ? Math.min(36, body.length - 4) : 12,
    );
  const length = random.oneIn(3) ? random.pick([0, body.length + 1, 0xffff]) : body.length;
  return Uint8Array.from([
    ...SIGNATURE,
    random.pick([0x21, 0x20, 0x22, 0x11]),
    family,
    length >>> 8,
    length & 255,
    ...body,
  ]);
}

export function dnsAnswer(random: Random): Uint8Array {
  const name = random.pick([
    [3, 119, 119, 119, 2, 97, 98, 0],
    [1, 0x2e, 0],
    [0],
    [63, ...random.bytes(63), 0],
    [0xc0, 12],
    [64, 1, 2, 0],
  ]);
  const answers: number[] = [];
  const count = random.pick([0, 1, 2, 5]);
  for (let i = 0; i < count; i += 1) {
    const owner = random.pick([[0xc0, 12], [0xc0, 0x0c + random.below(40)], [0xff, 0xff], name]);
    const [type, data] = random.pick([
      [1, [10, 0, 0, 7]],
      [28, [...random.bytes(16)]],
      [5, [0xc0, 12]],
      [5, [1, 99, 0]],
      [1, [1, 2, 3]],
    ] as const);
    const length = random.oneIn(6) ? random.pick([0, 1, 0xffff]) : data.length;
    answers.push(...owner, 0, type, 0, 1, 0, 0, 0, 60, length >>> 8, length & 255, ...data);
  }
  const claimed = random.oneIn(5) ? random.pick([0, 0xffff]) : count;
  return Uint8Array.from([
    0x12,
    0x34,
    0x81,
    0x80,
    0,
    1,
    claimed >>> 8,
    claimed & 255,
    0,
    0,
    0,
    0,
    ...name,
    0,
    1,
    0,
    1,
    ...answers,
  ]);
}
