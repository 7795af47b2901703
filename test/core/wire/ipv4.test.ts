/** Goal: the IPv4 header is read as it stands, its lengths are never believed. Method: bytes by hand, then one field at a time. */
import { describe, expect, test } from "vitest";
import { hex } from "../../support/bytes.ts";
import { checkDecoder, decode, innermost, outline } from "../../support/decode.ts";
import { ethernet } from "../../support/packet.ts";

const packet = ethernet()
  .ipv4({ src: "10.0.1.10", dst: "172.31.255.254", ttl: 63, id: 0xbeef, dontFragment: true })
  .udp({ srcPort: 1234, dstPort: 5678, checksum: 0 })
  .payload("hi");

describe("a plain packet", () => {
  const bytes = hex(`
    02 00 00 00 00 02  02 00 00 00 00 01  08 00      # Ethernet
    45 00 00 1e be ef 40 00 3f 11 c5 b7              # IPv4, 30 bytes, id beef, DF, TTL 63, UDP
    0a 00 01 0a  ac 1f ff fe
    04 d2 16 2e 00 0a 00 00  68 69                   # UDP 1234 > 5678, 10 bytes`);

  test("is the same from the builder and by hand", () => {
    expect(packet.bytes()).toEqual(bytes);
  });

  test("fills every field", () => {
    const view = decode(bytes);
    expect(outline(view)).toEqual(["10.0.1.10:1234 > 172.31.255.254:5678 protocol 17 payload 2"]);
    expect(innermost(view)).toMatchObject({
      version: 4,
      src0: 0x0a00010a,
      src1: 0,
      dst0: 0xac1ffffe | 0,
      ttl: 63,
      ipId: 0xbeef,
      fragmentOffset: 0,
      moreFragments: 0,
      headerOffset: 14,
      transportOffset: 34,
      transportLength: 10,
      payloadOffset: 42,
      payloadEnd: 44,
    });
  });

  checkDecoder(bytes);
});

test("options move the transport", () => {
  const withOptions = ethernet()
    .ipv4({ options: hex("94 04 00 00") })
    .udp();
  expect(innermost(decode(withOptions))).toMatchObject({ transportOffset: 38, srcPort: 40000 });
});

test("Ethernet padding is no payload", () => {
  const view = decode(ethernet({ pad: true }).ipv4().udp().payload("hi"));
  expect(view.frameEnd).toBe(60);
  expect(innermost(view)).toMatchObject({ payloadLength: 2, payloadEnd: 44 });
});

describe("a total length of 0 (captured before segmentation offload)", () => {
  const tso = ethernet().ipv4({ totalLength: 0 }).tcp().payload("x".repeat(100));

  test("is derived from the record's length on the wire", () => {
    expect(innermost(decode(tso)).payloadLength).toBe(100);
    expect(innermost(decode(tso, { wireLength: 70_054 })).payloadLength).toBe(70_000);
  });

  test("from what was captured, when the wire length is unknown or smaller", () => {
    expect(innermost(decode(tso, { wireLength: 0 })).payloadLength).toBe(100);
    expect(innermost(decode(tso, { wireLength: 20 })).payloadLength).toBe(100);
  });

  test("inside a tunnel whose lengths are 0 as well", () => {
    const overlay = ethernet()
      .ipv4({ totalLength: 0 })
      .udp({ dstPort: 4789, length: 0 })
      .vxlan()
      .ethernet()
      .ipv4({ totalLength: 0 })
      .tcp()
      .payload("x".repeat(100));
    expect(innermost(decode(overlay)).payloadLength).toBe(100);
  });
});

describe("fragments", () => {
  test("the first one has ports and its own share of the payload", () => {
    const first = ethernet()
      .ipv4({ moreFragments: true })
      .udp({ length: 3008 })
      .payload("x".repeat(16));
    expect(outline(decode(first))).toEqual([
      "10.0.1.10:40000 > 10.0.2.20:53 protocol 17 payload 16 fragment 0+",
    ]);
  });

  test("later ones have none, whatever their bytes look like", () => {
    const later = ethernet().ipv4({ fragmentOffset: 1480 }).udp();
    expect(outline(decode(later))).toEqual([
      "10.0.1.10 > 10.0.2.20 protocol 17 payload 8 fragment 1480",
    ]);
  });

  test("a first fragment too small for its transport is cut, not a contradiction", () => {
    const tiny = ethernet().ipv4({ moreFragments: true, protocol: 6 }).payload("12345678");
    expect(outline(decode(tiny)).at(-1)).toBe(
      "stop Truncated: TCP header at 34 needs 20, has 8 (Ipv4TotalLength)",
    );
  });
});

test.each([
  ["another version", { version: 5 }, "IPv4 header at 14 needs 4, has 5 (HeaderLength)"],
  [
    "a header below 20 bytes",
    { headerWords: 4 },
    "IPv4 header at 14 needs 20, has 16 (HeaderLength)",
  ],
  [
    "a total length below the header",
    { totalLength: 19 },
    "IPv4 header at 14 needs 20, has 19 (Ipv4TotalLength)",
  ],
])("%s is malformed and no layer", (_name, fields, stop) => {
  expect(outline(decode(ethernet().ipv4(fields).udp()))).toEqual([`stop Malformed: ${stop}`]);
});

test("a total length that leaves no room for the transport header contradicts it", () => {
  expect(outline(decode(ethernet().ipv4({ totalLength: 30 }).tcp()))).toEqual([
    "10.0.1.10:40000 > 10.0.2.20:80 protocol 6 payload 0",
    "stop Malformed: TCP header at 34 needs 20, has 10 (Ipv4TotalLength)",
  ]);
});

test("a total length beyond the captured bytes counts, reading does not go there", () => {
  const cut = ethernet().ipv4().udp().payload("x".repeat(1000));
  expect(innermost(decode(cut, { snaplen: 96 }))).toMatchObject({
    payloadLength: 1000,
    payloadOffset: 42,
    payloadEnd: 96,
  });
});

test("options cut by the snaplen leave the addresses", () => {
  const cut = ethernet()
    .ipv4({ options: new Uint8Array(40) })
    .udp();
  expect(outline(decode(cut, { snaplen: 60 }))).toEqual([
    "10.0.1.10 > 10.0.2.20 protocol 17 payload 8",
    "stop Truncated: IPv4 header at 14 needs 60, has 46 (Captured)",
  ]);
});

test("an authentication header is stepped over (RFC 4302)", () => {
  expect(outline(decode(ethernet().ipv4().authenticationHeader().tcp()))).toEqual([
    "10.0.1.10:40000 > 10.0.2.20:80 protocol 6 payload 0",
  ]);
});

test("a protocol without a decoder keeps its payload", () => {
  expect(outline(decode(ethernet().ipv4({ protocol: 89 }).payload("ospf")))).toEqual([
    "10.0.1.10 > 10.0.2.20 protocol 89 payload 4",
  ]);
});

test("a length of 0 decides nothing: what is short then was cut", () => {
  const short = ethernet().ipv4({ totalLength: 0, protocol: 6 }).payload("0123456789");
  expect(outline(decode(short)).at(-1)).toBe(
    "stop Truncated: TCP header at 34 needs 20, has 10 (Captured)",
  );
});
