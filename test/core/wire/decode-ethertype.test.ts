/** Goal: the way through tags and labels in any order, each bounded. Method: combinations from the builder. */
import { expect, test } from "vitest";
import { concat, hex } from "../../support/bytes.ts";
import { decode, outline } from "../../support/decode.ts";
import { ethernet } from "../../support/packet.ts";

const line = "10.0.1.10:40000 > 10.0.2.20:53 protocol 17 payload 0";
const mpls = hex("00010140");
const pppoe = hex("1100002a00000021");

test.each([
  ["VLAN, then MPLS", ethernet().vlan(5).header(mpls, { etherType: 0x8847 }), 0x8847],
  ["VLAN, then PPPoE", ethernet().vlan(5).header(pppoe, { etherType: 0x8864 }), 0x8864],
  [
    "PPPoE carrying MPLS",
    ethernet().header(concat(hex("1100002a00000281"), mpls), { etherType: 0x8864 }),
    0x8864,
  ],
])("%s", (_name, start, etherType) => {
  const view = decode(start.ipv4().udp());
  expect([view.etherType, ...outline(view)]).toEqual([etherType, line]);
});

test("a tunnel's contents do not write the captured frame's ethertype and tags", () => {
  const view = decode(
    ethernet()
      .vlan(5)
      .ipv6()
      .udp({ dstPort: 4789 })
      .vxlan()
      .ethernet()
      .vlan(6)
      .vlan(7)
      .ipv4()
      .udp(),
  );
  expect(view).toMatchObject({ etherType: 0x86dd, vlan: 5, innerVlan: 5, vlanTags: 1, depth: 2 });
});

test.each([0x0600, 0x8035, 0x88f7, 0xffff])("ethertype %i is unsupported", (etherType) => {
  const view = decode(ethernet({ etherType }).payload("whatever"));
  expect([view.etherType, ...outline(view)]).toEqual([
    etherType,
    "stop Unsupported: link header at 14",
  ]);
});
