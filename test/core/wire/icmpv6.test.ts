/** Goal: identifiers of echo, quotes of the four errors; neighbour discovery is left alone. Method: a table. */
import { describe, expect, test } from "vitest";
import { checkDecoder, decode, innermost, outline } from "../../support/decode.ts";
import { ethernet } from "../../support/packet.ts";

const ip = ethernet().ipv6();

test.each([128, 129])("type %i has an identifier", (type) => {
  expect(outline(decode(ip.icmpv6({ type, id: 99, sequence: 3 }).payload("ping")))).toEqual([
    `[fd00::1:10]:99 > [fd00::2:20]:99 protocol 58 payload 4 icmp ${type}/0`,
  ]);
});

test.each([1, 2, 3, 4])("type %i quotes a packet", (type) => {
  const packet = ip.icmpv6({ type, rest: 1280 }).ipv6({ src: "fd00::9" }).tcp({ dstPort: 443 });
  expect(outline(decode(packet))).toEqual([
    `fd00::1:10 > fd00::2:20 protocol 58 payload 60 icmp ${type}/0 quotes [fd00::9]:40000 > [fd00::2:20]:443 protocol 6`,
  ]);
});

test.each([0, 5, 127, 130, 133, 135, 136, 137])("type %i has neither", (type) => {
  expect(innermost(decode(ip.icmpv6({ type, id: 99 }).ipv6().udp()))).toMatchObject({
    hasPorts: 0,
    hasQuoted: 0,
    icmpType: type,
  });
});

describe("damage", () => {
  checkDecoder(ip.icmpv6({ type: 2, rest: 1280 }).ipv6().tcp());
});
