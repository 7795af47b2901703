/**
 * Goal: what a service function chain passes on is read, over everything that carries it. Method: bytes by hand, a table of
 * carriers and contents, and tshark as a second reader of the same packets.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { formatAddress } from "../../../src/core/address/ip-text.ts";
import { MAX_INNER_TURNS } from "../../../src/core/limits.ts";
import { concat, hex } from "../../support/bytes.ts";
import { pcapFile } from "../../support/capture.ts";
import { checkDecoder, decode, layersOf, outline } from "../../support/decode.ts";
import { ethernet, type PacketBuilder } from "../../support/packet.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

/** Version 0, TTL 63, `words` of four bytes, metadata type 1 or 2, path 42, index 255. */
function header(nextProtocol: number, words = 6): Uint8Array {
  const base = 0x0fc0_0000 + (words << 16) + ((words === 6 ? 1 : 2) << 8) + nextProtocol;
  return concat(
    hex(base.toString(16).padStart(8, "0")),
    hex("00002aff"),
    new Uint8Array((words - 2) * 4),
  );
}

const inner = { src: "192.168.0.1", dst: "192.168.0.2" };
const innerLine = "192.168.0.1:4000 > 192.168.0.2:80 protocol 6 payload 0";
const tcp = { srcPort: 4000, dstPort: 80 };
const underlay = ethernet().ipv4({ src: "10.0.1.1", dst: "10.0.1.2" });
const gpe = (next: number): PacketBuilder =>
  underlay
    .udp({ srcPort: 55555, dstPort: 4790, checksum: 0 })
    .payload(concat(hex("0c0000"), Uint8Array.of(next), hex("00002a00")));
const onEthernet = (bytes: Uint8Array): PacketBuilder =>
  ethernet().header(bytes, { etherType: 0x894f });

describe("NSH on Ethernet", () => {
  const bytes = hex(`
    02 00 00 00 00 02  02 00 00 00 00 01  89 4f   # Ethernet
    0f c6 01 03                                   # version 0, TTL 63, length 6 words, metadata type 1, next: Ethernet
    00 00 2a ff                                   # service path 42, index 255
    00 00 00 00  00 00 00 00  00 00 00 00  00 00 00 00   # fixed context
    02 00 00 00 00 02  02 00 00 00 00 01  08 00   # inner Ethernet
    45 00 00 28 00 00 00 00 40 06 f9 7c           # IPv4, 40 bytes, TCP
    c0 a8 00 01  c0 a8 00 02
    0f a0 00 50  00 00 00 00  00 00 00 00  50 10 fa f0
    23 a0 00 00`);

  test("is the same from the builder and by hand", () => {
    expect(onEthernet(header(3)).ethernet().ipv4(inner).tcp(tcp).bytes()).toEqual(bytes);
  });

  test("is stepped over: the packet is no tunnel's", () => {
    expect(decode(bytes)).toMatchObject({ depth: 1, stop: 0, etherType: 0x894f });
    expect(outline(decode(bytes))).toEqual([innerLine]);
  });

  checkDecoder(bytes);
});

const outer = (payload: number, rest: string) =>
  `10.0.1.1:55555 > 10.0.1.2:4790 protocol 17 payload ${payload} Vxlan vni 42${rest}`;

const PACKETS: readonly (readonly [string, PacketBuilder, readonly string[]])[] = [
  ["IPv4 on Ethernet", onEthernet(header(1)).ipv4(inner).tcp(tcp), [innerLine]],
  ["IPv4 behind metadata of type 2", onEthernet(header(1, 2)).ipv4(inner).tcp(tcp), [innerLine]],
  [
    "IPv6 on Ethernet",
    onEthernet(header(2)).ipv6({ src: "2001:db8::1", dst: "2001:db8::2" }).tcp(tcp),
    ["[2001:db8::1]:4000 > [2001:db8::2]:80 protocol 6 payload 0"],
  ],
  [
    "NSH in NSH",
    onEthernet(concat(header(4), header(1, 2)))
      .ipv4(inner)
      .tcp(tcp),
    [innerLine],
  ],
  [
    "MPLS",
    onEthernet(concat(header(5), hex("00010140")))
      .ipv4(inner)
      .tcp(tcp),
    [innerLine],
  ],
  [
    "Ethernet in VXLAN-GPE",
    gpe(4).payload(header(3)).ethernet().ipv4(inner).tcp(tcp),
    [outer(86, ""), innerLine],
  ],
  ["IPv4 in VXLAN-GPE", gpe(4).payload(header(1)).ipv4(inner).tcp(tcp), [outer(72, ""), innerLine]],
  [
    "no NSH in VXLAN-GPE: MPLS",
    gpe(5).payload(hex("00010140")).ipv4(inner).tcp(tcp),
    [outer(52, ""), innerLine],
  ],
  [
    "no NSH in VXLAN-GPE: Ethernet",
    gpe(3).ethernet().ipv4(inner).tcp(tcp),
    [outer(62, ""), innerLine],
  ],
  [
    "IPv4 over GRE",
    underlay.gre({ protocolType: 0x894f }).payload(header(1)).ipv4(inner).tcp(tcp),
    ["10.0.1.1 > 10.0.1.2 protocol 47 payload 64 Gre", innerLine],
  ],
];

test.each(PACKETS)("%s", (_name, packet, lines) => {
  expect(outline(decode(packet))).toEqual(lines);
});

test.each(PACKETS.slice(5))("every truncation and damage of %s", (_name, packet) => {
  for (let snaplen = 0; snaplen < packet.bytes().length; snaplen += 1) decode(packet, { snaplen });
});

test("what is not known to follow is not guessed", () => {
  expect(outline(decode(onEthernet(header(6)).ipv4(inner).tcp(tcp)))).toEqual([
    "stop Unsupported: NSH header at 14",
  ]);
  expect(layersOf(decode(gpe(7).ipv4(inner).tcp(tcp))).length).toBe(1);
});

test("headers without end are followed a bounded way", () => {
  const many = concat(...Array.from({ length: 100 }, () => header(4, 2)));
  expect(outline(decode(onEthernet(many).ipv4(inner).tcp(tcp)))).toEqual([
    `stop TooDeep: link header at ${14 + 8 * (MAX_INNER_TURNS + 1)} needs ${MAX_INNER_TURNS + 1}, has ${MAX_INNER_TURNS} (HeaderLength)`,
  ]);
});

const hasTshark = spawnSync("tshark", ["--version"]).error === undefined;
if (!hasTshark) console.warn("skipped: no tshark to compare with");

test.skipIf(!hasTshark)("tshark finds the same addresses", () => {
  const file = join(
    temporaryDirectory({ "nsh.pcap": pcapFile(PACKETS.map(([, packet]) => packet)) }),
    "nsh.pcap",
  );
  const fields = ["ip.src", "ipv6.src"].flatMap((field) => ["-e", field]);
  const { stdout } = spawnSync(
    "tshark",
    ["-n", "-r", file, "-T", "fields", "-E", "separator=,", ...fields],
    { encoding: "utf8" },
  );
  const theirs = stdout
    .trimEnd()
    .split("\n")
    .map((line) => line.split(",").filter((one) => one !== ""));
  const ours = PACKETS.map(([, packet]) =>
    layersOf(decode(packet)).map((layer) =>
      formatAddress(layer.version === 4 ? 4 : 6, [layer.src0, layer.src1, layer.src2, layer.src3]),
    ),
  );
  expect(ours).toEqual(theirs);
});
