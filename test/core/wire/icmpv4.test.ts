/** Goal: identifiers of queries, quotes of errors. Method: every type that has one or the other, and types that have none. */
import { describe, expect, test } from "vitest";
import { hex } from "../../support/bytes.ts";
import { checkDecoder, decode, innermost, outline } from "../../support/decode.ts";
import { ethernet } from "../../support/packet.ts";

const ip = ethernet().ipv4();

describe("an echo request", () => {
  const packet = ip.icmpv4({ id: 0x1234, sequence: 7 }).payload("ping");
  const header = hex("08 00 06 f4 12 34 00 07");

  test("is the same from the builder and by hand", () => {
    expect(packet.bytes().subarray(34, 42)).toEqual(header);
  });

  test("has its identifier at both ends, as conntrack shows it", () => {
    expect(outline(decode(packet))).toEqual([
      "10.0.1.10:4660 > 10.0.2.20:4660 protocol 1 payload 4 icmp 8/0",
    ]);
    expect(innermost(decode(packet))).toMatchObject({
      icmpSequence: 7,
      payloadOffset: 42,
      payloadEnd: 46,
    });
  });

  checkDecoder(packet);
});

test.each([0, 8, 13, 14, 15, 16, 17, 18])("type %i has an identifier", (type) => {
  expect(innermost(decode(ip.icmpv4({ type, id: 99 })))).toMatchObject({
    hasPorts: 1,
    srcPort: 99,
    dstPort: 99,
  });
});

test.each([3, 4, 5, 11, 12])("type %i quotes a packet", (type) => {
  const view = decode(
    ip.icmpv4({ type, code: 1, quotedBytes: 28 }).ipv4({ src: "10.9.9.9" }).udp(),
  );
  expect(outline(view)).toEqual([
    `10.0.1.10 > 10.0.2.20 protocol 1 payload 28 icmp ${type}/1 quotes 10.9.9.9:40000 > 10.0.2.20:53 protocol 17`,
  ]);
});

test.each([9, 10, 30, 42, 255])("type %i has neither", (type) => {
  expect(innermost(decode(ip.icmpv4({ type, id: 99 }).ipv4().udp()))).toMatchObject({
    hasPorts: 0,
    hasQuoted: 0,
    icmpType: type,
  });
});

test.each([
  [35, "10.0.1.10 > 10.0.2.20 protocol 1 payload 0", "needs 8, has 1"],
  [38, "10.0.1.10 > 10.0.2.20 protocol 1 payload 0 icmp 8/0", "needs 8, has 4"],
])("a header cut at %i bytes", (snaplen, line, lengths) => {
  expect(outline(decode(ip.icmpv4({ id: 99 }), { snaplen }))).toEqual([
    line,
    `stop Truncated: ICMP header at 34 ${lengths} (Captured)`,
  ]);
});
