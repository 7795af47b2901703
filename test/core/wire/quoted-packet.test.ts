/**
 * Goal: the quoted packet's addresses and ports whenever the quote has them. Method: quotes of every protocol, cut at every
 * length; errors inside tunnels and about tunnels.
 */
import { describe, expect, test } from "vitest";
import { hex } from "../../support/bytes.ts";
import { checkDecoder, decode, innermost, outline } from "../../support/decode.ts";
import { ethernet } from "../../support/packet.ts";

const error4 = ethernet().ipv4().icmpv4({ type: 3, code: 4, rest: 1400 });
const error6 = ethernet().ipv6().icmpv6({ type: 1 });
const quoteOf = (line: string | undefined): string => line?.split(" quotes ")[1] ?? "none";

test.each([
  ["TCP", error4.ipv4().tcp({ seq: 42 }), "10.0.1.10:40000 > 10.0.2.20:80 protocol 6"],
  ["UDP", error4.ipv4().udp(), "10.0.1.10:40000 > 10.0.2.20:53 protocol 17"],
  ["SCTP", error4.ipv4().sctp(), "10.0.1.10:40000 > 10.0.2.20:36412 protocol 132"],
  ["echo", error4.ipv4().icmpv4({ id: 7 }), "10.0.1.10:7 > 10.0.2.20:7 protocol 1"],
  [
    "an echo reply",
    error4.ipv4().icmpv4({ type: 0, id: 7 }),
    "10.0.1.10:7 > 10.0.2.20:7 protocol 1",
  ],
  [
    "an error, whose own quote is not opened",
    error4.ipv4().icmpv4({ type: 3 }).ipv4(),
    "10.0.1.10 > 10.0.2.20 protocol 1",
  ],
  ["GRE", error4.ipv4().gre().ipv4(), "10.0.1.10 > 10.0.2.20 protocol 47"],
  [
    "IP options",
    error4.ipv4({ options: new Uint8Array(8) }).udp(),
    "10.0.1.10:40000 > 10.0.2.20:53 protocol 17",
  ],
  [
    "a first fragment",
    error4.ipv4({ moreFragments: true }).udp(),
    "10.0.1.10:40000 > 10.0.2.20:53 protocol 17",
  ],
  [
    "a later fragment",
    error4.ipv4({ fragmentOffset: 8 }).udp(),
    "10.0.1.10 > 10.0.2.20 protocol 17",
  ],
  ["IPv6", error6.ipv6().udp(), "[fd00::1:10]:40000 > [fd00::2:20]:53 protocol 17"],
  ["IPv6 echo", error6.ipv6().icmpv6({ id: 7 }), "[fd00::1:10]:7 > [fd00::2:20]:7 protocol 58"],
  [
    "extension headers",
    error6.ipv6().hopByHop().routing().authenticationHeader().tcp(),
    "[fd00::1:10]:40000 > [fd00::2:20]:80 protocol 6",
  ],
  [
    "a first IPv6 fragment",
    error6.ipv6().ipv6Fragment({ more: true }).udp(),
    "[fd00::1:10]:40000 > [fd00::2:20]:53 protocol 17",
  ],
  [
    "a later IPv6 fragment",
    error6.ipv6().ipv6Fragment({ offset: 8, nextHeader: 17 }).udp(),
    "fd00::1:10 > fd00::2:20 protocol 17",
  ],
])("%s", (_name, packet, quote) => {
  const view = decode(packet);
  expect(view.stop).toBe(0);
  expect(outline(view).map(quoteOf)).toEqual([quote]);
  expect(innermost(view).hasQuoted).toBe(1);
});

test("a quote of TCP has the sequence number", () => {
  const view = decode(
    ethernet().ipv4().icmpv4({ type: 11, quotedBytes: 28 }).ipv4({ id: 5 }).tcp({ seq: 42 }),
  );
  expect(view.quoted).toMatchObject({ tcpSequence: 42, ipId: 5, transportLength: 20, ttl: 64 });
});

test.each([
  [28, "10.0.1.10:40000 > 10.0.2.20:80 protocol 6"],
  [24, "10.0.1.10:40000 > 10.0.2.20:80 protocol 6"],
  [23, "10.0.1.10 > 10.0.2.20 protocol 6"],
  [20, "10.0.1.10 > 10.0.2.20 protocol 6"],
])("a quote of %i bytes is as good as it can be", (quotedBytes, quote) => {
  const view = decode(ethernet().ipv4().icmpv4({ type: 3, quotedBytes }).ipv4().tcp());
  expect([view.stop, ...outline(view).map(quoteOf)]).toEqual([0, quote]);
});

test.each([
  [
    "no IP header",
    error4.payload("0123"),
    "stop Malformed: quoted packet at 42 needs 4, has 3 (HeaderLength)",
  ],
  ["nothing", error4, "stop Malformed: quoted packet at 42 needs 20, has 0 (Ipv4TotalLength)"],
  [
    "half an IP header",
    error4.payload(hex("45000000 00000000")),
    "stop Malformed: quoted packet at 42 needs 20, has 8 (Ipv4TotalLength)",
  ],
  [
    "a header length below 20",
    error4.ipv4({ headerWords: 3 }).udp(),
    "stop Malformed: quoted packet at 42 needs 20, has 12 (HeaderLength)",
  ],
])("%s is no quote", (_name, packet, stop) => {
  const view = decode(packet);
  expect(outline(view).at(-1)).toBe(stop);
  expect(innermost(view).hasQuoted).toBe(0);
});

test("cut by the snaplen", () => {
  const view = decode(error4.ipv4().tcp(), { snaplen: 60 });
  expect(outline(view).at(-1)).toBe(
    "stop Truncated: quoted packet at 42 needs 20, has 18 (Captured)",
  );
});

test("an error inside an overlay, and one about an overlay's datagram", () => {
  const overlay = ethernet().ipv4().udp({ dstPort: 4789 }).vxlan();
  const inside = decode(
    overlay.ethernet().ipv4().icmpv4({ type: 3 }).ipv4({ src: "10.8.8.8" }).udp(),
  );
  expect(outline(inside).map(quoteOf)).toEqual([
    "none",
    "10.8.8.8:40000 > 10.0.2.20:53 protocol 17",
  ]);
  const about = decode(error4.ipv4().udp({ dstPort: 4789 }).vxlan().ethernet().ipv4().udp());
  expect(outline(about).map(quoteOf)).toEqual(["10.0.1.10:40000 > 10.0.2.20:4789 protocol 17"]);
});

describe("damage", () => {
  checkDecoder(error6.ipv6().hopByHop().ipv6Fragment().tcp());
});
