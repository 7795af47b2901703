/**
 * Goal: VXLAN and Geneve are opened on a port that nobody named, and no other datagram is. Method: packets that hold, then the
 * same with one thing about them broken.
 */
import { describe, expect, test } from "vitest";
import { Encapsulation } from "../../../src/core/wire/packet-view.ts";
import { checkDecoder, decode, layersOf } from "../../support/decode.ts";
import { ethernet, type PacketBuilder } from "../../support/packet.ts";

const toPort = ethernet()
  .ipv4({ src: "10.20.10.77", dst: "10.20.44.4" })
  .udp({ srcPort: 41760, dstPort: 14789, checksum: 0 });
const inner = (start: PacketBuilder): PacketBuilder =>
  start
    .ethernet()
    .ipv4({ src: "172.16.1.11", dst: "172.16.3.12" })
    .udp({ srcPort: 5151, dstPort: 5140 })
    .payload(Uint8Array.of(1, 2, 3));
const vxlan = inner(toPort.vxlan({ vni: 777 })).bytes();
const geneve = inner(toPort.geneve({ vni: 99 })).bytes();

const carried = (frame: Uint8Array | PacketBuilder): string => {
  const packet = decode(frame);
  const [outer, within] = layersOf(packet);
  if (outer === undefined || within === undefined) return `plain, ${packet.depth} layer`;
  return `${outer.encapsulation} vni ${outer.vni}: ${within.srcPort} > ${within.dstPort}`;
};

test.each([
  ["VXLAN", vxlan, `${Encapsulation.Vxlan} vni 777: 5151 > 5140`],
  ["Geneve", geneve, `${Encapsulation.Geneve} vni 99: 5151 > 5140`],
  [
    "Geneve with options",
    inner(toPort.geneve({ vni: 5, options: new Uint8Array(12) })),
    `${Encapsulation.Geneve} vni 5: 5151 > 5140`,
  ],
  [
    "an inner IPv6 packet",
    toPort.vxlan({ vni: 1 }).ethernet().ipv6().udp({ srcPort: 7, dstPort: 9 }),
    `${Encapsulation.Vxlan} vni 1: 7 > 9`,
  ],
])("%s whose contents fit to the last byte is opened", (_name, packet, wanted) => {
  expect(carried(packet)).toBe(wanted);
});

describe("a datagram stays an ordinary one", () => {
  const VXLAN = 42;
  const INNER_IP = VXLAN + 8 + 14;
  const changed = (bytes: Uint8Array, at: number, value: number): Uint8Array => {
    const copy = bytes.slice();
    copy[at] = value;
    return copy;
  };

  test.each([
    ["with another flag", changed(vxlan, VXLAN, 0x0c)],
    ["with a reserved bit before the VNI", changed(vxlan, VXLAN + 2, 1)],
    ["with a reserved bit after the VNI", changed(vxlan, VXLAN + 7, 1)],
    ["with another inner ethertype", changed(vxlan, INNER_IP - 1, 0x06)],
    ["with another inner version", changed(vxlan, INNER_IP, 0x55)],
    ["with an inner header too short to be one", changed(vxlan, INNER_IP, 0x44)],
    ["with an inner length that leaves bytes over", changed(vxlan, INNER_IP + 3, 0x1e)],
    ["with a wrong inner checksum", changed(vxlan, INNER_IP + 11, 0xaa)],
    ["with a reserved bit of Geneve", changed(geneve, VXLAN + 1, 1)],
    ["with another version of Geneve", changed(geneve, VXLAN, 0x40)],
    ["with Geneve options beyond its end", changed(geneve, VXLAN, 0x3f)],
    ["cut before the inner header ends", vxlan.subarray(0, INNER_IP + 19)],
  ])("%s", (_name, frame) => {
    expect(carried(frame)).toBe("plain, 1 layer");
  });
});

test("what the snaplen cut behind the inner header is an overlay all the same", () => {
  const wireLength = vxlan.length;
  const packet = decode(vxlan.subarray(0, 42 + 8 + 14 + 20), { wireLength });
  expect(layersOf(packet)[0]?.encapsulation).toBe(Encapsulation.Vxlan);
});

describe("hostile bytes", () => {
  checkDecoder(vxlan);
  checkDecoder(geneve);
});
