/** Goal: direction and sender of a cooked frame. Method: bytes by hand, then the header's unusual values. */
import { describe, expect, test } from "vitest";
import { formatMac } from "../../../src/core/address/ip-text.ts";
import { LinkType } from "../../../src/core/wire/link-type.ts";
import { PacketType } from "../../../src/core/wire/packet-view.ts";
import { concat, hex } from "../../support/bytes.ts";
import { checkDecoder, decode, outline } from "../../support/decode.ts";
import { raw, sll } from "../../support/packet.ts";

const linkType = LinkType.LinuxSll;
const line = "10.0.1.10:40000 > 10.0.2.20:53 protocol 17 payload 0";

describe("a cooked frame", () => {
  const packet = sll({ packetType: 4, address: "f2:b1:3c:9d:4e:77" }).ipv4().udp();
  const header = hex("0004 0001 0006 f2b13c9d4e77 0000 0800");

  test("is the same from the builder and by hand", () => {
    expect(packet.bytes().subarray(0, 16)).toEqual(header);
  });

  test("gives direction, sender and ethertype; no receiver, no interface", () => {
    const view = decode(packet, { linkType });
    expect(formatMac(view.srcMacHigh, view.srcMacLow)).toBe("f2:b1:3c:9d:4e:77");
    expect(view).toMatchObject({
      hasMac: 1,
      dstMacHigh: 0,
      dstMacLow: 0,
      sllPacketType: PacketType.Outgoing,
      sllInterface: 0,
      etherType: 0x0800,
    });
    expect(outline(view)).toEqual([line]);
  });

  checkDecoder(packet, { linkType });
});

test("a device without a 6-byte address has none", () => {
  const view = decode(sll({ address: "", hardwareType: 65534 }).ipv4().udp(), { linkType });
  expect([view.hasMac, ...outline(view)]).toEqual([0, line]);
});

test("an address longer than its field is not read beyond it", () => {
  const frame = concat(hex("0000 0001 ffff 0102030405060708 0800"), raw().ipv4().udp().bytes());
  const view = decode(frame, { linkType });
  expect([view.hasMac, ...outline(view)]).toEqual([0, line]);
});

test("a VLAN tag may follow", () => {
  expect(decode(sll().vlan(12).ipv4().udp(), { linkType })).toMatchObject({ vlan: 12, depth: 1 });
});

test.each([
  [
    "netlink, whose protocol is a family",
    sll({ hardwareType: 824, etherType: 0x0800 }).ipv4().udp(),
  ],
  ["a protocol number below the ethertypes", sll({ etherType: 0x000c }).ipv4().udp()],
])("%s is unsupported", (_name, packet) => {
  expect(outline(decode(packet, { linkType }))).toEqual(["stop Unsupported: link header at 16"]);
});

test("802.2 frames are looked into", () => {
  const packet = sll({ etherType: 4 }).payload(
    concat(hex("aaaa03 000000 0800"), raw().ipv4().udp().bytes()),
  );
  expect(outline(decode(packet, { linkType }))).toEqual([line]);
});
