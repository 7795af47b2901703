/** Goal: IP in IP in all four combinations, and the bound on nesting. Method: packets from the builder. */
import { describe, expect, test } from "vitest";
import { MAX_IP_LAYERS } from "../../../src/core/limits.ts";
import { checkDecoder, decode, layersOf, outline } from "../../support/decode.ts";
import { ethernet } from "../../support/packet.ts";

const v4 = ethernet().ipv4({ src: "10.0.1.1", dst: "10.0.1.2" });
const v6 = ethernet().ipv6({ src: "fd00::1", dst: "fd00::2" });
const inner4 = "10.0.1.10:40000 > 10.0.2.20:53 protocol 17 payload 0";
const inner6 = "[fd00::1:10]:40000 > [fd00::2:20]:53 protocol 17 payload 0";

test.each([
  [
    "IPv4 in IPv4 (tunl0)",
    v4.ipv4().udp(),
    ["10.0.1.1 > 10.0.1.2 protocol 4 payload 28 IpIp", inner4],
  ],
  [
    "IPv6 in IPv4 (sit0)",
    v4.ipv6().udp(),
    ["10.0.1.1 > 10.0.1.2 protocol 41 payload 48 SixInFour", inner6],
  ],
  ["IPv4 in IPv6", v6.ipv4().udp(), ["fd00::1 > fd00::2 protocol 4 payload 28 IpIp", inner4]],
  ["IPv6 in IPv6", v6.ipv6().udp(), ["fd00::1 > fd00::2 protocol 41 payload 48 SixInFour", inner6]],
])("%s", (_name, packet, lines) => {
  expect(outline(decode(packet))).toEqual(lines);
});

describe("damage", () => {
  checkDecoder(v4.ipv4().udp());
});

test.each([
  ["protocol 4 with IPv6 inside", ethernet().ipv4({ protocol: 4 }).ipv6().udp()],
  ["protocol 41 with IPv4 inside", ethernet().ipv4({ protocol: 41 }).ipv4().udp()],
  ["protocol 4 with nothing inside", ethernet({ pad: true }).ipv4({ protocol: 4 })],
])("%s is no tunnel", (_name, packet) => {
  const view = decode(packet);
  expect(layersOf(view).map((layer) => layer.encapsulation)).toEqual([0]);
  expect(outline(view)).toHaveLength(1);
});

test("cut before the inner header it is one: the protocol number says so", () => {
  expect(outline(decode(v4.ipv4().udp(), { snaplen: 34 }))).toEqual([
    "10.0.1.1 > 10.0.1.2 protocol 4 payload 28 IpIp",
    "stop Truncated: IPv4 header at 34 needs 20, has 0 (Captured)",
  ]);
});

test("as many layers as the limit allows, and one more", () => {
  let nested = ethernet().ipv4();
  for (let i = 1; i < MAX_IP_LAYERS; i++) nested = nested.ipv4();
  const deepest = decode(nested.udp());
  expect([deepest.depth, deepest.stop]).toEqual([MAX_IP_LAYERS, 0]);
  const deeper = decode(nested.ipv4().udp());
  expect(deeper.depth).toBe(MAX_IP_LAYERS);
  expect(outline(deeper).slice(-2)).toEqual([
    "10.0.1.10 > 10.0.2.20 protocol 4 payload 28 IpIp",
    "stop TooDeep: IPv4 header at 174 needs 9, has 8 (HeaderLength)",
  ]);
});
