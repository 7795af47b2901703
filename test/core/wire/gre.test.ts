/** Goal: every header form of GRE version 0 and every content that is opened. Method: bytes by hand and a table. */
import { describe, expect, test } from "vitest";
import { hex } from "../../support/bytes.ts";
import { checkDecoder, decode, innermost, outline } from "../../support/decode.ts";
import { ethernet } from "../../support/packet.ts";

const ip = ethernet().ipv4({ src: "10.0.1.1", dst: "10.0.1.2" });
const innerLine = "10.0.1.10:40000 > 10.0.2.20:80 protocol 6 payload 0";
const first = (payload: number, rest: string) =>
  `10.0.1.1 > 10.0.1.2 protocol 47 payload ${payload}${rest}`;

describe("all optional fields", () => {
  const header = hex(`
    b0 00 08 00            # checksum, key and sequence present, version 0, IPv4
    fe b9 00 00            # checksum, reserved
    00 00 00 2a            # key 42
    00 00 00 07`); // sequence 7
  const built = ip.gre({ checksum: true, key: 42, sequence: 7 }).ipv4().tcp();

  test("are the same from the builder and by hand, the checksum apart", () => {
    const bytes = built.bytes().slice(34, 50);
    bytes.set(header.subarray(4, 6), 4);
    expect(bytes).toEqual(header);
  });

  test("are stepped over; the key is kept", () => {
    expect(outline(decode(built))).toEqual([first(40, " Gre vni 42"), innerLine]);
  });

  checkDecoder(built);
});

test.each([
  ["nothing optional", ip.gre().ipv4().tcp(), first(40, " Gre")],
  ["a key of all ones", ip.gre({ key: 0xffffffff }).ipv4().tcp(), first(40, " Gre vni 4294967295")],
  ["a sequence number", ip.gre({ sequence: 1 }).ipv4().tcp(), first(40, " Gre")],
  [
    "MPLS (RFC 4023)",
    ip.gre({ protocolType: 0x8847 }).payload(hex("00010140")).ipv4().tcp(),
    first(44, " Gre"),
  ],
  ["Ethernet (gretap)", ip.gre().ethernet().ipv4().tcp(), first(54, " GreTeb")],
  [
    "NVGRE (RFC 7637)",
    ip.gre({ key: 0x00abcd01 }).ethernet().ipv4().tcp(),
    first(54, " GreTeb vni 11259137"),
  ],
  ["ERSPAN I", ip.gre({ protocolType: 0x88be }).ethernet().ipv4().tcp(), first(54, " GreTeb")],
  [
    "ERSPAN II",
    ip
      .gre({ protocolType: 0x88be, sequence: 1 })
      .payload(hex("1001 fc64 00000000"))
      .ethernet()
      .ipv4()
      .tcp(),
    first(62, " GreTeb vni 100"),
  ],
  [
    "ERSPAN III",
    ip
      .gre({ protocolType: 0x22eb, sequence: 1 })
      .payload(hex("2001 0064 00000000 0000 0000"))
      .ethernet()
      .ipv4()
      .tcp(),
    first(66, " GreTeb vni 100"),
  ],
  [
    "ERSPAN III with a platform subheader",
    ip
      .gre({ protocolType: 0x22eb, sequence: 1 })
      .payload(hex("2001 0064 00000000 0000 0001 0000000000000000"))
      .ethernet()
      .ipv4()
      .tcp(),
    first(74, " GreTeb vni 100"),
  ],
])("%s", (_name, packet, outer) => {
  expect(outline(decode(packet))).toEqual([outer, innerLine]);
});

test("IPv6 inside", () => {
  expect(decode(ip.gre().ipv6().tcp())).toMatchObject({ depth: 2, stop: 0 });
});

describe("what is not opened stays a GRE flow", () => {
  test.each([
    [
      "version 1 (PPTP)",
      ip.gre({ flags: 0x2001, protocolType: 0x880b }).payload(hex("0000 0000")),
      8,
    ],
    ["source routing (RFC 1701)", ip.gre({ flags: 0x4000 }).ipv4().tcp(), 44],
    ["another protocol type", ip.gre({ protocolType: 0x883e }).payload("wccp"), 4],
    ["a keepalive", ip.gre({ protocolType: 0 }), 0],
  ])("%s", (_name, packet, payload) => {
    expect(outline(decode(packet))).toEqual([
      first(payload, ""),
      "stop Unsupported: GRE header at 34",
    ]);
  });

  test("an inner version that differs", () => {
    expect(outline(decode(ip.gre({ protocolType: 0x0800 }).ipv6()))).toEqual([first(40, "")]);
  });

  test("spanning tree in a bridge", () => {
    const packet = ip.gre().ethernet({ etherType: 38 }).payload(hex("424203 0000000000"));
    expect(outline(decode(packet))).toEqual([first(22, "")]);
  });
});

test.each([
  ["in the fixed part", 37, "needs 4, has 3"],
  ["in the key", 41, "needs 8, has 7"],
])("cut %s", (_name, snaplen, lengths) => {
  const view = decode(ip.gre({ key: 1 }).ipv4().tcp(), { snaplen });
  expect(outline(view).at(-1)).toBe(`stop Truncated: GRE header at 34 ${lengths} (Captured)`);
  expect(innermost(view).encapsulation).toBe(0);
});

test("optional fields that do not fit into the packet contradict it", () => {
  expect(outline(decode(ip.header(hex("2000 0800"), { protocol: 47 })))).toEqual([
    first(4, ""),
    "stop Malformed: GRE header at 34 needs 8, has 4 (Ipv4TotalLength)",
  ]);
});
