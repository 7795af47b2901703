/** Goal: ports, sequence numbers, flags and the extent of the payload. Method: bytes by hand, lies about lengths, short snaplens. */
import { describe, expect, test } from "vitest";
import { TcpFlag } from "../../../src/core/wire/packet-view.ts";
import { hex } from "../../support/bytes.ts";
import { checkDecoder, decode, innermost, outline } from "../../support/decode.ts";
import { ethernet } from "../../support/packet.ts";

const ip = ethernet().ipv4();
const packet = ip
  .tcp({
    srcPort: 40000,
    dstPort: 443,
    seq: 0xfffffff0,
    ack: 0x80000000,
    flags: "SAC",
    window: 0x1234,
    options: { mss: 1460 },
  })
  .payload("fast open");

describe("a SYN-ACK with payload", () => {
  const bytes = hex(`
    02 00 00 00 00 02  02 00 00 00 00 01  08 00                 # Ethernet
    45 00 00 35 00 00 00 00 40 06 63 a6  0a 00 01 0a 0a 00 02 14  # IPv4, 53 bytes, TCP
    9c 40 01 bb                                                 # 40000 > 443
    ff ff ff f0  80 00 00 00                                    # sequence, acknowledgment
    60 92 12 34                                                 # 24 bytes, CWR ACK SYN, window
    77 a4 00 00                                                 # checksum
    02 04 05 b4                                                 # MSS 1460
    66 61 73 74 20 6f 70 65 6e`);

  test("is the same from the builder and by hand", () => {
    expect(packet.bytes()).toEqual(bytes);
  });

  test("fills every field", () => {
    expect(innermost(decode(bytes))).toMatchObject({
      hasPorts: 1,
      srcPort: 40000,
      dstPort: 443,
      tcpSequence: 0xfffffff0,
      tcpAck: 0x80000000,
      tcpFlags: TcpFlag.Syn | TcpFlag.Ack | TcpFlag.Cwr,
      tcpWindow: 0x1234,
      payloadOffset: 58,
      payloadEnd: 67,
      payloadLength: 9,
    });
    expect(innermost(decode(bytes)).tcpSynOptions).toBeGreaterThan(0);
  });

  checkDecoder(bytes);
});

test("options are hashed of SYNs only", () => {
  expect(innermost(decode(ip.tcp({ flags: "A", options: { mss: 1460 } }))).tcpSynOptions).toBe(0);
});

test("payload length is the segment's, whatever was captured", () => {
  expect(innermost(decode(ip.tcp().payload("x".repeat(500)), { snaplen: 60 }))).toMatchObject({
    payloadLength: 500,
    payloadOffset: 54,
    payloadEnd: 60,
  });
});

describe("a header cut by the snaplen", () => {
  const syn = ip.tcp({ flags: "S", seq: 77, options: { mss: 1460 } }).payload("1234");

  test.each([
    [
      38,
      { hasPorts: 1, srcPort: 40000, dstPort: 80, tcpSequence: 0, tcpFlags: 0, payloadLength: 0 },
    ],
    [47, { hasPorts: 1, tcpSequence: 0, tcpFlags: 0, payloadLength: 0 }],
    [48, { hasPorts: 1, tcpSequence: 77, tcpFlags: TcpFlag.Syn, payloadLength: 4 }],
    [
      54,
      { hasPorts: 1, tcpSequence: 77, tcpFlags: TcpFlag.Syn, tcpSynOptions: 0, payloadLength: 4 },
    ],
  ])("at %i bytes gives what is there", (snaplen, fields) => {
    const view = decode(syn, { snaplen });
    expect(innermost(view)).toMatchObject({
      ...fields,
      payloadOffset: snaplen,
      payloadEnd: snaplen,
    });
    expect(outline(view).at(-1)).toMatch(/^stop Truncated: TCP header at 34 needs 2[04], has /);
  });

  test("before its ports gives none", () => {
    expect(innermost(decode(syn, { snaplen: 37 })).hasPorts).toBe(0);
  });
});

test.each([
  ["below 20 bytes", 4, "needs 20, has 16"],
  ["beyond the packet", 15, "needs 60, has 24"],
])("a data offset %s is malformed; the ports are good", (_name, dataOffset, lengths) => {
  expect(outline(decode(ip.tcp({ dataOffset }).payload("1234")))).toEqual([
    "10.0.1.10:40000 > 10.0.2.20:80 protocol 6 payload 0",
    `stop Malformed: TCP header at 34 ${lengths} (HeaderLength)`,
  ]);
});

test("options in the next fragment are cut, not a contradiction", () => {
  const first = ethernet().ipv4({ moreFragments: true }).tcp({ dataOffset: 8 }).payload("1234");
  expect(outline(decode(first)).at(-1)).toBe(
    "stop Truncated: TCP header at 34 needs 32, has 24 (Ipv4TotalLength)",
  );
});
