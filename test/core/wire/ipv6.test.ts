/** Goal: the IPv6 header is read as it stands, also when its length field is 0. Method: bytes by hand, then variations. */
import { describe, expect, test } from "vitest";
import { concat, hex, u32 } from "../../support/bytes.ts";
import { checkDecoder, decode, innermost, outline } from "../../support/decode.ts";
import { ethernet } from "../../support/packet.ts";

const packet = ethernet()
  .ipv6({
    src: "2001:db8::1",
    dst: "fd00:ec2::254",
    hopLimit: 63,
    trafficClass: 0xff,
    flowLabel: 0x12345,
  })
  .udp({ srcPort: 1234, dstPort: 5678, checksum: 0 })
  .payload("hi");

describe("a plain packet", () => {
  const bytes = hex(`
    02 00 00 00 00 02  02 00 00 00 00 01  86 dd          # Ethernet
    6f f1 23 45 00 0a 11 3f                              # IPv6, class ff, flow 12345, 10 bytes, UDP, hop limit 63
    20 01 0d b8 00 00 00 00  00 00 00 00 00 00 00 01
    fd 00 0e c2 00 00 00 00  00 00 00 00 00 00 02 54
    04 d2 16 2e 00 0a 00 00  68 69                       # UDP 1234 > 5678, 10 bytes`);

  test("is the same from the builder and by hand", () => {
    expect(packet.bytes()).toEqual(bytes);
  });

  test("fills every field", () => {
    const view = decode(bytes);
    expect(outline(view)).toEqual([
      "[2001:db8::1]:1234 > [fd00:ec2::254]:5678 protocol 17 payload 2",
    ]);
    expect(innermost(view)).toMatchObject({
      version: 6,
      src0: 0x20010db8,
      src3: 1,
      dst0: 0xfd000ec2 | 0,
      dst3: 0x254,
      ttl: 63,
      ipId: -1,
      headerOffset: 14,
      transportOffset: 54,
      transportLength: 10,
      payloadOffset: 62,
      payloadEnd: 64,
    });
  });

  checkDecoder(bytes);
});

test("Ethernet padding is no payload", () => {
  expect(innermost(decode(ethernet({ pad: true }).ipv6().payload("x")))).toMatchObject({
    payloadLength: 1,
    payloadEnd: 55,
  });
});

describe("a payload length of 0", () => {
  const jumbo = (length: number) =>
    ethernet()
      .ipv6({ payloadLength: 0 })
      .hopByHop(concat(hex("c2 04"), u32(length)))
      .tcp()
      .payload("x".repeat(8));

  test("with a Jumbo Payload option means that length (RFC 2675)", () => {
    expect(innermost(decode(jumbo(70_000)))).toMatchObject({
      transportLength: 69_992,
      payloadLength: 69_972,
    });
  });

  test("with an option below 65536, which the RFC forbids, means the record's length", () => {
    expect(innermost(decode(jumbo(100))).payloadLength).toBe(8);
  });

  test("without an option means the record's length (segmentation offload)", () => {
    const tso = ethernet().ipv6({ payloadLength: 0 }).tcp().payload("x".repeat(8));
    expect(innermost(decode(tso)).payloadLength).toBe(8);
    expect(innermost(decode(tso, { wireLength: 80_074 })).payloadLength).toBe(80_000);
  });

  test("with no next header means nothing, padding or not", () => {
    const view = decode(ethernet({ pad: true }).ipv6());
    expect(outline(view)).toEqual(["fd00::1:10 > fd00::2:20 protocol 59 payload 0"]);
    expect(innermost(view).payloadEnd).toBe(54);
  });

  checkDecoder(jumbo(70_000));
});

test("another version is malformed", () => {
  expect(outline(decode(ethernet({ etherType: 0x86dd }).ipv4().udp()))).toEqual([
    "stop Malformed: IPv6 header at 14 needs 6, has 4 (HeaderLength)",
  ]);
});

test("a payload length that leaves no room for the transport header contradicts it", () => {
  expect(outline(decode(ethernet().ipv6({ payloadLength: 7 }).udp()))).toEqual([
    "[fd00::1:10]:40000 > [fd00::2:20]:53 protocol 17 payload 0",
    "stop Malformed: UDP header at 54 needs 8, has 7 (Ipv6PayloadLength)",
  ]);
});

test("a length of 0 decides nothing: what is short then was cut", () => {
  const short = ethernet().ipv6({ payloadLength: 0, nextHeader: 6 }).payload("0123456789");
  expect(outline(decode(short)).at(-1)).toBe(
    "stop Truncated: TCP header at 54 needs 20, has 10 (Captured)",
  );
});
