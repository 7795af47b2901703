/** Goal: interface, direction and sender of a cooked v2 frame. Method: bytes by hand, then the header's unusual values. */
import { describe, expect, test } from "vitest";
import { formatMac } from "../../../src/core/address/ip-text.ts";
import { LinkType } from "../../../src/core/wire/link-type.ts";
import { PacketType } from "../../../src/core/wire/packet-view.ts";
import { hex } from "../../support/bytes.ts";
import { checkDecoder, decode, outline } from "../../support/decode.ts";
import { sll2 } from "../../support/packet.ts";

const linkType = LinkType.LinuxSll2;
const line = "10.0.1.10:40000 > 10.0.2.20:53 protocol 17 payload 0";

describe("a cooked v2 frame", () => {
  const packet = sll2({ packetType: 3, address: "f2:b1:3c:9d:4e:77", interfaceIndex: 0x80000007 });
  const header = hex("86dd 0000 80000007 0001 03 06 f2b13c9d4e77 0000");
  const whole = packet.ipv6().udp();

  test("is the same from the builder and by hand", () => {
    expect(whole.bytes().subarray(0, 20)).toEqual(header);
  });

  test("gives interface, direction, sender and ethertype", () => {
    const view = decode(whole, { linkType });
    expect(formatMac(view.srcMacHigh, view.srcMacLow)).toBe("f2:b1:3c:9d:4e:77");
    expect(view).toMatchObject({
      hasMac: 1,
      sllPacketType: PacketType.OtherHost,
      sllInterface: 0x80000007,
      etherType: 0x86dd,
      depth: 1,
    });
  });

  checkDecoder(whole, { linkType });
});

test("a device without a 6-byte address has none", () => {
  const view = decode(sll2({ address: "01:02:03:04", hardwareType: 778 }).ipv4().udp(), {
    linkType,
  });
  expect([view.hasMac, ...outline(view)]).toEqual([0, line]);
});

test("netlink is unsupported", () => {
  expect(
    outline(decode(sll2({ hardwareType: 824, etherType: 0x0800 }).ipv4(), { linkType })),
  ).toEqual(["stop Unsupported: link header at 20"]);
});

test("a cut header", () => {
  const view = decode(sll2().ipv4().udp(), { linkType, snaplen: 19 });
  expect([view.sllInterface, ...outline(view)]).toEqual([
    0,
    "stop Truncated: link header at 0 needs 20, has 19 (Captured)",
  ]);
});
