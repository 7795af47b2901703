/**
 * Captures that are made to be slow: many of one thing, so that whatever compares each with each shows. Each shape is a packet
 * by its number; the campaign (shape-campaign.ts) asks that twice as many packets cost twice as much.
 */
import { bigEndian, concat, hex, u16, u32 } from "../support/bytes.ts";
import { pcapFile, pcapngFile } from "../support/capture.ts";
import { ethernet, type PacketBuilder, raw, sll } from "../support/packet.ts";

export interface HostileShape {
  readonly name: string;
  capture(packets: number): Uint8Array;
}

type NumberedPacket = (index: number) => PacketBuilder | Uint8Array;

function of(name: string, packet: NumberedPacket, linkType = 1): HostileShape {
  return {
    name,
    capture: (packets) =>
      pcapFile(
        Array.from({ length: packets }, (_, i) => packet(i)),
        { linkType },
      ),
  };
}

const A = "10.0.1.10";
const B = "10.0.2.20";
const host = (index: number): string =>
  `10.${1 + (index >>> 16)}.${(index >>> 8) & 255}.${index & 255}`;
const mac = (index: number): string => `02:00:00:00:${hexByte(index >>> 8)}:${hexByte(index)}`;
const hexByte = (value: number): string => (value & 255).toString(16).padStart(2, "0");
const between = (src = A, dst = B): PacketBuilder => ethernet().ipv4({ src, dst });
const web = { srcPort: 40_000, dstPort: 443 };

function dnsAnswer(index: number): Uint8Array {
  const name = concat(
    hex("07"),
    new TextEncoder().encode(`h${String(index).padStart(6, "0")}`),
    hex("00"),
  );
  return concat(
    hex("1234 8180 0001 0001 0000 0000"),
    name,
    hex("0001 0001 c00c 0001 0001 0000003c 0004"),
    u32(0x0b000000 + index),
  );
}

/** Four pcapng options a byte apart in meaning, a thousand of them in every block. */
function optionStorm(packets: number): Uint8Array {
  const file = pcapngFile(Array.from({ length: packets }, () => between().tcp(web)));
  const options = concat(...Array.from({ length: packets }, () => hex("01000100 41000000")));
  const length = 28 + options.length;
  const little = (value: number): Uint8Array => bigEndian(value, 4).reverse();
  const section = concat(
    hex("0a0d0d0a"),
    little(length),
    hex("4d3c2b1a 01000000 ffffffff ffffffff"),
    options,
    little(length),
  );
  return concat(section, file);
}

export const SHAPES: readonly HostileShape[] = [
  of("each packet a new flow", (i) => between(host(i)).tcp({ ...web, seq: i, flags: "S" })),
  of("a scan of addresses", (i) => between(A, host(i)).tcp({ ...web, seq: i, flags: "S" })),
  of("one flow", (i) =>
    between()
      .tcp({ ...web, seq: i * 10, flags: "PA" })
      .payload("0123456789"),
  ),
  of("one tuple used again and again", (i) =>
    between().tcp({ ...web, seq: (i * 7_919) >>> 0, flags: "S" }),
  ),
  of("SYN and SYN-ACK with other numbers each time", (i) =>
    i % 2 === 0
      ? between().tcp({ ...web, seq: i * 104_729, flags: "S" })
      : between(B, A).tcp({
          srcPort: 443,
          dstPort: 40_000,
          seq: i * 7_919,
          ack: (i - 1) * 104_729 + 1,
          flags: "SA",
        }),
  ),
  of("resets of many flows", (i) =>
    between().tcp({ srcPort: 1024 + i, dstPort: 443, seq: 5, flags: "R" }),
  ),
  of("one ISN of many hosts", (i) => between(host(i)).tcp({ ...web, seq: 12_345, flags: "S" })),
  of("one payload of many flows", (i) =>
    between(host(i))
      .udp({ srcPort: 1024 + i, dstPort: 2000 })
      .payload("the same payload of everybody"),
  ),
  of("later fragments of unknown datagrams", (i) =>
    ethernet()
      .ipv4({ src: A, dst: B, id: i, fragmentOffset: 24, protocol: 17 })
      .payload("x".repeat(24)),
  ),
  of("first fragments", (i) =>
    ethernet()
      .ipv4({ src: A, dst: B, id: i, moreFragments: true })
      .udp({ srcPort: 1000, dstPort: 2000 })
      .payload("x".repeat(16)),
  ),
  of("one flow in many VLANs", (i) =>
    ethernet()
      .vlan(1 + (i % 4094))
      .ipv4({ src: A, dst: B })
      .tcp({ ...web, seq: 1, flags: "S" }),
  ),
  of("one datagram flow in many VLANs", (i) =>
    ethernet()
      .vlan(1 + (i % 4094))
      .ipv4({ src: A, dst: B })
      .udp({ srcPort: 1000, dstPort: 2000 })
      .payload(u16(i)),
  ),
  of("segments without handshake in many VLANs", (i) =>
    ethernet()
      .vlan(1 + (i % 4094))
      .ipv4({ src: A, dst: B })
      .tcp({ ...web, seq: 100, flags: "A" }),
  ),
  of("one flow in many tunnels", (i) =>
    between()
      .udp({ srcPort: 1000, dstPort: 4789 })
      .vxlan({ vni: i })
      .ethernet()
      .ipv4({ src: "10.9.0.1", dst: "10.9.0.2" })
      .tcp({ ...web, seq: 1, flags: "S" }),
  ),
  of(
    "link addresses without end",
    (i) =>
      sll({ address: mac(i), packetType: i % 2 === 0 ? 0 : 4 })
        .ipv4({ src: A, dst: B })
        .tcp({ ...web, flags: "S" }),
    113,
  ),
  of("ICMP errors about packets not seen", (i) =>
    between(B, A)
      .icmpv4({ type: 3, code: 1 })
      .ipv4({ src: A, dst: host(i) })
      .udp({ srcPort: 1000, dstPort: 2000 }),
  ),
  of("DNS answers", (i) =>
    between(B, A)
      .udp({ srcPort: 53, dstPort: 1024 + (i % 50_000) })
      .payload(dnsAnswer(i)),
  ),
  of("records of one byte", () => Uint8Array.of(1)),
  of("eight tags in every frame", (i) =>
    Array.from({ length: 8 })
      .reduce<PacketBuilder>((frame) => frame.vlan(5), ethernet())
      .ipv4({ src: A, dst: host(i) })
      .tcp(web),
  ),
  of(
    "eight tunnels in every packet",
    (i) =>
      Array.from({ length: 7 })
        .reduce<PacketBuilder>((packet) => packet.ipv4({ src: A, dst: B }), raw())
        .ipv4({ src: A, dst: host(i) })
        .tcp(web),
    101,
  ),
  { name: "pcapng options without end", capture: optionStorm },
];
