/**
 * Goal: whatever a record holds, decoding ends in a sound view without touching a byte outside of the record. Method: random
 * bytes under every link type, random damage to good packets, packets in the middle of a larger window.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeFrame } from "../../../src/core/wire/decode-link.ts";
import { LinkType } from "../../../src/core/wire/link-type.ts";
import { PacketView } from "../../../src/core/wire/packet-view.ts";
import { defaultWireSettings } from "../../../src/core/wire/settings.ts";
import { concat, hex } from "../../support/bytes.ts";
import { decode, expectSound, innermost, outline, tightView } from "../../support/decode.ts";
import { ethernet, type PacketBuilder, sll, sll2 } from "../../support/packet.ts";

const LINK_TYPES = [...Object.values(LinkType), 105, 147, 65_535];

const goodPackets: readonly (readonly [linkType: number, packet: PacketBuilder])[] = [
  [
    1,
    ethernet()
      .vlan(3)
      .ipv4()
      .tcp({ flags: "S", options: { mss: 1460, timestamp: 1 } })
      .payload("x"),
  ],
  [
    1,
    ethernet().ipv4().udp({ dstPort: 4789 }).vxlan({ vni: 1 }).ethernet().ipv6().hopByHop().udp(),
  ],
  [
    1,
    ethernet()
      .ipv6()
      .udp({ dstPort: 6081 })
      .geneve()
      .ipv4()
      .gre({ key: 1 })
      .ethernet()
      .ipv4()
      .tcp(),
  ],
  [1, ethernet().ipv4().ipv6().ipv6Fragment({ more: true }).udp().payload("12345678")],
  [1, ethernet().ipv4().icmpv4({ type: 3 }).ipv4().icmpv4()],
  [1, ethernet().ipv6().icmpv6({ type: 2 }).ipv6().destinationOptions().tcp()],
  [113, sll().ipv4().sctp()],
  [276, sll2().ipv4().ipv4().ipv4().udp({ dstPort: 51820 }).payload(hex("04000000"))],
];

test("an unknown link type is unsupported", () => {
  expect(outline(decode(ethernet().ipv4().udp(), { linkType: 147 }))).toEqual([
    "stop Unsupported: link type at 0",
  ]);
});

test("offsets count from the start of the view, wherever the frame lies in it", () => {
  const frame = ethernet()
    .ipv4()
    .udp({ dstPort: 4789 })
    .vxlan()
    .ethernet()
    .ipv4()
    .tcp()
    .payload("hi")
    .bytes();
  const around = concat(new Uint8Array(1000).fill(0x45), frame, new Uint8Array(1000).fill(0x45));
  const view = new PacketView(defaultWireSettings());
  decodeFrame(
    new DataView(around.buffer),
    1000,
    frame.length,
    frame.length,
    LinkType.Ethernet,
    view,
  );
  const alone = decode(frame);
  expect(outline(view)).toEqual(outline(alone));
  expect(innermost(view).payloadOffset).toBe(innermost(alone).payloadOffset + 1000);
  expect([view.frameOffset, view.frameEnd]).toEqual([1000, 1000 + frame.length]);
});

test("a reused view tells the same as a fresh one, whatever came before", () => {
  const reused = new PacketView(defaultWireSettings());
  const read = (packet: PacketBuilder, linkType: number, view: PacketView) => {
    const bytes = packet.bytes();
    decodeFrame(tightView(bytes), 0, bytes.length, bytes.length, linkType, view);
    // Left-overs that nobody may look at, and the settings, are no part of what a view tells.
    const { layers, quoted, settings, udpPortRoles, innerOffset, innerEnd, ...told } = view;
    const used = layers.slice(0, view.depth).map((layer) => ({ ...layer }));
    const hasQuoted = used.some((layer) => layer.hasQuoted === 1);
    return { ...told, layers: used, quoted: hasQuoted ? { ...quoted } : null };
  };
  for (const [firstType, first] of goodPackets) {
    for (const [linkType, packet] of goodPackets) {
      read(first, firstType, reused);
      const fresh = new PacketView(defaultWireSettings());
      expect(read(packet, linkType, reused)).toEqual(read(packet, linkType, fresh));
    }
  }
});

describe("any bytes", () => {
  const wireLength = fc.oneof(fc.nat(2000), fc.nat(0xffffffff));

  test.each(LINK_TYPES)("under link type %i", (linkType) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), wireLength, (bytes, length) => {
        expectSound(decode(bytes, { linkType, wireLength: length }));
      }),
      { numRuns: 300 },
    );
  });

  test("that begin like a good packet and go wrong somewhere", () => {
    const damage = fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(
        fc.constantFrom(...goodPackets),
        damage,
        fc.nat(200),
        wireLength,
        (good, changes, cut, length) => {
          const bytes = good[1].bytes();
          for (const [at, value] of changes) bytes[at % bytes.length] = value;
          const view = decode(bytes, {
            linkType: good[0],
            snaplen: bytes.length - (cut % 40),
            wireLength: length,
          });
          expectSound(view);
        },
      ),
      { numRuns: 3000 },
    );
  });
});
