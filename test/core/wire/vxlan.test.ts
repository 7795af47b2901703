/**
 * Goal: a VXLAN datagram is opened, and nothing that merely uses its port is. Method: a packet from the builder against the
 * same bytes as annotated hex, then variations of it.
 */
import { describe, expect, test } from "vitest";
import { Encapsulation } from "../../../src/core/wire/packet-view.ts";
import { defaultWireSettings } from "../../../src/core/wire/settings.ts";
import { hex } from "../../support/bytes.ts";
import { checkDecoder, decode, layersOf, outline } from "../../support/decode.ts";
import { ethernet, type PacketBuilder } from "../../support/packet.ts";

const underlay = ethernet().ipv4({ src: "10.0.1.1", dst: "10.0.1.2" });
const toVxlan = underlay.udp({ srcPort: 55555, dstPort: 8472, checksum: 0 });
const inner = (start: PacketBuilder): PacketBuilder =>
  start
    .ethernet()
    .ipv4({ src: "192.168.0.1", dst: "192.168.0.2" })
    .tcp({ srcPort: 4000, dstPort: 80 });
const overlay = inner(toVxlan.vxlan({ vni: 42 }));
const innerLine = "192.168.0.1:4000 > 192.168.0.2:80 protocol 6 payload 0";

describe("a VXLAN datagram", () => {
  const bytes = hex(`
    02 00 00 00 00 02  02 00 00 00 00 01  08 00            # Ethernet
    45 00 00 5a 00 00 00 00 40 11 64 91                    # IPv4, 90 bytes, UDP
    0a 00 01 01  0a 00 01 02
    d9 03 21 18 00 46 00 00                                # UDP 55555 > 8472, 70 bytes, no checksum
    08 00 00 00  00 00 2a 00                               # VXLAN, I flag, VNI 42
    02 00 00 00 00 02  02 00 00 00 00 01  08 00            # inner Ethernet
    45 00 00 28 00 00 00 00 40 06 f9 7c                    # inner IPv4, 40 bytes, TCP
    c0 a8 00 01  c0 a8 00 02
    0f a0 00 50  00 00 00 00  00 00 00 00  50 10 fa f0     # TCP 4000 > 80, ACK
    23 a0 00 00`);

  test("is the same from the builder and by hand", () => {
    expect(overlay.bytes()).toEqual(bytes);
  });

  test("marks the carrying layer and opens the inner one", () => {
    expect(outline(decode(bytes))).toEqual([
      "10.0.1.1:55555 > 10.0.1.2:8472 protocol 17 payload 62 Vxlan vni 42",
      innerLine,
    ]);
  });

  checkDecoder(bytes);
});

test.each([
  ["group policy bits are ignored", 0x88, 0],
  ["all reserved flags are ignored on receipt", 0xfb, 0],
  ["GPE with next protocol Ethernet", 0x0c, 3],
])("%s", (_name, flags, nextProtocol) => {
  const header = Uint8Array.of(flags, 0, 0, nextProtocol, 0xff, 0xff, 0xff, 0x77);
  expect(outline(decode(inner(toVxlan.payload(header))))).toEqual([
    "10.0.1.1:55555 > 10.0.1.2:8472 protocol 17 payload 62 Vxlan vni 16777215",
    innerLine,
  ]);
});

test.each([
  [1, "ipv4"],
  [2, "ipv6"],
] as const)("GPE with next protocol %i carries %s without Ethernet", (nextProtocol, version) => {
  const header = toVxlan.payload(Uint8Array.of(0x0c, 0, 0, nextProtocol, 0, 0, 7, 0));
  const packet = decode((version === "ipv4" ? header.ipv4() : header.ipv6()).udp());
  expect(layersOf(packet).map((layer) => layer.encapsulation)).toEqual([Encapsulation.Vxlan, 0]);
});

describe("what is not VXLAN stays an ordinary datagram", () => {
  const plain = (payload: number) => [
    `10.0.1.1:55555 > 10.0.1.2:8472 protocol 17 payload ${payload}`,
  ];

  test.each([
    ["without the I flag", inner(toVxlan.vxlan({ flags: 0x00 })), 62],
    ["shorter than a header", toVxlan.payload(Uint8Array.of(8, 0, 0, 0, 0, 0, 1)), 7],
    ["a header and nothing", toVxlan.vxlan(), 8],
    ["an inner frame that ends in its header", toVxlan.vxlan().payload("0123456789"), 18],
    [
      "an unknown inner ethertype",
      toVxlan.vxlan().ethernet({ etherType: 0x88cc }).payload("lldp"),
      26,
    ],
    ["an inner version that differs", toVxlan.vxlan().ethernet({ etherType: 0x0800 }).ipv6(), 62],
    ["an inner ethertype without anything", toVxlan.vxlan().ethernet({ etherType: 0x0800 }), 22],
    ["a DNS answer", toVxlan.payload(hex("0842 8180 0001 0000 0000 0000 0161 00 0001 0001")), 19],
  ])("%s", (_name, packet, payload) => {
    expect(outline(decode(packet))).toEqual(plain(payload));
  });

  test("the port as source", () => {
    const packet = inner(underlay.udp({ srcPort: 8472, dstPort: 55555 }).vxlan());
    expect(outline(decode(packet))).toEqual([
      "10.0.1.1:8472 > 10.0.1.2:55555 protocol 17 payload 62",
    ]);
  });

  test("a header with reserved bits on a port that is not configured, until it is", () => {
    const header = Uint8Array.of(0x88, 0, 0, 0, 0, 0, 1, 0);
    const packet = inner(underlay.udp({ srcPort: 55555, dstPort: 9000 }).payload(header));
    expect(decode(packet).depth).toBe(1);
    expect(decode(packet, { settings: defaultWireSettings([9000]) }).depth).toBe(2);
  });
});

test("an inner ARP is an overlay although it adds no layer", () => {
  expect(outline(decode(toVxlan.vxlan({ vni: 1 }).ethernet().arp()))).toEqual([
    "10.0.1.1:55555 > 10.0.1.2:8472 protocol 17 payload 50 Vxlan vni 1",
  ]);
});

test("inner VLAN tags are stepped over and not taken for the frame's own", () => {
  const packet = decode(toVxlan.vxlan().ethernet().vlan(7).ipv4().udp());
  expect([packet.depth, packet.vlan, packet.vlanTags]).toEqual([2, -1, 0]);
});

describe("what the snaplen cut", () => {
  const outer = "10.0.1.1:55555 > 10.0.1.2:8472 protocol 17 payload 62";

  test.each([
    [
      "in the VXLAN header: cannot tell",
      49,
      [outer, "stop Truncated: VXLAN header at 42 needs 8, has 7 (Captured)"],
    ],
    [
      "before the inner ethertype: cannot tell",
      63,
      [outer, "stop Truncated: link header at 50 needs 14, has 13 (Captured)"],
    ],
    [
      "after the inner ethertype: an overlay",
      64,
      [`${outer} Vxlan vni 42`, "stop Truncated: IPv4 header at 64 needs 20, has 0 (Captured)"],
    ],
    [
      "in the inner transport: an overlay with ports",
      90,
      [
        `${outer} Vxlan vni 42`,
        innerLine,
        "stop Truncated: TCP header at 84 needs 20, has 6 (Captured)",
      ],
    ],
  ])("%s", (_name, snaplen, lines) => {
    expect(outline(decode(overlay, { snaplen }))).toEqual(lines);
  });
});

test("a damaged inner header is reported and the overlay stays one", () => {
  expect(
    outline(decode(toVxlan.vxlan({ vni: 3 }).ethernet().ipv4({ headerWords: 4 }).udp())),
  ).toEqual([
    "10.0.1.1:55555 > 10.0.1.2:8472 protocol 17 payload 50 Vxlan vni 3",
    "stop Malformed: IPv4 header at 64 needs 20, has 16 (HeaderLength)",
  ]);
});
