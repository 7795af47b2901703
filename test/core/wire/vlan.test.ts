/** Goal: outermost and innermost id, any of the three tag types. Method: stacks of tags from the builder. */
import { describe, expect, test } from "vitest";
import { MAX_VLAN_TAGS } from "../../../src/core/limits.ts";
import { isVlanEtherType } from "../../../src/core/wire/vlan.ts";
import { hex } from "../../support/bytes.ts";
import { checkDecoder, decode, outline } from "../../support/decode.ts";
import { ethernet } from "../../support/packet.ts";

const line = "10.0.1.10:40000 > 10.0.2.20:53 protocol 17 payload 0";

test.each([
  ["no tag", ethernet(), [-1, -1, 0]],
  ["802.1Q", ethernet().vlan(101), [101, 101, 1]],
  ["the last id", ethernet().vlan(4094, { priority: 7 }), [4094, 4094, 1]],
  ["802.1ad around 802.1Q", ethernet().vlan(200, { tpid: 0x88a8 }).vlan(300), [200, 300, 2]],
  ["the old QinQ type", ethernet().vlan(200, { tpid: 0x9100 }).vlan(300), [200, 300, 2]],
  ["a priority tag, which is no VLAN", ethernet().vlan(0, { priority: 5 }), [-1, -1, 1]],
  ["a priority tag around a VLAN", ethernet().vlan(0).vlan(7), [7, 7, 2]],
])("%s", (_name, start, expected) => {
  const view = decode(start.ipv4().udp());
  expect([view.vlan, view.innerVlan, view.vlanTags]).toEqual(expected);
  expect(view.etherType).toBe(0x0800);
  expect(outline(view)).toEqual([line]);
});

describe("two tags by hand", () => {
  const bytes = hex(`
    02 00 00 00 00 02  02 00 00 00 00 01  88 a8      # service tag
    60 c8 81 00  01 2c 08 06                         # priority 3, VLAN 200; VLAN 300, ARP
    00 01 08 00 06 04 00 01  02 00 00 00 00 01  0a 00 01 0a  00 00 00 00 00 00  0a 00 02 14`);

  test("are the same from the builder", () => {
    const built = ethernet().vlan(200, { tpid: 0x88a8, priority: 3 }).vlan(300).arp();
    expect(built.bytes()).toEqual(bytes);
  });

  test("lead to the ethertype behind them", () => {
    expect(decode(bytes)).toMatchObject({ vlan: 200, innerVlan: 300, etherType: 0x0806, stop: 0 });
  });

  checkDecoder(bytes);
});

test("as many tags as the limit allows, and one more", () => {
  let tags = ethernet();
  for (let i = 1; i <= MAX_VLAN_TAGS; i++) tags = tags.vlan(i);
  expect(outline(decode(tags.ipv4().udp()))).toEqual([line]);
  expect(outline(decode(tags.vlan(99).ipv4().udp()))).toEqual([
    "stop TooDeep: VLAN tag at 46 needs 9, has 8 (HeaderLength)",
  ]);
});

test("a cut tag", () => {
  expect(outline(decode(ethernet().vlan(5).ipv4().udp(), { snaplen: 17 }))).toEqual([
    "stop Truncated: VLAN tag at 14 needs 4, has 3 (Captured)",
  ]);
});

test("only the three tag types are tags", () => {
  expect([0x8100, 0x88a8, 0x9100, 0x0800, 0x8864].map(isVlanEtherType)).toEqual([
    true,
    true,
    true,
    false,
    false,
  ]);
});
