/** Goal: addresses and what a frame carries. Method: bytes by hand; types, lengths, and frames too short for either. */
import { describe, expect, test } from "vitest";
import { formatMac } from "../../../src/core/address/ip-text.ts";
import { hex } from "../../support/bytes.ts";
import { checkDecoder, decode, outline } from "../../support/decode.ts";
import { ethernet } from "../../support/packet.ts";

describe("a frame", () => {
  const bytes = hex(`
    33 33 00 00 00 01  f2 b1 3c 9d 4e 77  86 dd          # to ff02::1's group, from f2:b1:3c:9d:4e:77, IPv6
    60 00 00 00 00 00 3b ff                              # IPv6 without payload
    fe 80 00 00 00 00 00 00  f0 b1 3c ff fe 9d 4e 77
    ff 02 00 00 00 00 00 00  00 00 00 00 00 00 00 01`);

  test("gives both addresses and the ethertype", () => {
    const view = decode(bytes);
    expect(formatMac(view.dstMacHigh, view.dstMacLow)).toBe("33:33:00:00:00:01");
    expect(formatMac(view.srcMacHigh, view.srcMacLow)).toBe("f2:b1:3c:9d:4e:77");
    expect(view).toMatchObject({
      hasMac: 1,
      etherType: 0x86dd,
      vlan: -1,
      vlanTags: 0,
      sllPacketType: 255,
    });
    expect(outline(view)).toEqual(["fe80::f0b1:3cff:fe9d:4e77 > ff02::1 protocol 59 payload 0"]);
  });

  checkDecoder(bytes);
});

test("ARP is no IP and no oddity", () => {
  const view = decode(ethernet({ pad: true }).arp());
  expect([view.etherType, view.depth, outline(view)]).toEqual([0x0806, 0, []]);
});

test("an unknown ethertype is unsupported", () => {
  const view = decode(ethernet({ etherType: 0x88cc }).payload("lldp"));
  expect([view.etherType, ...outline(view)]).toEqual([
    0x88cc,
    "stop Unsupported: link header at 14",
  ]);
});

test("a frame shorter than its header has no addresses", () => {
  const view = decode(ethernet().ipv4().udp(), { snaplen: 13 });
  expect([view.hasMac, ...outline(view)]).toEqual([
    0,
    "stop Truncated: link header at 0 needs 14, has 13 (Captured)",
  ]);
});

test("the view of one packet says nothing about the next", () => {
  const view = decode(ethernet().vlan(5).ipv4().udp());
  const after = decode(new Uint8Array(0));
  expect(view.vlan).toBe(5);
  expect(after).toMatchObject({
    hasMac: 0,
    vlan: -1,
    vlanTags: 0,
    etherType: 0,
    depth: 0,
    srcMacLow: 0,
  });
});
